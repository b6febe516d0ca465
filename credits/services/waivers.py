"""What the office does with late waivers: grant one to a student or a class, end it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credits.models import Coverage, LateWaiver, Round
from credits.rules import can_keep_rounds
from credits.texts import worded
from credits.windows import window_for
from portal.enums import NoticeKind, Role
from portal.language import kept_language
from portal.models import ClassGroup, Notice, Student
from portal.notices import notify_all
from portal.trail import record
from portal.workflow import NotAllowed, StaleRecord

if TYPE_CHECKING:
    import datetime

    from credits.models import Scheme
    from portal.models import Person

KIND = "waiver"
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to let in late (a student's number or a class's name), until when, why."""

    who: str
    until: datetime.datetime
    reason: str


def grant_waiver(round_: Round, actor: Person, wish: Wish) -> LateWaiver:
    """Let a student or a class claim in the round after its deadline; those concerned are told.

    Raises ``NotAllowed``, then ``ValidationError`` by field: nobody of that name whom the scheme covers, the actor or
    the actor's own class, a round that is not for the cohort, a moment that gives no more time, a waiver in force, no
    reason.
    """
    _allow(actor, round_)
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=round_.pk)
        student, group = _found(wish.who.strip(), row.scheme)
        _check(row, wish, student, group)
        _keep_hands_off(actor, student, group)
        facts: dict[str, Any] = {"student": student, "class_group": group, "until": wish.until}
        row.waivers.filter(student=student, class_group=group).close_expired()
        try:
            with transaction.atomic():
                waiver = LateWaiver.objects.create(round=row, reason=wish.reason.strip(), granted_by=actor, **facts)
        except IntegrityError:  # a constraint: one at a time
            raise ValidationError({"who": _("已有延期许可；需要更改的，请先收回。")}) from None
        _record("grant", waiver, actor, ({}, _facts(waiver)))
        _tell(waiver)
    return waiver


def end_waiver(waiver: LateWaiver, actor: Person) -> LateWaiver:
    """Take a waiver back; what was handed in under it stays. Raises ``NotAllowed``, ``StaleRecord`` when it is over."""
    _allow(actor, waiver.round)
    with transaction.atomic():
        row = LateWaiver.objects.select_for_update(of=("self",)).select_related("round__scheme").get(pk=waiver.pk)
        if row.ended_at is not None:
            raise StaleRecord(KIND, row.pk)
        before = _facts(row)
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        _record("revoke", row, actor, (before, _facts(row)))
        _tell(row)
    return row


def _found(who: str, scheme: Scheme) -> tuple[Student | None, ClassGroup | None]:
    """Return the student of the number, or the class of the name; whom the scheme does not cover is nobody to it."""
    covered = Coverage.objects.filter(scheme=scheme)
    student = Student.objects.select_related("person").filter(person__number=who, on_roll=True).first()
    if student is not None:
        return (student if covered.of(student).exists() else None), None
    group = ClassGroup.objects.select_related("major").filter(name=who).first()
    if group is None or not covered.reaching(group.major.college_id, group.cohort).exists():
        return None, None
    return None, group


def _keep_hands_off(actor: Person, student: Student | None, group: ClassGroup | None) -> None:
    """Refuse what the actor, who may study too, would gain from: that is for a colleague to grant."""
    mine = Student.objects.filter(person=actor).first()
    if mine is not None and (mine == student or (group is not None and mine.class_group_id == group.pk)):
        raise ValidationError({"who": _("不能给自己或自己所在的班级延期，请由其他同事办理。")})


def _check(round_: Round, wish: Wish, student: Student | None, group: ClassGroup | None) -> None:
    problems = {}
    subject = student or group
    window = window_for(round_, Role.STUDENT, subject.cohort) if subject is not None else None
    if subject is None:
        problems["who"] = _("没有这个学号的在籍学生，也没有这个名称的班级。")
    elif window is None:
        problems["who"] = _("该活动没有对 %(cohort)s 级开放，请先在活动中设置该年级的时间。") % {
            "cohort": subject.cohort
        }
    if wish.until <= timezone.now():
        problems["until"] = _("请选择将来的时间。")
    elif window is not None and wish.until <= window.closes_at:
        closes = date_format(timezone.localtime(window.closes_at), "Y-m-d H:i")
        problems["until"] = _("该活动到 %(closes)s 才截止，延期须晚于这个时间。") % {"closes": closes}
    if not wish.reason.strip():
        problems["reason"] = _("请填写延期的理由。")
    elif len(wish.reason.strip()) > LONGEST_REASON:
        problems["reason"] = _("理由最多 %(most)s 字。") % {"most": LONGEST_REASON}
    if problems:
        raise ValidationError(problems)


def _tell(waiver: LateWaiver) -> None:
    """Tell the student, or everybody in the class, what they may now, or no longer."""
    members = Student.objects.filter(class_group=waiver.class_group_id, on_roll=True).select_related("person")
    students = [waiver.student] if waiver.student else list(members.order_by("pk"))
    until = date_format(timezone.localtime(waiver.until), "Y-m-d H:i")
    with kept_language():
        told = {"round": waiver.round.name, "until": until}
        if waiver.ended_at is None:
            title, text = worded(waiver.round.scheme_id, "waiver", {**told, "reason": waiver.reason})
        else:
            title, text = _("延期申报许可已收回"), _("活动：%(round)s。已提交的申报不受影响。") % told
    path, kind = reverse("credits:claim_new"), NoticeKind.DEADLINE
    notify_all([Notice(person=one.person, kind=kind, title=title[:120], text=text, path=path) for one in students])


def _allow(actor: Person, round_: Round) -> None:
    verdict = can_keep_rounds(actor, round_.scheme)
    if not verdict:
        raise NotAllowed(verdict)


def _facts(waiver: LateWaiver) -> dict[str, Any]:
    ended = timezone.localtime(waiver.ended_at).isoformat(timespec="minutes") if waiver.ended_at else ""
    return {
        "round": waiver.round.name,
        "person": waiver.student.person.number if waiver.student else str(waiver.class_group),
        "until": timezone.localtime(waiver.until).isoformat(timespec="minutes"),
        "revoked_at": ended,
    }


def _record(verb: str, waiver: LateWaiver, actor: Person, changes: tuple[dict[str, Any], dict[str, Any]]) -> None:
    record(
        verb,
        actor,
        kind=KIND,
        key=waiver.pk,
        label=str(waiver),
        role=Role.OFFICE,
        scheme=waiver.round.scheme.code,
        reason=waiver.reason,
        changes=changes,
    )

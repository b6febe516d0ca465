"""What follows a finding of fraud: the item is cancelled, later rounds may be barred, the student may appeal (W13)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.enums import AppealState, EntryKind
from credits.models import Claim, Lot, Member, Sanction
from credits.notices import offices_of
from credits.rules import can_answer_appeal, can_appeal, can_sanction
from credits.services.counting import highest_only, recount
from credits.services.ledger import NotEnoughPoints, book, cancel, lock_lots
from credits.services.moving import mirror, moving
from portal.enums import NoticeKind, Role, Status
from portal.language import kept_language
from portal.models import Notice
from portal.notices import notify, notify_all
from portal.points import ZERO
from portal.trail import record
from portal.workflow import NotAllowed, StaleRecord, close, transition

if TYPE_CHECKING:
    from decimal import Decimal

    from portal.models import Person
    from portal.verdict import Verdict

LONGEST, SHORT = 2000, 200
KIND = "sanction"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was established and decided; a bar runs from day to day, both included, without an end for good."""

    finding: str
    measure: str
    barred_from: datetime.date | None = None
    barred_until: datetime.date | None = None


def sanction_claim(claim: Claim, actor: Person, finding: Finding, *, revision: int | None) -> Sanction:
    """Cancel a claim for fraud, in whatever state it is pending or recognised, and tell the student of the appeal.

    While it is reviewed a lead's claim takes the team's along; afterwards each member's own is decided by itself. The
    ledger takes back what nobody uses; what conversions hold or have consumed waits for the office's decision on each
    (the lot gives nothing more). Raises ``ValidationError`` by field, ``NotAllowed``, ``StaleSubject``.
    """
    _check(finding)
    door = moving if claim.status == Status.IN_REVIEW else transition
    reason = finding.finding.strip()
    with door(claim, "cancel", actor, may=can_sanction, revision=revision, reason=reason) as (row, step):
        recognised = row.status == Status.RECOGNISED
        close(row, Status.REVOKED)
        used = ZERO
        if recognised:
            used = cancel(row, actor)
            Claim.objects.filter(pk=row.pk).update(status=row.status)
            recount(row, actor)
        sanction = _write(row, actor, finding)
        step.after = {"measure": sanction.measure, "used": str(used), "appeal_until": sanction.appeal_until.isoformat()}
        _tell_student(sanction)
    return sanction


def last_moment(decided_at: datetime.datetime, days: int) -> datetime.datetime:
    """Return the last moment that still belongs to the last of so many days after the decision's own day."""
    day = timezone.localtime(decided_at).date() + datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))


def file_appeal(sanction: Sanction, actor: Person, *, words: str, at: datetime.datetime | None = None) -> Sanction:
    """File the student's appeal; ``at`` is when the request arrived. Raises ``NotAllowed`` after the last moment."""
    if not words.strip():
        raise ValidationError({"appeal": _("请写明申诉理由。")})
    with transaction.atomic():
        row = (
            Sanction.objects.select_for_update(of=("self",))
            .select_related("student", "claim", "scheme")
            .get(pk=sanction.pk)
        )
        verdict = can_appeal(actor, row, at)
        if not verdict:
            raise NotAllowed(verdict)
        row.appeal_state, row.appeal, row.appealed_at = AppealState.FILED, words.strip()[:LONGEST], at or timezone.now()
        row.save()
        _note("appeal", row, actor, Role.STUDENT)
        _tell_offices(row)
    return row


def answer_appeal(sanction: Sanction, actor: Person, *, upheld: bool, answer: str) -> Sanction:
    """Decide an appeal: rejected, the sanction stands; upheld, the claim is what it was and the bar is lifted.

    Raises ``StaleRecord`` when nothing waits for an answer, ``NotAllowed``, then ``ValidationError`` when what counts
    of the same project since has been used: those conversions are decided first, then the claim can count again.
    """
    if not answer.strip():
        raise ValidationError({"answer": _("请填写答复，学生会看到它。")})
    with transaction.atomic():
        row = (
            Sanction.objects.select_for_update(of=("self",))
            .select_related("claim__scheme", "student__person", "scheme")
            .get(pk=sanction.pk)
        )
        if row.appeal_state != AppealState.FILED:
            raise StaleRecord(KIND, row.pk, reverse("credits:sanction", args=[row.pk]))
        verdict = can_answer_appeal(actor, row)
        if not verdict:
            raise NotAllowed(verdict)
        row.appeal_state = AppealState.UPHELD if upheld else AppealState.REJECTED
        row.answer, row.answered_at, row.answered_by = answer.strip()[:LONGEST], timezone.now(), actor
        row.save()
        if upheld:
            _restore(row, actor)
        else:
            _note("reject_appeal", row, actor, Role.OFFICE)
        _tell_answer(row)
    return row


def _restore(sanction: Sanction, actor: Person) -> None:
    """Put the claim back where it was, and with a lead's under review the claims that were cancelled along with it."""
    claim = sanction.claim

    def may(_person: Person, _claim: Claim) -> Verdict:
        return can_answer_appeal(actor, sanction)

    with transition(claim, "restore", actor, may=may, reason=sanction.answer) as (row, step):
        status, stage = _state_before(row)
        row.status, row.stage = status, stage
        row.decided_at = timezone.now() if status == Status.RECOGNISED else None
        if status == Status.PUBLICITY and row.follows_lead:
            _catch_up(row)
        if status == Status.RECOGNISED:
            Claim.objects.filter(pk=row.pk).update(status=status)
            step.after = {"restored": str(_give_back(row, actor))}
    if status != Status.IN_REVIEW:  # only under review did the finding take the team's claims along
        return
    for member in Member.objects.filter(
        achievement__lead=claim, claim__status=Status.REVOKED, claim__follows_lead=True
    ):
        if member.claim is not None and not Sanction.objects.filter(claim=member.claim).exists():
            with transition(member.claim, "restore", actor, may=may, reason=sanction.answer) as (mate, _step):
                mirror(claim, mate, member)


def _catch_up(mate: Claim) -> None:
    """Give a mate who comes back into publicity the score to which the team's result was corrected meanwhile."""
    member = Member.objects.select_related("achievement__lead").get(claim=mate)
    lead = member.achievement.lead
    if lead.status in {Status.PUBLICITY, Status.RECOGNISED}:
        mirror(lead, mate, member)
        mate.status, mate.decided_at = Status.PUBLICITY, None


def _state_before(claim: Claim) -> tuple[str, str]:
    """Return status and stage from which the finding took the claim."""
    event = claim.events.filter(verb="cancel").order_by("-pk").first()
    assert event is not None  # noqa: S101 - what was cancelled has its event; narrows the type
    status, _colon, stage = event.from_state.partition(":")
    return status, stage


def _give_back(row: Claim, actor: Person) -> Decimal:
    """Let the claim count again and return what it counts: all of it, or of its project only the highest.

    What a conversion that was left standing still uses of it is there already; the rest is booked again.
    """
    for lot in lock_lots(Lot.objects.filter(claim=row).values_list("pk", flat=True)).values():
        lot.cancelled = False
        lot.save(update_fields=["cancelled"])
        missing = (row.recognised_points or ZERO) - lot.recognised
        if not highest_only(row) and missing > ZERO:
            key = f"restore:{row.pk}"
            book(lot, EntryKind.TOP_UP, missing, actor, key=key, reference=f"claim:{row.pk}")
    try:
        recount(row, actor)
    except NotEnoughPoints:
        text = _("同一项目后来计入的部分已被转换申请占用或使用，请先处理相关转换申请，再恢复这项认定。")
        raise ValidationError(text) from None
    row.counted_points = Claim.objects.values_list("counted_points", flat=True).get(pk=row.pk)
    return row.counted


def _write(row: Claim, actor: Person, finding: Finding) -> Sanction:
    rules, now = row.scheme_version.data.sanction, timezone.now()
    assert rules is not None  # can_sanction refuses schemes without; narrows the type  # noqa: S101 - as above
    return Sanction.objects.create(
        scheme_id=row.scheme_id,
        student_id=row.student_id,
        claim=row,
        finding=finding.finding.strip(),
        measure=finding.measure.strip(),
        barred_from=finding.barred_from,
        barred_until=finding.barred_until,
        decided_at=now,
        decided_by=actor,
        appeal_until=last_moment(now, rules.appeal_days),
    )


def _check(finding: Finding) -> None:
    problems = {}
    if not finding.finding.strip():
        problems["finding"] = _("请写明查实的情况。")
    if not finding.measure.strip():
        problems["measure"] = _("请写明处理决定。")
    elif len(finding.measure.strip()) > SHORT:
        problems["measure"] = _("处理决定最多 %(most)s 字，详情请写在查实情况中。") % {"most": SHORT}
    if finding.barred_until is not None and finding.barred_from is None:
        problems["barred_from"] = _("请填写限制申报的开始日期。")
    elif finding.barred_from and finding.barred_until and finding.barred_until < finding.barred_from:
        problems["barred_until"] = _("结束日期不能早于开始日期。")
    if problems:
        raise ValidationError(problems)


def _note(verb: str, row: Sanction, actor: Person, role: str) -> None:
    facts = {"state": row.appeal_state, "appeal": row.appeal, "answer": row.answer}
    label = str(row)
    record(verb, actor, kind=KIND, key=row.pk, label=label, role=role, scheme=row.scheme.code, changes=({}, facts))


def _tell_student(row: Sanction) -> None:
    with kept_language():
        title = _("违规处理：%(content)s") % {"content": row.claim.content}
        until = timezone.localtime(row.appeal_until).strftime("%Y-%m-%d %H:%M")
        text = _("%(measure)s。如有异议，可在 %(until)s 前申诉。") % {"measure": row.measure, "until": until}
    path = reverse("credits:sanction", args=[row.pk])
    notify(row.student.person, NoticeKind.ACTION, title[:120], text=text, path=path)


def _tell_answer(row: Sanction) -> None:
    with kept_language():
        title = _("申诉答复：%(state)s") % {"state": row.get_appeal_state_display()}
    path = reverse("credits:sanction", args=[row.pk])
    notify(row.student.person, NoticeKind.PROGRESS, title[:120], text=row.answer, path=path)


def _tell_offices(row: Sanction) -> None:
    with kept_language():
        title = _("违规处理收到申诉：%(content)s") % {"content": row.claim.content}
    facts = {"kind": NoticeKind.ACTION, "title": title[:120], "text": row.appeal}
    path = reverse("credits:sanction", args=[row.pk])
    notify_all([Notice(person=person, path=path, **facts) for person in offices_of(row.scheme)])

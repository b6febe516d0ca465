"""What a team does with its claim: the lead names the mates, they confirm or dispute, reviewers choose how to share.

A confirmed mate gets a claim of their own that follows the lead's: same facts with the own rank, never edited, never
queued, moved whenever the lead's moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.amending import opened_of
from credits.assessing import assess, keep_assessment
from credits.eligibility import bar_of, student_problems
from credits.enums import MemberState
from credits.evaluation.kinds.teams import TeamShare
from credits.evaluation.shares import FULL, check_shares
from credits.models import Achievement, Claim, ClaimEvent, Coverage, Member
from credits.places import TEAM
from credits.rules import barred, can_answer, can_edit, can_exclude, can_share
from credits.services.moving import mirror, moving
from credits.teams import members_of, own_rank, rank_problems, team_size
from portal.enums import NoticeKind, Role, Status
from portal.language import kept_language
from portal.models import Student
from portal.notices import notify
from portal.points import ZERO
from portal.trail import write_event
from portal.workflow import StaleSubject, close, state_of, transition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credits.evaluation.scheme import FactField
    from portal.models import Person
    from portal.workflow import Permission

METHOD, RATIO = "team_method", "ratio"


@dataclass(frozen=True, slots=True)
class Mate:
    """One line of the team sheet: a student by number, or somebody from outside by name alone."""

    rank: int
    name: str = ""
    number: str = ""


def name_team(lead: Claim, actor: Person, mates: Sequence[Mate], *, revision: int | None) -> Achievement:
    """Put these mates beside the lead, ask those of the university to confirm, and return the team.

    Who is named as before keeps the answer; who is left out loses the claim that followed. Raises ``ValidationError``
    keyed ``team`` with every problem by line: not on the roll, another name, a rank twice or beyond the size.
    """
    students = _check_sheet(lead, mates)
    with transition(lead, "team", actor, may=can_edit, revision=revision) as (row, step):
        if not opened_of(row).has(TEAM):
            raise ValidationError({"team": _("退回时没有要求修改团队成员，保留原来的名单。")})
        team, _new = Achievement.objects.get_or_create(lead=row)
        known = {member.student_id or member.name: member for member in team.members.all()}
        team.members.exclude(state=MemberState.LEAD).update(rank=_parked())
        _keep_lead(team, row)
        kept = [_keep(team, known, mate, students.get(mate.number), actor) for mate in mates]
        for member in team.members.exclude(pk__in=[one.pk for one in kept]).exclude(state=MemberState.LEAD):
            _drop(member, actor)
        step.after = {"team": [[mate.rank, mate.name or mate.number] for mate in mates]}
    return team


def answer_membership(member: Member, actor: Person, *, agrees: bool, answer: str = "") -> Member:
    """Record that a mate confirms the team as stated, or disputes it with the reason (required then).

    A confirmed mate whose share is more than nothing gets a claim that follows the lead's. Raises ``ValidationError``
    when such a mate could not claim the achievement alone.
    """
    if not agrees and not answer.strip():
        raise ValidationError({"answer": _("请说明与事实不符之处，牵头人和审核人会看到。")})
    lead = member.achievement.lead
    with transition(lead, "agree" if agrees else "dispute", actor, may=can_answer, reason=answer.strip()) as (
        row,
        step,
    ):
        present = Member.objects.select_for_update(of=("self",)).select_related("student__person").get(pk=member.pk)
        if present.student is None or present.student.person_id != actor.pk:
            raise ValidationError(_("你不在该团队的成员名单中。"))
        present.state = MemberState.CONFIRMED if agrees else MemberState.DISPUTED
        present.answer, present.answered_at = answer.strip()[:300], timezone.now()
        if agrees:
            _follow(row, present, actor)
        else:
            _unfollow(present, actor)
        present.save()
        step.after = {"member": present.name, "rank": present.rank}
        _tell_lead(row, present)
    member.state, member.answer, member.claim = present.state, present.answer, present.claim
    return member


def exclude_member(member: Member, actor: Person, *, reason: str, revision: int | None) -> Member:
    """Leave a member out who does not answer or disputes; the member keeps counting in N and gets nothing here.

    ``revision`` is the lead's claim's. Raises ``StaleSubject`` for who was left out already.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("请填写理由，学生会看到它。")})
    lead = member.achievement.lead
    with transition(lead, "exclude", actor, may=can_exclude, revision=revision, reason=reason) as (row, step):
        present = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
        if present.state == MemberState.EXCLUDED:
            raise StaleSubject(row)
        if present.state == MemberState.LEAD:
            raise ValidationError(_("不能移出牵头人。"))
        _unfollow(present, actor)
        present.state, present.answer = MemberState.EXCLUDED, reason.strip()[:300]
        present.save()
        step.after = {"member": present.name, "rank": present.rank}
    member.state = present.state
    return member


def set_team_method(
    claim: Claim,
    actor: Person,
    *,
    method: str,
    ratios: Mapping[int, Decimal] | None = None,
    reason: str,
    revision: int | None,
    may: Permission = can_share,
) -> Claim:
    """Choose how the team's result is shared, and reckon every member's share once (X3).

    ``ratios`` gives percentages by rank where the method shares by ratio. Raises ``ValidationError`` for a method that
    the scheme does not know, ratios missing or over 100 % together, or no reason.
    """
    if not reason.strip():
        raise ValidationError({"method_reason": _("请说明选择该计分方式的理由。")})
    field = method_field(claim)
    if field is None or method not in {choice.value for choice in field.choices}:
        raise ValidationError({"method": _("请选择计分方式。")})
    with moving(claim, "share", actor, may=may, revision=revision, reason=reason) as (row, step):
        ratios = dict(ratios or {})
        team = Achievement.objects.select_for_update(of=("self",)).filter(lead=row).first()
        members = list(team.members.all()) if team else []
        _check_ratios(row, method, members, ratios)
        for member in members:
            member.ratio = ratios.get(member.rank)
        Member.objects.bulk_update(members, ["ratio"])
        facts = {**row.facts, METHOD: method, RATIO: str(ratios.get(own_rank(row), ""))}
        row.facts = {key: value for key, value in facts.items() if value != ""}
        _reckon(row)
        if team is not None:
            team.method, team.method_reason = method, reason.strip()
            team.method_by, team.method_role, team.method_at = actor, step.role, timezone.now()
            team.save()
        step.after = {"method": method, "ratios": {str(rank): str(part) for rank, part in ratios.items()}}
    return claim


def method_field(claim: Claim) -> FactField | None:
    """Return the field of the team's method with its options, or None where the category knows no teams."""
    rules = claim.scheme_version.data.category(claim.category.code)
    return next((field for field in rules.fields if field.name == METHOD), None) if rules.team else None


def share_rows(claim: Claim) -> list[dict[str, Any]]:
    """Return what each member gets as things stand: name, rank, state, low and high, the steps that made it."""
    rows = []
    for member in members_of(claim):
        facts = {**claim.facts, "rank": str(member.rank), RATIO: "" if member.ratio is None else str(member.ratio)}
        trial = Claim(
            scheme_version=claim.scheme_version,
            category=claim.category,
            college=claim.college,
            facts={key: value for key, value in facts.items() if value != ""},
        )
        result = assess(trial)
        rows.append({"member": member, "low": result.minimum, "high": result.maximum, "steps": result.steps})
    return rows


def share_table(claim: Claim) -> list[dict[str, Any]]:
    """Return the shares as pages show them, with the step that leaves somebody nothing."""
    rows = share_rows(claim)
    for row in rows:
        row["nothing"] = row["high"] is not None and row["high"] == ZERO
        row["why"] = next((step for step in row["steps"] if step.output in {"0", "0.00"}), None)
    return rows


def _reckon(row: Claim) -> None:
    result = keep_assessment(row)
    if result.problems:
        raise ValidationError({"method": [problem.message for problem in result.problems]})
    if row.recognised_points is not None:
        row.recognised_points = result.points


def _check_ratios(row: Claim, method: str, members: Sequence[Member], ratios: Mapping[int, Decimal]) -> None:
    kind = _way(row, method)
    ranks = [member.rank for member in members] or [own_rank(row)]
    parts = [ratios.get(rank) for rank in ranks]
    problems = check_shares(kind, ranks, parts, size=max(team_size(row), len(ranks)))
    if problems:
        raise ValidationError({"ratios": [problem.message for problem in problems]})


def _way(row: Claim, method: str) -> str:
    """Return which of the known ways of sharing the scheme's word for the method means."""
    rules = row.scheme_version.data.category(row.category.code)
    for step in rules.steps:
        if isinstance(step.rule, TeamShare):
            return next((way.share for way in step.rule.ways if way.when == method), FULL)
    return FULL


def _check_sheet(lead: Claim, mates: Sequence[Mate]) -> dict[str, Student]:
    problems = rank_problems([mate.rank for mate in mates], own=own_rank(lead), size=team_size(lead))
    numbers = [mate.number for mate in mates if mate.number]
    found = Student.objects.filter(person__number__in=numbers).select_related("person", "college")
    students = {row.person.number: row for row in found}
    for mate in mates:
        problems += _line_problems(lead, mate, students.get(mate.number))
    problems += [
        _("学号 %(number)s 填写了两次。") % {"number": number}
        for number in sorted(set(numbers))
        if numbers.count(number) > 1
    ]
    if problems:
        raise ValidationError({"team": problems})
    return students


def _line_problems(lead: Claim, mate: Mate, student: Student | None) -> list[str]:
    if not mate.number:
        return [] if mate.name.strip() else [_("排位 %(rank)s：请填写学号，校外成员请填写姓名。") % {"rank": mate.rank}]
    if student is None or not student.on_roll:
        text = _("学号 %(number)s 不在学籍名册中，请核对；校外成员请只填写姓名。")
        return [text % {"number": mate.number}]
    if student.pk == lead.student_id:
        return [_("成员名单中不用填写你自己。")]
    if mate.name.strip() and mate.name.strip() != student.person.name:
        return [_("学号 %(number)s 与姓名“%(name)s”不符。") % {"number": mate.number, "name": mate.name}]
    if not Coverage.objects.of(student).filter(scheme_id=lead.scheme_id).exists():
        return [_("%(name)s 所在的学院和年级不适用本办法。") % {"name": student.person.name}]
    return []


def _parked() -> Any:
    """Move ranks out of the way while they are dealt anew: a rank is given once, also half-way."""
    return F("rank") + 10_000


def _keep_lead(team: Achievement, lead: Claim) -> None:
    facts = {"student": lead.student, "name": lead.student.person.name, "rank": own_rank(lead), "claim": lead}
    Member.objects.update_or_create(achievement=team, state=MemberState.LEAD, defaults=facts)


def _keep(team: Achievement, known: Mapping[Any, Member], mate: Mate, student: Student | None, actor: Person) -> Member:
    """Write one line: a known member keeps the answer while the rank stays; everybody else is asked."""
    name = student.person.name if student else mate.name.strip()
    member = known.get(student.pk if student else name)
    if member is None:
        member = Member(achievement=team, student=student, name=name)
    asked = member.pk is None or member.rank != mate.rank or member.state == MemberState.EXCLUDED
    member.rank = mate.rank
    if asked:
        if member.pk is not None:
            _unfollow(member, actor)
        member.state, member.answer, member.answered_at = MemberState.WAITING, "", None
    if student is None:
        member.state = MemberState.OUTSIDER
    member.save()
    if asked and student is not None:
        _ask(team.lead, member)
    return member


def _drop(member: Member, actor: Person) -> None:
    _unfollow(member, actor)
    member.claim = None
    member.delete()


def _follow(lead: Claim, member: Member, actor: Person) -> None:
    """Give the mate a claim in the lead's state, unless the rules leave nothing for the rank."""
    student = member.student
    assert student is not None  # noqa: S101 - only students confirm; narrows the type
    mate = member.claim or Claim(
        scheme=lead.scheme,
        category=lead.category,
        channel=lead.channel,
        student=student,
        college_id=student.college_id,
        cohort=student.cohort,
        follows_lead=True,
    )
    new = mate.pk is None
    before, from_state = ({}, "") if new else (mate.trail_facts(), state_of(mate))
    mate.scheme_version, mate.round, mate.college = lead.scheme_version, lead.round, student.college
    mirror(lead, mate, member)
    if assess(mate).maximum == ZERO:
        return
    _check_may_claim(mate)
    mate.revision += 0 if new else 1
    mate.save()
    member.claim = mate
    write_event(
        ClaimEvent,
        "start" if new else "agree",
        actor,
        role=Role.STUDENT,
        from_state=from_state,
        to_state=state_of(mate),
        changes=(before, mate.trail_facts()),
        subject=mate,
    )


def _check_may_claim(mate: Claim) -> None:
    """Refuse a mate who could not claim this alone: barred, another kind of student, not achieved while studying."""
    problems = [text for texts in student_problems(mate).values() for text in texts]
    if mate.scheme_version.data.sanction is not None and (bar := bar_of(mate.student, mate.scheme)) is not None:
        problems.append(str(barred(bar).reason))
    if problems:
        raise ValidationError([*problems, _("该成果不能记在你名下。请选择“有异议”并说明情况，由牵头人调整团队。")])


def _unfollow(member: Member, actor: Person) -> None:
    """Withdraw the claim that followed, if there is one."""
    if member.claim_id is None:
        return
    with transaction.atomic():
        mate = Claim.objects.select_for_update(of=("self",)).get(pk=member.claim_id)
        if mate.status in {Status.DRAFT, Status.RETURNED, Status.IN_REVIEW}:
            from_state = state_of(mate)
            close(mate, Status.WITHDRAWN)
            mate.recognised_points = None
            mate.revision += 1
            mate.save()
            write_event(ClaimEvent, "withdraw", actor, from_state=from_state, to_state=state_of(mate), subject=mate)


def _ask(lead: Claim, member: Member) -> None:
    with kept_language():
        title = _("请确认团队成果：%(content)s") % {"content": lead.content}
        text = _("%(name)s 申报了团队成果，你的排位为 %(rank)s。请确认，或说明与事实不符之处。") % {
            "name": lead.student.person.name,
            "rank": member.rank,
        }
    assert member.student is not None  # noqa: S101 - outsiders are not asked; narrows the type
    path = reverse("credits:membership", args=[member.pk])
    notify(member.student.person, NoticeKind.ACTION, title[:120], text=text, path=path)


def _tell_lead(lead: Claim, member: Member) -> None:
    with kept_language():
        title = _("%(name)s：%(state)s") % {"name": member.name, "state": member.get_state_display()}
    path = reverse("credits:claim", args=[lead.pk])
    notify(lead.student.person, NoticeKind.PROGRESS, title, text=f"{lead.content}\n{member.answer}", path=path)

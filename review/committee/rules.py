"""Who may do what in a meeting of the committee; every rule answers with a ``Verdict``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from credits.rules import can_confirm, holds_office
from credits.stages import stage_of
from portal.enums import Role, Status
from portal.verdict import Verdict
from review.models import ItemOutcome, MeetingState

if TYPE_CHECKING:
    from credits.models import Claim, Scheme
    from portal.models import Person
    from review.committee.bench import Bench
    from review.models import Meeting

NOT_OPEN = Verdict.no(_("会议不在进行中。"))
DECIDED = Verdict.no(_("该议题已有结果。"))


def can_keep_meetings(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may prepare and run meetings of the scheme's committee: its office."""
    return Verdict.yes(Role.OFFICE) if holds_office(person, scheme) else Verdict.no(_("只有主管部门可以组织会议。"))


def can_prepare(person: Person, meeting: Meeting) -> Verdict:
    """Whether the person may change the agenda: the office, until the meeting is closed."""
    if meeting.state == MeetingState.CLOSED:
        return Verdict.no(_("会议已结束，纪要已封存。"))
    return can_keep_meetings(person, meeting.scheme)


def can_sit(person: Person, bench: Bench) -> Verdict:
    """Whether the person may take part in judging the item now: a called member in office, present, not recused.

    Without the question who is recused this is also who may declare a recusal.
    """
    meeting, seat = bench.item.meeting, bench.seat_of(person.pk)
    if seat is None or not _is_member(person, meeting.scheme):
        return Verdict.no(_("您不在本次会议的应到委员中。"))
    if meeting.state != MeetingState.OPEN:
        return NOT_OPEN
    if not seat.present:
        return Verdict.no(_("您没有登记出席，请告知会议办公室。"))
    return DECIDED if bench.item.outcome != ItemOutcome.PENDING else Verdict.yes(Role.COMMITTEE)


def can_vote(person: Person, bench: Bench) -> Verdict:
    """Whether the person may vote on the item now."""
    verdict, seat = can_sit(person, bench), bench.seat_of(person.pk)
    if verdict and seat is not None and seat.recused:
        return Verdict.no(_("您已回避该议题，不参与表决。"))
    if verdict and is_gone(bench.item.claim):
        return Verdict.no(_("该申报已不在委员会审定环节。"))
    return verdict


def can_decide(person: Person, bench: Bench) -> Verdict:
    """Whether the person may enter a decision in the chair's name: the office, while the meeting is open."""
    meeting = bench.item.meeting
    verdict = can_keep_meetings(person, meeting.scheme)
    if not verdict:
        return verdict
    if meeting.state != MeetingState.OPEN:
        return NOT_OPEN
    return DECIDED if bench.item.outcome != ItemOutcome.PENDING else Verdict.yes(Role.COMMITTEE)


def can_enter(person: Person, claim: Claim) -> Verdict:
    """Whether the person may enter on the claim what the committee decided: its office, never a member alone."""
    verdict = can_confirm(person, claim)
    return verdict if not verdict or holds_office(person, claim.scheme) else Verdict.no(_("决定由会议办公室登记。"))


def is_gone(claim: Claim) -> bool:
    """Whether the claim has left the committee's stage since it was put on the agenda (no query)."""
    stage = stage_of(claim.scheme_version, claim.stage)
    return claim.status != Status.IN_REVIEW or stage is None or stage.acts != "confirm"


def _is_member(person: Person, scheme: Scheme) -> bool:
    return any(p.scheme_code in {"", scheme.code} for p in person.standing.powers_as([Role.COMMITTEE]))

"""The committee's meetings and the publicity lists of the second university's demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.services.judging import score_range
from review.committee.queries import waiting_claims
from review.committee.unanimous import open_rows
from review.desk.batches import Wanted
from review.models import Ballot, ItemOutcome, Meeting, PublicityList
from review.services.meetings import Plan as MeetingPlan
from review.services.meetings import add_items, close_meeting, note_presence, plan_meeting
from review.services.publicity import Plan as ListPlan
from review.services.publicity import draft_list, preview, publish_list
from review.services.sitting import Decision, cast_vote, confirm_unanimously, decide_item

if TYPE_CHECKING:
    from credits.models import Round
    from review.demo.second.stage import Stage


def hold_meeting(stage: Stage, round_: Round, *, day: int, title: str) -> Meeting:
    """Call the committee, confirm what the experts found, vote on the rest, and close the meeting."""
    members = tuple(person.pk for person in stage.people.committee)
    plan = MeetingPlan(
        title=title,
        held_at=stage.calendar.day(day, 14),
        place="行政楼 301 会议室",
        round=round_,
        members=members,
        chair=members[0],
    )
    with stage.at(day, 14):
        meeting = plan_meeting(stage.version.scheme, stage.office, plan)
        add_items(meeting, stage.office, list(waiting_claims(stage.version.scheme).filter(round=round_)))
        meeting.refresh_from_db()
        note_presence(meeting, stage.office, present=members[:4], chair=members[0], revision=meeting.revision)
        sure = [Wanted(row.pk, row.revision) for row in open_rows(meeting) if not row.doubt and not row.fault]
        if sure:
            confirm_unanimously(meeting, stage.office, sure)
        for item in meeting.items.filter(outcome=ItemOutcome.PENDING).select_related("claim", "meeting"):
            _vote(stage, item, members[:4])
        meeting.refresh_from_db()
        close_meeting(meeting, stage.office, words="会议对专家意见分歧较大的项目逐项表决。", revision=meeting.revision)
    return meeting


def _vote(stage: Stage, item: object, members: tuple[int, ...]) -> None:
    """Let everybody vote for an item and enter a score in the middle of its range."""
    from portal.models import Person  # noqa: PLC0415 - only here

    for person in Person.objects.filter(pk__in=members):
        cast_vote(item, stage.office, Ballot.FOR, member=person)  # type: ignore[arg-type]  # an agenda item
    claim = item.claim  # type: ignore[attr-defined]  # as above
    span = score_range(claim)
    middle = (span[0] + span[1]) / 2 if span else None
    decision = Decision(ItemOutcome.CONFIRMED, "专家评分差异较大，经表决取中间值。", middle)
    decide_item(item, stage.office, decision, revision=None)  # type: ignore[arg-type]  # as above


def publicise(stage: Stage, round_: Round | None, kind: str, *, day: int) -> PublicityList:
    """Publish everything that waits as one list."""
    with stage.at(day, 9):
        name = round_.name if round_ else "创新学分冲抵"
        rules = stage.version.data.publicity
        assert rules is not None  # noqa: S101 - the scheme publicises; narrows the type
        plan = ListPlan(f"{name}评审结果", None, rules.days, rules.counting)
        row = draft_list(stage.office, stage.version.scheme, round_, kind, plan)
        return publish_list(row, stage.office, revision=row.revision, seen=preview(row).digest)

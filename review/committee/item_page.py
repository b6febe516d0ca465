"""Everything that the committee looks at on one item: the claim, what experts found, who votes, what may be decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credits.evaluation import fields_for
from credits.models import Claim
from credits.services.teams import METHOD, method_field, share_rows
from credits.teams import is_team
from portal.enums import Role
from portal.points import as_points, format_points
from portal.remarks import remarks_on
from review.committee.bench import bench_of
from review.committee.forms import ItemDecision
from review.committee.rules import can_decide, can_keep_meetings, can_prepare, can_sit, can_vote, is_gone
from review.committee.scores import scores_of
from review.desk.reviewing import fact_rows, files_of
from review.desk.trails import entries
from review.experts.precedents import precedents_for
from review.models import ItemOutcome

if TYPE_CHECKING:
    from portal.models import Person
    from review.desk.trails import Entry
    from review.models import AgendaItem

ASKED = ("student", "library")
OPINIONS = frozenset({Role.SECRETARY, Role.OFFICE, Role.COUNSELLOR, Role.OWNER_UNIT})


def item_context(item: AgendaItem, person: Person, *, opened: str, address: str) -> dict[str, Any]:
    """Return what the page of an item shows; ``opened`` is the evidence whose tab is open."""
    claim, bench = item.claim, bench_of(item)
    data, college = claim.scheme_version.data, claim.college.code
    rules = data.category(claim.category.code)
    university_text, college_text = rules.rule_text_for(data.college_code(college) or college)
    pending, keeps = item.outcome == ItemOutcome.PENDING, bool(can_keep_meetings(person, item.meeting.scheme))
    return {
        "item": item,
        "meeting": item.meeting,
        "claim": claim,
        "facts": fact_rows(claim.facts, fields_for(data, claim.category.code, college, claim.facts, ASKED)),
        "files": files_of(claim, opened, address),
        "steps": claim.trace.get("steps", []),
        "university_text": university_text,
        "college_text": college_text,
        "scores": scores_of([claim])[claim.pk],
        "opinions": opinions(claim),
        "remarks": remarks_on(claim, person),
        "reachable": Claim.objects.in_reach_of(person).filter(pk=claim.pk).exists(),
        "precedents": precedents_for(claim),
        "team": team_of(claim),
        "off_table": rules.off_table,
        "bench": bench,
        "tally": bench.tally,
        "seat": bench.seat_of(person.pk),
        "pending": pending,
        "gone": pending and is_gone(claim),
        "keeps": keeps,
        "open_ballots": keeps or reads_ballots(person),
        "removable": pending and bool(can_prepare(person, item.meeting)) and not any(s.vote for s in bench.seats),
        "records": keeps and bool(can_decide(person, bench)) and not (pending and is_gone(claim)),
        "voting": can_vote(person, bench),
        "sitting": can_sit(person, bench),
        "deciding": can_decide(person, bench),
        "before": item.meeting.items.filter(position__lt=item.position).order_by("-position").first(),
        "after": item.meeting.items.filter(position__gt=item.position).order_by("position").first(),
    }


def decision_form(item: AgendaItem) -> ItemDecision:
    """Return the decision as it stands before anybody types: the experts' score, where there is one."""
    score = item.claim.facts.get("score", "")
    shown = format_points(as_points(score)) if score else ""
    return ItemDecision(initial={"revision": item.claim.revision, "points": shown})


def reads_ballots(person: Person) -> bool:
    """Whether the person reads who voted how before the decision: auditors do, the other members do not."""
    return person.standing.has(Role.AUDITOR)


def opinions(claim: Claim) -> list[Entry]:
    """Return what the stages before said, the newest first; experts stay unknown and are left out."""
    return entries(claim.events.filter(actor_role__in=OPINIONS), Claim.MOVES)


def team_of(claim: Claim) -> dict[str, Any] | None:
    """Return the team with each member's share and the method that made it; None for what one person achieved."""
    if not is_team(claim):
        return None
    achievement, field = getattr(claim, "achievement", None), method_field(claim)
    chosen = claim.facts.get(METHOD, "")
    labels = {choice.value: choice.label for choice in field.choices} if field is not None else {}
    return {
        "rows": share_rows(claim),
        "method": labels.get(chosen, chosen),
        "reason": achievement.method_reason if achievement is not None else "",
        "by": achievement.method_role if achievement is not None else "",
    }

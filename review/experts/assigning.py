"""What the pages of an assignment show: the claims in scoring by what they lack, one claim with all its experts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from credits.services.judging import score_range
from portal.enums import Role
from portal.listing import Listing, Sorts
from portal.models import Event
from review.desk.ages import waited
from review.desk.reviewing import files_of
from review.experts.forms import AssigningFilter
from review.experts.planning import candidates
from review.experts.pool import experts_of
from review.experts.routing import claims_of_own, claims_read_by, least_of, short_of_experts, with_counts
from review.experts.rules import can_assign, can_take_back, sees_scores
from review.models import Assignment, AssignmentState

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from credits.models import Claim
    from portal.models import Person
    from portal.requests import SignedInRequest
    from portal.verdict import Verdict

MINE, SHORT, FULL, ALL = "mine", "short", "full", "all"
SHOWN = {MINE: _("待我分配"), SHORT: _("人数不足"), FULL: _("评分中"), ALL: _("全部")}
SORTS = Sorts({"age": ("stage_entered_at", "pk")}, default="age")
MOST = 200
HISTORY_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One claim of the list: how many experts it has, needs and has heard, and how long it has waited."""

    claim: Claim
    active: int
    scored: int
    least: int
    days: int | None

    @property
    def is_short(self) -> bool:
        """Whether it has fewer experts than the regulation asks for."""
        return self.active < self.least


class AssigningList:
    """The claims in scoring as an address describes them."""

    def __init__(self, request: SignedInRequest) -> None:
        self.person = request.user
        self.assigns = self.person.standing.has(Role.OFFICE, Role.OWNER_UNIT)
        self.choices = [show for show in SHOWN if show != MINE or self.assigns]
        asked = request.GET.get("show", "")
        self.show = asked if asked in self.choices else self.choices[0]
        codes = [power.scheme_code for power in self.person.standing.powers]
        form = AssigningFilter(request.GET, codes=codes)
        self.listing = Listing(request, self._rows(), sorts=SORTS, form=form)

    def _rows(self) -> QuerySet[Claim]:
        found = with_counts(claims_of_own(self.person) if self.show == MINE else claims_read_by(self.person))
        if self.show in {MINE, SHORT}:
            return found.filter(short_of_experts())
        return found.exclude(short_of_experts()) if self.show == FULL else found

    @property
    def lines(self) -> list[Line]:
        """Return the rows of the page."""
        return [line_of(claim) for claim in self.listing.rows]

    @property
    def shown(self) -> list[tuple[str, Any, bool]]:
        """Return the kinds of lists to choose from: value, label, whether it is this one."""
        return [(show, SHOWN[show], show == self.show) for show in self.choices]

    def to_plan(self, ids: Sequence[str]) -> list[Claim]:
        """Return the ticked claims of the list that lack experts, all of them when none is ticked; at most ``MOST``."""
        ticked = [int(text) for text in ids if text.isdecimal() and len(text) < 16]  # noqa: PLR2004 - a big integer
        found = self.listing.queryset
        if ticked:
            found = with_counts(claims_read_by(self.person)).filter(pk__in=ticked).order_by("stage_entered_at", "pk")
        return [claim for claim in found.filter(short_of_experts())[:MOST] if can_assign(self.person, claim)]


def line_of(claim: Any) -> Line:
    """Return the line of a claim that carries its counts."""
    least = least_of(claim.scheme_version)
    return Line(claim, claim.active, claim.scored, least, waited(claim.stage_entered_at))


@dataclass(frozen=True, slots=True)
class Seat:
    """One expert's task on the page of a claim, and whether the person may take it back."""

    task: Assignment
    back: Verdict


def claim_context(claim: Claim, person: Person, *, opened: str = "", address: str = "") -> dict[str, Any]:
    """Return what the page of one claim shows: its experts, everybody else who could be asked, the history."""
    tasks = list(Assignment.objects.filter(claim=claim).select_related("expert").order_by("-turn", "pk"))
    turn = max([task.turn for task in tasks], default=1)
    present = [task for task in tasks if task.turn == turn and task.state != AssignmentState.WITHDRAWN]
    states = {task.expert_id: str(task.state) for task in tasks if task.turn == turn}
    choices = candidates(claim, experts_of(claim.scheme), states)
    choices.sort(key=lambda one: (not one.is_free, one.expert.waiting, one.expert.person.number))
    return {
        "claim": claim,
        "files": files_of(claim, opened, address),
        "allowed": score_range(claim),
        "unit": claim.scheme_version.data.category(claim.category.code).unit,
        "least": least_of(claim.scheme_version),
        "active": sum(task.state in {AssignmentState.WAITING, AssignmentState.SCORED} for task in present),
        "seats": [Seat(task, can_take_back(person, task, claim)) for task in present],
        "choices": [one for one in choices if one.taken in {"", AssignmentState.WITHDRAWN}],
        "verdict": can_assign(person, claim),
        "sees_scores": sees_scores(person, claim),
        "history": history_of(claim, {task.expert.number: task.expert.name for task in tasks}),
    }


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an assignment's history."""

    title: str
    expert: str
    who: str
    at: datetime.datetime
    reason: str


def history_of(claim: Claim, names: dict[str, str]) -> list[Happening]:
    """Return who was given the claim, taken off it, or stepped back, the newest first; scores are no part of it."""
    titles = {"assign": _("分配"), "take_back": _("收回"), "abstain": _("回避")}
    events = Event.objects.filter(subject_kind="assignment", subject_key=str(claim.pk)).order_by("-pk")
    return [
        Happening(
            str(titles.get(event.verb, event.verb)),
            names.get(event.after.get("expert", ""), event.after.get("expert", "")),
            str(_("系统")) if event.actor_id is None else event.signed_name,
            event.at,
            event.reason,
        )
        for event in events[:HISTORY_SHOWN]
    ]

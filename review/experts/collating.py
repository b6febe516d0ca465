"""How far each college's first review of a round is (汇总): what it has passed, what is left, what is late."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from credits.models import Claim, ClaimEvent, Coverage, Round, SchemeVersion
from credits.querysets import NOBODY, schemes_of
from credits.stages import stages, stages_that
from credits.windows import window_for
from portal.enums import Role, Status
from review.models import Delivery

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from credits.evaluation.scheme import Stage
    from portal.models import College, Person

ROUNDS_SHOWN = 3
TO_REVIEW, PASSED, RETURNED, REFUSED = "to_review", "passed", "returned", "refused"
BEYOND = (Status.PUBLICITY, Status.RECOGNISED, Status.REVOKED, Status.REFUSED)


@dataclass(slots=True)
class Row:
    """One college of a round: counts of its claims, and when it delivered."""

    college: College
    to_review: int = 0
    passed: int = 0
    returned: int = 0
    refused: int = 0
    waiting: int = 0  # of the passed: at the office, to be passed on
    late: int = 0
    delivery: Delivery | None = None

    @property
    def total(self) -> int:
        """Return how many claims the college has in the round."""
        return self.to_review + self.passed + self.returned + self.refused

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to review: what students amend may still come back."""
        return not self.to_review

    @property
    def is_over(self) -> bool:
        """Whether the round went on without a delivery: nothing is left at college, student or office."""
        return self.delivery is None and not (self.to_review or self.returned or self.waiting)


@dataclass(slots=True)
class Collation:
    """One round as the office collates it."""

    round: Round
    closes_at: datetime.datetime | None
    is_over: bool
    rows: list[Row] = field(default_factory=list)

    @property
    def delivered(self) -> int:
        """Return how many colleges have delivered."""
        return sum(row.delivery is not None for row in self.rows)

    @property
    def concerned(self) -> int:
        """Return how many colleges have something to deliver."""
        return sum(bool(row.total) and not row.is_over for row in self.rows)

    @property
    def sums(self) -> dict[str, int]:
        """Return the figures of all colleges together; ``ready`` may be passed on because its college delivered."""
        names = (TO_REVIEW, PASSED, RETURNED, REFUSED, "waiting", "late", "total")
        sums = {name: sum(getattr(row, name) for row in self.rows) for name in names}
        return {**sums, "ready": sum(row.waiting for row in self.rows if row.delivery is not None)}


def collating_stages(version: SchemeVersion) -> tuple[Stage, Stage] | None:
    """Return the college's stage and the office's that collates it; None for a scheme that does not collate."""
    chain = [stage for stage in stages(version) if stage.acts == "opinion"]
    college = next((stage for stage in chain if stage.role == Role.SECRETARY), None)
    office = next((stage for stage in chain if stage.role == Role.OFFICE), None)
    return (college, office) if college and office else None


def collates(round_: Round) -> tuple[Stage, Stage] | None:
    """Return the two stages between which the round's claims are collated; None where there are none."""
    version = SchemeVersion.objects.in_force(timezone.localdate()).filter(scheme=round_.scheme_id).first()
    return collating_stages(version) if version is not None else None


def rounds_collated_by(person: Person) -> list[tuple[Round, tuple[Stage, Stage]]]:
    """Return the published rounds, newest first, that the person collates as the office or reads as the auditor."""
    mine = Round.objects.filter(schemes_of(person, [Role.OFFICE, Role.AUDITOR]), is_published=True)
    return _that_collate(mine)


def rounds_delivered_by(person: Person) -> list[tuple[Round, tuple[Stage, Stage]]]:
    """Return the newest published rounds that the person's colleges deliver; no query where no scheme collates."""
    if not stages_that("opinion"):
        return []
    reach = NOBODY
    for power in person.standing.powers_as([Role.SECRETARY]):
        covered = Q(scheme__coverage__college=power.college_id)
        reach |= covered & Q(scheme__code=power.scheme_code) if power.scheme_code else covered
    mine = Round.objects.filter(reach, is_published=True)
    return _that_collate(Round.objects.filter(pk__in=mine.order_by("-pk").values("pk")))[:ROUNDS_SHOWN]


def _that_collate(rounds: QuerySet[Round]) -> list[tuple[Round, tuple[Stage, Stage]]]:
    found: dict[int, tuple[Stage, Stage] | None] = {}
    kept = []
    for round_ in rounds.select_related("scheme").prefetch_related("windows"):
        if round_.scheme_id not in found:
            found[round_.scheme_id] = collates(round_)
        between = found[round_.scheme_id]
        if between is not None:
            kept.append((round_, between))
    return kept


def collation_for(person: Person, asked: str) -> Collation | None:
    """Return the table of the round that was asked for, of the newest one otherwise; None when the person has none."""
    rounds = rounds_collated_by(person)
    chosen = next((pair for pair in rounds if str(pair[0].pk) == asked), next(iter(rounds), None))
    return collation_of(*chosen) if chosen else None


def collation_of(round_: Round, between: tuple[Stage, Stage], *, colleges: Iterable[int] | None = None) -> Collation:
    """Return the table of a round: every college that the scheme covers, those with claims first (four queries).

    Late is what a college has still to review after the window that holds for the claim's cohort has closed.
    """
    window = window_for(round_, Role.SECRETARY, None)
    rows = {one.college_id: Row(one.college) for one in _covered(round_, colleges)}
    for college_id, cohort, kind, number in _counts(round_, between):
        if college_id not in rows:
            continue
        row = rows[college_id]
        _add(row, kind, number)
        if kind == TO_REVIEW and is_over(round_, cohort):
            row.late += number
    for delivery in Delivery.objects.filter(round=round_).select_related("delivered_by"):
        if delivery.college_id in rows:
            rows[delivery.college_id].delivery = delivery
    ordered = sorted(rows.values(), key=lambda row: (not row.total, row.college.code))
    return Collation(round_, window.closes_at if window else None, is_over(round_, None), ordered)


def is_over(round_: Round, cohort: int | None) -> bool:
    """Whether the colleges' window has closed; without one there is no limit."""
    window = window_for(round_, Role.SECRETARY, cohort)
    return window is not None and timezone.now() > window.closes_at


def _covered(round_: Round, colleges: Iterable[int] | None) -> Any:
    found = Coverage.objects.filter(scheme=round_.scheme_id).select_related("college")
    return found if colleges is None else found.filter(college__in=list(colleges))


def _add(row: Row, kind: str, number: int) -> None:
    if kind == "waiting":
        row.passed += number
        row.waiting += number
    else:
        setattr(row, kind, getattr(row, kind) + number)


def _counts(round_: Round, between: tuple[Stage, Stage]) -> list[tuple[int, int, str, int]]:
    """Return college, cohort, kind and number; a claim refused later in the chain was passed by its college."""
    college, office = between
    refused = ClaimEvent.objects.filter(subject=OuterRef("pk"), verb="refuse", from_state=f"in_review:{college.code}")
    kind = Case(
        When(status=Status.IN_REVIEW, stage=college.code, then=Value(TO_REVIEW)),
        When(status=Status.IN_REVIEW, stage=office.code, then=Value("waiting")),
        When(status=Status.RETURNED, then=Value(RETURNED)),
        When(Q(status=Status.REFUSED) & Exists(refused), then=Value(REFUSED)),
        default=Value(PASSED),
        output_field=CharField(),
    )
    found = Claim.objects.filter(round=round_, follows_lead=False)
    found = found.filter(Q(status__in=[Status.IN_REVIEW, Status.RETURNED, *BEYOND]))
    counted = found.annotate(kind=kind).order_by().values_list("college_id", "cohort", "kind")
    numbers: dict[tuple[int, int, str], int] = defaultdict(int)
    for college_id, cohort, what, number in counted.annotate(number=Count("pk")):
        numbers[college_id, cohort, what] += number
    return [(*key, number) for key, number in numbers.items()]

"""Many claims in one action: what would happen, row by row. ``review.services.batches`` does it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credits.enums import MemberState
from credits.models import Member
from credits.rules import can_review
from credits.services.moving import may_lead
from credits.stages import following_stage
from credits.waivers import read_waivers
from portal.enums import Status
from portal.points import ZERO, format_points
from portal.workflow import lock_all
from review.desk.reviewing import act_of, claims_to_review, proposed_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credits.models import Claim
    from portal.models import Person
    from review.desk.queues import ClaimQueue

MOST = 200  # in one request; more is a job
MOST_MATCHING = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One ticked row: which claim, and the revision that the person saw."""

    pk: int
    revision: int

    @property
    def key(self) -> str:
        """Write it as the forms carry it."""
        return f"{self.pk}:{self.revision}"


@dataclass(frozen=True, slots=True)
class Row:
    """What would happen to one ticked row; ``claim`` is None for a row that is not the person's to see."""

    wanted: Wanted
    claim: Claim | None
    points: Decimal = ZERO
    becomes: str = ""
    fault: str = ""  # nothing can be done with it: gone, foreign, decided by somebody else
    doubt: str = ""  # it can be decided, but only one by one
    gives_points: bool = True  # a stage that only gives an opinion passes the claim on without

    @property
    def label(self) -> str:
        """Name the row for a message."""
        if self.claim is None:
            return _("编号 %(pk)s") % {"pk": self.wanted.pk}
        return f"{self.claim.student.person.name} · {self.claim.content}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a batch would do."""

    rows: list[Row]

    @property
    def approvable(self) -> list[Row]:
        """Return what would be approved."""
        return [row for row in self.rows if not row.fault and not row.doubt]

    @property
    def returnable(self) -> list[Row]:
        """Return what could be sent back."""
        return [row for row in self.rows if not row.fault]

    @property
    def left_out(self) -> list[Row]:
        """Return what would not be approved."""
        return [row for row in self.rows if row.fault or row.doubt]

    @property
    def keys(self) -> str:
        """Write what would be approved as one field of a form."""
        return " ".join(row.wanted.key for row in self.approvable)

    @property
    def returnable_keys(self) -> str:
        """Write what could be sent back as one field of a form."""
        return " ".join(row.wanted.key for row in self.returnable)

    @property
    def left_keys(self) -> str:
        """Write what would not be approved as one field of a form."""
        return " ".join(row.wanted.key for row in self.left_out)

    @property
    def total(self) -> Decimal:
        """Return the points that would be approved."""
        return sum((row.points for row in self.approvable if row.gives_points), ZERO)

    @property
    def gives_points(self) -> bool:
        """Whether approving recognises points anywhere."""
        return any(row.gives_points for row in self.approvable)


class BatchRefused(Exception):  # noqa: N818 - the sentence people read
    """A batch in which some row cannot be carried out; nothing was changed.

    ``offenders`` are names and reasons, each with the claim's key where that is known.
    """

    def __init__(self, offenders: Sequence[tuple[str, str] | tuple[str, str, int]]) -> None:
        super().__init__("; ".join(f"{one[0]}: {one[1]}" for one in offenders))
        self.offenders = [(one[0], one[1]) for one in offenders]
        self.reasons = {key: why for _name, why, *keys in offenders for key in keys}


def read_wanted(texts: Iterable[str], most: int = MOST) -> list[Wanted]:
    """Return the ticked rows, each once, at most so many; what no page of ours wrote is left out.

    A text may hold many rows, parted by blanks: a page of a thousand sends one field.
    """
    found: dict[int, Wanted] = {}
    for text in " ".join(texts).split():
        pk, _colon, revision = text.partition(":")
        if pk.isdecimal() and revision.isdecimal() and len(pk) < 16 and len(revision) < 10:  # noqa: PLR2004 - columns
            found.setdefault(int(pk), Wanted(int(pk), int(revision)))
    return list(found.values())[:most]


def matching(queue: ClaimQueue) -> list[Wanted]:
    """Return the rows of a queue in its order, as they stand now, at most ``MOST_MATCHING``."""
    return [Wanted(*row) for row in queue.listing.queryset.values_list("pk", "revision")[:MOST_MATCHING]]


def plan(person: Person, wanted: list[Wanted], *, locked: bool = False) -> Plan:
    """Say what would happen to each row; changes nothing. ``locked`` holds the claims until the transaction ends."""
    claims = claims_to_review(person)
    found = (lock_all(claims) if locked else claims).in_bulk([one.pk for one in wanted])
    read_waivers(found.values())
    unsettled = _unsettled_teams(found.values())
    return Plan([_row(person, one, found.get(one.pk), unsettled) for one in wanted])


def _row(person: Person, wanted: Wanted, claim: Claim | None, unsettled: set[int]) -> Row:
    if claim is None:
        return Row(wanted, None, fault=_("没有这条申报，或不在您的审核范围。"))
    points, becomes, fault = proposed_points(claim) or ZERO, _becomes(claim), _fault(person, wanted, claim)
    if act_of(claim) == "opinion":
        doubt = _("还有团队成员未确认或有异议，请逐条审核。") if claim.pk in unsettled else ""
        return Row(wanted, claim, points, becomes, fault=fault, doubt=doubt, gives_points=False)
    return Row(wanted, claim, points, becomes, fault=fault, doubt=_doubt(claim))


def _unsettled_teams(claims: Iterable[Claim]) -> set[int]:
    """Return the claims that lead a team of which somebody has not answered, or disputes (no query without teams)."""
    leads = [claim.pk for claim in claims if may_lead(claim)]
    if not leads:
        return set()
    waiting = Member.objects.filter(achievement__lead__in=leads, state__in=[MemberState.WAITING, MemberState.DISPUTED])
    return set(waiting.values_list("achievement__lead", flat=True))


def _fault(person: Person, wanted: Wanted, claim: Claim) -> str:
    if claim.status != Status.IN_REVIEW:
        return _("已不在审核中（%(status)s）。") % {"status": claim.get_status_display()}
    if claim.revision != wanted.revision:
        return _("您打开页面之后，这条申报已有变化。")
    verdict = can_review(person, claim)
    return "" if verdict else str(verdict.reason)


def _doubt(claim: Claim) -> str:
    """Say why a claim needs a look of its own: rules and student disagree. A later stage goes by the first's word."""
    if claim.recognised_points is not None:
        return ""
    if claim.suggested_points is not None:
        if claim.suggested_points == claim.claimed_points:
            return ""
        two = {"suggested": format_points(claim.suggested_points), "typed": format_points(claim.claimed_points)}
        words = claim.scheme_version.data.wording
        return _("建议%(points_short)s %(suggested)s 与%(claimed)s %(typed)s 不同，请逐条审核。") % {**words, **two}
    low, high = claim.trace.get("minimum"), claim.trace.get("maximum")
    if low and high and Decimal(low) <= (claim.claimed_points or ZERO) <= Decimal(high):
        return ""
    words = claim.scheme_version.data.wording
    return _("没有建议%(points_short)s可以核对，请逐条审核。") % dict(words)


def _becomes(claim: Claim) -> str:
    try:
        following = following_stage(claim)
    except ValueError:  # decided meanwhile: it has no stage any more
        return ""
    return following.name if following else str(Status.RECOGNISED.label)

"""Items on which nobody disagrees, confirmed in one press: what would happen to each, and what did (一致确认)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credits.models import ClaimEvent
from portal.enums import Status
from review.committee.bench import benches
from review.committee.rules import is_gone
from review.desk.batches import MOST
from review.models import AgendaItem, Ballot, ItemOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from portal.models import Person
    from review.committee.bench import Bench
    from review.desk.batches import Wanted
    from review.models import Meeting


@dataclass(frozen=True, slots=True)
class Row:
    """What would happen to one item; ``bench`` is None for one that is not on the meeting's agenda."""

    pk: int
    revision: int
    bench: Bench | None
    fault: str = ""  # nothing can be done with it: gone, decided, changed since
    doubt: str = ""  # it needs a look and a vote of its own

    @property
    def item(self) -> AgendaItem | None:
        """Return the item."""
        return self.bench.item if self.bench is not None else None

    @property
    def key(self) -> str:
        """Write it as the form carries it."""
        return f"{self.pk}:{self.revision}"

    @property
    def label(self) -> str:
        """Name the item for a message."""
        if self.item is None:
            return _("编号 %(pk)s") % {"pk": self.pk}
        return f"{self.item.position} · {self.item.claim.student.person.name} · {self.item.claim.content}"

    @property
    def points(self) -> Decimal | None:
        """Return the points that the student would get."""
        return points_of(self.item) if self.item is not None else None

    @property
    def becomes(self) -> str:
        """Return the state that follows."""
        if self.item is None:
            return ""
        publicised = self.item.claim.scheme_version.data.publicity is not None
        return str((Status.PUBLICITY if publicised else Status.RECOGNISED).label)


def open_rows(meeting: Meeting) -> list[Row]:
    """Return the meeting's open items, the first ones on the agenda, as one press would treat them."""
    items = list(meeting.items.with_claims().filter(outcome=ItemOutcome.PENDING).order_by("position")[:MOST])
    found = benches(meeting, items)
    return [_row(found[item.pk], item.claim.revision) for item in items]


def wanted_rows(meeting: Meeting, wanted: Iterable[Wanted]) -> list[Row]:
    """Return these items as they stand now, those of no agenda of this meeting among them, by position."""
    chosen = {one.pk: one.revision for one in wanted}
    items = list(meeting.items.with_claims().filter(pk__in=chosen).order_by("position"))
    found = benches(meeting, items)
    rows = [_row(found[item.pk], chosen[item.pk]) for item in items]
    return [*rows, *(_foreign(pk, revision) for pk, revision in chosen.items() if pk not in found)]


def points_of(item: AgendaItem) -> Decimal | None:
    """Return what the student gets when the result stands; None while nobody has given a score that is needed."""
    claim = item.claim
    return claim.recognised_points if claim.recognised_points is not None else claim.suggested_points


def results(person: Person, meeting: Meeting, number: UUID) -> QuerySet[AgendaItem]:
    """Return what one press of the person's confirmed, read from the audit trail: its events share one request."""
    events = ClaimEvent.objects.filter(actor=person, request_id=str(number), verb="confirm")
    return meeting.items.with_claims().filter(claim__in=events.values("subject_id")).order_by("position")


def _row(bench: Bench, revision: int) -> Row:
    return Row(bench.item.pk, revision, bench, _fault(bench.item, revision), _doubt(bench))


def _foreign(pk: int, revision: int) -> Row:
    return Row(pk, revision, None, fault=_("该议题不在本次会议的议程上。"))


def _fault(item: AgendaItem, revision: int) -> str:
    if item.outcome != ItemOutcome.PENDING:
        return _("该议题已有结果：%(outcome)s。") % {"outcome": item.get_outcome_display()}
    if is_gone(item.claim):
        return _("该申报已不在委员会审定环节（%(status)s）。") % {"status": item.claim.get_status_display()}
    return "" if item.claim.revision == revision else _("您打开页面之后，这条申报已有变化。")


def _doubt(bench: Bench) -> str:
    """Say why an item is not for one press with others."""
    claim = bench.item.claim
    if claim.escalated:
        return _("提请委员会决定：%(why)s") % {"why": claim.escalated}
    if claim.scheme_version.data.category(claim.category.code).off_table:
        return _("标准未列出的项目，须由委员会评定分值。")
    if bench.recused:
        return _("有委员回避，请单独审议。")
    ballots = _ballots(bench)
    if ballots[Ballot.AGAINST] or ballots[Ballot.ABSTAIN]:
        return _("已有委员投不同意或弃权，请单独审议。")
    return "" if points_of(bench.item) is not None else _("没有专家评分结果，请单独审议。")


def _ballots(bench: Bench) -> Mapping[str, int]:
    ballots = [seat.ballot for seat in bench.seats]
    return {ballot: ballots.count(ballot) for ballot in (Ballot.AGAINST, Ballot.ABSTAIN)}

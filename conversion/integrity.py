"""Proves the ledger: kept columns against entries, awards against claims, holds against applications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from conversion.models import Line
from credits.models import Claim, LedgerEntry, Lot
from credits.services.ledger import EFFECTS
from portal.enums import Status
from portal.points import ZERO, PointsField

NOTHING = Value(ZERO, output_field=PointsField())


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not add up: where, what is kept, what the proof says."""

    place: str
    kept: str
    proved: str

    def __str__(self) -> str:
        return f"{self.place}: kept {self.kept}, proved {self.proved}"


def differences() -> Iterator[Difference]:
    """Yield every difference; nothing when the books are right. Each check is one query over the whole ledger."""
    yield from columns_against_entries()
    yield from awards_against_claims()
    yield from holds_against_applications()


def columns_against_entries() -> Iterator[Difference]:
    """Re-derive each lot's columns from its entries."""
    sums = {
        f"proved_{column}": Coalesce(
            Sum(
                Case(
                    *[
                        When(kind=kind, then=F("points") * getattr(effect, column))
                        for kind, effect in EFFECTS.items()
                        if getattr(effect, column)
                    ],
                    output_field=PointsField(),
                )
            ),
            NOTHING,
        )
        for column in ("recognised", "held", "consumed")
    }
    proved: dict[int, Any] = {
        row["lot_id"]: row for row in LedgerEntry.objects.order_by().values("lot_id").annotate(**sums).iterator()
    }
    for lot in Lot.objects.order_by().values("pk", "recognised", "held", "consumed").iterator():
        row: dict[str, Any] = proved.get(lot["pk"], {})
        for column in ("recognised", "held", "consumed"):
            found = row.get(f"proved_{column}", ZERO)
            if lot[column] != found:
                yield Difference(f"lot {lot['pk']} {column}", str(lot[column]), str(found))


def awards_against_claims() -> Iterator[Difference]:
    """Every recognised claim has one lot with its points and one award; no other claim holds points."""
    recognised = Claim.objects.order_by().filter(status=Status.RECOGNISED)
    wrong = recognised.filter(Q(lot__isnull=True) | ~Q(lot__recognised=F("recognised_points")))
    for pk, points, lot in wrong.values_list("pk", "recognised_points", "lot__recognised").iterator():
        yield Difference(f"claim {pk} recognised", str(points), str(lot))
    stray = Lot.objects.order_by().exclude(claim__status=Status.RECOGNISED).filter(recognised__gt=ZERO)
    for pk, held in stray.values_list("claim_id", "recognised").iterator():
        yield Difference(f"claim {pk} not recognised", str(held), str(ZERO))
    twice = LedgerEntry.objects.order_by().filter(kind="award").values("lot_id").annotate(n=Count("pk")).filter(n__gt=1)
    for lot_id, count in twice.values_list("lot_id", "n"):
        yield Difference(f"lot {lot_id} awards", str(count), "1")


def holds_against_applications() -> Iterator[Difference]:
    """What is held is what pending applications use, what is consumed is what approved ones used."""
    for column, status in (("held", Status.IN_REVIEW), ("consumed", Status.RECOGNISED)):
        used = (
            Line.objects.order_by()
            .filter(lot=OuterRef("pk"), application__status=status)
            .values("lot")
            .annotate(total=Sum("points"))
            .values("total")
        )
        lots = Lot.objects.order_by().annotate(used=Coalesce(Subquery(used, output_field=PointsField()), NOTHING))
        for pk, kept, proved in lots.exclude(**{column: F("used")}).values_list("pk", column, "used").iterator():
            yield Difference(f"lot {pk} {column} by applications", str(kept), str(proved))


def total_recognised() -> Decimal:
    """Return the sum of all lots: a figure to compare before and after a restore."""
    return Lot.objects.aggregate(total=Sum("recognised"))["total"] or ZERO

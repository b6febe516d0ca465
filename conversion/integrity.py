"""Proves the ledger: kept columns against entries, awards against claims, holds and allowances against applications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from conversion.models import Allowance, Application, Line
from conversion.querysets import HOLDING, USING
from credits.models import Claim, LedgerEntry, Lot, SchemeVersion
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
    yield from allowances_against_applications()


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
    """Every recognised claim has a lot with what counts of it, awarded once; others hold what conversions still use."""
    recognised = Claim.objects.order_by().filter(status=Status.RECOGNISED)
    counted = recognised.annotate(due=Coalesce("counted_points", "recognised_points"), kept=F("lot__recognised"))
    without = Q(kept__isnull=True)
    wrong = counted.filter((without & Q(due__gt=ZERO)) | (~without & ~Q(kept=F("due"))))
    for pk, points, lot in wrong.values_list("pk", "due", "kept").iterator():
        yield Difference(f"claim {pk} recognised", str(points), str(lot))
    ended = Lot.objects.order_by().exclude(claim__status=Status.RECOGNISED)
    for pk, held in ended.filter(cancelled=False, recognised__gt=ZERO).values_list("claim_id", "recognised").iterator():
        yield Difference(f"claim {pk} not recognised", str(held), str(ZERO))
    yield from cancelled_lots()
    yield from clusters_against_claims()
    twice = LedgerEntry.objects.order_by().filter(kind="award").values("lot_id").annotate(n=Count("pk")).filter(n__gt=1)
    for lot_id, count in twice.values_list("lot_id", "n"):
        yield Difference(f"lot {lot_id} awards", str(count), "1")


def clusters_against_claims() -> Iterator[Difference]:
    """Of one student's claims on a project the lots hold together the highest score, where only the highest counts."""
    versions = [row.pk for row in SchemeVersion.objects.order_by() if row.data.counting.highest_only]
    claims = Claim.objects.order_by().filter(
        status=Status.RECOGNISED, project__isnull=False, scheme_version__in=versions
    )
    sums = claims.values("project_id", "student_id").annotate(
        held=Coalesce(Sum("lot__recognised"), NOTHING), best=Max("recognised_points")
    )
    wrong = sums.exclude(held=F("best")).values_list("project_id", "student_id", "held", "best")
    for project, student, held, best in wrong.iterator():
        yield Difference(f"project {project} of student {student}", str(held), str(best))


def cancelled_lots() -> Iterator[Difference]:
    """A lot that was cancelled belongs to no recognised claim, and nothing of it is left but what conversions use."""
    cancelled = Lot.objects.order_by().filter(cancelled=True)
    free = cancelled.exclude(recognised=F("held") + F("consumed"))
    for pk, kept, held, consumed in free.values_list("pk", "recognised", "held", "consumed").iterator():
        yield Difference(f"lot {pk} cancelled", str(kept), str(held + consumed))
    for pk in cancelled.filter(claim__status=Status.RECOGNISED).values_list("pk", flat=True).iterator():
        yield Difference(f"lot {pk} cancelled", str(Status.RECOGNISED), str(Status.REVOKED))


def holds_against_applications() -> Iterator[Difference]:
    """What is held is what pending and publicised applications use, what is consumed is what approved ones used."""
    for column, statuses in (("held", HOLDING), ("consumed", (Status.RECOGNISED,))):
        used = (
            Line.objects.order_by()
            .filter(lot=OuterRef("pk"), application__status__in=statuses)
            .values("lot")
            .annotate(total=Sum("points"))
            .values("total")
        )
        lots = Lot.objects.order_by().annotate(used=Coalesce(Subquery(used, output_field=PointsField()), NOTHING))
        for pk, kept, proved in lots.exclude(**{column: F("used")}).values_list("pk", column, "used").iterator():
            yield Difference(f"lot {pk} {column} by applications", str(kept), str(proved))


def allowances_against_applications() -> Iterator[Difference]:
    """What is used of each lifetime allowance is what the student's live offsets took, and nobody else took any."""
    live = Application.objects.order_by().filter(status__in=USING, offset_credits__gt=ZERO)
    sums = live.values_list("scheme_id", "student_id").annotate(total=Sum("offset_credits"))
    proved = {(scheme, student): total for scheme, student, total in sums.iterator()}
    for row in Allowance.objects.order_by().values("scheme_id", "student_id", "used").iterator():
        found = proved.pop((row["scheme_id"], row["student_id"]), ZERO)
        if row["used"] != found:
            yield Difference(f"allowance of student {row['student_id']}", str(row["used"]), str(found))
    for (_scheme, student), total in proved.items():
        yield Difference(f"allowance of student {student}", str(ZERO), str(total))
    ended = Application.objects.order_by().exclude(status__in=USING).filter(offset_credits__gt=ZERO)
    for pk, taken in ended.values_list("pk", "offset_credits").iterator():
        yield Difference(f"application {pk} offset", str(taken), str(ZERO))


def total_recognised() -> Decimal:
    """Return the sum of all lots: a figure to compare before and after a restore."""
    return Lot.objects.aggregate(total=Sum("recognised"))["total"] or ZERO

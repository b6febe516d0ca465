"""The query page: recognised points, totals, where each number comes from, and what became of the points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from credits.explaining import explain_claim, version_page
from credits.models import Claim, LedgerEntry, Lot
from credits.statement import statement_of
from credits.views.claims import RELATED, claim_listing, shown_rows
from portal.points import ZERO

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpResponse

    from credits.statement import Account
    from portal.requests import SignedInRequest


@login_required
@require_safe
def points(request: SignedInRequest) -> HttpResponse:
    """Show every claim with its recognised points; the totals count what is recognised and nothing else."""
    listing = claim_listing(request)
    context = {"listing": listing, "rows": shown_rows(request, listing), **totals(request)}
    return render(request, "credits/points.html", context)


def totals(request: SignedInRequest) -> dict[str, Any]:
    """Return the sums by category and in all, whatever the filters show."""
    rows = (
        Claim.objects.owned_by(request.user)
        .counting()
        .order_by()
        .values("category__name", "category__code", "category__position")
        .annotate(points=Sum(Coalesce("counted_points", "recognised_points")))
    )
    by_category = sorted(rows, key=lambda row: row["category__position"])
    return {"by_category": by_category, "total": sum((row["points"] for row in by_category), ZERO)}


@login_required
@require_safe
def explanation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the steps behind one claim's number, for a list that opens them in place."""
    row = get_object_or_404(Claim.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    context = {"claim": row, "explanation": explain_claim(row), "version_page": version_page(row.scheme_version)}
    return render(request, "credits/_explanation_row.html", context)


@login_required
@require_safe
def points_statement(request: SignedInRequest) -> HttpResponse:
    """Show every booking on the student's points, with what was usable after each."""
    accounts = accounts_of(request)
    context = {
        "accounts": accounts,
        "recognised": sum((account.lot.recognised for account in accounts), ZERO),
        "held": sum((account.lot.held for account in accounts), ZERO),
        "consumed": sum((account.lot.consumed for account in accounts), ZERO),
        "usable": sum((account.lot.usable for account in accounts), ZERO),
    }
    return render(request, "credits/statement.html", context)


def accounts_of(request: SignedInRequest) -> list[Account]:
    """Return the student's accounts, the newest record first."""
    student_id = request.user.standing.student_id or 0
    lots = Lot.objects.filter(student_id=student_id).select_related("claim", "category").order_by("-pk")
    entries = LedgerEntry.objects.filter(lot__student_id=student_id).order_by("pk")
    return statement_of(lots, entries)

"""Choosing an entry of the achievement library for a claim: a page of its own, and a search inside the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from credits.forms.library import EntryFilter
from credits.library import achieved_year, levels, why_not_in_year, years_of
from credits.models import LibraryEntry
from credits.rules import can_edit
from credits.views.suggesting import claim_asked
from portal.listing import Listing, Sorts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from credits.models import Claim
    from credits.querysets import LibraryQuerySet
    from portal.requests import SignedInRequest

SORTS = Sorts({"name": ("name", "pk"), "level": ("level", "name", "pk")}, default="name")
SHOWN = 8


@login_required
@require_safe
def library_choose(request: SignedInRequest) -> HttpResponse:
    """Show the entries that a draft may name; each leads back to its form."""
    claim = _bound_claim(request)
    if claim.pk and not (claim.is_editable and can_edit(request.user, claim)):
        return redirect(claim)
    data, rules = claim.scheme_version.data, claim.scheme_version.data.category(claim.category.code)
    form = EntryFilter(levels(data, rules), request.GET)
    listing = Listing(request, _choosable(claim), sorts=SORTS, form=form, keyset=False)
    context = {
        "claim": claim,
        "listing": listing,
        "form": form,
        "rows": _rows(listing.rows, claim),
        "asked": {name: request.GET[name] for name in ("claim", "round", "category") if name in request.GET},
    }
    return render(request, "credits/library_choose.html", context)


@login_required
@require_safe
def library_search(request: SignedInRequest) -> HttpResponse:
    """Answer the search inside the form with the first entries that fit."""
    claim, text = _bound_claim(request), request.GET.get("q", "").strip()[:60]
    found = list(_choosable(claim).matching(text).order_by("name", "pk")[: SHOWN + 1]) if text else []
    context = {"text": text, "rows": _rows(found[:SHOWN], claim), "more": len(found) > SHOWN}
    return render(request, "credits/_library_results.html", context)


def _bound_claim(request: SignedInRequest) -> Claim:
    claim = claim_asked(request)
    if not claim.scheme_version.data.category(claim.category.code).library:
        raise Http404
    return claim


def _choosable(claim: Claim) -> LibraryQuerySet:
    return LibraryEntry.objects.choosable().filter(scheme=claim.scheme_id, category=claim.category_id)


def _rows(entries: Iterable[LibraryEntry], claim: Claim) -> list[dict[str, Any]]:
    year = achieved_year(claim)
    return [{"entry": row, "years": years_of(row), "warning": why_not_in_year(row, year)} for row in entries]

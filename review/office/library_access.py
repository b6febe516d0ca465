"""For which scheme's library the office works, and the entry that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from credits.models import LibraryEntry
from credits.shelf import Shelf
from review.office.access import kept_schemes

if TYPE_CHECKING:
    from credits.models import Scheme
    from portal.requests import SignedInRequest


def chosen_shelf(request: SignedInRequest) -> tuple[Shelf, list[Scheme]]:
    """Return the library that the address names, else the first there is, and the schemes to choose from.

    Only offices get past here, as past ``kept_schemes``.
    """
    schemes = kept_schemes(request.user)
    wanted = request.GET.get("scheme") or request.POST.get("scheme")
    named = next((scheme for scheme in schemes if scheme.code == wanted), None)
    if named is not None:
        return Shelf(named), schemes
    shelves = [Shelf(scheme) for scheme in schemes]
    return next((shelf for shelf in shelves if shelf.categories), shelves[0]), schemes


def kept_entry(request: SignedInRequest, pk: int) -> LibraryEntry:
    """Return an entry of a scheme for which the person is the office, or 404."""
    kept = LibraryEntry.objects.kept_by(request.user).select_related("scheme", "category", "merged_into")
    entry: LibraryEntry = get_object_or_404(kept, pk=pk)
    return entry


def seen_revision(request: SignedInRequest) -> int:
    """Return the revision that the page showed; nonsense is never the present one."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else -1

"""Prints the application form of a claim: the same claim in the same state, printed twice, is the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credits.claim_form import form_of
from portal.language import kept_language
from portal.pdf import render_pdf

if TYPE_CHECKING:
    from credits.models import Claim

TEMPLATE = "credits/pdf/claim_form.html"
STYLES = ("credits/pdf/claim_form.css",)


def said_by_form(claim: Claim) -> dict[str, Any]:
    """Return what the form says: it is the university's paper, in the portal's language, whoever prints it."""
    with kept_language():
        return form_of(claim)


def claim_form_pdf(said: dict[str, Any]) -> bytes:
    """Return the form as a PDF; raises ``UnprintableText`` naming characters that no installed font has."""
    with kept_language():
        return render_pdf(TEMPLATE, {"said": said}, styles=STYLES)

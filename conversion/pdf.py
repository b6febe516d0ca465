"""Prints the application form (申请表) from its snapshot: the same form, printed twice, is the same file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from conversion.paper import form_sheet
from credits.explaining import telling_steps
from portal.language import kept_language
from portal.paper import Sheet, write_pdf
from portal.points import format_number, format_points

if TYPE_CHECKING:
    from conversion.models import Form

DOCUMENT = re.compile(r"^《[^》]+》")


def form_pdf(form: Form) -> bytes:
    """Return the form as a PDF; raises ``UnprintableText`` naming characters that no installed font has.

    It is the university's paper: whoever prints it, in whichever language, gets the same file.
    """
    return write_pdf([sheet_of(form)])


def sheet_of(form: Form) -> Sheet:
    """Return the form as it is set, to be printed alone or among others."""
    with kept_language():
        return form_sheet(said_on(form))


def verify_address(form: Form) -> str:
    """Return the absolute address that the QR code holds."""
    return f"{settings.SITE_URL}{reverse('conversion:verify', args=[form.code])}"


def said_on(form: Form) -> dict[str, Any]:
    """Return what the paper says: the snapshot, its figures as people write them, the address of the code."""
    said = form.snapshot
    return {
        **said,
        "lines": [_line(line) for line in said["lines"]],
        "total": _number(said["total"]),
        "credits": format_number(Decimal(said["course"]["credits"])),
        "address": verify_address(form),
    }


def file_name(form: Form) -> str:
    """Return the name under which a browser keeps the file."""
    return f"{form.number}.pdf"


def _line(line: dict[str, Any]) -> dict[str, Any]:
    steps = telling_steps(line["trace"].get("steps", []))
    cited = [DOCUMENT.match(step["clause"]) for step in steps]
    documents = list(dict.fromkeys(found[0] for found in cited if found))
    return {
        **line,
        "recognised": _number(line["recognised"]),
        "used": _number(line["used"]),
        "steps": [{"text": _told(step), "article": DOCUMENT.sub("", step["clause"])} for step in steps],
        "documents": documents,
    }


def _told(step: dict[str, Any]) -> str:
    """Return a step in one short phrase: its formula where that says more than the result."""
    label, formula = step["label"], step["formula"]
    if "=" not in formula:
        return f"{label} {step['output']}"
    return formula if "=" in label or formula.startswith(label) else f"{label}：{formula}"


def _number(text: str) -> str:
    return format_points(Decimal(text))

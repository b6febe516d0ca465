"""Prints the application form (申请表) from its snapshot: the same form, printed twice, is the same file."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from credits.explaining import telling_steps
from portal.language import kept_language
from portal.pdf import qr_svg, render_pdf
from portal.points import format_number, format_points

if TYPE_CHECKING:
    from conversion.models import Form

GRADED, OFFSET = "conversion/pdf/form.html", "conversion/pdf/offset.html"
STYLES = ("conversion/pdf/form.css",)
DOCUMENT = re.compile(r"^《[^》]+》")


def form_pdf(form: Form) -> bytes:
    """Return the form as a PDF; raises ``UnprintableText`` naming characters that no installed font has.

    It is the university's paper: whoever prints it, in whichever language, gets the same file.
    """
    with kept_language():
        template = OFFSET if "offset" in form.snapshot else GRADED
        return render_pdf(template, context_of(form), styles=STYLES)


def verify_address(form: Form) -> str:
    """Return the absolute address that the QR code holds."""
    return f"{settings.SITE_URL}{reverse('conversion:verify', args=[form.code])}"


def context_of(form: Form) -> dict[str, Any]:
    """Return what the template prints: the snapshot, its numbers written as people write them, and the QR code."""
    said = form.snapshot
    address = verify_address(form)
    return {
        "said": said,
        "lines": [_line(line) for line in said["lines"]],
        "total": _number(said["total"]),
        "credits": format_number(Decimal(said["course"]["credits"])),
        "address": address,
        "qr": qr_svg(address),
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

"""Prints lists for the notice board and formal notices, from their snapshots alone: the same file every time."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from portal.enums import Counting
from portal.language import kept_language
from portal.pdf import qr_svg, render_pdf
from review.models import ListKind
from review.publicity.lines import by_college

if TYPE_CHECKING:
    from review.models import FormalNotice, PublicityList

STYLES = ("review/publicity/pdf/list.css",)


def list_pdf(row: PublicityList) -> bytes:
    """Return the list as a PDF; raises ``UnprintableText`` naming characters that no installed font has."""
    said = row.snapshot
    with kept_language():
        context = {
            **_common(row.code, row.sha256, said),
            "counting": Counting(said["counting"]).label,
            "opens_at": _moment(said["opens_at"]),
            "closes_at": _moment(said["closes_at"]),
        }
        return render_pdf("review/publicity/pdf/list.html", context, styles=STYLES)


def notice_pdf(notice: FormalNotice) -> bytes:
    """Return the notice as a PDF; raises ``UnprintableText`` like the list."""
    said = notice.snapshot
    with kept_language():
        context = {
            **_common(said["list"]["code"], notice.sha256, said),
            "opens_at": _moment(said["list"]["opens_at"]),
            "closes_at": _moment(said["list"]["closes_at"]),
            "issued_on": date_format(datetime.date.fromisoformat(said["issued_on"]), "Y年n月j日"),
        }
        return render_pdf("review/publicity/pdf/notice.html", context, styles=STYLES)


def _common(code: str, sha256: str, said: dict[str, Any]) -> dict[str, Any]:
    address = f"{settings.SITE_URL}{reverse('review:public_verify', args=[code])}"
    return {
        "said": said,
        "colleges": by_college(said["entries"]),
        "count": len(said["entries"]),
        "is_offset": said["kind"] == ListKind.OFFSETS,
        "sha256": sha256,
        "address": address,
        "qr": qr_svg(address),
    }


def _moment(text: str) -> str:
    return datetime.datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")

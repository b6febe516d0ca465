"""Small parts of pages: icons, states, points. Large ones are templates under templates/components/."""

from __future__ import annotations

import uuid
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from portal.enums import Status
from portal.fields import render_field
from portal.icons import icon_html
from portal.kept_rows import fill_rows
from portal.points import format_number, format_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

register = template.Library()

# A state is told three times: by its word, its shape and its colour.
STATUS_ICONS = {
    Status.DRAFT: "circle",
    Status.IN_REVIEW: "hourglass-split",
    Status.PUBLICITY: "megaphone",
    Status.RECOGNISED: "check-circle-fill",
    Status.RETURNED: "arrow-return-left",
    Status.REFUSED: "x-circle-fill",
    Status.WITHDRAWN: "dash-circle",
    Status.REVOKED: "slash-circle",
}
TONE_ICONS = {
    "info": "info-circle",
    "success": "check-circle-fill",
    "warning": "exclamation-triangle",
    "error": "exclamation-circle",
}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """``{% icon "bell" %}``."""
    return icon_html(name, extra)


@lru_cache(maxsize=256)
def status_html(value: str, solid: bool, _language: str) -> SafeString:  # noqa: FBT001 - part of the cache's key
    """Return the badge of a state."""
    state = Status(value)
    classes = f"status st-{state.value}{' status-solid' if solid else ''}"
    return format_html('<span class="{}">{}{}</span>', classes, icon_html(STATUS_ICONS[state]), state.label)


@register.simple_tag
def status(value: str, *, solid: bool = False) -> SafeString:
    """``{% status claim.status %}`` in lists, ``{% status claim.status solid=True %}`` beside a title."""
    return status_html(str(value), solid, get_language() or "")


@register.simple_tag
def status_icon(value: str) -> SafeString:
    """Return the shape of a state alone, for the dots of a timeline."""
    return icon_html(STATUS_ICONS.get(str(value), "circle"))  # type: ignore[call-overload]  # a str finds its enum member


@register.filter
def points(value: Decimal | None) -> str:
    """Write points the shortest honest way, 3.0, 0.5, 1.25, a dash for none: ``{{ claim.claimed_points|points }}``."""
    return "—" if value is None else format_points(value)


@register.filter
def number(value: Decimal | None) -> str:
    """Write a course's credits as people do, 2, 2.5, 0.25, a dash for none: ``{{ course.credits|number }}``."""
    return "—" if value is None else format_number(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Write day and time in one piece that no line's end divides, a dash for none: ``{{ list.closes_at|moment }}``."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat("T", "seconds"), format_date(local, "Y-m-d H:i")
    )


@register.simple_tag
def points_with_unit(value: Decimal | None, unit: str = "") -> SafeString:
    """``{% points_with_unit total shell.wording.unit %}`` sets the figure bold and the unit small."""
    small = format_html("<small>{}</small>", unit) if unit and value is not None else ""
    return format_html('<span class="points">{}{}</span>', points(value), small)


@register.simple_tag
def tag(text: Any, tone: str = "", icon_name: str = "") -> SafeString:
    """``{% tag "团队" %}``, ``{% tag "逾期" "bad" "clock" %}``; tones: info ok warn bad."""
    picture = icon_html(icon_name) if icon_name else ""
    return format_html('<span class="tag{}">{}{}</span>', f" tag-{tone}" if tone else "", picture, text)


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    """Return the icon of a message: info, success, warning, error (debug looks like info)."""
    return icon_html(TONE_ICONS.get(tone, "info-circle"))


@register.simple_tag
def form_key() -> SafeString:
    """``{% form_key %}`` in every mutating form: the key by which a replay is recognised."""
    return mark_safe(f'<input type="hidden" name="form_key" value="{uuid.uuid4()}">')  # noqa: S308 - a fresh UUID


@register.filter
def file_icon(media_type: str) -> str:
    """Return the icon's name for a media type."""
    if media_type == "application/pdf":
        return "file-earmark-pdf"
    if media_type.startswith("image/"):
        return "file-earmark-image"
    return "file-earmark-spreadsheet" if "sheet" in media_type else "file-earmark-text"


@register.filter
def is_image(media_type: str) -> bool:
    """Whether a browser shows the type as a picture."""
    return media_type in {"image/jpeg", "image/png", "image/webp"}


@register.simple_tag
def field(bound: BoundField, wrapper_class: str = "", *, show_label: bool = True) -> SafeString:
    """``{% field form.content %}`` draws a field; crispy layouts draw theirs through the same function."""
    return render_field(bound, wrapper_class=wrapper_class or "", show_label=show_label is not False)


@register.simple_tag
def kept_rows(template_name: str, rows: Iterable[Mapping[str, Any]], shape: str = "", **facts: Any) -> SafeString:
    """``{% kept_rows "credits/_claim_row.html" rows shape="status channel" wording=shell.wording %}``.

    Draws prepared rows through a template that is rendered once per shape: see portal/kept_rows.py.
    """
    return fill_rows(template_name, rows, shape.split(), **facts)

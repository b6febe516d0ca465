"""Icons of static/icons.svg as HTML."""

from __future__ import annotations

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


@lru_cache(maxsize=512)
def icon_html(name: str, extra: str = "") -> SafeString:
    """Return one icon, hidden from screen readers: the word beside it speaks."""
    href = f"{static('icons.svg')}#{name}"
    classes = f"icon {extra}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)

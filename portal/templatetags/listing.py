"""Links of a list that keep its state."""

from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from portal.listing import PAGE_PARAMETERS, Listing, without_page

register = template.Library()


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """Query string of this page with the changes: None removes; the page is dropped unless it is named."""
    query = without_page(_query(context))
    for name, value in changes.items():
        if value in {None, ""}:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def keep_query(context: Context, *dropped: str) -> SafeString:
    """Hidden fields for everything in the query but the page and the named parameters."""
    gone = {*PAGE_PARAMETERS, *dropped}
    pairs = ((name, value) for name, values in _query(context).lists() if name not in gone for value in values)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.inclusion_tag("portal/_sort_heading.html", takes_context=True)
def sort_heading(context: Context, listing: Listing, name: str, label: str, kind: str = "") -> dict[str, Any]:
    """A column heading that sorts: the first press ascending, the next one the other way."""
    descending = listing.sort == f"-{name}"
    current = "descending" if descending else "ascending" if listing.sort == name else ""
    return {
        "label": label,
        "current": current,
        "kind": kind,
        "href": query_with(context, sort=name if current != "ascending" else f"-{name}"),
    }


@register.inclusion_tag("portal/_pager.html", takes_context=True)
def pager(context: Context, listing: Listing) -> dict[str, Any]:
    """The pager of a list."""
    return {"listing": listing, "pager": listing.pager, "request": context["request"]}


def _query(context: Context) -> QueryDict:
    request: HttpRequest = context["request"]
    return request.GET

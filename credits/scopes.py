"""Tells the ground which schemes and categories an appointment may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.models import Category, Coverage, Scheme

if TYPE_CHECKING:
    from collections.abc import Iterable


def schemes_and_categories() -> dict[str, frozenset[str]]:
    """Return scheme code → codes of its categories (two queries)."""
    found: dict[str, set[str]] = {code: set() for code in Scheme.objects.values_list("code", flat=True)}
    for scheme, code in Category.objects.values_list("scheme__code", "code"):
        found[scheme].add(code)
    return {scheme: frozenset(codes) for scheme, codes in found.items()}


def institutions() -> dict[tuple[int | None, str], str]:
    """Return the university of each scheme and of each college that a scheme covers (two queries)."""
    found: dict[tuple[int | None, str], str] = {}
    for code, name in Scheme.objects.order_by("pk").values_list("code", "institution"):
        found[None, code] = name
    rows = Coverage.objects.order_by("scheme_id", "college_id").values_list("college_id", "scheme__institution")
    for college, name in rows:
        found.setdefault((college, ""), name)
    return found


def scope_names() -> dict[tuple[str, str], str]:
    """Return what schemes and their categories are called (two queries)."""
    found = {(code, ""): name for code, name in Scheme.objects.values_list("code", "name")}
    rows = Category.objects.order_by("scheme_id", "position").values_list("scheme__code", "code", "name")
    return found | {(scheme, code): name for scheme, code, name in rows}


def covered_colleges(codes: Iterable[str]) -> frozenset[int]:
    """Return the ids of the colleges that any of the schemes covers (one query)."""
    return frozenset(Coverage.objects.filter(scheme__code__in=list(codes)).values_list("college_id", flat=True))

"""Tells the ground which schemes and categories an appointment may name."""

from __future__ import annotations

from credits.models import Category, Coverage, Scheme


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

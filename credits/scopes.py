"""Tells the ground which schemes and categories an appointment may name."""

from __future__ import annotations

from credits.models import Category, Scheme


def schemes_and_categories() -> dict[str, frozenset[str]]:
    """Return scheme code → codes of its categories (two queries)."""
    found: dict[str, set[str]] = {code: set() for code in Scheme.objects.values_list("code", flat=True)}
    for scheme, code in Category.objects.values_list("scheme__code", "code"):
        found[scheme].add(code)
    return {scheme: frozenset(codes) for scheme, codes in found.items()}

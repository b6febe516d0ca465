"""The facts of an achievement: which are asked, and whether what was entered makes sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credits.evaluation.scheme import FactField, SchemeData


def fields_for(data: SchemeData, category: str, college: str | None = None) -> tuple[FactField, ...]:
    """The fields that the claim form shows for a category, with the choices that hold for a college."""
    raise NotImplementedError

"""How recognised points become course credit."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from credits.evaluation.bands import Band


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BandTemplate:
    """A named list of grade bands that courses refer to."""

    code: str
    label: str
    bands: tuple[Band, ...]
    clause: str = ""
    assumed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class CourseDefault:
    """A course that points are converted into, as the pack proposes it; the office may edit its own copy."""

    code: str
    name: str
    credits: Decimal
    bands: tuple[Band, ...]
    categories: tuple[str, ...]
    template: str = ""
    assumed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How points become course credit. `whole_records`: a record is used entirely or not at all."""

    whole_records: bool
    courses: tuple[CourseDefault, ...]
    templates: Mapping[str, BandTemplate] = field(default_factory=_nothing)
    informs: tuple[str, ...] = ()
    display_list: bool = False
    clause: str = ""
    note: str = ""

    def course(self, code: str) -> CourseDefault | None:
        return next((course for course in self.courses if course.code == code), None)

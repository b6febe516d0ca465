"""How recognised points become course credit."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credits.evaluation.bands import Band
    from credits.evaluation.scheme.procedure import Publicity


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
class ConversionKind:
    """A kind of course that points may offset: from which categories (empty: all), and whether the college judges."""

    code: str
    name: str
    categories: tuple[str, ...] = ()
    judged: bool = False
    clause: str = ""
    note: str = ""

    def takes(self, category: str) -> bool:
        """Whether records of the category may offset such a course."""
        return not self.categories or category in self.categories


@dataclass(frozen=True, slots=True)
class Conversion:
    """How points become course credit. `whole_records`: a record is used entirely or not at all.

    Mode `grade`: the total earns a grade by the course's bands. Mode `offset`: `rate` points stand for one course
    credit, the course is recorded as `grade`, at most `cap` course credits over the student's life (None: no limit).
    """

    whole_records: bool
    courses: tuple[CourseDefault, ...] = ()
    mode: str = "grade"
    rate: Decimal = Decimal(1)
    cap: Decimal | None = None
    grade: str = ""
    kinds: tuple[ConversionKind, ...] = ()
    publicity: Publicity | None = None
    templates: Mapping[str, BandTemplate] = field(default_factory=_nothing)
    informs: tuple[str, ...] = ()
    display_list: bool = False
    clause: str = ""
    note: str = ""

    def course(self, code: str) -> CourseDefault | None:
        return next((course for course in self.courses if course.code == code), None)

    def kind(self, code: str) -> ConversionKind | None:
        """The kind of offset with that code."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    @property
    def offsets(self) -> bool:
        """Whether points stand for course credit as they are, without a grade."""
        return self.mode == "offset"

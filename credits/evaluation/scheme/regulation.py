"""The regulation itself: its documents and clauses, its colleges and words, its limits and examples."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Clause:
    """One article of the university's or a college's regulation; `cite` is how a trace names it."""

    id: str
    cite: str
    text: str
    document: str
    college: str = ""
    categories: tuple[str, ...] = ()
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A regulation: the university's, or (with `college`) a college's own; `example` marks editable example text."""

    code: str
    title: str
    short: str
    college: str = ""
    example: bool = False
    note: str = ""
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class College:
    """A college as the pack knows it: matched by its code or its name in the deployment."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A word that screens or regulations use for the same thing as `means`."""

    term: str
    means: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a form accepts: files per claim, bytes per file, media types, and the largest number of points per item."""

    files_per_claim: int
    file_bytes: int
    file_types: tuple[str, ...]
    max_points: Decimal
    min_points: Decimal


@dataclass(frozen=True, slots=True)
class Rounding:
    """Decimal places of points, and the mode (half_up, half_even or down)."""

    places: int
    mode: str


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that a version must reproduce: `kind` is points, refused, grade or minimum.

    A minimum gives what is `recognised` by category and promises what is `missing` (None: nothing is demanded).
    """

    name: str
    kind: str
    category: str = ""
    college: str = ""
    facts: Mapping[str, object] = field(default_factory=_nothing)
    points: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    problem_field: str = ""
    course: str = ""
    records: tuple[Decimal, ...] = ()
    total: Decimal | None = None
    grade: str = ""
    cohort: int = 0
    student_kind: str = ""
    recognised: Mapping[str, Decimal] = field(default_factory=_nothing)
    missing: Decimal | None = None

"""A scheme version as typed, immutable data: everything a pack says, checked once, read everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from decimal import Decimal

    from credits.evaluation.bands import Band
    from credits.evaluation.registry import Rule
    from credits.evaluation.spans import Span


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ShownWhen:
    """The field is asked only while the fact `field` has one of `values`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactField:
    """One thing that the claim form asks; `kind` is choice, integer, decimal, date, text or boolean.

    `choices` are those of the college asked for (`fields_for`). `otherwise` is the
    value that the rules use while the field is not shown or, when it is optional, left empty.
    """

    name: str
    label: str
    kind: str
    required: bool = True
    choices: tuple[Choice, ...] = ()
    help: str = ""
    shown_when: ShownWhen | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    unit: str = ""
    otherwise: str = ""
    choices_from: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: `keys` in the order of `Table.by`, and the figure, exact or a range."""

    keys: tuple[str, ...]
    value: Span


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of a category, with each college's own rows where a college overrides the university's.

    With `stepped`, the single key is an upper limit: the first row whose key is not below the number applies;
    `*` is the rest.
    """

    code: str
    label: str
    by: tuple[str, ...]
    rows: tuple[Row, ...]
    value_label: str = ""
    stepped: bool = False
    clause: str = ""
    assumed: bool = False
    note: str = ""
    college_rows: Mapping[str, tuple[Row, ...]] = field(default_factory=_nothing)
    college_clauses: Mapping[str, str] = field(default_factory=_nothing)

    def rows_for(self, college: str | None) -> tuple[Row, ...]:
        """The rows that hold for a college: its own replace the university's with the same keys, new ones follow."""
        own = {row.keys: row for row in self.college_rows.get(college or "", ())}
        merged = [own.pop(row.keys, row) for row in self.rows]
        return (*merged, *own.values())

    def clause_for(self, college: str | None, keys: tuple[str, ...]) -> str:
        """The clause behind a row: the college's when the row is the college's own."""
        mine = any(row.keys == keys for row in self.college_rows.get(college or "", ()))
        return self.college_clauses.get(college or "", self.clause) if mine else self.clause

    def keys_of(self, name: str, college: str | None) -> tuple[str, ...]:
        """What stands in the column `name`, each once, in the order of the rows."""
        column = self.by.index(name)
        return tuple(dict.fromkeys(row.keys[column] for row in self.rows_for(college)))


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a category's calculation: the rule with its parameters, what it is called, and why it applies."""

    rule: Rule
    label: str
    clause: str
    into: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class AtMost:
    """The number `lower` may not exceed the number `upper` (a rank and a team's size)."""

    lower: str
    upper: str
    message: str


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One line of the checklist of proofs."""

    code: str
    name: str
    required: bool = True
    help: str = ""
    shown_when: ShownWhen | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of achievement: who enters it (`channel` student or office), what is asked, scored and proved.

    `unit` names the office that records it; `rule_text` is the university's text, `college_rule_text` a college's own
    by its code.
    """

    code: str
    name: str
    channel: str
    unit: str = ""
    recorder_role: str = ""
    summary: str = ""
    fields: tuple[FactField, ...] = ()
    checks: tuple[AtMost, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=_nothing)
    steps: tuple[PlannedStep, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    clauses: tuple[str, ...] = ()
    rule_text: str = ""
    college_rule_text: Mapping[str, str] = field(default_factory=_nothing)
    assumed: bool = False
    note: str = ""

    @property
    def claimable(self) -> bool:
        return self.channel == "student"

    def rule_text_for(self, college: str | None) -> tuple[str, str]:
        """The university's text and the college's own (empty when it has none)."""
        return self.rule_text, self.college_rule_text.get(college or "", "")


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
class Stage:
    """One review stage: who (`role`) decides within which `scope` (class, college, unit, scheme)."""

    code: str
    name: str
    role: str
    scope: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stages:
    """The chains of review of both subjects."""

    claims: tuple[Stage, ...]
    conversions: tuple[Stage, ...]


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
class Alias:
    """A word that screens or regulations use for the same thing as `means`."""

    term: str
    means: str


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example that a version must reproduce: `kind` is points, refused or grade."""

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


@dataclass(frozen=True, slots=True)
class SchemeData:
    """One version of a scheme (认定办法), complete and checked."""

    code: str
    label: str
    name: str
    institution: str
    wording: Mapping[str, str]
    categories: tuple[Category, ...]
    stages: Stages
    conversion: Conversion
    limits: Limits
    rounding: Rounding
    clauses: Mapping[str, Clause]
    documents: tuple[Document, ...] = ()
    colleges: tuple[College, ...] = ()
    examples: tuple[Example, ...] = ()
    aliases: tuple[Alias, ...] = ()
    effective_from: datetime.date | None = None
    cohort_from: int | None = None
    cohort_to: int | None = None
    note: str = ""
    plain: Mapping[str, Any] = field(default_factory=_nothing, repr=False, compare=False)

    def category(self, code: str) -> Category:
        """The category with that code; KeyError when the scheme has none."""
        for category in self.categories:
            if category.code == code:
                return category
        raise KeyError(code)

    def college_code(self, college: str | None) -> str | None:
        """The pack's code of a college given by code or name; None when the college has no rules of its own."""
        return next((known.code for known in self.colleges if college in {known.code, known.name}), None)

    def as_json(self) -> dict[str, Any]:
        """The pack as plain JSON data (decimals as text), for the version's row."""
        return dict(self.plain)

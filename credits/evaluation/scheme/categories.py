"""A category of achievements: what is asked, its tables of figures, its steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credits.evaluation.registry import Rule
    from credits.evaluation.scheme.facts import AtMost, EvidenceItem, FactField, ShownWhen
    from credits.evaluation.spans import Span


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


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

    def keys_of(self, name: str, college: str | None, within: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """What stands in the column `name`, each once, in the order of the rows; `within` holds other columns fast."""
        column = self.by.index(name)
        fast = {self.by.index(other): key for other, key in (within or {}).items()}
        rows = (row for row in self.rows_for(college) if all(row.keys[at] == key for at, key in fast.items()))
        return tuple(dict.fromkeys(row.keys[column] for row in rows))


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a category's calculation: the rule with its parameters, what it is called, and why it applies."""

    rule: Rule
    label: str
    clause: str
    into: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes two claims the same project: equal `facts`; with the kind library the entry as well."""

    kind: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of achievement: who enters it (`channel` student or office), what is asked, scored and proved.

    `unit` names the office that records it, or reviews what students claim; `rule_text` is the university's text,
    `college_rule_text` a college's own by its code. `date` is the fact that says when the achievement was made.
    `library` binds its claims to entries of the achievement library, whose suggested points go by the fact
    `library_award`. While `team` holds, the other members are asked, and the facts `rank` and `team_size` are the
    claimant's own rank and the number of members. `off_table` is what no table lists: the committee decides it.
    Claims of one academic year whose facts `one_award` are equal are on one award, and can be reviewed together.
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
    date: str = ""
    identity: tuple[Identity, ...] = ()
    library: bool = False
    library_award: str = ""
    team: ShownWhen | None = None
    off_table: bool = False
    one_award: tuple[str, ...] = ()

    @property
    def claimable(self) -> bool:
        return self.channel == "student"

    def rule_text_for(self, college: str | None) -> tuple[str, str]:
        """The university's text and the college's own (empty when it has none)."""
        return self.rule_text, self.college_rule_text.get(college or "", "")

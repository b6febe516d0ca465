"""What a claim form asks and which proofs it wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


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
    """One fact of an achievement; `kind` is choice, integer, decimal, date, text, boolean or library.

    `choices` are those of the college asked for (`fields_for`); with `within`, only those that the table has beside
    the value of that earlier fact. `otherwise` is the value that the rules use while the field is not shown or, when it
    is optional, left empty. `asked_of` says who gives it: the student on the claim form, a reviewer with the decision,
    or the library entry that the claim is bound to. A fact of the kind library is the name of that entry.
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
    within: str = ""
    asked_of: str = "student"


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

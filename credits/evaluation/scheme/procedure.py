"""How claims and applications go through the house: who may claim, who decides, what is made public.

Every part but the stages may be missing; then the scheme does without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Stage:
    """One review stage: who (`role`) decides within which `scope` (class, college, unit, scheme).

    `acts` says what is decided there: `points` are given, an `opinion` without points, a `score` by each of several
    people, or the committee `confirm`s. A stage that `skips_exact` is left out where the rules leave nothing to judge.
    """

    code: str
    name: str
    role: str
    scope: str
    note: str = ""
    acts: str = "points"
    skips_exact: bool = False


@dataclass(frozen=True, slots=True)
class Stages:
    """The chains of review of both subjects."""

    claims: tuple[Stage, ...]
    conversions: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts of several claims for one project; `highest_only`: the best one, never their sum."""

    highest_only: bool = False
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may claim what.

    `student_kinds` are the kinds of students (empty: all). `on_roll` asks for a student on the roll, `during_studies`
    for an achievement made between entry and graduation (`clause` for these three), `claim_once` for one that was not
    claimed before (`clause_once`).
    """

    clause: str
    student_kinds: tuple[str, ...] = ()
    on_roll: bool = False
    during_studies: bool = False
    claim_once: bool = False
    clause_once: str = ""


@dataclass(frozen=True, slots=True)
class Scoring:
    """How several experts' scores become one: at least `least` of them, and their median.

    Scores further apart than `range / spread_parts` go to the committee.
    """

    least: int
    spread_parts: Decimal
    clause: str
    assumed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Publicity:
    """How long results are shown before they hold; `counting` is calendar or working days."""

    days: int
    counting: str
    clause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sanction:
    """What follows fraud, and within how many days the student may appeal."""

    appeal_days: int
    clause: str
    assumed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReturnReason:
    """One reason why a claim is returned, as reviewers choose it; `about` says of what (empty: of anything)."""

    code: str
    text: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceStep:
    """One step of the procedure as the service page tells it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ServiceOffice:
    """Where to ask."""

    name: str
    phone: str = ""
    place: str = ""
    hours: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What the public service page says beside the regulation."""

    description: str
    conditions: tuple[str, ...] = ()
    steps: tuple[ServiceStep, ...] = ()
    offices: tuple[ServiceOffice, ...] = ()

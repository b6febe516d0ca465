"""What a person may act as on a day, as plain values that rules can ask without a query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from portal.enums import Role


class Within(Protocol):
    """Something that a scope may hold."""

    def within(self, power: Power) -> bool:
        """Whether it lies within the appointment's scope."""


@dataclass(frozen=True, slots=True)
class Power:
    """One appointment in force: a role and the scope it reaches. None or an empty text means no limit."""

    appointment_id: int
    role: str
    college_id: int | None = None
    scheme_code: str = ""
    category_code: str = ""
    class_group_id: int | None = None
    cohort: int | None = None
    delegated_by_id: int | None = None
    delegated_by: str | None = None

    @property
    def is_whole_college(self) -> bool:
        """Whether nothing but the scheme narrows the power below its college."""
        return not self.category_code and self.class_group_id is None and self.cohort is None

    def reaches_student(self, subject: Any) -> bool:
        """Whether the scope holds the student of a subject: its cohort, and the class (asked only when it matters)."""
        return (self.cohort is None or self.cohort == subject.cohort) and (
            self.class_group_id is None or self.class_group_id == subject.student.class_group_id
        )

    def reaches(self, *, college_id: int | None, scheme_code: str = "", category_code: str = "") -> bool:
        """Whether the scope holds a subject of that college, scheme and category."""
        return (
            (self.college_id is None or self.college_id == college_id)
            and (not self.scheme_code or self.scheme_code == scheme_code)
            and (not self.category_code or self.category_code == category_code)
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything one person may act as today: the roll entry and the appointments in force."""

    student_id: int | None
    powers: tuple[Power, ...]

    @property
    def roles(self) -> frozenset[str]:
        """Return the roles, student included."""
        held = {power.role for power in self.powers}
        return frozenset(held | ({Role.STUDENT.value} if self.student_id else set()))

    def has(self, *roles: str) -> bool:
        """Whether any of the roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether the person has any appointment."""
        return bool(self.powers)

    def powers_as(self, roles: Iterable[str]) -> tuple[Power, ...]:
        """Return the appointments of these roles."""
        wanted = set(roles)
        return tuple(power for power in self.powers if power.role in wanted)

    def acting_as(self, role: str, subject: Within | None = None) -> Power | None:
        """Return the appointment that an act in the role is done under, None where the role needs none.

        One that reaches the subject, and an own one before one that was passed on: a deputy acts for somebody else
        only where nothing of their own suffices.
        """
        held = sorted(self.powers_as([role]), key=lambda power: power.delegated_by_id is not None)
        if len(held) > 1 and subject is not None:
            held = [power for power in held if subject.within(power)] or held
        return held[0] if held else None

    def colleges_as(self, role: str) -> frozenset[int]:
        """Return the ids of the colleges for which the role is held (empty for a role without college)."""
        return frozenset(p.college_id for p in self.powers if p.role == role and p.college_id is not None)

    def schemes_as(self, role: str) -> frozenset[str]:
        """Return the scheme codes for which the role is held; an empty text among them means every scheme."""
        return frozenset(p.scheme_code for p in self.powers if p.role == role)

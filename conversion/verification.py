"""What the verification page may tell a stranger about a printed form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from conversion.models.forms import FormState
from portal.points import format_points

if TYPE_CHECKING:
    import datetime

    from conversion.models import Form


@dataclass(frozen=True, slots=True)
class Report:
    """A form's state and what the paper must say; of the student only the first character of the name."""

    state: str
    label: str
    title: str
    institution: str
    number: str
    initials: str
    course: str
    term: str
    total: str
    grade: str
    kind: str
    notice: str
    unit: str
    issued_at: str
    filed_at: datetime.datetime | None

    @property
    def is_valid(self) -> bool:
        """Whether the paper speaks the truth."""
        return self.state == FormState.VALID

    @property
    def tone(self) -> str:
        """Return the message's tone."""
        tones = {FormState.VALID: "success", FormState.SUPERSEDED: "warning"}
        return str(tones.get(FormState(self.state), "error"))


def report_on(form: Form) -> Report:
    """Return what the page shows, from the snapshot that was printed."""
    said = form.snapshot
    filing = getattr(form, "filing", None)
    return Report(
        state=form.state,
        label=str(FormState(form.state).label),
        title=said["title"],
        institution=said["institution"],
        number=form.number,
        initials=initials(said["student"]["name"]),
        course=f"{said['course']['code']} {said['course']['name']}",
        term=said["course"]["term"],
        total=format_points(Decimal(said["total"])),
        grade=said["grade"],
        kind=said.get("offset", {}).get("kind", ""),
        notice=said.get("offset", {}).get("notice", ""),
        unit=said.get("unit", ""),
        issued_at=said["issued_at"],
        filed_at=filing.filed_at if filing else None,
    )


def initials(name: str) -> str:
    """Return the first character of a name and two stars, whatever its length: ``李**``."""
    return f"{name[:1]}**"

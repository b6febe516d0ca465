"""What a student may change of a claim that came back: what was flagged, and what depends on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from credits.assessing import assess
from credits.completeness import missing
from credits.enums import FlagKind
from credits.models import ClaimEvent, ReturnFlag
from credits.places import FACT, FILES, OTHER, POINTS, POINTS_REASON, TEAM
from portal.enums import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credits.evaluation import Category
    from credits.models import Claim, Evidence

TEAM_FACTS = ("rank", "team_size")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open: the places by name, and files that may be taken away; ``places`` None: everything.

    ``proofs`` are checklist items to which files may be added because one of their files was flagged.
    """

    places: frozenset[str] | None = None
    files: frozenset[int] = frozenset()
    proofs: frozenset[str] = frozenset()
    flags: tuple[ReturnFlag, ...] = ()
    event: ClaimEvent | None = field(default=None)

    @property
    def everything(self) -> bool:
        """Whether nothing is locked."""
        return self.places is None

    def has(self, place: str) -> bool:
        """Whether the place may be changed."""
        return self.places is None or place in self.places

    def takes(self, item: str) -> bool:
        """Whether files may be added to the checklist item (empty: the other ones)."""
        place = FILES + (item or OTHER)
        return self.has(place) or place in self.proofs

    def frees(self, evidence: Evidence) -> bool:
        """Whether the file may be taken away: it was flagged, its proof was, or it came after the return."""
        if self.places is None or evidence.pk in self.files or self.has(FILES + (evidence.item or OTHER)):
            return True
        return self.event is not None and evidence.file.uploaded_at > self.event.at


EVERYTHING = Opened()


def opened_of(claim: Claim) -> Opened:
    """Return what may be changed now; asks the database only for what came back.

    What the rules complain of is open as well, flagged or not: nobody is kept from handing in by a locked field.
    """
    if claim.pk is None or claim.status != Status.RETURNED:
        return EVERYTHING
    event = last_return(claim)
    flags = tuple(event.flags.select_related("evidence__file")) if event is not None else ()
    if not flags or any(flag.kind == FlagKind.WHOLE for flag in flags):
        return Opened(flags=flags, event=event)
    rules = claim.scheme_version.data.category(claim.category.code)
    complaints = missing(claim, assess(claim))
    names = {flag.field for flag in flags if flag.kind == FlagKind.FIELD} | _places(rules, complaints)
    files = [flag.evidence for flag in flags if flag.evidence is not None]
    return Opened(
        places=frozenset(with_dependents(rules, names)),
        files=frozenset(row.pk for row in files),
        proofs=frozenset(FILES + (row.item or OTHER) for row in files),
        flags=flags,
        event=event,
    )


def last_return(claim: Claim) -> ClaimEvent | None:
    """Return the event that sent a returned claim back."""
    return ClaimEvent.objects.filter(subject=claim, verb="return").order_by("-pk").first()


def with_dependents(rules: Category, names: Iterable[str]) -> set[str]:
    """Add what hangs on the open places: fields asked because of them, proofs, the team, and the claimed points."""
    found = set(names)
    facts = {name.removeprefix(FACT) for name in found if name.startswith(FACT)}
    if TEAM in found:
        facts.update(TEAM_FACTS)
    if any(each.kind == "library" and each.name in facts for each in rules.fields):
        facts.update(each.name for each in rules.fields if each.asked_of == "library")
    for each in rules.fields:  # a field stands behind the one it depends on
        if each.within in facts or (each.shown_when is not None and each.shown_when.field in facts):
            facts.add(each.name)
    found.update(FACT + name for name in facts)
    found.update(
        FILES + item.code for item in rules.evidence if item.shown_when is not None and item.shown_when.field in facts
    )
    if rules.team is not None and (rules.team.field in facts or facts.intersection(TEAM_FACTS)):
        found.add(TEAM)
    if POINTS in found or facts & _read(rules):
        found.update((POINTS, POINTS_REASON))
    return found


def _read(rules: Category) -> set[str]:
    """Return the names that the calculation reads: by its rules, and by the keys of the tables that they look into."""
    by_rules = {name for step in rules.steps for name in step.rule.reads}
    return by_rules.union(*(rules.tables[code].by for step in rules.steps for code in step.rule.tables))


def _places(rules: Category, complaints: Iterable[str]) -> set[str]:
    """Return complaints by their places: facts are named without their prefix there."""
    facts = {each.name for each in rules.fields}
    return {FACT + name if name in facts else name for name in complaints if name != "files"}


def flags_by_place(flags: Sequence[ReturnFlag]) -> dict[str, list[ReturnFlag]]:
    """Return the flags of places of the form by name, for the words beside each field."""
    found: dict[str, list[ReturnFlag]] = {}
    for flag in flags:
        if flag.kind == FlagKind.FIELD:
            found.setdefault(flag.field, []).append(flag)
    return found

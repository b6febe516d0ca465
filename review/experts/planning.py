"""Who gets what: experts are dealt to claims by load, the fewest waiting tasks first, never across a tie. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from review.experts.routing import least_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from credits.models import Claim
    from review.experts.conflicts import Tie
    from review.experts.pool import Expert


@dataclass(frozen=True, slots=True)
class Candidate:
    """One expert as far as one claim goes: what stands in the way, if anything."""

    expert: Expert
    ties: tuple[Tie, ...] = ()
    taken: str = ""  # the state of the task that the expert has, or had, for this claim

    @property
    def is_free(self) -> bool:
        """Whether the expert may be given the claim."""
        return not self.ties and self.taken in {"", "withdrawn"}


@dataclass(frozen=True, slots=True)
class Deal:
    """What one claim would get, and how many experts it would still lack."""

    claim: Claim
    experts: tuple[Expert, ...]
    lacking: int

    @property
    def keys(self) -> list[str]:
        """Write the pairs as the form carries them."""
        return [f"{self.claim.pk}:{expert.person.pk}" for expert in self.experts]


def candidates(claim: Claim, experts: Iterable[Expert], taken: Mapping[int, str]) -> list[Candidate]:
    """Return the experts whose appointment reaches the claim; ``taken`` is the state of each one's task, by person."""
    return [
        Candidate(expert, expert.ties_to(claim), taken.get(expert.person.pk, ""))
        for expert in experts
        if expert.reaches(claim)
    ]


def deal(claims: Sequence[Claim], experts: Collection[Expert], taken: Mapping[int, Mapping[int, str]]) -> list[Deal]:
    """Return what each claim would get so that it has as many experts as its regulation asks for.

    ``taken`` is claim → person → state of the task of this turn. The fewest waiting tasks come first, then the number;
    what is dealt here counts at once, so the next claim goes to somebody else. Who abstained or was taken back before
    is not asked again.
    """
    load = {expert.person.pk: expert.waiting for expert in experts}
    deals = []
    for claim in claims:
        mine = taken.get(claim.pk, {})
        active = sum(state in {"waiting", "scored"} for state in mine.values())
        wanted = max(0, least_of(claim.scheme_version) - active)
        free = [one.expert for one in candidates(claim, experts, mine) if not one.ties and not one.taken]
        free.sort(key=lambda expert: (load[expert.person.pk], expert.person.number))
        chosen = tuple(free[:wanted])
        for expert in chosen:
            load[expert.person.pk] += 1
        deals.append(Deal(claim, chosen, wanted - len(chosen)))
    return deals

"""Stage chains, read from the version that judges a claim or a conversion application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.core.cache import cache

from credits.assessing import assess
from credits.models import SchemeVersion

if TYPE_CHECKING:
    from credits.evaluation.scheme import Stage
    from credits.models import Claim

Chain = Literal["claims", "conversions"]
CACHE_SECONDS = 300
ITEMS = "claim-items"
# What one person decides from a queue; scores are given by assigned experts, and the committee sits in session.
BY_ONE = frozenset({"points", "opinion"})


def stages_decided_by(role: str, scheme_code: str = "", chain: Chain = "claims") -> list[str]:
    """Return the codes of the stages that a role decides alone in any version (subjects keep their version's chain)."""
    table = cache.get_or_set(f"stages-{chain}", lambda: _stage_table(chain), CACHE_SECONDS) or []
    return sorted({stage for scheme, stage, by in table if by == role and (not scheme_code or scheme == scheme_code)})


def stages_that(act: str) -> list[str]:
    """Return the codes of the stages of claims that act so (``score``, ``opinion`` …) in any version."""
    table = cache.get_or_set("stages-acts", _act_table, CACHE_SECONDS) or []
    return sorted({stage for stage, acts in table if acts == act})


def forget_stages() -> None:
    """Drop the cached tables, those of items with them: a version was loaded."""
    cache.delete_many(["stages-claims", "stages-conversions", "stages-acts", ITEMS])


def stage_of(version: SchemeVersion, code: str, chain: Chain = "claims") -> Stage | None:
    """Return one stage of a version's chain."""
    return next((stage for stage in stages(version, chain) if stage.code == code), None)


def stage_after(version: SchemeVersion, code: str, chain: Chain = "claims") -> Stage | None:
    """Return the stage that follows; the first one for an empty code; None after the last."""
    row = stages(version, chain)
    if not code:
        return row[0]
    position = [stage.code for stage in row].index(code)
    return row[position + 1] if position + 1 < len(row) else None


def following_stage(claim: Claim) -> Stage | None:
    """Return the stage that a claim goes to next; None after the last.

    Where the rules leave nothing to judge, and off the table, stages that only score are left out.
    """
    chain = stages(claim.scheme_version)
    codes = [stage.code for stage in chain]
    rest = chain[codes.index(claim.stage) + 1 :] if claim.stage else chain
    return next((stage for stage in rest if not stage.skips_exact or leaves_judgement(claim)), None)


def leaves_judgement(claim: Claim) -> bool:
    """Whether experts have something to score: the rules leave a range, and the achievement is on the table."""
    rules = claim.scheme_version.data.category(claim.category.code)
    return not rules.off_table and assess(claim).range is not None


def stages(version: SchemeVersion, chain: Chain = "claims") -> tuple[Stage, ...]:
    """Return the whole chain."""
    return version.data.stages.claims if chain == "claims" else version.data.stages.conversions


def _stage_table(chain: Chain) -> list[tuple[str, str, str]]:
    versions = SchemeVersion.objects.select_related("scheme")
    return [
        (v.scheme.code, stage.code, stage.role) for v in versions for stage in stages(v, chain) if stage.acts in BY_ONE
    ]


def _act_table() -> list[tuple[str, str]]:
    return [(stage.code, stage.acts) for version in SchemeVersion.objects.all() for stage in stages(version)]

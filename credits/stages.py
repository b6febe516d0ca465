"""Stage chains, read from the version that judges a claim or a conversion application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.core.cache import cache

from credits.models import SchemeVersion

if TYPE_CHECKING:
    from credits.evaluation.scheme import Stage

Chain = Literal["claims", "conversions"]
CACHE_SECONDS = 300


def stages_decided_by(role: str, scheme_code: str = "", chain: Chain = "claims") -> list[str]:
    """Return the codes of the stages that a role decides in any version (subjects keep their version's chain)."""
    table = cache.get_or_set(f"stages-{chain}", lambda: _stage_table(chain), CACHE_SECONDS) or []
    return sorted({stage for scheme, stage, by in table if by == role and (not scheme_code or scheme == scheme_code)})


def forget_stages() -> None:
    """Drop the cached tables: a version was loaded."""
    cache.delete_many(["stages-claims", "stages-conversions"])


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


def stages(version: SchemeVersion, chain: Chain = "claims") -> tuple[Stage, ...]:
    """Return the whole chain."""
    return version.data.stages.claims if chain == "claims" else version.data.stages.conversions


def _stage_table(chain: Chain) -> list[tuple[str, str, str]]:
    versions = SchemeVersion.objects.select_related("scheme")
    return [(v.scheme.code, stage.code, stage.role) for v in versions for stage in stages(v, chain)]

"""How claims and applications go through the house."""

from __future__ import annotations

from dataclasses import dataclass


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

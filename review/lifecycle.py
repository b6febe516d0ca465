"""Writes the life cycles of claims and applications as diagrams, from the same tables that decide what is legal."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from conversion.moves import APPLICATION_MOVES
from credits.moves import CLAIM_MOVES
from portal.enums import Status
from portal.workflow import Move, MoveTable

INTRODUCTION = """# Life cycles

Made from the tables of moves by `./run manage lifecycle`; a test fails when this page is older than they are.
The chain of stages inside `in_review` is scheme data. Every move is one verb, one transaction, one event.
"""


def document() -> str:
    """Return the whole page."""
    with translation.override("zh-hans"):
        parts = [
            INTRODUCTION,
            *_section("A claim (申报)", CLAIM_MOVES),
            *_section("A conversion (积分转换申请)", APPLICATION_MOVES),
        ]
    return "\n".join(parts).rstrip() + "\n"


def _section(title: str, table: MoveTable) -> Iterator[str]:
    yield f"## {title}\n"
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {Status.DRAFT}"
    for move in table:
        yield from _arrows(move)
    yield "```\n"
    yield "| verb | label | from | to | whose |\n|---|---|---|---|---|"
    for move in table:
        yield f"| {move.verb} | {move.label} | {_states(move.sources)} | {_states(move.targets)} | {move.by} |"
    yield ""


def _arrows(move: Move) -> Iterator[str]:
    stays = move.sources == move.targets
    for source in _ordered(move.sources):
        for target in [source] if stays else _ordered(move.targets):
            yield f"    {source} --> {target}: {move.verb}"


def _states(states: frozenset[str]) -> str:
    return ", ".join(f"{state} {Status(state).label}" for state in _ordered(states))


def _ordered(states: frozenset[str]) -> list[str]:
    return [value for value in Status.values if value in states]

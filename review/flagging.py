"""Flagging on the review page: what can be pointed at, as rows of the decision's form, and what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from credits.models.returns import WORDS_LENGTH
from credits.places import CONTENT, FACT, POINTS, POINTS_REASON, is_proof, places_of
from credits.services.returning import Flag, reasons_about
from portal.points import format_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from credits.models import Claim

WHOLE, FILE = "whole", "file-"
CODE, WORDS, PAGE = "flag_code:", "flag_words:", "flag_page:"
PARTS = (CODE, WORDS, PAGE)


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One thing that a reviewer can point at, with what was chosen and typed so far."""

    key: str
    label: str
    value: str
    reasons: list[tuple[str, str]]
    code: str = ""
    words: str = ""
    page: str = ""
    has_pages: bool = False

    @property
    def is_set(self) -> bool:
        """Whether it was pointed at."""
        return bool(self.code or self.words or self.page)

    @property
    def longest(self) -> int:
        """How long words may be."""
        return WORDS_LENGTH


def flag_rows(claim: Claim, files: Iterable[Mapping[str, Any]], sent: Mapping[str, str]) -> list[FlagRow]:
    """Return everything that can be pointed at: the fields, the proofs with their files, the whole claim. No query."""
    found, data = list(files), claim.scheme_version.data
    rows = []
    for key, label, value, evidence in _things(claim, found):
        place = "" if key == WHOLE or evidence else key
        rows.append(
            FlagRow(
                key=key,
                label=label,
                value=value,
                reasons=reasons_about(data, place, evidence),
                code=sent.get(CODE + key, ""),
                words=sent.get(WORDS + key, ""),
                page=sent.get(PAGE + key, ""),
                has_pages=any(row["pk"] == evidence and row["media_type"] == "application/pdf" for row in found),
            )
        )
    return rows


def _things(claim: Claim, files: list[Mapping[str, Any]]) -> Iterable[tuple[str, str, str, int | None]]:
    """Yield key, label, present value and evidence; a proof is followed by its files."""
    asked, rest = places_of(claim), list(files)
    for name, label in asked.items():
        yield name, label, _value(claim, name), None
        if is_proof(name):
            for row in [row for row in rest if row["place"] == name]:
                rest.remove(row)
                yield f"{FILE}{row['pk']}", row["file"], "", row["pk"]
    for row in rest:
        yield f"{FILE}{row['pk']}", row["file"], "", row["pk"]
    yield WHOLE, _("整份申报"), "", None


def _value(claim: Claim, name: str) -> str:
    if name.startswith(FACT):
        value = str(claim.facts.get(name.removeprefix(FACT), ""))
        return {"true": _("是"), "false": _("否")}.get(value, value)
    values = {CONTENT: claim.content, POINTS: format_points(claim.claimed_points), POINTS_REASON: claim.points_reason}
    return values.get(name, "")


def sent_flags(sent: Mapping[str, str]) -> list[Flag]:
    """Return what the form pointed at; the service says what of it cannot be."""
    keys = dict.fromkeys(
        name.removeprefix(part) for name in sent for part in PARTS if name.startswith(part) and sent[name].strip()
    )
    return [_flag(sent, key) for key in keys]


def _flag(sent: Mapping[str, str], key: str) -> Flag:
    number = key.removeprefix(FILE)
    is_file = key.startswith(FILE)
    return Flag(
        place="" if key == WHOLE or is_file else key,
        evidence=_whole(number) if is_file else None,
        page=_whole(page) if (page := sent.get(PAGE + key, "").strip()) else None,
        code=sent.get(CODE + key, "").strip(),
        words=sent.get(WORDS + key, "").strip(),
    )


def _whole(text: str) -> int:
    """Return the number; nonsense is 0, which no file and no page has."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 - fits an integer

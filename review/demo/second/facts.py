"""Facts of the second university's achievements: every row of the tables is met, some by teams."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from random import Random
from typing import Any

from credits.evaluation import SchemeData, evaluate, fields_for
from credits.models import LibraryEntry
from review.demo.second import words

SHARED = ("竞赛", "论文")


@dataclass(frozen=True, slots=True)
class Case:
    """One achievement before anybody files it."""

    category: str
    facts: dict[str, str]
    content: str
    entry: LibraryEntry | None = None
    size: int = 1
    extra: dict[str, Any] = field(default_factory=dict)


class CaseMaker:
    """Makes believable facts that the scheme accepts."""

    def __init__(self, data: SchemeData, library: list[LibraryEntry], random: Random) -> None:
        self.data, self.library, self.random = data, library, random
        self.serial = 0

    def draw(self, category: str, day: datetime.date, *, size: int = 1) -> Case:
        """Return one case achieved on the day, by a team of ``size`` (1: alone); a few tries suffice."""
        for _attempt in range(400):
            case = self._case(category, day, size)
            result = evaluate(self.data, category, case.facts, college=None)
            if not result.problems and result.maximum:
                return case
        raise LookupError(category)

    def _case(self, category: str, day: datetime.date, size: int) -> Case:
        self.serial += 1
        rules = self.data.category(category)
        entry = self.random.choice(self.library) if rules.library else None
        facts: dict[str, str] = {}
        if entry is not None:
            facts |= {"competition": entry.name, "level": entry.level}
        for name in [one.name for one in rules.fields if one.asked_of == "student"]:
            found = next((one for one in fields_for(self.data, category, facts=facts) if one.name == name), None)
            if found is None or not _asked(found, facts):
                continue
            value = self._value(found, day, size)
            if value:
                facts[name] = value
        return Case(category, facts, self._content(category, facts, day), entry, size)

    def _value(self, one: Any, day: datetime.date, size: int) -> str:
        fixed = {"team_size": str(size), "rank": "1", "year": str(day.year)}
        if one.name in fixed:
            return fixed[one.name]
        if one.kind == "date":
            return day.isoformat()
        return str(one.choices[1 if size > 1 else 0].value) if one.name == "form" else self._free(one)

    def _free(self, one: Any) -> str:
        name = one.name
        if one.kind == "choice":
            return str(self.random.choice(one.choices).value) if one.choices else ""
        if one.kind == "boolean":
            return "true" if ("first" in name and "supervisor" not in name) or "related" in name or one.required else ""
        if one.kind in {"integer", "decimal"}:
            return self._number(one)
        return self._text(name)

    def _number(self, one: Any) -> str:
        low = int(one.min or 0)
        return str(self.random.choice([max(low, 1), low + 2, low + 5, low + 120, low + 400]))

    def _text(self, name: str) -> str:
        topic = self.random.choice(words.TOPICS)
        match name:
            case "journal":
                return self.random.choice(words.JOURNALS)
            case "doi":
                return f"10.1000/demo.{self.serial:05d}"
            case "title":
                return f"{topic}研究之{self.serial}"
            case "competition":
                return ""
            case "certificate" | "number" | "patent":
                return f"ZS-{self.random.randint(2020, 2026)}-{self.serial:06d}"
        return f"{topic}{self.serial}"

    def _content(self, category: str, facts: dict[str, str], day: datetime.date) -> str:
        if "competition" in facts:
            return f"{day.year}年{facts['competition']}{facts.get('award', '')}"
        if category == "paper":
            return f"《{facts.get('title', '')}》，{facts.get('journal', '')}"
        what = facts.get("level") or facts.get("item") or self.data.category(category).name
        return f"{self.random.choice(words.TOPICS)}（{what}）"[:120]


def _asked(one: Any, facts: dict[str, str]) -> bool:
    when = one.shown_when
    return when is None or facts.get(when.field, "") in when.values

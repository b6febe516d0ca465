"""What stands in a scheme's library, read once, and what a new or changed entry is compared with."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credits.enums import LibraryState
from credits.library import awards, bound_categories, data_in_force, level_span, levels
from credits.models import LibraryEntry
from credits.names import same_name
from portal.points import format_points

if TYPE_CHECKING:
    from credits.evaluation import Category as Rules
    from credits.models import Category, Scheme

Problems = dict[str, list[str]]
PREFIX, DIGITS = "L", 4
FOREVER = 9999
_NUMBERED = re.compile(rf"{PREFIX}(\d+)")


@dataclass(frozen=True, slots=True)
class EntryData:
    """What the office says about an entry; without a ``code`` it is given the next one.

    ``suggestions`` are pairs of award and suggested score.
    """

    category: Category
    name: str
    level: str
    valid_from: int
    valid_to: int | None = None
    organiser: str = ""
    suggestions: tuple[tuple[str, Decimal], ...] = ()
    ruling: str = ""
    note: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    """One name on the shelf, with the years for which it is taken."""

    key: int | str
    code: str
    first: int
    last: int


def award_key(award: str) -> str:
    """Return the name under which the suggested score of an award is refused; its form field and its column bear it."""
    return f"award:{award}"


class Shelf:
    """The library of one scheme under the rules of today (two queries; one more when entries are compared)."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.data = data_in_force(scheme)
        self.rules: dict[str, Rules] = {rules.code: rules for rules in bound_categories(self.data)}
        self.categories: list[Category] = [row for row in scheme.categories.all() if row.code in self.rules]

    @cached_property
    def codes(self) -> set[str]:
        """Every code that is taken, of merged entries too."""
        return {row[1] for row in self._rows}

    @cached_property
    def _rows(self) -> list[tuple[int, str, int, str, int, int | None, str]]:
        fields = ("pk", "code", "category_id", "name", "valid_from", "valid_to", "state")
        return list(LibraryEntry.objects.filter(scheme=self.scheme).values_list(*fields))

    @cached_property
    def _names(self) -> dict[tuple[int, str], list[_Kept]]:
        found: dict[tuple[int, str], list[_Kept]] = defaultdict(list)
        for pk, code, category, name, first, last, state in self._rows:
            if state != LibraryState.MERGED:
                found[category, same_name(name)].append(_Kept(pk, code, first, last or FOREVER))
        return found

    def levels(self, category: Category) -> tuple[str, ...]:
        """Return the levels that the rules know for a category."""
        return levels(self.data, self.rules[category.code]) if self.data and category.code in self.rules else ()

    def awards(self, category: Category) -> tuple[str, ...]:
        """Return the awards for which entries of a category suggest scores."""
        return awards(self.data, self.rules[category.code]) if self.data and category.code in self.rules else ()

    def all_awards(self) -> tuple[str, ...]:
        """Return the awards of all categories, each once."""
        return tuple(dict.fromkeys(award for category in self.categories for award in self.awards(category)))

    def problems(self, data: EntryData, *, but: LibraryEntry | None = None) -> Problems:
        """Return by field what keeps the data from standing on the shelf in the place of ``but``."""
        found: Problems = {}
        if data.category not in self.categories:
            found["category"] = [_("请选择与成果库绑定的类别。")]
            return found
        if data.code and data.code in self.codes and (but is None or but.code != data.code):
            found["code"] = [_("已有这个编号的条目。")]
        if not same_name(data.name):
            found["name"] = [_("请填写名称。")]
        elif twin := self._twin(data, but):
            text = _("年度重叠的同名条目已在库中，编号 %(code)s。如需更改，请修改该条目。")
            found["name"] = [text % {"code": twin.code}]
        if data.valid_to is not None and data.valid_to < data.valid_from:
            found["valid_to"] = [_("截止年度不能早于起始年度。")]
        return found | self.ruling_problems(data.category, data.level, data.suggestions)

    def ruling_problems(self, category: Category, level: str, suggestions: tuple[tuple[str, Decimal], ...]) -> Problems:
        """Return what is wrong with a level, or by award with the scores that are suggested for it."""
        found: Problems = {}
        if level not in self.levels(category):
            found["level"] = [
                _("请从办法规定的级别中选择：%(levels)s。") % {"levels": "、".join(self.levels(category))}
            ]
            return found
        span = level_span(self.rules[category.code], level)
        for award, score in suggestions:
            if award not in self.awards(category):
                found[award_key(award)] = [_("该类别没有“%(award)s”这一奖项。") % {"award": award}]
            elif span is not None and not span.low <= score <= span.high:
                ends = {"low": format_points(span.low), "high": format_points(span.high)}
                found[award_key(award)] = [_("该级别的分值范围是 %(low)s–%(high)s。") % ends]
        return found

    def put(self, data: EntryData, label: str) -> None:
        """Remember data that will stand on the shelf, so that the rows after it are compared with it too."""
        if data.code:
            self.codes.add(data.code)
        kept = _Kept(label, label, data.valid_from, data.valid_to or FOREVER)
        self._names[data.category.pk, same_name(data.name)].append(kept)

    def next_code(self) -> str:
        """Return the number after the highest one that was given, and take it."""
        given = [int(match[1]) for code in self.codes if (match := _NUMBERED.fullmatch(code))]
        code = f"{PREFIX}{max(given, default=0) + 1:0{DIGITS}d}"
        self.codes.add(code)
        return code

    def _twin(self, data: EntryData, but: LibraryEntry | None) -> _Kept | None:
        last = data.valid_to or FOREVER
        own = but.pk if but else None
        for kept in self._names.get((data.category.pk, same_name(data.name)), ()):
            if kept.key != own and kept.first <= last and data.valid_from <= kept.last:
                return kept
        return None

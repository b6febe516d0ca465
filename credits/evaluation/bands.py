"""Grade bands: which total of converted points earns which grade, with open and closed edges.

The text form is the one regulations use: `[1,3)`, `(3,5]`, `≥5`, `>5`, or a single value `1`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from credits.evaluation.spans import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER = r"\d+(?:\.\d+)?"
_PAIR = re.compile(rf"([\[(])\s*({_NUMBER})\s*,\s*({_NUMBER}|\+?∞)?\s*([\])])")
_OPEN_ENDED = re.compile(rf"(≥|>=|>)\s*({_NUMBER})")
_POINT = re.compile(_NUMBER)
_TYPED = str.maketrans("（）［］【】，＞０１２３４５６７８９．", "()[][],>0123456789.")
SMALLEST_STEP = Decimal("0.01")


class Interval(NamedTuple):
    """A stretch of the number line; `upper` None means without end."""

    lower: Decimal
    lower_closed: bool
    upper: Decimal | None
    upper_closed: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A total inside the band earns `grade`; `upper` None means that nothing lies above."""

    lower: Decimal
    lower_closed: bool
    upper: Decimal | None
    upper_closed: bool
    grade: str

    @classmethod
    def parse(cls, interval: str, grade: str) -> Band:
        """Read `[3,5)`; raises ValueError with a readable reason."""
        return cls(*parse_interval(interval), grade)

    @property
    def interval(self) -> Interval:
        return Interval(self.lower, self.lower_closed, self.upper, self.upper_closed)

    def __contains__(self, total: Decimal) -> bool:
        above = total >= self.lower if self.lower_closed else total > self.lower
        if self.upper is None:
            return above
        return above and (total <= self.upper if self.upper_closed else total < self.upper)

    def __str__(self) -> str:
        return format_interval(self.interval)


def parse_interval(text: str) -> Interval:
    """Read an interval as regulations print it, Chinese punctuation included; ValueError says what is wrong with it."""
    typed = text.translate(_TYPED).strip()
    interval = _read_interval(typed)
    if interval is None:
        raise ValueError(_("“%(text)s”不是区间；请写成 [1,3)、(3,5]、≥5 或 1") % {"text": text})
    if interval.upper is not None and _is_empty(interval):
        raise ValueError(_("区间 %(text)s 内没有数值") % {"text": text})
    return interval


def _read_interval(text: str) -> Interval | None:
    if match := _PAIR.fullmatch(text):
        left, lower, upper, right = match.groups()
        endless = upper is None or upper.endswith("∞")
        if endless and right == "]":
            return None
        return Interval(Decimal(lower), left == "[", None if endless else Decimal(upper), right == "]")
    if match := _OPEN_ENDED.fullmatch(text):
        return Interval(Decimal(match[2]), match[1] != ">", None, upper_closed=False)
    if _POINT.fullmatch(text):
        return Interval(Decimal(text), lower_closed=True, upper=Decimal(text), upper_closed=True)
    return None


def _is_empty(interval: Interval) -> bool:
    lower, lower_closed, upper, upper_closed = interval
    if upper is None or lower < upper:
        return False
    return lower > upper or not (lower_closed and upper_closed)


def format_interval(interval: Interval) -> str:
    """Write an interval so that `parse_interval` reads the same one back."""
    lower, lower_closed, upper, upper_closed = interval
    if upper is None:
        return f"{'≥' if lower_closed else '>'}{plain(lower)}"
    if lower == upper:
        return plain(lower)
    return f"{'[' if lower_closed else '('}{plain(lower)},{plain(upper)}{']' if upper_closed else ')'}"


def grade_for(bands: Sequence[Band], total: Decimal) -> Band | None:
    """The band that holds `total`, or None below the lowest."""
    return next((band for band in bands if total in band), None)


def next_band(bands: Sequence[Band], total: Decimal, step: Decimal = SMALLEST_STEP) -> tuple[Decimal, Band] | None:
    """How many points are missing to the next higher band, and that band; None in the highest.

    Above an open lower edge the first reachable total lies one `step` (the scheme's smallest amount) further.
    """
    above = [(first, band) for band in bands if (first := _first_total(band, step)) in band]
    reachable = [(first - total, band) for first, band in above if first > total and total not in band]
    return min(reachable, key=lambda pair: pair[0], default=None)


def _first_total(band: Band, step: Decimal) -> Decimal:
    return band.lower if band.lower_closed else band.lower + step


def check_bands(bands: Sequence[Band]) -> list[str]:
    """Everything wrong with a course's bands: none at all, out of order, overlapping, gaps, grades named twice."""
    if not bands:
        return [_("至少要有一个成绩档")]
    problems = [
        _("成绩“%(grade)s”出现了两次") % {"grade": grade} for grade in _repeated([band.grade for band in bands])
    ]
    for lower, upper in pairwise(bands):
        problems += _check_neighbours(lower, upper)
    return problems


def _repeated(grades: list[str]) -> list[str]:
    return sorted({grade for grade in grades if grades.count(grade) > 1})


def _check_neighbours(lower: Band, upper: Band) -> list[str]:
    names = {"first": f"{lower} {lower.grade}", "second": f"{upper} {upper.grade}"}
    if (upper.lower, not upper.lower_closed) < (lower.lower, not lower.lower_closed):
        return [_("成绩档须由低到高排列：%(second)s 排在了 %(first)s 之后") % names]
    if lower.upper is None or lower.upper > upper.lower:
        return [_("成绩档重叠：%(first)s 与 %(second)s") % names]
    if lower.upper < upper.lower:
        return [_("成绩档之间有空缺：%(first)s 与 %(second)s") % names]
    if lower.upper_closed and upper.lower_closed:
        return [_("边界值 %(edge)s 同时属于 %(first)s 与 %(second)s") % {**names, "edge": plain(upper.lower)}]
    if not lower.upper_closed and not upper.lower_closed:
        return [_("边界值 %(edge)s 不属于 %(first)s，也不属于 %(second)s") % {**names, "edge": plain(upper.lower)}]
    return []

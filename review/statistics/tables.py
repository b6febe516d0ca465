"""The tables of the page, made of the stored figures; each chart is drawn from its table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portal.points import ZERO, format_points
from review.statistics.counting import NINE_TENTHS, PARTS, quantile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from portal.wording import Wording

HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Table:
    """One table and how its chart is drawn: ``charted`` are the columns that become bars, stacked or side by side."""

    code: str
    title: str
    first: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # label, then what is shown and its plain value
    charted: tuple[int, ...]
    stacked: bool = False

    @property
    def columns(self) -> str:
        """Return the charted columns as an attribute holds them."""
        return ",".join(str(place) for place in self.charted)

    @property
    def lines(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """Return the rows with each cell's heading beside it, as a narrow screen shows them."""
        return [
            (label, [(head, *cell) for head, cell in zip(self.heads, cells, strict=True)]) for label, cells in self.rows
        ]


def tables_of(figures: Mapping[str, Any], colleges: Collection[int], words: Wording, *, experts: bool) -> list[Table]:
    """Return the tables for these colleges; experts' names only where the reader may know them."""
    mine = [row for row in figures["counts"] if row[1] in colleges]
    names: Mapping[str, str] = figures["colleges"]
    of_college = [row for row in mine if row[0] == "year"]
    found = [
        _counts("college", _("按学院"), _("学院"), of_college, words, lambda row: names.get(str(row[1]), "")),
        _counts("category", _("按类别"), words.get("category", _("申请类别")), _of(mine, "category"), words),
        _counts("cohort", _("按年级"), _("年级"), _of(mine, "cohort"), words),
        _counts("year", _("按学年"), _("学年"), _of(mine, "year"), words),
        _pace(figures, of_college),
        _spread("spread", _("评分在区间内的分布（按学院）"), _("学院"), _spread_of(figures, colleges)),
    ]
    if experts:
        found.append(_spread("experts", _("评分在区间内的分布（按专家）"), _("评审专家"), figures["experts"]))
    return [table for table in found if table.rows]


def _of(rows: Iterable[list[Any]], dimension: str) -> list[list[Any]]:
    return [row for row in rows if row[0] == dimension]


def _counts(code: str, title: str, first: Any, rows: list[list[Any]], words: Wording, label: Any = None) -> Table:
    sums: dict[str, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, ZERO])
    for row in rows:
        mine = sums[label(row) if label else row[2]]
        for place, number in enumerate(row[3:7]):
            mine[place] += number
        mine[4] += Decimal(row[7])
    heads = (_("申报数"), _("审核通过"), _("审核未通过"), _("通过率"), str(words.get("recognised", _("认定积分"))))
    lines = tuple(
        (name, (_number(every), _number(good), _number(bad), _rate(good, every), (format_points(points), str(points))))
        for name, (every, good, bad, _returned, points) in sorted(sums.items())
    )
    return Table(code, title, str(first), heads, lines, (0, 1))


def _pace(figures: Mapping[str, Any], rows: list[list[Any]]) -> Table:
    """Return how long each college's claims took from handing-in to decision, and how many were returned."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        counts[row[1]][0] += row[3]
        counts[row[1]][1] += row[6]
    lines = []
    for college in sorted(counts, key=lambda pk: figures["colleges"].get(str(pk), "")):
        days = [(day, number) for day, number in figures["times"].get(str(college), [])]
        every, returned = counts[college]
        middle, most = quantile(days, HALF), quantile(days, NINE_TENTHS)
        cells = (_number(sum(number for _day, number in days)), _number(middle), _number(most), _rate(returned, every))
        lines.append((figures["colleges"].get(str(college), ""), cells))
    heads = (_("已办结"), _("办结天数（中位数）"), _("九成办结天数"), _("退回率"))
    return Table("pace", _("办理时间与退回率"), _("学院"), heads, tuple(lines), (1, 2))


def _spread_of(figures: Mapping[str, Any], colleges: Collection[int]) -> list[list[Any]]:
    names = figures["colleges"]
    mine = ((names.get(pk, ""), parts) for pk, parts in figures["spread"].items() if int(pk) in colleges)
    return [[name, parts] for name, parts in sorted(mine)]


def _spread(code: str, title: str, first: str, rows: Iterable[Any]) -> Table:
    """Return how many scores lie in each fifth of their range, and the mean fifth: a drift shows against the others."""
    edges = [100 * place // PARTS for place in range(PARTS + 1)]
    heads = tuple(f"{low}–{high}%" for low, high in pairwise(edges))
    lines = []
    for name, parts in rows:
        total = sum(parts)
        middle = sum((Decimal(place) + HALF) * number for place, number in enumerate(parts)) * 100 / (PARTS * total)
        lines.append((name, (*(_number(part) for part in parts), (f"{middle:.0f}%", f"{middle:.1f}"))))
    return Table(code, title, first, (*heads, _("平均位置")), tuple(lines), tuple(range(PARTS)), stacked=True)


def _number(value: int | None) -> tuple[str, str]:
    return ("—", "") if value is None else (str(value), str(value))


def _rate(part: int, whole: int) -> tuple[str, str]:
    return (f"{Decimal(100) * part / whole:.1f}%", f"{Decimal(100) * part / whole:.1f}") if whole else ("—", "")

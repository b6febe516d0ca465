"""Reading what a pack demands before graduation, and whether it fits together."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from credits.evaluation.pack.names import Found, repeated, unknown, unknown_clause
from credits.evaluation.pack.positions import Path
from credits.evaluation.pack.reader import Reader, did_you_mean
from credits.evaluation.scheme import Example, Minimum, MinimumPart, SchemeData
from credits.evaluation.scheme.minima import ONE, TOGETHER

STUDENT_KINDS = ("full_time", "exchange", "part_time")
COUNTS = ("recognised", "unused", "usable")
WITHIN = (TOGETHER, ONE)
MOST_PLACES = 2  # the ledger stores hundredths


def read_minimum(reader: Reader) -> Minimum:
    """One minimum: for whom, how much in all, and how much of what."""
    minimum = Minimum(
        code=reader.text("code"),
        name=reader.text("name"),
        clause=reader.text("clause"),
        total=_amount(reader, "total", reader.decimal_or("total")),
        parts=tuple(_read_part(part) for part in reader.children("part")),
        cohort_from=reader.whole_or("cohort_from"),
        cohort_to=reader.whole_or("cohort_to"),
        student_kinds=reader.texts("student_kinds"),
        counts=reader.one_of("counts", COUNTS, "recognised"),
        assumed=reader.flag("assumed"),
        note=reader.text_or("note"),
    )
    for kind in minimum.student_kinds:
        if kind not in STUDENT_KINDS:
            options = {"value": kind, "options": "、".join(STUDENT_KINDS)}
            message = _("“%(value)s”不是可用的值（%(options)s）") % options
            reader.problem("student_kinds", message + did_you_mean(kind, STUDENT_KINDS))
    if not minimum.total and not minimum.parts:
        reader.problem("", _("要写明 total 或至少一个 part"))
    reader.finish()
    return minimum


def _read_part(reader: Reader) -> MinimumPart:
    part = MinimumPart(
        label=reader.text("label"),
        least=_amount(reader, "least", reader.decimal("least", least=Decimal("0.01"))),
        categories=reader.texts("categories"),
        within=reader.one_of("within", WITHIN, TOGETHER),
    )
    reader.finish()
    return part


def _amount(reader: Reader, key: str, number: Decimal | None) -> Decimal:
    """An amount of points, with no more places than the ledger has."""
    amount = number or Decimal(0)
    if amount != round(amount, MOST_PLACES):
        reader.problem(key, _("至多 %(most)s 位小数") % {"most": MOST_PLACES})
    return amount


def check_minima(data: SchemeData) -> Found:
    """Names that refer to something, each category in one part only, and no student under two minima."""
    yield from repeated("minimum", (each.code for each in data.minima), (), "code")
    for position, minimum in enumerate(data.minima):
        path: Path = ("minimum", position)
        yield from unknown_clause(data, (*path, "clause"), minimum.clause)
        first, last = minimum.cohort_from, minimum.cohort_to
        if first is not None and last is not None and first > last:
            yield (*path, "cohort_from"), _("cohort_from 大于 cohort_to")
        yield from _check_parts(data, minimum, path)
        for earlier in data.minima[:position]:
            if minimum.overlaps(earlier):
                yield path, _("与“%(other)s”适用于同一批学生") % {"other": earlier.name}


def _check_parts(data: SchemeData, minimum: Minimum, path: Path) -> Found:
    """What one category gives stands for one part, so that the parts' shortfalls add up."""
    known = [category.code for category in data.categories]
    taken: set[str] = set()
    for place, part in enumerate(minimum.parts):
        where: Path = (*path, "part", place)
        for number, code in enumerate(part.categories):
            yield from unknown((*where, "categories", number), code, known, _("没有类别“%(word)s”"))
        for code in _shared(part, known, taken):
            yield (*where, "categories"), _("类别“%(code)s”已经计入另一项") % {"code": code}
        taken |= set(part.categories or known)


def _shared(part: MinimumPart, known: list[str], taken: set[str]) -> Iterator[str]:
    return (code for code in part.categories or known if code in taken)


def check_minimum_example(data: SchemeData, path: Path, example: Example) -> Found:
    """The categories that a worked example gives points in."""
    known = [category.code for category in data.categories]
    for code in example.recognised:
        yield from unknown((*path, "recognised", code), code, known, _("没有类别“%(word)s”"))

"""Reading the worked examples of a pack."""

from __future__ import annotations

from types import MappingProxyType

from django.utils.translation import gettext as _

from credits.evaluation.pack.minima import STUDENT_KINDS
from credits.evaluation.pack.reader import Reader
from credits.evaluation.scheme import Example

EXAMPLE_KINDS = ("points", "refused", "grade", "minimum")


def read_example(reader: Reader) -> Example:
    """One example: facts with their points, facts that are refused, records with a grade, or totals with a minimum."""
    kind = reader.one_of("kind", EXAMPLE_KINDS, "points")
    read = {"grade": _read_grade, "minimum": _read_minimum}.get(kind)
    example = read(reader) if read else _read_facts(reader, kind)
    reader.finish()
    return example


def _read_grade(reader: Reader) -> Example:
    return Example(
        name=reader.text("name"),
        kind="grade",
        course=reader.text("course"),
        records=reader.numbers("records", least=1),
        total=reader.decimal("total"),
        grade=reader.text_or("grade"),
    )


def _read_minimum(reader: Reader) -> Example:
    recognised = reader.mapping("recognised")
    path = (*reader.path, "recognised")
    return Example(
        name=reader.text("name"),
        kind="minimum",
        cohort=reader.whole("cohort"),
        student_kind=reader.one_of("student_kind", STUDENT_KINDS, "full_time"),
        recognised=MappingProxyType({code: reader.number_at((*path, code), each) for code, each in recognised.items()}),
        missing=reader.decimal_or("missing"),
    )


def _read_facts(reader: Reader, kind: str) -> Example:
    example = Example(
        name=reader.text("name"),
        kind=kind,
        category=reader.text("category"),
        college=reader.text_or("college"),
        facts=MappingProxyType(reader.mapping("facts")),
        points=reader.decimal_or("points"),
        minimum=reader.decimal_or("minimum"),
        maximum=reader.decimal_or("maximum"),
        problem_field=reader.text("field") if kind == "refused" else "",
    )
    if kind == "points" and example.points is None and (example.minimum is None or example.maximum is None):
        reader.problem("points", _("算例要写明 points，或 minimum 与 maximum"))
    return example

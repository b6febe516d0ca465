"""Reading the worked examples of a pack."""

from __future__ import annotations

from types import MappingProxyType

from django.utils.translation import gettext as _

from credits.evaluation.pack.reader import Reader
from credits.evaluation.scheme import Example

EXAMPLE_KINDS = ("points", "refused", "grade")


def read_example(reader: Reader) -> Example:
    """One example: facts and the points they earn, facts that must be refused, or records and their grade."""
    kind = reader.one_of("kind", EXAMPLE_KINDS, "points")
    example = _read_grade(reader) if kind == "grade" else _read_facts(reader, kind)
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

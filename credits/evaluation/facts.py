"""The facts of an achievement: which are asked, and whether what was entered makes sense."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from credits.evaluation.context import Value
from credits.evaluation.results import Problem
from credits.evaluation.scheme import Category, Choice, FactField, SchemeData, ShownWhen
from credits.evaluation.spans import Span, plain

Facts = Mapping[str, object]
# Bounded, because a number like 1e999999 would fill memory once it is written out.
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
_TRUE = {"true", "1", "on", "yes", "是"}
_FALSE = {"false", "0", "off", "no", "否"}


class _UnreadableError(ValueError):
    """What was entered is not of the field's kind; the message says what is."""


def fields_for(
    data: SchemeData,
    category: str,
    college: str | None = None,
    facts: Facts | None = None,
    asked_of: Iterable[str] = ("student",),
) -> tuple[FactField, ...]:
    """The fields that are asked for a category, with the choices that hold for a college.

    `asked_of` says whom: by default the student, on the claim form. With `facts`, a field that depends on another
    (`within`) offers what fits the fact given there, and is left out while it has nothing to offer; without, it offers
    all of its column. KeyError when the scheme has no such category.
    """
    wanted = tuple(asked_of)
    fields = asked_by(data.category(category), data.college_code(college), facts)
    return tuple(_offered(field) for field in fields if field.asked_of in wanted and _has_something_to_offer(field))


def _has_something_to_offer(field: FactField) -> bool:
    return not field.within or any(choice.value for choice in field.choices)


def _offered(field: FactField) -> FactField:
    """The field as a form shows it: nothing is no option, but where it would do, nothing is required."""
    if all(choice.value for choice in field.choices):
        return field
    return replace(field, choices=tuple(choice for choice in field.choices if choice.value), required=False)


def asked_by(category: Category, college: str | None, facts: Facts | None = None) -> tuple[FactField, ...]:
    """Every field of the category with its choices filled in; `college` is the pack's own code."""
    if facts is None:
        return tuple(_with_choices(field, category, college, None) for field in category.fields)
    known: dict[str, Value] = {}
    asked = []
    for field in category.fields:
        asked.append(_with_choices(field, category, college, known))
        text = (_entered(field, facts) if is_shown(field.shown_when, known) else "") or field.otherwise
        if _is_nothing(asked[-1]):
            known[field.name] = ""
        elif text:
            known[field.name] = text.lower() in _TRUE if field.kind == "boolean" else text
    return tuple(asked)


def _is_nothing(field: FactField) -> bool:
    """Whether the table divides no further here: the only option is none."""
    return [choice.value for choice in field.choices] == [""]


def _with_choices(
    field: FactField, category: Category, college: str | None, known: Mapping[str, Value] | None
) -> FactField:
    if not field.choices_from:
        return field
    within = {}
    if field.within and known is not None:
        if field.within not in known:
            return field  # nothing to offer yet
        within = {field.within: str(known[field.within])}
    table, _dot, column = field.choices_from.partition(".")
    keys = category.tables[table].keys_of(column or field.name, college, within)
    return replace(field, choices=tuple(Choice(key, key) for key in keys))


def is_shown(condition: ShownWhen | None, values: Mapping[str, Value]) -> bool:
    """Whether a field or a piece of evidence is asked for, given what is known so far."""
    if condition is None:
        return True
    value = values.get(condition.field)
    return (str(value).lower() if isinstance(value, bool) else str(value)) in condition.values


def read_facts(fields: tuple[FactField, ...], facts: Facts) -> tuple[dict[str, Value], list[Problem]]:
    """Typed values of the facts that count, and a problem for each that is missing or senseless.

    Facts of fields that are not shown are ignored: a form may still carry what was typed before a choice changed. What
    the library should have given is a problem of the entry: the student can only choose another.
    """
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    entry = next((field.name for field in fields if field.kind == "library"), "")
    for field in fields:
        try:
            value = _read_field(field, facts, values)
        except _UnreadableError as error:
            place = entry if field.asked_of == "library" and entry else field.name
            if place not in {problem.field for problem in problems}:
                problems.append(Problem(place, str(error)))
        else:
            if value is not None:
                values[field.name] = value
    return values, problems


def _read_field(field: FactField, facts: Facts, values: Mapping[str, Value]) -> Value | None:
    if field.within and not field.choices:
        return None  # the fact that it depends on is missing, and says so itself
    shown = is_shown(field.shown_when, values)
    text = _entered(field, facts) if shown and not _is_nothing(field) else ""
    if not text and any(not choice.value for choice in field.choices):
        return ""
    if not text and field.required and shown:
        raise _UnreadableError(_("请填写“%(label)s”") % {"label": field.label})
    text = text or field.otherwise
    return _READERS[field.kind](field, text) if text else None


def _entered(field: FactField, facts: Facts) -> str:
    entered = facts.get(field.name)
    return "" if entered is None else str(entered).strip()


def _read_text(_field: FactField, text: str) -> Value:
    return text


def _read_choice(field: FactField, text: str) -> Value:
    if all(text != choice.value for choice in field.choices):
        raise _UnreadableError(_("“%(value)s”不在“%(label)s”的选项中") % {"value": text, "label": field.label})
    return text


def _read_decimal(field: FactField, text: str) -> Value:
    if not _NUMBER.fullmatch(text):
        raise _UnreadableError(_("“%(label)s”应为数字，不能是“%(value)s”") % {"label": field.label, "value": text})
    return _within(field, Decimal(text))


def _read_integer(field: FactField, text: str) -> Value:
    value = _read_decimal(field, text)
    if isinstance(value, Span) and value.low != value.low.to_integral_value():
        raise _UnreadableError(_("“%(label)s”应为整数，不能是 %(value)s") % {"label": field.label, "value": text})
    return value


def _within(field: FactField, number: Decimal) -> Span:
    if field.min is not None and number < field.min:
        message = _("“%(label)s”不能小于 %(limit)s")
        raise _UnreadableError(message % {"label": field.label, "limit": plain(field.min)})
    if field.max is not None and number > field.max:
        message = _("“%(label)s”不能大于 %(limit)s")
        raise _UnreadableError(message % {"label": field.label, "limit": plain(field.max)})
    return Span.exactly(number)


def _read_boolean(field: FactField, text: str) -> Value:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise _UnreadableError(_("“%(label)s”应为是或否") % {"label": field.label})


def _read_date(field: FactField, text: str) -> Value:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        message = _("“%(label)s”应为日期（如 2024-05-01），不能是“%(value)s”")
        raise _UnreadableError(message % {"label": field.label, "value": text}) from None


_READERS: dict[str, Callable[[FactField, str], Value]] = {
    "text": _read_text,
    "choice": _read_choice,
    "decimal": _read_decimal,
    "integer": _read_integer,
    "boolean": _read_boolean,
    "date": _read_date,
    "library": _read_text,
}
FIELD_KINDS = tuple(_READERS)
NUMERIC = ("integer", "decimal")


ASKED_OF = ("student", "reviewer", "library")


def check_facts(category: Category, values: Mapping[str, Value]) -> list[Problem]:
    """Facts that contradict each other, such as a rank beyond the size of the team."""
    return [
        Problem(check.lower, check.message)
        for check in category.checks
        if _exceeds(values.get(check.lower), values.get(check.upper))
    ]


def _exceeds(lower: Value | None, upper: Value | None) -> bool:
    return isinstance(lower, Span) and isinstance(upper, Span) and lower.low > upper.low

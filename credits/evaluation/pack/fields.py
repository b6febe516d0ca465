"""What a category asks and which proofs it wants, as the pack states it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from credits.evaluation.facts import ASKED_OF, FIELD_KINDS, NUMERIC
from credits.evaluation.pack.reader import Reader
from credits.evaluation.scheme import AtMost, Choice, EvidenceItem, FactField, ShownWhen


def read_field(reader: Reader) -> FactField:
    """One thing that is asked."""
    kind = reader.one_of("kind", FIELD_KINDS)
    field = FactField(
        name=reader.text("name"),
        label=reader.text("label"),
        kind=kind,
        required=reader.flag("required", default=True),
        choices=tuple(Choice(choice, choice) for choice in reader.texts("choices")),
        choices_from=reader.text_or("choices_from"),
        help=reader.text_or("help"),
        shown_when=read_condition(reader),
        min=_least(reader, kind),
        max=reader.decimal_or("max"),
        unit=reader.text_or("unit"),
        otherwise=reader.text_or("otherwise"),
        within=reader.text_or("within"),
        asked_of=reader.one_of("asked_of", ASKED_OF, "student"),
    )
    if field.kind == "choice" and bool(field.choices) == bool(field.choices_from):
        reader.problem("choices", _("选择项要有 choices 或 choices_from，且只有一个"))
    if field.within and not field.choices_from:
        reader.problem("within", _("within 只能与 choices_from 一起使用"))
    if field.min is not None and field.max is not None and field.min > field.max:
        reader.problem("min", _("min 大于 max"))
    reader.finish()
    return field


def _least(reader: Reader, kind: str) -> Decimal | None:
    """The smallest number allowed: nothing that is counted goes below zero, so no points can."""
    least = reader.decimal_or("min")
    return (least or Decimal(0)) if kind in NUMERIC else least


def read_condition(reader: Reader, key: str = "shown_when") -> ShownWhen | None:
    """The condition under which a field, a proof or a team's sheet is asked, or None."""
    if key not in reader:
        return None
    condition = reader.child(key)
    shown_when = ShownWhen(field=condition.text("field"), values=condition.texts("is", least=1))
    condition.finish()
    return shown_when


def read_check(reader: Reader) -> AtMost:
    """A number that another one bounds."""
    check = AtMost(lower=reader.text("number"), upper=reader.text("at_most"), message=reader.text("message"))
    reader.finish()
    return check


def read_evidence(reader: Reader) -> EvidenceItem:
    """One line of the checklist."""
    item = EvidenceItem(
        code=reader.text("code"),
        name=reader.text("name"),
        required=reader.flag("required", default=True),
        help=reader.text_or("help"),
        shown_when=read_condition(reader),
    )
    reader.finish()
    return item

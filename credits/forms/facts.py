"""The facts that a category asks for, as form fields: only those that the facts before them call for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from credits.evaluation import FactField

LONGEST = 200


def fact_field(field: FactField, made: forms.Field | None = None) -> forms.Field:
    """Return the input for one fact; ``made`` is one of a kind that only its form can make."""
    made = made or BUILDERS[field.kind](field)
    made.label = f"{field.label}（{field.unit}）" if field.unit and field.unit not in field.label else field.label
    made.help_text = field.help
    made.required = field.required and field.kind != "boolean"
    return made


def _choice(field: FactField) -> forms.Field:
    options = [("", _("请选择")), *((choice.value, choice.label) for choice in field.choices)]
    return forms.ChoiceField(choices=options)


def _number(mode: str) -> Callable[[FactField], forms.Field]:
    # Text that is no number is kept and explained by the rules, which know the field's own limits.
    def build(_field: FactField) -> forms.Field:
        attrs = {"inputmode": mode, "autocomplete": "off", "class": "w-num"}
        return forms.CharField(max_length=20, widget=forms.TextInput(attrs=attrs))

    return build


def _text(_field: FactField) -> forms.Field:
    return forms.CharField(max_length=LONGEST, widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _date(_field: FactField) -> forms.Field:
    return forms.CharField(max_length=10, widget=forms.DateInput(attrs={"type": "date"}))


def _boolean(_field: FactField) -> forms.Field:
    return forms.BooleanField()


BUILDERS: dict[str, Callable[[FactField], forms.Field]] = {
    "choice": _choice,
    "integer": _number("numeric"),
    "decimal": _number("decimal"),
    "text": _text,
    "date": _date,
    "boolean": _boolean,
}


def fact_text(value: object) -> str:
    """Return a cleaned value as the claim stores it: text, because the rules read text."""
    if isinstance(value, bool):
        return "true" if value else ""
    return str(value or "").strip()

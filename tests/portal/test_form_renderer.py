"""The widgets that are drawn in Python read as Django's templates would write them."""

import datetime

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from portal.form_renderer import PlainRenderer

HOSTILE = "<b>\"甲\" & '乙'</b>"
ATTRS = {"class": "form-control", "required": True, "hidden": False, "data-x": HOSTILE, "rows": 3, "title": _("筛选")}
CHOICES = [("", _("不限")), (1, HOSTILE), ("a", mark_safe("<i>A</i>")), ("组", [("x", "X"), ("y", "Y")])]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput(ATTRS), HOSTILE),
        (forms.TextInput(ATTRS), None),
        (forms.TextInput(ATTRS), ""),
        (forms.NumberInput(), 1.5),
        (forms.EmailInput(), "a@example.edu"),
        (forms.URLInput(), "https://example.edu/?a=1&b=2"),
        (forms.PasswordInput(), "secret"),
        (forms.HiddenInput(), 0),
        (forms.DateInput(ATTRS), datetime.date(2026, 3, 1)),
        (forms.DateTimeInput(), datetime.datetime(2026, 3, 1, 12, 30, tzinfo=datetime.UTC)),
        (forms.TimeInput(), datetime.time(8, 5)),
        (forms.FileInput(ATTRS), None),
        (forms.CheckboxInput(ATTRS), True),
        (forms.CheckboxInput(), False),
        (forms.CheckboxInput(), HOSTILE),
        (forms.Textarea(ATTRS), f"\n{HOSTILE}\n"),
        (forms.Textarea(), None),
        (forms.Textarea(), mark_safe("<b>")),
        (forms.Select(ATTRS, CHOICES), "x"),
        (forms.Select(choices=CHOICES), None),
        (forms.Select(choices=CHOICES), 1),
        (forms.SelectMultiple(choices=CHOICES), ["a", "y"]),
        (forms.RadioSelect(choices=CHOICES[:2]), 1),
        (forms.CheckboxSelectMultiple(choices=CHOICES[:2]), [1]),
    ],
)
def test_a_widget_reads_the_same(widget, value):
    drawn, templated = (
        widget.render("na<me", value, {"id": "id_name"}, renderer) for renderer in (PlainRenderer(), TemplatesSetting())
    )
    assert _lines(drawn) == _lines(templated)


def _lines(html):
    return [line.strip() for line in html.splitlines() if line.strip()] if "<option" in html else html

"""Inputs that draw themselves: seven filters through the widgets' templates cost more than the list below them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe

from portal.form_renderer import html


class QuickSelect(forms.Select):
    """A select without groups, one text instead of a template per option."""

    def use_required_attribute(self, initial: Any) -> bool:
        """Say no for a field that nobody must fill in without looking at the choices."""
        return self.is_required and super().use_required_attribute(initial)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's signature
        """Return the element."""
        chosen = "" if value is None else str(value)
        options = "".join(
            f'<option value="{html(key)}"{" selected" if str(key) == chosen else ""}>{html(label)}</option>'
            for key, label in self.choices
        )
        opening = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return mark_safe(f"<select{opening}>{options}</select>")  # noqa: S308 - every part is escaped above


class QuickInput(forms.TextInput):
    """A line of text, drawn without a template."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's signature
        """Return the element."""
        own = {"type": self.input_type, **self.build_attrs(self.attrs, attrs), "name": name}
        shown = self.format_value(value)
        return mark_safe(f"<input{flatatt(own if shown is None else {**own, 'value': shown})}>")  # noqa: S308 - flatatt escapes

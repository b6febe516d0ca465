"""Writes the common widgets in plain Python, as Django's templates would: a select runs one of them per option."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString, mark_safe

Facts = Mapping[str, Any]


def html(value: object) -> str:
    """Return text as it stands in a page; what is marked safe stays as it is."""
    text = str(value)
    return text if isinstance(text, SafeString) else escape(text)


def attributes(facts: Facts) -> str:
    """Return a widget's attributes: true ones are names alone, false ones are left out."""
    pairs = ((name, value) for name, value in facts["attrs"].items() if value is not False)
    return "".join(f" {name}" if value is True else f' {name}="{html(value)}"' for name, value in pairs)


def draw_input(facts: Facts) -> str:
    """Return an input."""
    value = "" if facts["value"] is None else f' value="{html(facts["value"])}"'
    return f'<input type="{facts["type"]}" name="{html(facts["name"])}"{value}{attributes(facts)}>'


def draw_textarea(facts: Facts) -> str:
    """Return a text area; the first line break after the tag is not part of its text."""
    text = html(facts["value"]) if facts["value"] else ""
    return f'<textarea name="{html(facts["name"])}"{attributes(facts)}>\n{text}</textarea>'


def draw_select(facts: Facts) -> str:
    """Return a select with its options, in groups where the field has groups."""
    lines = [f'<select name="{html(facts["name"])}"{attributes(facts)}>']
    for group, options, _index in facts["optgroups"]:
        if group:
            lines.append(f'  <optgroup label="{html(group)}">')
        lines += [f'  <option value="{html(o["value"])}"{attributes(o)}>{html(o["label"])}</option>' for o in options]
        if group:
            lines.append("  </optgroup>")
    return "\n".join([*lines, "</select>"])


INPUTS = ("checkbox", "date", "datetime", "email", "file", "hidden", "number", "password", "tel", "text", "time", "url")
DRAWN: dict[str, Callable[[Facts], str]] = {
    f"django/forms/widgets/{name}.html": draw
    for names, draw in ((INPUTS, draw_input), (("textarea",), draw_textarea), (("select",), draw_select))
    for name in names
}


class PlainRenderer(TemplatesSetting):
    """Django's renderer with the common widgets drawn here; everything else goes through its template."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return a widget or a form as HTML."""
        draw = DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return mark_safe(draw(context["widget"]))  # noqa: S308 - every part is escaped above

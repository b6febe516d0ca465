"""Draws one form field in the portal's look: label, required mark, help, control, errors, tied together for readers.

crispy-forms' layouts and plain loops (``{% field form.content %}``) both come here, so there is one look. Plain Python,
because a form of twelve fields through nested templates costs more than the rest of its page.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django import forms
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.form_renderer import html
from portal.icons import icon_html

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

REQUIRED = mark_safe('<span class="required-mark" aria-hidden="true">*</span>')
EMPTY = mark_safe("")


def render_field(bound: BoundField, *, wrapper_class: str = "", show_label: bool = True) -> SafeString:
    """Return the field as HTML; a hidden one is its input alone."""
    if bound.is_hidden:
        return mark_safe(str(bound))  # noqa: S308 - Django's own rendering
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return _checkbox(bound, wrapper_class)
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return _choices(bound, wrapper_class)
    label = _label(bound) if show_label else EMPTY
    parts = (label, _remark(bound), _control(bound), _errors(bound), _help(bound))
    return _wrapper(bound, wrapper_class, mark_safe("".join(parts)))  # noqa: S308 - each part is escaped where it is made


def _wrapper(bound: BoundField, wrapper_class: str, body: SafeString) -> SafeString:
    own = bound.css_classes()
    classes = " ".join(part for part in ("field", wrapper_class, own) if part)
    return mark_safe(f'<div class="{escape(classes)}" id="div_{escape(bound.auto_id)}">{body}</div>')  # noqa: S308 - escaped


def _label(bound: BoundField) -> SafeString:
    mark = REQUIRED if bound.field.required else EMPTY
    return mark_safe(f'<label class="form-label" for="{escape(bound.id_for_label)}">{html(bound.label)}{mark}</label>')  # noqa: S308 - escaped


def _help(bound: BoundField) -> SafeString:
    if not bound.help_text:
        return EMPTY
    # Help texts are the portal's own and may hold a link; a lazy one is escaped unless marked safe.
    text = conditional_escape(bound.help_text)
    return format_html('<div class="help" id="{}_helptext">{}</div>', bound.auto_id, text)


def _remark(bound: BoundField) -> SafeString:
    """Return what somebody else said about the field, where its form carries such words."""
    words = getattr(bound.field, "remark", "")
    if not words:
        return EMPTY
    icon = icon_html("flag")
    return format_html('<div class="field-remark" id="{}_remark">{}<span>{}</span></div>', bound.auto_id, icon, words)


def _errors(bound: BoundField) -> SafeString:
    if not bound.errors:
        return EMPTY
    lines = format_html_join("", "<div>{}</div>", ((error,) for error in bound.errors))
    return format_html('<div class="field-error" id="{}_error"><div>{}</div></div>', bound.auto_id, lines)


def _attrs(bound: BoundField, base: str) -> dict[str, str | bool]:
    own = bound.field.widget.attrs.get("class", "")
    invalid = "is-invalid" if bound.errors else ""
    names = dict.fromkeys(f"{base} {own} {invalid}".split())
    return {"class": " ".join(names)}


def _control(bound: BoundField) -> SafeString:
    widget = bound.field.widget
    is_select = isinstance(widget, forms.Select)
    drawn = bound.as_widget(attrs=_attrs(bound, "form-select" if is_select else "form-control"))
    return _drop(bound, drawn) if "data-drop" in widget.attrs else drawn


def _drop(bound: BoundField, drawn: SafeString) -> SafeString:
    attrs = bound.field.widget.attrs
    return format_html(
        '<div class="drop{}" data-drop data-max-files="{}" data-max-bytes="{}">{}<strong>{}</strong>{}</div>',
        " is-invalid" if bound.errors else "",
        attrs.get("data-max-files", ""),
        attrs.get("data-max-bytes", ""),
        icon_html("upload"),
        attrs["data-drop"],
        drawn,
    )


def _checkbox(bound: BoundField, wrapper_class: str) -> SafeString:
    mark = REQUIRED if bound.field.required else EMPTY
    box = bound.as_widget(attrs=_attrs(bound, "form-check-input"))
    label = format_html('<label class="form-check-label" for="{}">{}{}</label>', bound.id_for_label, bound.label, mark)
    check = format_html('<div class="form-check">{}{}{}</div>', box, label, _help(bound))
    inner = format_html("{}{}{}", _remark(bound), check, _errors(bound))
    return _wrapper(bound, wrapper_class, inner)


def _choices(bound: BoundField, wrapper_class: str) -> SafeString:
    attrs = _attrs(bound, "form-check-input")
    options = format_html_join(
        "",
        '<div class="form-check">{}<label class="form-check-label" for="{}">{}</label></div>',
        ((_option(option, attrs), option.id_for_label, option.choice_label) for option in bound.subwidgets),
    )
    mark = REQUIRED if bound.field.required else EMPTY
    described = bound.aria_describedby
    inner = format_html(
        '<fieldset{}><legend class="form-label">{}{}</legend>{}<div class="choice-list" id="{}">{}</div>{}</fieldset>',
        format_html(' aria-describedby="{}"', described) if described else EMPTY,
        bound.label,
        mark,
        _help(bound),
        bound.auto_id,
        options,
        _errors(bound),
    )
    return _wrapper(bound, wrapper_class, inner)


def _option(option: object, attrs: dict[str, str | bool]) -> SafeString:
    option.data["attrs"].update(attrs)  # type: ignore[attr-defined]  # BoundWidget, which django-stubs leaves bare
    return option.tag()  # type: ignore[attr-defined, no-any-return]

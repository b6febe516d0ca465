"""What forms of the portal share: short messages that say what to do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

CHOOSE = _("请选择。")
WORDS = {
    "required": _("请填写。"),
    "invalid_choice": _("请从列表中选择。"),
    "max_decimal_places": ngettext_lazy("最多保留 %(max)s 位小数。", "最多保留 %(max)s 位小数。", "max"),
    "max_digits": _("数值过大，请检查。"),
    "max_whole_digits": _("数值过大，请检查。"),
}


class Worded:
    """Mix-in: each field asks in its own words for what is missing; words that a field was given stay."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Build the form, then give its fields their words."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]  # a mix-in for forms
            give_words(field)


def give_words(field: forms.Field) -> None:
    """Replace Django's default messages of one field."""
    defaults: dict[str, Any] = {}
    for parent in reversed(type(field).__mro__):
        defaults.update(getattr(parent, "default_error_messages", {}))
    words = {**WORDS, "required": _required(field)}
    if isinstance(field, forms.DecimalField | forms.IntegerField | forms.FloatField):
        words["invalid"] = _("请输入数字，例如 1.5。")
    elif isinstance(field, forms.DateField):
        words["invalid"] = _("请输入日期，例如 2026-03-09。")
    for code, text in words.items():
        if code in defaults and field.error_messages.get(code) == defaults[code]:
            field.error_messages[code] = text
    _limits(field)


class FilesInput(forms.FileInput):
    """A drop zone for several files; without a script, the browser's own control."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002 - Django's signature
        """Return every file that was sent under the name."""
        return files.getlist(name)


class FilesField(forms.FileField):
    """Several files; ``cleaned_data`` is their list. What they contain is for portal.files to judge."""

    widget = FilesInput

    def __init__(self, *, max_files: int, max_bytes: int, accept: str = "", **kwargs: Any) -> None:
        """Set the limits, which the page also tells before anything is sent."""
        super().__init__(**kwargs)
        self.max_files = max_files
        self.max_bytes = max_bytes
        self.widget.attrs |= {
            "accept": accept,
            "data-drop": _("把文件拖到这里，或点击选择"),
            "data-max-files": max_files,
            "data-max-bytes": max_bytes,
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file and their number; a file that is empty or too large is named."""
        uploads = [super(FilesField, self).clean(upload, initial) for upload in data or [None]]
        kept = [upload for upload in uploads if upload]
        if len(kept) > self.max_files:
            raise forms.ValidationError(_("最多 %(most)s 个文件。"), code="too_many", params={"most": self.max_files})
        for upload in kept:
            if upload.size > self.max_bytes:
                raise forms.ValidationError(
                    _("“%(name)s”超过 %(most)s。请压缩后重新选择。"),
                    code="too_large",
                    params={"name": upload.name, "most": filesizeformat(self.max_bytes)},
                )
        return kept


def _required(field: forms.Field) -> Any:
    if isinstance(field, forms.BooleanField):
        return _("请勾选。")
    if isinstance(field, forms.FileField):
        return _("请选择文件。")
    return CHOOSE if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else WORDS["required"]


def _limits(field: forms.Field) -> None:
    """Word the validators too: decimal places are theirs, not the field's."""
    for validator in field.validators:
        messages = getattr(validator, "messages", None)
        if isinstance(messages, dict):
            validator.messages = messages | {  # type: ignore[attr-defined]  # DecimalValidator
                "max_decimal_places": WORDS["max_decimal_places"],
                "max_digits": WORDS["max_digits"],
                "max_whole_digits": WORDS["max_whole_digits"],
            }

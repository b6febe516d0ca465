"""A field that takes several files for one item of the checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from portal.files import FilePolicy


class FilesInput(forms.FileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each is looked into when it is stored, so that a bad one leaves the others alone."""

    def __init__(self, label: str, help_text: str, policy: FilePolicy, room: int, *, required: bool) -> None:
        attrs = {
            "accept": policy.accept,
            "data-drop": _("把文件拖到这里，或点击选择"),
            "data-max-files": room,
            "data-max-bytes": policy.max_bytes,
        }
        super().__init__(label=label, help_text=help_text, required=required, widget=FilesInput(attrs=attrs))

    def clean(self, data: Any, initial: Any = None) -> None:
        """Leave the files to the service: it knows the scheme's limits and keeps the good ones."""

"""The forms of an import: which category and year, and its workbook; the reason of a roll-back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.enums import Channel
from credits.models import Category
from credits.rules import can_record
from portal.forms import Worded
from portal.models.terms import academic_year_validator
from portal.spreadsheets import XLSX

if TYPE_CHECKING:
    from portal.models import Person

MAX_BYTES = 20 * 1024 * 1024


def workbook_field(label: str = "") -> forms.FileField:
    """Return the field that takes a workbook."""
    widget = forms.ClearableFileInput(
        attrs={
            "data-drop": _("把工作簿拖到这里，或点击选择"),
            "data-max-files": 1,
            "data-max-bytes": MAX_BYTES,
            "accept": f".xlsx,{XLSX}",
        }
    )
    return forms.FileField(
        label=label or _("工作簿"), widget=widget, help_text=_("填写好的 .xlsx 模板，不超过 20 MB。")
    )


class ImportForm(Worded, forms.Form):
    """What is imported, and when its publicity ended."""

    category = forms.ModelChoiceField(Category.objects.none(), label=_("申请类别"), empty_label=_("请选择"))
    academic_year = forms.CharField(
        label=_("学年"), max_length=9, validators=[academic_year_validator], help_text=_("例如 2025-2026。")
    )
    published_on = forms.DateField(
        label=_("公示结束日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("名单公示期满后才能导入。"),
    )
    workbook = workbook_field()

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [row.pk for row in recorded_categories(person)]
        chosen: Any = self.fields["category"]
        chosen.queryset = Category.objects.filter(pk__in=mine)
        self.fields["published_on"].widget.attrs["max"] = timezone.localdate().isoformat()


class RollBackForm(Worded, forms.Form):
    """Why a batch is taken back."""

    reason = forms.CharField(
        label=_("撤回理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("学生会看到它。")
    )


def recorded_categories(person: Person) -> list[Category]:
    """Return the categories that the person records."""
    rows = Category.objects.filter(channel=Channel.OFFICE).select_related("scheme")
    return [row for row in rows if can_record(person, row)]

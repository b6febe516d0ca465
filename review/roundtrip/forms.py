"""The form that takes a workbook of decisions in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms import Worded
from review.office.import_forms import workbook_field


class SheetForm(Worded, forms.Form):
    """A workbook that was exported here and filled in."""

    workbook = workbook_field()
    workbook.label = _("填好的审核工作簿")
    workbook.help_text = _("导出后填好的 .xlsx，不超过 20 MB。")

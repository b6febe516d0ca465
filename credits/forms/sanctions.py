"""The student's appeal against a sanction."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from credits.services.sanctions import LONGEST
from portal.forms import Worded


class AppealForm(Worded, forms.Form):
    """Why the student thinks that the decision is wrong."""

    appeal = forms.CharField(
        label=_("申诉理由"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("请写明事实和依据。申诉只能提出一次，提交后不能修改。"),
    )

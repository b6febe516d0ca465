"""The forms of sanctions: the finding with its confirmation, the answer to an appeal, the decision on a conversion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credits.services.sanctions import LONGEST, SHORT, Finding
from portal.forms import Worded
from review.publicity.forms import Refusable

KEEP, UNDO = "keep", "undo"
NONE, TERM, FOREVER = "", "term", "forever"


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class FindingForm(Worded, Refusable, forms.Form):
    """What was established, what is decided, and whether the student is kept from claiming for a term."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    finding = forms.CharField(
        label=_("查实情况"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写明事实和证据，学生会看到它。"),
    )
    measure = forms.CharField(
        label=_("处理决定"),
        max_length=SHORT,
        help_text=_("例如 取消该项，以作弊论处。会显示在学生的申报页和申报入口。"),
    )
    bar = forms.ChoiceField(
        label=_("限制申报"),
        required=False,
        choices=[(NONE, _("不限制")), (TERM, _("在一段时间内")), (FOREVER, _("不再受理"))],
        widget=forms.RadioSelect,
        initial=NONE,
    )
    barred_from = _day(_("限制开始"), help_text=_("起止两天都计算在内。"))
    barred_until = _day(_("限制结束"))

    def clean(self) -> dict[str, Any]:
        """Ask for the dates that the chosen bar needs, and forget those it does not."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind = data.get("bar", NONE)
        if kind == NONE:
            data["barred_from"] = data["barred_until"] = None
        elif not data.get("barred_from") and "barred_from" not in self.errors:
            self.add_error("barred_from", _("请填写限制申报的开始日期。"))
        if kind == FOREVER:
            data["barred_until"] = None
        elif kind == TERM and not data.get("barred_until") and "barred_until" not in self.errors:
            self.add_error("barred_until", _("请填写限制申报的结束日期，或选择“不再受理”。"))
        return data

    def written(self) -> Finding:
        """Return what was typed, for the service."""
        facts = self.cleaned_data
        return Finding(facts["finding"], facts["measure"], facts["barred_from"], facts["barred_until"])


class AnswerForm(Worded, Refusable, forms.Form):
    """How an appeal is answered."""

    upheld = forms.ChoiceField(
        label=_("处理结果"),
        choices=[("0", _("申诉不成立，维持原决定")), ("1", _("申诉成立，恢复该项申报并解除限制"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("答复"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("学生会看到它。"),
    )


class FedForm(Worded, Refusable, forms.Form):
    """Whether a conversion stands that the cancelled item fed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    verb = forms.ChoiceField(label=_("决定"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("撤销时学生会看到它。")
    )

    def __init__(self, *args: Any, done: bool, **kwargs: Any) -> None:
        """Offer what the conversion's state allows: only what is done can stand, what is publicised is struck."""
        super().__init__(*args, **kwargs)
        undo = _("撤销，退回的部分随即扣除") if done else _("不予通过，占用的部分随即扣除")
        choices = [(UNDO, undo), *([(KEEP, _("保留，不作变动"))] if done else [])]
        self.fields["verb"].choices = choices  # type: ignore[attr-defined]  # a choice field

"""The forms of publicity: a list, its withdrawal, its notice; an objection and its decision; the holidays of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from portal.enums import Counting
from portal.forms import FilesField, Worded
from portal.holidays import EARLIEST, LATEST
from portal.workdays import MOST_DAYS
from review.models import EntryState, ObjectionState
from review.office.round_forms import MomentField
from review.services.notices import Heading
from review.services.objections import CORRECT, REJECT, STRIKE, Decision
from review.services.publicity import Plan

if TYPE_CHECKING:
    from django.core.exceptions import ValidationError

    from credits.evaluation.scheme import Publicity
    from portal.files import FilePolicy
    from review.models import PublicityList

NOW, LATER = "now", "later"
WORDS = 2000
YEAR_TEXT = 6000


class Refusable:
    """Mix-in: shows what a service found beside the field, what is about no field of the form in the summary."""

    def reject(self, error: ValidationError) -> None:
        """Take a service's complaints."""
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, messages in found.items():
            self.add_error(field if field in self.fields else None, messages)  # type: ignore[attr-defined]  # a form


class ListForm(Worded, Refusable, forms.Form):
    """What a list is called, from when on and for how long it is shown."""

    title = forms.CharField(label=_("标题"), max_length=100)
    opening = forms.ChoiceField(
        label=_("公示开始"),
        choices=[(NOW, _("发布后立即开始")), (LATER, _("指定时间开始"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    opens_at = MomentField(label=_("开始时间"), required=False)
    days = forms.IntegerField(
        label=_("公示天数"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("按整天计：开始当天不计（零点开始的除外），到最后一天的 24 时结束。"),
    )
    counting = forms.ChoiceField(
        label=_("计日方式"), choices=Counting.choices, help_text=_("按工作日计时，周末和节假日不计入天数。")
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the moment when one was promised."""
        data = super().clean() or self.cleaned_data
        if data.get("opening") == LATER and not data.get("opens_at") and "opens_at" not in self.errors:
            self.add_error("opens_at", _("请填写开始时间。"))
        return data

    def plan(self) -> Plan:
        """Return what was typed, for the service."""
        facts = self.cleaned_data
        opens_at = facts["opens_at"] if facts["opening"] == LATER else None
        return Plan(facts["title"], opens_at, facts["days"], facts["counting"])


def plan_initial(row: PublicityList | None, title: str, said: Publicity | None) -> dict[str, Any]:
    """Return what a list's form begins with: what is kept, or the scheme's own days and way of counting."""
    if row is None:
        return {"title": title, "days": said.days if said else None, "counting": said.counting if said else None}
    return {
        "title": row.title,
        "opening": LATER if row.opens_at else NOW,
        "opens_at": localtime(row.opens_at) if row.opens_at else None,
        "days": row.days,
        "counting": row.counting,
    }


class PublishForm(forms.Form):
    """That exactly this was seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ReasonForm(Worded, Refusable, forms.Form):
    """Why a list is taken down."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(label=_("理由"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3}))


class NoticeForm(Worded, Refusable, forms.Form):
    """What stands above a formal notice."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    number = forms.CharField(label=_("文号"), max_length=64, help_text=_("例如 校本字〔2027〕1号。"))
    title = forms.CharField(label=_("标题"), max_length=100)
    issued_on = forms.DateField(
        label=_("发文日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )

    def heading(self) -> Heading:
        """Return what was typed, for the service."""
        facts = self.cleaned_data
        return Heading(facts["number"], facts["title"], facts["issued_on"])


class ObjectionForm(Worded, Refusable, forms.Form):
    """Why somebody objects, with files where there are some."""

    reason = forms.CharField(
        label=_("异议理由"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("请写明事实和依据。您的身份只有主管部门知道。"),
    )

    def __init__(self, *args: Any, policy: FilePolicy, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if most:
            self.fields["files"] = FilesField(
                label=_("证明材料"),
                required=False,
                max_files=most,
                max_bytes=policy.max_bytes,
                accept=policy.accept,
                help_text=policy.help_text,
            )


class TakeBackForm(forms.Form):
    """On which revision an objection is taken back."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class DecisionForm(Worded, Refusable, forms.Form):
    """How an objection is decided."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    verb = forms.ChoiceField(
        label=_("处理结果"),
        choices=[
            (REJECT, _("异议不成立，维持原结果")),
            (CORRECT, _("异议成立，更正分值")),
            (STRIKE, _("异议成立，不予认定")),
        ],
        widget=forms.RadioSelect,
    )
    score = forms.DecimalField(label=_("更正后的分值"), required=False, max_digits=6, decimal_places=2, min_value=0)
    beyond = forms.BooleanField(label=_("委员会决定超出评分范围"), required=False)
    alone = forms.BooleanField(label=_("只针对这名成员，团队其他成员不受影响"), required=False)
    reason = forms.CharField(
        label=_("处理意见"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("异议人和被异议的学生都会看到，请不要写明异议人身份。"),
    )

    def __init__(self, *args: Any, may_correct: bool, in_team: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_correct:
            choices: Any = self.fields["verb"]
            choices.choices = [(value, label) for value, label in choices.choices if value != CORRECT]
            del self.fields["score"], self.fields["beyond"]
        if not in_team:
            del self.fields["alone"]

    def decision(self) -> Decision:
        """Return what was decided, for the service."""
        facts = self.cleaned_data
        return Decision(
            verb=facts["verb"],
            answer=facts["reason"],
            score=facts.get("score"),
            beyond=bool(facts.get("beyond")),
            together=not facts.get("alone"),
        )


class YearForm(forms.Form):
    """Which year's holidays are shown."""

    year = forms.IntegerField(label=_("年份"), min_value=EARLIEST, max_value=LATEST)


class HolidayForm(Worded, Refusable, forms.Form):
    """The special days of a year as text."""

    text = forms.CharField(
        label=_("节假日与调休"),
        required=False,
        max_length=YEAR_TEXT,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=_(
            "每行一段：日期（或起止日期）、名称，周末调休上班的在最后写“上班”。可以直接粘贴放假通知或表格里的几列。"
        ),
    )


STATES = [("", _("全部")), *EntryState.choices]
OBJECTION_STATES = [("", _("全部")), *ObjectionState.choices]

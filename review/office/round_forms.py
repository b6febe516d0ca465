"""The form of a round: its words, its categories, and a row of dates per role and cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from credits.models import Category
from credits.models.rounds import ROUND_ROLES
from credits.services.round_files import POLICY
from credits.services.rounds import Plan, Window
from portal.forms import Worded
from portal.models.terms import academic_year_validator
from portal.row_forms import reshaped, row_formset, unjudged

if TYPE_CHECKING:
    from django.http import QueryDict

    from credits.models import Round, RoundWindow, Scheme

MOMENT = "%Y-%m-%dT%H:%M"
PREFIX = "windows"


class MomentField(forms.DateTimeField):
    """A date and a time in the portal's zone, picked in the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=[MOMENT, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)


class RoundForm(Worded, forms.Form):
    """What the round is called, for which year and categories, and what its notice says."""

    name = forms.CharField(label=_("活动名称"), max_length=64, help_text=_("学生在申报时看到的名称。"))
    academic_year = forms.CharField(
        label=_("学年"), max_length=9, validators=[academic_year_validator], help_text=_("例如 2025-2026。")
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(), label=_("开放类别"), required=False, widget=forms.CheckboxSelectMultiple
    )
    notice = forms.CharField(
        label=_("通知"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("显示在学生的首页和申报页，写明对象、条件和材料。"),
    )

    def __init__(self, scheme: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["categories"]
        field.queryset = scheme.categories.filter(channel="student")  # type: ignore[attr-defined]  # a model choice field


class AttachmentForm(Worded, forms.Form):
    """One file for the notice."""

    file = forms.FileField(label=_("添加附件"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.widget.attrs["accept"] = POLICY.accept
        field.help_text = POLICY.help_text


class WindowForm(Worded, forms.Form):
    """One row of dates."""

    role = forms.ChoiceField(label=_("角色"), choices=[("", _("请选择")), *ROUND_ROLES])
    cohort = forms.IntegerField(label=_("年级（空为全部）"), required=False, min_value=1990, max_value=2100)
    opens_at = MomentField(label=_("开放时间"))
    closes_at = MomentField(label=_("截止时间"))

    def clean(self) -> dict[str, Any]:
        """Tell beside the row that it ends before it begins."""
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("截止时间必须晚于开放时间。"))
        return data


WindowFormSet = row_formset(WindowForm)


class RoundEditor:
    """The form and its rows as one thing that is shown, checked and turned into a plan."""

    def __init__(self, scheme: Scheme, round_: Round | None, data: QueryDict | None = None) -> None:
        self.reshape = reshaped(data, PREFIX) if data is not None else None
        sent = self.reshape or data
        self.form = RoundForm(scheme, sent, initial=_round_initial(round_))
        self.windows = WindowFormSet(sent, prefix=PREFIX, initial=_window_initial(round_))
        if self.reshape is not None:
            unjudged(self.form, self.windows)

    @property
    def is_submitted(self) -> bool:
        """Whether the form was sent to be kept, not to get a row more or less."""
        return self.form.is_bound and self.reshape is None

    def is_valid(self) -> bool:
        """Whether both the words and the rows can be read."""
        return all([self.form.is_valid(), self.windows.is_valid()])

    def plan(self) -> Plan:
        """Return what was typed, for the service."""
        facts = self.form.cleaned_data
        return Plan(
            name=facts["name"],
            academic_year=facts["academic_year"],
            categories=tuple(facts["categories"]),
            windows=tuple(
                Window(row["role"], row["opens_at"], row["closes_at"], row["cohort"]) for row in self.windows.rows
            ),
            notice=facts["notice"],
        )

    def reject(self, error: ValidationError) -> None:
        """Show what the service found, beside its field."""
        for field, messages in error.message_dict.items():
            if field == PREFIX:
                self.windows.reject(messages)
            else:
                self.form.add_error(field if field in self.form.fields else None, messages)


def _round_initial(round_: Round | None) -> dict[str, Any]:
    if round_ is None:
        return {}
    return {
        "name": round_.name,
        "academic_year": round_.academic_year,
        "categories": list(round_.categories.all()),
        "notice": round_.notice,
    }


def _window_initial(round_: Round | None) -> list[dict[str, Any]]:
    if round_ is None:
        return [{"role": "student"}]
    return [
        {
            "role": row.role,
            "cohort": row.cohort,
            "opens_at": localtime(row.opens_at),
            "closes_at": localtime(row.closes_at),
        }
        for row in sorted(round_.windows.all(), key=_by_role)
    ]


def _by_role(row: RoundWindow) -> tuple[int, int]:
    """Order windows as the work goes: students first, the cohorts of a role after its general dates."""
    return [role for role, _label in ROUND_ROLES].index(row.role), row.cohort or 0

"""The form by which a power is passed on, and the filters of the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.delegations.holdings import in_state
from portal.delegations.rules import NARROWED_BY
from portal.delegations.services import LONGEST_REASON, Wish
from portal.forms import Worded
from portal.listing import FilterForm
from portal.models import ClassGroup, College
from portal.models.appointments import APPOINTABLE
from portal.scopes import covered_colleges, known_names

if TYPE_CHECKING:
    from django.core.exceptions import ValidationError
    from django.db.models import QuerySet

    from portal.models import Appointment

ALL = ("", _("全部"))
DAY = {"type": "date"}


class DelegationForm(Worded, forms.Form):
    """To whom, how much of it, from when until when, and why."""

    number = forms.CharField(label=_("受托人工号"), max_length=32)
    name = forms.CharField(label=_("受托人姓名"), max_length=64, help_text=_("工号和姓名须一致，以免委托错人。"))
    scope = forms.ChoiceField(label=_("范围"), required=False, help_text=_("可以缩小，不能扩大。"))
    class_group = forms.ModelChoiceField(
        ClassGroup.objects.none(), label=_("限于班级"), required=False, empty_label=_("不限")
    )
    starts_on = forms.DateField(label=_("开始日期"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("结束日期"),
        error_messages={"required": _("委托必须有结束日期。")},
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=_("当天仍有效；最长六个月，可以提前收回。"),
    )
    reason = forms.CharField(
        label=_("说明"), max_length=LONGEST_REASON, required=False, help_text=_("例如 休假、出差。")
    )

    def __init__(self, *args: Any, source: Appointment, **kwargs: Any) -> None:
        """Offer the parts of the holder's scope that a delegation may be narrowed to."""
        kwargs.setdefault("initial", {"starts_on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if choices := _parts(source):
            fields["scope"].choices = [("", _("与本人相同")), *choices]
        else:
            del fields["scope"]
        narrowed = "class_group_id" in NARROWED_BY.get(source.role, ()) and source.class_group_id is None
        if narrowed and source.college_id is not None:
            classes = ClassGroup.objects.filter(major__college=source.college_id)
            fields["class_group"].queryset = classes.filter(cohort=source.cohort) if source.cohort else classes
        else:
            del fields["class_group"]

    @property
    def wish(self) -> Wish:
        """What was asked for; only after ``is_valid``."""
        asked = self.cleaned_data
        scheme, _colon, category = asked.get("scope", "").partition(":")
        group = asked.get("class_group")
        scope = {"scheme_code": scheme, "category_code": category, "class_group_id": group.pk if group else None}
        days = {"starts_on": asked["starts_on"], "ends_on": asked["ends_on"]}
        return Wish(number=asked["number"], name=asked["name"], reason=asked["reason"], scope=scope, **days)

    def reject(self, error: ValidationError) -> None:
        """Show what the service found beside the field, what is about no field of the form in the summary."""
        for name, messages in error.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)


class AppointmentFilter(Worded, FilterForm):
    """Whose powers the overview shows."""

    main = ("q", "state")
    more = ("role", "college", "scheme", "kind")
    q = forms.CharField(label=_("姓名或工号"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("有效")),
            ("soon", _("30 天内到期")),
            ("coming", _("未开始")),
            ("over", _("已结束")),
            ("all", ALL[1]),
        ],
    )
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[ALL, *APPOINTABLE])
    college = forms.ModelChoiceField(College.objects.all(), label=_("学院"), required=False, empty_label=ALL[1])
    scheme = forms.ChoiceField(label=_("认定办法"), required=False)
    kind = forms.ChoiceField(
        label=_("来源"), required=False, choices=[ALL, ("own", _("任职")), ("passed_on", _("委托"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the schemes."""
        super().__init__(*args, **kwargs)
        schemes = [(code, name) for (code, category), name in known_names().items() if not category]
        field: Any = self.fields["scheme"]
        field.choices = [ALL, *schemes]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if text := asked["q"].strip():
            queryset = queryset.filter(Q(person__number__startswith=text) | Q(person__name__contains=text))
        for name in ("role", "college"):
            if asked[name]:
                queryset = queryset.filter(**{name: asked[name]})
        if asked["scheme"]:
            queryset = queryset.filter(scheme_code=asked["scheme"])
        if asked["kind"]:
            queryset = queryset.filter(delegated_by__isnull=asked["kind"] == "own")
        return queryset.filter(in_state(asked["state"], timezone.localdate()))


def _parts(source: Appointment) -> list[tuple[str, str]]:
    """Return the schemes and categories that the scope may be narrowed to, as ``scheme:category`` with a name."""
    allowed, found = NARROWED_BY.get(source.role, ()), []
    for (code, category), name in known_names().items():
        if source.scheme_code and code != source.scheme_code:
            continue
        if not category and not source.scheme_code and _covers(code, source.college_id):
            found.append((f"{code}:", name))
        elif category and not source.category_code and "category_code" in allowed and _covers(code, source.college_id):
            found.append((f"{code}:{category}", name))
    return found


def _covers(code: str, college_id: int | None) -> bool:
    return college_id is None or college_id in covered_colleges([code])

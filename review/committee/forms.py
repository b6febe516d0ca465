"""The forms of the committee's pages: a meeting, its agenda's filter, who is present, a vote, a decision, the end."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from credits.models import Category, Round
from portal.forms import Worded
from portal.listing import FilterForm
from portal.models import College
from portal.points import as_points
from review.forms import VerbForm
from review.models import Ballot, ItemOutcome
from review.office.round_forms import MomentField
from review.services.meetings import Plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from credits.models import Scheme
    from portal.models import Person
    from review.models import Attendance, Meeting

ESCALATED = [("", _("不限")), ("1", _("提请委员会")), ("0", _("其他"))]
RECUSE = "recuse"


class MeetingForm(Worded, forms.Form):
    """What a meeting is called, when and where, whom it calls and who chairs it."""

    title = forms.CharField(label=_("会议名称"), max_length=100)
    held_at = MomentField(label=_("会议时间"))
    place = forms.CharField(label=_("地点"), max_length=100, required=False)
    round = forms.ModelChoiceField(Round.objects.none(), label=_("活动"), required=False, empty_label=_("不限"))
    members = forms.TypedMultipleChoiceField(
        label=_("应到委员"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("列出在任和即将到任的委员；到会人数超过应到人数的一半才能作出决定。"),
    )
    chair = forms.TypedChoiceField(label=_("主持人"), coerce=int)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, scheme: Scheme, members: Iterable[Person], *args: Any, **kwargs: Any) -> None:
        """Offer the scheme's rounds and members."""
        super().__init__(*args, **kwargs)
        people = [(person.pk, str(person)) for person in members]
        self.fields["round"].queryset = scheme.rounds.all()  # type: ignore[attr-defined]  # a model choice field
        self.fields["members"].choices = people  # type: ignore[attr-defined]  # a choice field
        self.fields["chair"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]  # as above

    def plan(self) -> Plan:
        """Return what was typed, for the service."""
        facts = self.cleaned_data
        return Plan(
            title=facts["title"],
            held_at=facts["held_at"],
            place=facts["place"],
            round=facts["round"],
            members=tuple(facts["members"]),
            chair=facts["chair"],
        )


def meeting_initial(meeting: Meeting | None, members: Iterable[int]) -> dict[str, Any]:
    """Return what the form shows first: the meeting, or a new one to which all members in office are called."""
    if meeting is None:
        next_week = localtime(timezone.now()).replace(hour=14, minute=30) + datetime.timedelta(days=7)
        return {"members": list(members), "held_at": next_week}
    called = list(meeting.attendances.all())
    return {
        "title": meeting.title,
        "held_at": localtime(meeting.held_at),
        "place": meeting.place,
        "round": meeting.round_id,
        "members": [row.person_id for row in called],
        "chair": next((row.person_id for row in called if row.chairs), None),
        "revision": meeting.revision,
    }


class WaitingFilter(FilterForm):
    """Which of the waiting claims are offered for the agenda."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=60)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("申请类别"), required=False, empty_label=_("不限")
    )
    college = forms.ModelChoiceField(College.objects.none(), label=_("学院"), required=False, empty_label=_("不限"))
    round = forms.ModelChoiceField(Round.objects.none(), label=_("活动"), required=False, empty_label=_("不限"))
    escalated = forms.ChoiceField(label=_("提请"), required=False, choices=ESCALATED)

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        """Offer what the scheme has."""
        super().__init__(*args, **kwargs)
        offered: dict[str, QuerySet] = {
            "category": scheme.categories.filter(channel="student"),
            "college": College.objects.filter(pk__in=scheme.coverage.values("college")),
            "round": scheme.rounds.all(),
        }
        for name, queryset in offered.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]  # model choice fields

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        for name in ("category", "college", "round"):
            if asked[name]:
                queryset = queryset.filter(**{name: asked[name]})
        if asked["escalated"]:
            queryset = queryset.exclude(escalated="") if asked["escalated"] == "1" else queryset.filter(escalated="")
        return queryset.filter(_found(asked["q"], "")) if asked["q"].strip() else queryset


class ItemFilter(FilterForm):
    """Which items of an agenda are listed."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=60)
    show = forms.ChoiceField(
        label=_("结果"), required=False, choices=[("", _("全部")), ("escalated", _("提请委员会")), *ItemOutcome.choices]
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("申请类别"), required=False, empty_label=_("不限")
    )

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        """Offer the scheme's categories."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.queryset = scheme.categories.filter(channel="student")

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["show"] == "escalated":
            queryset = queryset.exclude(claim__escalated="")
        elif asked["show"]:
            queryset = queryset.filter(outcome=asked["show"])
        if asked["category"]:
            queryset = queryset.filter(claim__category=asked["category"])
        return queryset.filter(_found(asked["q"], "claim__")) if asked["q"].strip() else queryset


class PresenceForm(Worded, forms.Form):
    """Who of the called members is there, and who chairs."""

    present = forms.TypedMultipleChoiceField(label=_("出席委员"), coerce=int, widget=forms.CheckboxSelectMultiple)
    chair = forms.TypedChoiceField(label=_("主持人"), coerce=int)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, called: Iterable[Attendance], *args: Any, **kwargs: Any) -> None:
        """Offer the called members."""
        super().__init__(*args, **kwargs)
        people = [(row.person_id, str(row.person)) for row in called]
        self.fields["present"].choices = people  # type: ignore[attr-defined]  # a choice field
        self.fields["chair"].choices = people  # type: ignore[attr-defined]  # as above


class VoteForm(Worded, forms.Form):
    """One vote or one recusal, the own one or, entered by the office, a member's."""

    ballot = forms.ChoiceField(label=_("表决"), choices=[*Ballot.choices, (RECUSE, _("回避"))])
    member = forms.ChoiceField(label=_("委员"), required=False)
    reason = forms.CharField(label=_("回避的理由"), required=False, max_length=200)

    def __init__(self, people: Iterable[Person], *args: Any, **kwargs: Any) -> None:
        """Offer the members for whom the office may enter a vote."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member"]
        field.choices = [("", _("请选择")), *((str(person.pk), person.name) for person in people)]


class ItemDecision(VerbForm):
    """The committee's decision on one item."""

    verbs = ("confirm", "refuse", "return", "defer")
    points = forms.CharField(
        label=_("认定分值"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    beyond = forms.BooleanField(label=_("超出标准的范围，由委员会决定"), required=False)
    field_order = ("points", "beyond", "reason")
    OUTCOMES = {  # noqa: RUF012 - a constant
        "confirm": ItemOutcome.CONFIRMED,
        "refuse": ItemOutcome.REFUSED,
        "return": ItemOutcome.RETURNED,
        "defer": ItemOutcome.DEFERRED,
    }

    def clean(self) -> dict[str, Any]:
        """Read the score when it matters; an empty one lets the experts' result stand."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        text = str(asked.get("points") or "").strip()
        asked["points"] = None
        if asked.get("verb") == "confirm" and text:
            try:
                asked["points"] = as_points(text)
            except ValidationError as error:
                self.add_error("points", error)
        return asked


class CloseForm(Worded, forms.Form):
    """What the minutes say beside the decisions."""

    note = forms.CharField(
        label=_("纪要说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写入会议纪要，结束后不能再改。"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


VERB_LABELS = {
    "confirm": _("确认认定"),
    "refuse": _("不予认定"),
    "return": pgettext_lazy("verb", "退回修改"),
    "defer": _("暂缓"),
}


def _found(text: str, to: str) -> Q:
    text = text.strip()
    return (
        Q(**{f"{to}student__person__number__startswith": text})
        | Q(**{f"{to}student__person__name__contains": text})
        | Q(**{f"{to}content__contains": text})
    )

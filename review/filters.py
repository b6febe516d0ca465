"""What the desks' lists can be narrowed by; the state of a list is its address."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from conversion.models import Course
from credits.items import items_of
from credits.models import Coverage
from credits.querysets import NOBODY
from portal.enums import Status
from portal.frame import KeptTexts
from portal.listing import FilterForm
from portal.models import Term
from portal.widgets import QuickInput, QuickSelect
from review.desk.ages import Age, arrived
from review.desk.flags import Flag, flagged
from review.desk.offered import CHOICES_SHOWN, offered
from review.desk.shares import Share, share_of, shares_for
from review.searching import matching

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

    from credits.stages import Chain
    from portal.models import Person

WAITING, ALL = "waiting", "all"
SHOWN = [
    (WAITING, _("待我审核")),
    (Status.IN_REVIEW.value, Status.IN_REVIEW.label),
    (Status.PUBLICITY.value, Status.PUBLICITY.label),
    (Status.RETURNED.value, Status.RETURNED.label),
    (Status.RECOGNISED.value, Status.RECOGNISED.label),
    (Status.REFUSED.value, Status.REFUSED.label),
    (Status.WITHDRAWN.value, Status.WITHDRAWN.label),
    (Status.REVOKED.value, Status.REVOKED.label),
    (ALL, _("全部")),
]
YEARS_BACK = 8
LONGEST_KEY = 15


DRAWN = KeptTexts(256)


def _offer_of(field: forms.Field) -> tuple[tuple[Any, str | None], ...]:
    """Return what a field offers, to be told from another offer. A label that is lazy follows from its value."""
    choices: Iterable[tuple[Any, Any]] = getattr(field.widget, "choices", ())
    return tuple((value, label if isinstance(label, str) else None) for value, label in choices)


class QueueFilter(FilterForm):
    """What claims and applications are both narrowed by. ``show`` is read before, it chooses the queue itself."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("搜索"),
        required=False,
        max_length=60,
        widget=QuickInput(attrs={"type": "search", "placeholder": _("姓名、首字母、学号或内容"), "data-key": "/"}),
    )
    age = forms.ChoiceField(
        widget=QuickSelect, label=_("等待时间"), required=False, choices=[("", _("不限")), *Age.choices]
    )
    cohort = forms.TypedChoiceField(widget=QuickSelect, label=_("年级"), required=False, coerce=int, empty_value=None)
    group = forms.CharField(
        label=_("班级"), required=False, max_length=32, widget=QuickInput(attrs={"placeholder": _("班级名称")})
    )
    college = forms.ChoiceField(widget=QuickSelect, label=_("学院"), required=False)
    flag = forms.ChoiceField(widget=QuickSelect, label=_("标记"), required=False)
    mine = forms.ChoiceField(widget=QuickSelect, label=_("与我有关"), required=False)
    content_field = ""
    chain: Chain = "claims"
    flags: tuple[Flag, ...] = tuple(Flag)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        """Offer what the person's schemes have, asked for only when the page shows it."""
        super().__init__(*args, **kwargs)
        self.person = person
        this_year = timezone.localdate().year
        years = range(this_year, this_year - YEARS_BACK, -1)
        self._offer("cohort", [(year, str(year)) for year in years])
        self._offer("flag", [(flag.value, flag.label) for flag in self.flags])
        if self.is_of_colleges:  # nothing to choose
            self._leave_out("college")
        else:
            self._offer("college", lambda: self._named("college"))
        if shares := shares_for(self.person, self.chain):
            self._offer("mine", [(share.value, share.label) for share in shares])
        else:
            self._leave_out("mine")

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that fit."""
        asked = self.cleaned_data
        if asked["age"]:
            queryset = queryset.filter(arrived(asked["age"]))
        if asked["cohort"]:
            queryset = queryset.filter(cohort=asked["cohort"])
        if asked["group"]:
            queryset = queryset.filter(student__class_group__name__contains=asked["group"].strip())
        if asked.get("college"):
            queryset = queryset.filter(college_id=int(asked["college"]))
        if asked["flag"]:
            queryset = queryset.filter(flagged(asked["flag"], self.chain))
        if asked.get("mine"):
            queryset = queryset.filter(share_of(Share(asked["mine"]), self.person, self.chain))
        if asked["q"]:
            queryset = queryset.filter(matching(asked["q"], self.content_field, everywhere=self.is_school_wide))
        return queryset

    def drawn(self, names: Sequence[str]) -> SafeString:
        """Return some of the fields as HTML, kept while none of them is asked for: nine cost more than the rows."""
        if any(self.data.get(name) or name in self.errors for name in names):
            return super().drawn(names)
        offers = tuple((name, _offer_of(self.fields[name])) for name in names)
        return DRAWN.text((type(self), get_language(), offers), lambda: super(QueueFilter, self).drawn(names))

    @property
    def is_school_wide(self) -> bool:
        """Whether more than colleges of the person's own, or the one asked for, is searched."""
        return not self.cleaned_data.get("college") and not self.is_of_colleges

    @property
    def is_of_colleges(self) -> bool:
        """Whether everything the person reaches lies in colleges that are named."""
        return all(power.college_id for power in self.person.standing.powers)

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        # A widget reads its choices twice; the database is asked once.
        field.choices = cache(choices) if callable(choices) else [("", _("不限")), *choices]  # type: ignore[attr-defined]  # a choice field

    def _leave_out(self, name: str) -> None:
        del self.fields[name]
        self.main = tuple(other for other in self.main if other != name)
        self.more = tuple(other for other in self.more if other != name)

    @cached_property
    def _offered(self) -> dict[str, list[tuple[int, str]]]:
        return offered(self.person.standing.powers, colleges=not self.is_of_colleges)

    def _named(self, kind: str) -> list[tuple[Any, Any]]:
        return [("", _("不限")), *self._offered[kind]]

    def _mine(self, queryset: QuerySet) -> QuerySet:
        """Return what belongs to the schemes of the person's appointments, or to those that cover their colleges."""
        reach = NOBODY
        for power in self.person.standing.powers:
            if power.scheme_code:
                reach |= Q(scheme__code=power.scheme_code)
            elif power.college_id is not None:
                reach |= Q(scheme__in=Coverage.objects.order_by().filter(college=power.college_id).values("scheme"))
            else:
                return queryset
        return queryset.filter(reach)


class ClaimFilter(QueueFilter):
    """The filters of 申报审核."""

    year = forms.ChoiceField(widget=QuickSelect, label=_("学年"), required=False)
    round = forms.ChoiceField(widget=QuickSelect, label=_("活动"), required=False)
    category = forms.ChoiceField(widget=QuickSelect, label=_("申请类别"), required=False)
    item = forms.CharField(widget=QuickSelect, label=_("项目"), required=False)
    content_field = "content"
    main: tuple[str, ...] = ("q", "category", "item", "round", "age")
    more: tuple[str, ...] = ("mine", "flag", "college", "year", "cohort", "group")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer rounds and categories."""
        super().__init__(*args, **kwargs)
        this_year = timezone.localdate().year
        years = (f"{year}-{year + 1}" for year in range(this_year, this_year - YEARS_BACK, -1))
        self._offer("year", [(year, year) for year in years])
        self._offer("round", lambda: self._named("round"))
        self._offer("category", lambda: self._named("category"))
        chosen = self.data.get("category", "")
        self.items = items_of(int(chosen)) if chosen.isdecimal() and len(chosen) <= LONGEST_KEY else []
        if self.items:
            self.fields["item"].widget.choices = [("", _("不限")), *((item.name, item.label) for item in self.items)]
        else:  # a category comes first
            self._leave_out("item")

    def clean_item(self) -> str:
        """Refuse an item that the category does not have; one of another category was left over when it changed."""
        name: str = self.cleaned_data["item"]
        if not name.startswith(f"{self.data['category']}:"):
            return ""
        if all(item.name != name for item in self.items):
            raise forms.ValidationError(_("没有这个项目。"))
        return name

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that fit."""
        queryset = super().narrow(queryset)
        asked = self.cleaned_data
        if asked["year"]:
            queryset = queryset.filter(academic_year=asked["year"])
        if asked["round"]:
            queryset = queryset.filter(round_id=int(asked["round"]))
        if asked["category"]:
            queryset = queryset.filter(category_id=int(asked["category"]))
        if wanted := next((item for item in self.items if item.name == asked.get("item")), None):
            queryset = queryset.filter(**{f"facts__{name}": value for name, value in wanted.facts})
        return queryset


class ApplicationFilter(QueueFilter):
    """The filters of 转换审核."""

    term = forms.ChoiceField(widget=QuickSelect, label=_("学年学期"), required=False)
    course = forms.ChoiceField(widget=QuickSelect, label=_("课程"), required=False)
    content_field = "course__name"
    chain: Chain = "conversions"
    flags: tuple[Flag, ...] = (Flag.AMENDED,)
    main: tuple[str, ...] = ("q", "course", "term", "age")
    more: tuple[str, ...] = ("mine", "flag", "college", "cohort", "group")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer terms and courses."""
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = _("姓名、首字母、学号或课程")
        self._offer("term", lambda: [("", _("不限")), *Term.objects.values_list("pk", "code")[:CHOICES_SHOWN]])
        self._offer("course", self._courses)

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that fit."""
        queryset = super().narrow(queryset)
        asked = self.cleaned_data
        if asked["term"]:
            queryset = queryset.filter(offering__term_id=int(asked["term"]))
        if asked["course"]:
            queryset = queryset.filter(course_id=int(asked["course"]))
        return queryset

    def _courses(self) -> list[tuple[Any, Any]]:
        rows = self._mine(Course.objects.all()).values_list("pk", "code", "name")[:CHOICES_SHOWN]
        return [("", _("不限")), *((pk, f"{code} {name}") for pk, code, name in rows)]

"""What the audit lists can be narrowed by; the state of a list is its address."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.forms import Worded
from portal.listing import FilterForm
from portal.models import Person
from review.audit.sight import Trail

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAY = datetime.timedelta(days=1)


class AuditFilter(Worded, FilterForm):
    """Which events are listed: by subject, person, action, role, days, and appointment."""

    main = ("subject", "person")
    more = ("verb", "role", "since", "until", "appointment")
    subject = forms.CharField(label=_("对象"), required=False, max_length=64)
    person = forms.CharField(
        label=_("操作人"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"placeholder": _("姓名或学号/工号")}),
    )
    verb = forms.ChoiceField(label=_("动作"), required=False)
    role = forms.ChoiceField(label=_("身份"), required=False, choices=[("", _("全部")), *Role.choices])
    since = forms.DateField(label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    appointment = forms.IntegerField(label=_("任职编号"), required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: object, trail: str, verbs: list[tuple[str, str]], **kwargs: object) -> None:
        """Know the list, because each names its subjects differently."""
        super().__init__(*args, **kwargs)
        self.trail = trail
        self.fields["verb"].choices = [("", _("全部")), *verbs]  # type: ignore[attr-defined]  # a ChoiceField
        hint = _("对象编号或名称") if trail == Trail.OFFICE else _("受理编号、记录编号或学号")
        self.fields["subject"].widget.attrs["placeholder"] = hint

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for; every condition enters an index."""
        asked = self.cleaned_data
        if text := asked["subject"].strip():
            queryset = queryset.filter(self._subject(text))
        if text := asked["person"].strip():
            people = Person.objects.filter(Q(number=text) | Q(name=text)).values_list("pk", flat=True)
            queryset = queryset.filter(actor__in=list(people[:100]))
        for name, field in (("verb", "verb"), ("role", "actor_role"), ("appointment", "appointment")):
            if asked[name]:
                queryset = queryset.filter(**{field: asked[name]})
        if asked["since"]:
            queryset = queryset.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            queryset = queryset.filter(at__lt=_midnight(asked["until"] + DAY))
        return queryset

    def _subject(self, text: str) -> Q:
        if self.trail == Trail.OFFICE:
            return Q(subject_key=text) | Q(subject_label__contains=text)
        found = Q(subject__student__person__number=text)
        if self.trail == Trail.CLAIMS:
            found |= Q(subject__receipt_number=text)
        return found | Q(subject=int(text)) if text.isdecimal() and len(text) < 10 else found  # noqa: PLR2004 - int32


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))

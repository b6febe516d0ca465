"""The outbox as a list: what waits and what failed, narrowed by state and person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from portal.listing import FilterForm, Sorts
from portal.models import Mail, MailState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Person

SORTS = Sorts({"newest": ("pk",)}, default="-newest")
UNSENT = "unsent"
STATES = [("", _("未发出")), *MailState.choices]


class MailFilter(FilterForm):
    """By state, and by whom a mail is for."""

    main = ("q", "state")

    q = forms.CharField(label=_("姓名、学号/工号或邮箱"), required=False, max_length=64)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES)

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Without a state, return what has not left: that is what the page is for."""
        state, words = self.cleaned_data.get("state"), self.cleaned_data.get("q", "").strip()
        found = queryset.filter(state=state) if state else queryset.filter(state__in=["waiting", "failed"])
        if words:
            named = Q(person__number__istartswith=words) | Q(person__name__istartswith=words)
            found = found.filter(named | Q(person__email__istartswith=words))
        return found


def figures(person: Person) -> dict[str, Any]:
    """Return how many wait and were given up, and since when the oldest waits, of what the person looks after."""
    return (
        Mail.objects.visible_to(person)
        .unsent()
        .aggregate(
            waiting=Count("pk", filter=Q(state=MailState.WAITING)),
            failed=Count("pk", filter=Q(state=MailState.FAILED)),
            since=Min("created_at", filter=Q(state=MailState.WAITING)),
        )
    )

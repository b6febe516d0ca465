"""The lists of publicity's pages: what they are narrowed and sorted by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from credits.models import Scheme
from credits.querysets import schemes_of
from portal.enums import Role
from portal.listing import FilterForm, Listing, Sorts
from portal.widgets import QuickInput, QuickSelect
from review.models import ListKind, Objection, ObjectionState, PublicityEntry, PublicityList
from review.publicity.forms import OBJECTION_STATES, STATES
from review.publicity.snapshot import version_in_force
from review.publicity.subjects import subjects_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from portal.requests import SignedInRequest

PUBLIC_PAGE = 100
PUBLIC_COLUMNS = ("pk", "position", "name", "number", "college", "cohort", "item", "score")
BY_POSITION = Sorts({"position": ("position", "pk")}, default="position")
NEWEST = Sorts({"newest": ("pk",)}, default="-newest")


class LineFilter(FilterForm):
    """Which lines of a list are shown: by name, by college."""

    q = forms.CharField(
        label=_("姓名"), required=False, max_length=60, widget=QuickInput(attrs={"type": "search", "data-key": "/"})
    )
    college = forms.ChoiceField(label=_("学院"), required=False, widget=QuickSelect)

    def __init__(self, *args: Any, row: PublicityList, **kwargs: Any) -> None:
        """Offer the colleges of the list."""
        super().__init__(*args, **kwargs)
        names = row.entries.order_by("college").values_list("college", flat=True).distinct()
        choices: Any = self.fields["college"]
        choices.choices = [("", _("全部")), *((name, name) for name in names)]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["college"]:
            queryset = queryset.filter(college=asked["college"])
        if text := asked["q"].strip():
            queryset = queryset.filter(name__contains=text)
        return queryset


class EntryFilter(LineFilter):
    """Which lines the office sees: by state as well."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=STATES, widget=QuickSelect)

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        queryset = super().narrow(queryset)
        return queryset.filter(state=self.cleaned_data["state"]) if self.cleaned_data["state"] else queryset


class ObjectionFilter(FilterForm):
    """Which objections are listed."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=OBJECTION_STATES)
    q = forms.CharField(label=_("受理编号或姓名"), required=False, max_length=60)

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        if self.cleaned_data["state"]:
            queryset = queryset.filter(state=self.cleaned_data["state"])
        if text := self.cleaned_data["q"].strip():
            queryset = queryset.filter(Q(number__iexact=text) | Q(entry__name__contains=text))
        return queryset


def public_lines(request: HttpRequest, row: PublicityList) -> Listing:
    """Return the lines of a list as everybody reads them: nothing but the public columns leaves the database."""
    form = LineFilter(request.GET, row=row)
    found = PublicityEntry.objects.filter(list=row).values(*PUBLIC_COLUMNS)
    return Listing(request, found, sorts=BY_POSITION, form=form, per_page=PUBLIC_PAGE, keyset=False)


def office_lines(request: SignedInRequest, row: PublicityList) -> Listing:
    """Return the lines of a list with what has become of each."""
    form = EntryFilter(request.GET, row=row)
    found = PublicityEntry.objects.filter(list=row).annotate(
        open_objections=Count("objections", filter=Q(objections__state=ObjectionState.OPEN))
    )
    return Listing(request, found, sorts=BY_POSITION, form=form, per_page=50, keyset=False)


def kept_lists(request: SignedInRequest) -> Listing:
    """Return the lists that the person may see, the newest first; the frozen content stays in the database."""
    found = (
        PublicityList.objects.visible_to(request.user)
        .select_related("scheme", "round", "notice")
        .defer("snapshot", "notice__snapshot")
        .annotate(
            lines=Count("entries", distinct=True),
            disputed=Count(
                "entries__objections", filter=Q(entries__objections__state=ObjectionState.OPEN), distinct=True
            ),
        )
    )
    return Listing(request, found, sorts=NEWEST, keyset=False)


def handled_objections(request: SignedInRequest) -> Listing:
    """Return the objections that the person handles, the newest first."""
    found = Objection.objects.handled_by(request.user).select_related("entry__list", "person")
    found = found.defer("entry__list__snapshot")
    return Listing(request, found, sorts=NEWEST, form=ObjectionFilter(request.GET), keyset=False)


def own_objections(request: SignedInRequest) -> Listing:
    """Return what the person objected to, the newest first."""
    found = Objection.objects.owned_by(request.user).select_related("entry__list").defer("entry__list__snapshot")
    return Listing(request, found, sorts=NEWEST, keyset=False)


def waiting_results(request: SignedInRequest) -> list[dict[str, Any]]:
    """Return what waits for a list in the schemes for which the person is the office: by round, and the offsets."""
    found: list[dict[str, Any]] = []
    for scheme in Scheme.objects.filter(schemes_of(request.user, [Role.OFFICE], path="")):
        version = version_in_force(scheme)
        for kind in ListKind:
            subjects = subjects_of(kind)
            if version is not None and subjects.publicity(version.data) is not None:
                found += [{"scheme": scheme, "kind": kind, **group} for group in _groups(subjects, scheme, kind)]
    return found


def _groups(subjects: Any, scheme: Scheme, kind: str) -> Iterator[dict[str, Any]]:
    waiting = subjects.waiting(scheme).order_by()
    if kind == ListKind.OFFSETS:
        count = waiting.count()
        if count:
            yield {"round_id": None, "round": "", "count": count}
        return
    grouped = waiting.values("round_id", "round__name").annotate(number=Count("pk")).order_by("-round_id")
    for group in grouped:
        yield {"round_id": group["round_id"], "round": group["round__name"], "count": group["number"]}

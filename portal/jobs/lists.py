"""The list of jobs as its address describes it: the own ones, or all in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.jobs.registry import kind_of, kinds
from portal.listing import FilterForm, Listing, Sorts
from portal.models import Job, JobState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Person

SORTS = Sorts({"created": ("created_at", "pk")}, default="-created")
MINE, ALL = "mine", "all"


class JobFilter(FilterForm):
    """Which jobs are listed."""

    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *JobState.choices])
    kind = forms.ChoiceField(label=_("任务"), required=False)
    owner = forms.CharField(label=_("发起人"), required=False, max_length=60)

    def __init__(self, *args: Any, others: bool, **kwargs: Any) -> None:
        """Ask whose only where there are others' jobs."""
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("全部")), *((one.name, one.label) for one in kinds())]
        if not others:
            del self.fields["owner"]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        for name in ("state", "kind"):
            if asked[name]:
                queryset = queryset.filter(**{name: asked[name]})
        if text := asked.get("owner", "").strip():
            queryset = queryset.filter(Q(owner__name__contains=text) | Q(owner__number=text))
        return queryset


class JobList:
    """One person's list; ``of`` in the address chooses between the own jobs and all in reach."""

    def __init__(self, request: Any) -> None:
        """Read what is asked for."""
        self.reaches_others = oversees_jobs(request.user)
        self.of = ALL if self.reaches_others and request.GET.get("of") == ALL else MINE
        found = Job.objects.visible_to(request.user)
        found = found if self.of == ALL else found.filter(owner=request.user)
        self.form = JobFilter(request.GET, others=self.of == ALL)
        self.listing = Listing(request, found.select_related("owner", "retried_as"), sorts=SORTS, form=self.form)

    @property
    def rows(self) -> list[tuple[Job, str]]:
        """The page's jobs, each with what people call its kind."""
        return [(job, label_of(job)) for job in self.listing.rows]

    @property
    def tabs(self) -> list[tuple[str, Any, bool]]:
        """The lists to choose from where there are two: value, label, whether it is this one."""
        labels = {MINE: _("我的任务"), ALL: _("全部任务")}
        return [(of, label, of == self.of) for of, label in labels.items()] if self.reaches_others else []


def oversees_jobs(person: Person) -> bool:
    """Whether the person looks after other people's jobs, too."""
    return bool(person.is_superuser or person.standing.has(Role.OFFICE, Role.ADMINISTRATOR))


def label_of(job: Job) -> str:
    """What people call the kind of this job."""
    kind = kind_of(job.kind)
    return str(kind.label) if kind else job.kind


def page_of(job: Job) -> str:
    """Where its owner sees what a finished job did; empty where there is no such page."""
    kind = kind_of(job.kind)
    return kind.page(job) if kind and kind.page and job.state == JobState.DONE else ""

"""What a report is asked about: a scheme, and within it a year, a round, a cohort, a college."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from credits.models import Claim, Coverage, Round, Scheme, SchemeVersion
from credits.querysets import EVERYTHING, NOBODY, schemes_of
from portal.enums import Role
from portal.listing import FilterForm
from portal.models import College
from portal.wording import DEFAULT, Wording

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from credits.evaluation import SchemeData
    from portal.models import Person

WHOLE = [Role.OFFICE, Role.AUDITOR]
REPORTERS = [*WHOLE, Role.SECRETARY]
#: Parameter → the path from a claim or an application to it.
PATHS = {"year": "academic_year", "round": "round", "cohort": "cohort", "college": "college"}


class ReportFilter(FilterForm):
    """What a report may be narrowed by; a report names which of these it knows."""

    year = forms.ChoiceField(label=_("学年"), required=False)
    round = forms.ModelChoiceField(Round.objects.none(), label=_("活动"), required=False, empty_label=_("全部"))
    cohort = forms.IntegerField(label=_("年级"), required=False, min_value=1990, max_value=2100)
    college = forms.ModelChoiceField(College.objects.none(), label=_("学院"), required=False, empty_label=_("全部"))

    def __init__(self, *args: Any, scheme: Scheme, person: Person, names: Collection[str], **kwargs: Any) -> None:
        """Offer what the scheme has and the person reaches."""
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in set(fields) - set(names):
            del fields[name]
        rounds = Round.objects.filter(scheme=scheme)
        if "year" in fields:
            years = rounds.order_by("-academic_year").values_list("academic_year", flat=True).distinct()
            fields["year"].choices = [("", _("全部")), *((year, year) for year in years)]
        if "round" in fields:
            fields["round"].queryset = rounds
        if "college" in fields:
            fields["college"].queryset = colleges_of(person, scheme)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as an address puts it."""

    person: Person
    scheme: Scheme
    data: SchemeData | None
    form: ReportFilter

    @property
    def words(self) -> Wording:
        """Return the scheme's words."""
        return Wording(f"report-{self.scheme.code}", self.data.wording) if self.data else DEFAULT

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the form asks for; nothing of a form with errors."""
        if not self.form.is_valid():
            return {}
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def narrow(self, queryset: QuerySet, paths: dict[str, str] | None = None) -> QuerySet:
        """Keep what was asked for; nothing at all while the form has errors."""
        if not self.form.is_valid():
            return queryset.none()
        paths = PATHS if paths is None else paths
        asked = {paths[name]: getattr(value, "pk", value) for name, value in self.facts.items() if name in paths}
        return queryset.filter(**asked)

    def claims(self) -> QuerySet[Claim]:
        """Return the scheme's claims in the person's reach, narrowed."""
        return self.narrow(Claim.objects.in_reach_of(self.person).filter(scheme=self.scheme))


def reporting_schemes(person: Person) -> list[Scheme]:
    """Return the schemes of which the person reads figures: as office or auditor, or for the own college."""
    found = schemes_of(person, WHOLE, path="")
    for power in person.standing.powers_as([Role.SECRETARY]):
        covered = Q(coverage__college=power.college_id)
        found |= covered & Q(code=power.scheme_code) if power.scheme_code else covered
    return list(Scheme.objects.filter(pk__in=Scheme.objects.filter(found).values("pk")))


def reads_whole(person: Person, scheme: Scheme) -> bool:
    """Whether the person reads the figures of all colleges."""
    return any(power.scheme_code in {"", scheme.code} for power in person.standing.powers_as(WHOLE))


def in_college_reach(person: Person, scheme: Scheme, path: str = "college") -> Q:
    """Return the rows of colleges whose figures the person reads; ``path`` leads to the college.

    A secretary for one category, class or cohort reads no college's figures: they would tell of all the others.
    """
    if reads_whole(person, scheme):
        return EVERYTHING
    reach = NOBODY
    for power in person.standing.powers_as([Role.SECRETARY]):
        if power.scheme_code in {"", scheme.code} and power.is_whole_college:
            reach |= Q(**{f"{path}_id" if not path.endswith("pk") else path: power.college_id})
    return reach


def colleges_of(person: Person, scheme: Scheme) -> QuerySet[College]:
    """Return the colleges that the scheme covers and whose figures the person reads."""
    covered = Coverage.objects.filter(scheme=scheme).values("college")
    return College.objects.filter(in_college_reach(person, scheme, "pk"), pk__in=covered)


def asked_by(request: Any, names: Collection[str]) -> Asked:
    """Return what an address asks; ``Http404`` for whoever reads no figures at all."""
    schemes = reporting_schemes(request.user)
    if not schemes:
        raise Http404
    wanted = request.GET.get("scheme", "")
    scheme = next((row for row in schemes if row.code == wanted), schemes[0])
    version = SchemeVersion.objects.filter(scheme=scheme).order_by("-effective_from", "-pk").first()
    form = ReportFilter(request.GET, scheme=scheme, person=request.user, names=names)
    return Asked(request.user, scheme, version.data if version else None, form)

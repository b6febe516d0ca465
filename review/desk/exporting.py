"""The desks' exports by name: the page and the job build the same one from the same address."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.listing import Listing
from review.desk.filing import MISSING_SORTS, MissingFilter, missing_rows
from review.desk.queues import ApplicationQueue, ClaimQueue
from review.exports import APPLICATION_COLUMNS, CLAIM_COLUMNS, MISSING_COLUMNS, Export
from review.summaries.grades import GradeList
from review.summaries.points import PointsList

if TYPE_CHECKING:
    from portal.models import Person


def export_of(kind: str, person: Person, query: str) -> Export:
    """Return the export of a list as an address describes it: claims, applications, points, grades, or missing."""
    # A queue reads two things of a request; a job has only these.
    request: Any = SimpleNamespace(GET=QueryDict(query), user=person)
    if kind == "claims":
        return Export(kind, _("申报"), CLAIM_COLUMNS, ClaimQueue(request).listing.queryset, query)
    if kind == "applications":
        return Export(kind, _("转换申请"), APPLICATION_COLUMNS, ApplicationQueue(request).listing.queryset, query)
    if kind == "points":
        return PointsList(request).export(query)
    if kind == "grades":
        return GradeList(request).export(query)
    listing = Listing(request, missing_rows(person), sorts=MISSING_SORTS, form=MissingFilter(request.GET))
    return Export(kind, _("待交申请表"), MISSING_COLUMNS, listing.queryset, query)

"""The desks' exports by name: the page and the job build the same one from the same address."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from credits.models import Scheme
from portal.listing import Listing
from portal.wording import wording_for
from review.audit.lists import AuditList
from review.desk.filing import MISSING_SORTS, MissingFilter, missing_rows
from review.desk.queues import ApplicationQueue, ClaimQueue
from review.experts.exports import assignments_export, collation_export
from review.exports import MISSING_COLUMNS, OFFSET_COLUMNS, Export, application_columns, claim_columns
from review.graduation.lists import ShortfallList
from review.office.list_exports import LIST_EXPORTS
from review.office.record_list import RecordList
from review.office.replay_list import ReplayList, asked_replay
from review.office.sanction_list import sanctions_export
from review.reports.kinds import PREFIX, REPORTS, report_export
from review.summaries.grades import GradeList, kind_names, named_kind
from review.summaries.points import PointsList

if TYPE_CHECKING:
    from portal.models import Person


def export_of(kind: str, person: Person, query: str) -> Export:
    """Return the export of a list as an address describes it, as the person may take it; ``EXPORTS`` has the kinds."""
    # A queue reads two things of a request; a job has only these.
    request: Any = SimpleNamespace(GET=QueryDict(query), POST=QueryDict(), user=person)
    return EXPORTS[kind](request, query).read_by(person)


def _claims(request: Any, query: str) -> Export:
    return Export(
        "claims", _("申报"), claim_columns(wording_for(request.user)), ClaimQueue(request).listing.queryset, query
    )


def _applications(request: Any, query: str) -> Export:
    found = ApplicationQueue(request).listing.queryset
    words = wording_for(request.user)
    columns, title = application_columns(words), words.get("application", _("转换申请"))
    if not found.exclude(course_kind="").exists():
        return Export("applications", title, columns, found, query, application="pk")
    # Offsets among them: with the kind as their scheme names it, and what the college judged.
    rows = found.annotate(kind_name=named_kind(kind_names(list(Scheme.objects.all()))))
    return Export("applications", title, (*columns, *OFFSET_COLUMNS), rows, query, application="pk")


def _replay(request: Any, query: str) -> Export:
    return ReplayList(request, asked_replay(request)).export(query)


def _missing(request: Any, query: str) -> Export:
    listing = Listing(request, missing_rows(request.user), sorts=MISSING_SORTS, form=MissingFilter(request.GET))
    return Export("missing", _("待交申请表"), MISSING_COLUMNS, listing.queryset, query, application="application")


EXPORTS: dict[str, Callable[[Any, str], Export]] = {
    "claims": _claims,
    "applications": _applications,
    "replay": _replay,
    "missing": _missing,
    "audit": lambda request, query: AuditList(request).export(query),
    "points": lambda request, query: PointsList(request).export(query),
    "grades": lambda request, query: GradeList(request).export(query),
    "graduation": lambda request, query: ShortfallList(request).workbook(query),
    "assignments": lambda request, query: assignments_export(request.user, query),
    "collation": collation_export,
    "sanctions": sanctions_export,
    "records": lambda request, query: RecordList(request).summary(query),
    "records_csv": lambda request, query: RecordList(request).summary_csv(query),
    "record_items": lambda request, query: RecordList(request).details(query),
    **LIST_EXPORTS,
    **{f"{PREFIX}{code}": report_export(code) for code in REPORTS},
}

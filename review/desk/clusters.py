"""Claims on the same project beside the one that is reviewed: of the student's, only the highest counts (W7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credits.models import Claim
from credits.rules import can_join
from portal.enums import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Person

SHOWN = 20
JOINABLE = (Status.IN_REVIEW, Status.PUBLICITY, Status.RECOGNISED)


def cluster_context(claim: Claim, person: Person) -> dict[str, Any]:
    """Return the student's claims on the project, and whether others may be judged to belong to it; None elsewhere."""
    if not claim.scheme_version.data.counting.highest_only:
        return {"cluster": None}
    columns = ("pk", "status", "content", "academic_year", "claimed_points", "recognised_points", "counted_points")
    mine = _of_the_student(claim, person)
    same = mine.filter(project_id=claim.project_id) if claim.project_id else mine.none()
    joins = claim.status in JOINABLE and bool(can_join(person, claim)) and joinable(claim, person).exists()
    return {"cluster": {"rows": list(same.order_by("pk").values(*columns)[:SHOWN]), "joins": joins}}


def joinable(claim: Claim, person: Person) -> QuerySet[Claim]:
    """Return the student's other claims of the scheme that could be judged to be the same project."""
    others = beside(claim, person)
    return others.exclude(project_id=claim.project_id) if claim.project_id else others


def beside(claim: Claim, person: Person) -> QuerySet[Claim]:
    """Return the student's other claims of the scheme that are pending or count, whatever their project."""
    return _of_the_student(claim, person).filter(scheme_id=claim.scheme_id, status__in=JOINABLE)


def _of_the_student(claim: Claim, person: Person) -> QuerySet[Claim]:
    return Claim.objects.in_reach_of(person).filter(student_id=claim.student_id).exclude(pk=claim.pk)

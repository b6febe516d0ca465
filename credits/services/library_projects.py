"""After a merger of library entries: achievements on both are one project, of which the highest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from credits.identity import root_of
from credits.models import Claim, ProjectKey
from credits.services.counting import lock_project, recount
from credits.services.ledger import NotEnoughPoints
from portal.enums import Status
from portal.verdict import Verdict
from portal.workflow import transition

if TYPE_CHECKING:
    from credits.models import LibraryEntry, Project
    from portal.models import Person

KIND, SEPARATOR = "library", "|"


def unite_projects(entry: LibraryEntry, into: LibraryEntry, actor: Person, *, role: str, reason: str) -> None:
    """Let the projects of an entry bear the other entry's name, in the caller's transaction.

    Where that one has a project of the same year already, the two become one; a student whose claims on both are
    recognised keeps the higher one. Raises ``ValidationError`` when what would count twice is used by a conversion.
    """
    mine = Q(value=str(entry.pk)) | Q(value__startswith=f"{entry.pk}{SEPARATOR}")
    keys = ProjectKey.objects.filter(mine, scheme=entry.scheme_id, kind=KIND).select_related("project__joined_into")
    for key in keys.order_by("pk"):
        value = f"{into.pk}{key.value.removeprefix(str(entry.pk))}"
        names = ProjectKey.objects.filter(scheme=entry.scheme_id, kind=KIND, value=value)
        twin = names.select_related("project__joined_into").first()
        if twin is None:
            ProjectKey.objects.create(scheme_id=entry.scheme_id, project=root_of(key.project), kind=KIND, value=value)
        elif root_of(twin.project) != root_of(key.project):
            _unite(root_of(key.project), root_of(twin.project), actor, role=role, reason=reason)


def _unite(one: Project, other: Project, actor: Person, *, role: str, reason: str) -> None:
    kept, gone = (lock_project(pk) for pk in sorted((one.pk, other.pk)))
    both = set(_recognised_students(kept)) & set(_recognised_students(gone))
    gone.joined_into = kept
    gone.save(update_fields=["joined_into"])
    gone.keys.update(project=kept)
    moved = list(Claim.objects.filter(project=gone, student__in=both, status=Status.RECOGNISED).order_by("pk"))
    Claim.objects.filter(project=gone).update(project=kept)
    for claim in moved:
        _recount(claim, kept, actor, role=role, reason=reason)


def _recognised_students(project: Project) -> list[int]:
    found = Claim.objects.filter(project=project, status=Status.RECOGNISED)
    return list(found.values_list("student_id", flat=True))


def _recount(claim: Claim, project: Project, actor: Person, *, role: str, reason: str) -> None:
    """Count the student's cluster anew, with the event that says why."""

    def merged(_person: Person, _claim: Claim) -> Verdict:
        return Verdict.yes(role)  # whoever may merge entries was asked before

    with transition(claim, "join", actor, may=merged, reason=reason) as (row, step):
        step.after = {"project": project.pk}
        try:
            recount(row, actor)
        except NotEnoughPoints:
            text = _("“%(content)s”等申报重复计入的积分已被转换申请占用或使用，请先处理相关转换申请。")
            raise ValidationError({"into": text % {"content": row.content}}) from None
        row.counted_points = Claim.objects.values_list("counted_points", flat=True).get(pk=row.pk)

"""What a recognised claim adds to the ledger: all of it, or of one project only the highest.

A cluster is counted under the lock of its project, so that two offices at once award nothing twice. The lot of each
claim holds what that claim adds; together the lots of a cluster hold its highest score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from credits.enums import EntryKind
from credits.models import Claim, Lot, Member, Project
from credits.rules import can_join
from credits.services.ledger import NotEnoughPoints, award, award_all, book, lock_lots, undo_award
from portal.enums import Status
from portal.points import ZERO
from portal.together import put_off
from portal.workflow import transition

if TYPE_CHECKING:
    from decimal import Decimal

    from portal.models import Person


def count(claim: Claim, points: Decimal, actor: Person | None) -> Decimal:
    """Book what a claim that has just been recognised adds, in the caller's transaction, and return it.

    Where only the highest of a project counts, that is the difference to what the student's other claims on it hold:
    the first award in full, a later, higher one as a top-up, a lower one nothing.
    """
    if not highest_only(claim):
        if not put_off(award_all, (claim, points, actor)):
            award(claim, points, actor)
        return points
    claim.project = lock_project(claim.project_id or 0)
    held = sum((lot.recognised for lot in cluster_lots(claim)), ZERO)
    added = max(points - held, ZERO)
    claim.counted_points = None if added == points else added
    Claim.objects.filter(pk=claim.pk).update(project=claim.project, counted_points=claim.counted_points)
    if added > ZERO:
        award(claim, added, actor, kind=EntryKind.TOP_UP if held else EntryKind.AWARD)
    return added


def take_award_back(claim: Claim, actor: Person | None) -> None:
    """Reverse what an undone recognition awarded, and let the project count what is left.

    The claim already says where it is put back. Raises ``NotEnoughPoints`` when any of it has been used.
    """
    claim.counted_points = None
    undo_award(claim, actor, revision=claim.revision)
    Claim.objects.filter(pk=claim.pk).update(status=claim.status, stage=claim.stage, counted_points=None)
    recount(claim, actor)


def recount(claim: Claim, actor: Person | None) -> None:
    """Make the student's cluster hold its highest score again after one of its claims has left or joined it.

    In the caller's transaction. Raises ``NotEnoughPoints`` when what counts too much has been used already.
    """
    if not highest_only(claim):
        return
    lock_project(claim.project_id or 0)
    lots = cluster_lots(claim, but=False)
    rows = {row.pk: row for row in _recognised(claim)}
    best = max((row.recognised_points or ZERO for row in rows.values()), default=ZERO)
    held = sum((lot.recognised for lot in lots), ZERO)
    if held < best:
        top = max(rows.values(), key=lambda row: (row.recognised_points or ZERO, -row.pk))
        _top_up(top, best - held, actor)
    elif held > best:
        _lower(lots, held - best, rows, actor)
    for row in rows.values():
        _note(row)


def join_projects(claim: Claim, other: Claim, actor: Person, *, reason: str, revision: int | None) -> Claim:
    """Judge two claims to be the same project: their clusters become one, of which the best counts.

    A team is one achievement: whichever member's claim is judged, all of the team's belong to the project at once.
    Raises ``ValidationError`` when they belong to different schemes or are joined already, or when what would count
    twice has been used by a conversion.
    """
    if claim.scheme_id != other.scheme_id or claim.pk == other.pk:
        raise ValidationError({"other": _("只能合并同一办法下的两项申报。")})
    if not reason.strip():
        raise ValidationError({"reason": _("请填写判定为同一项目的理由。")})
    with transition(claim, "join", actor, may=can_join, revision=revision, reason=reason) as (row, step):
        if row.project_id is not None and row.project_id == other.project_id:
            raise ValidationError({"other": _("这两项申报已经判定为同一项目。")})
        project = _common_project(row, other)
        row.project = project
        team = [*_achievement(row), *_achievement(other)]
        Claim.objects.filter(pk__in=team, project=None).update(project=project)
        Claim.objects.filter(pk=other.pk).update(project=project)
        step.after = {"project": project.pk, "joined": other.pk}
        try:
            Claim.objects.filter(pk=row.pk).update(project=project)
            # Everybody with points from the project, team mates of either claim included.
            counting = Claim.objects.select_related("scheme_version").filter(project=project, status=Status.RECOGNISED)
            for mine in {found.student_id: found for found in counting.order_by("pk")}.values():
                recount(mine, actor)
        except NotEnoughPoints:
            text = _("重复计入的积分已被转换申请占用或使用，请先处理相关转换申请。")
            raise ValidationError({"other": text}) from None
        row.counted_points = Claim.objects.values_list("counted_points", flat=True).get(pk=row.pk)
    return claim


def lock_project(pk: int) -> Project:
    """Return the project that counts, locked: what it was joined into, where it was."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=pk)
    while project.joined_into_id is not None:
        project = Project.objects.select_for_update(of=("self",)).get(pk=project.joined_into_id)
    return project


def cluster_lots(claim: Claim, *, but: bool = True) -> list[Lot]:
    """Return the lots of the student's recognised claims on the project, locked; without the claim's own by default."""
    found = Lot.objects.filter(claim__project=claim.project, claim__student_id=claim.student_id)
    found = found.filter(claim__status=Status.RECOGNISED)
    ids = (found.exclude(claim_id=claim.pk) if but else found).values_list("pk", flat=True)
    return list(lock_lots(ids).values())


def highest_only(claim: Claim) -> bool:
    """Whether the claim shares its project with others of which only the highest counts."""
    return claim.project_id is not None and claim.scheme_version.data.counting.highest_only


def _recognised(claim: Claim) -> list[Claim]:
    mine = Claim.objects.filter(project=claim.project, student_id=claim.student_id, status=Status.RECOGNISED)
    return list(mine.order_by("pk"))


def _top_up(claim: Claim, points: Decimal, actor: Person | None) -> None:
    lot = Lot.objects.filter(claim=claim).first()
    if lot is None:
        award(claim, points, actor)
        return
    lot = lock_lots([lot.pk])[lot.pk]
    key = f"top_up:{claim.pk}:{lot.entries.count()}"
    book(lot, EntryKind.TOP_UP, points, actor, key=key, reference=f"claim:{claim.pk}")


def _lower(lots: list[Lot], surplus: Decimal, rows: dict[int, Claim], actor: Person | None) -> None:
    """Take the surplus from the lots with the lowest scores first."""
    for lot in sorted(lots, key=lambda row: (rows[row.claim_id].recognised_points or ZERO, row.pk)):
        part = min(surplus, lot.usable)
        if part > ZERO:
            key = f"lower:{lot.claim_id}:{lot.entries.count()}"
            book(lot, EntryKind.REVOKE, part, actor, key=key, reference=f"claim:{lot.claim_id}")
            surplus -= part
    if surplus > ZERO:
        raise NotEnoughPoints(lots[0], surplus)


def _note(claim: Claim) -> None:
    """Keep beside the claim what its lot holds now."""
    held = Lot.objects.filter(claim=claim).values_list("recognised", flat=True).first() or ZERO
    counted = None if held == claim.recognised_points else held
    if counted != claim.counted_points:
        Claim.objects.filter(pk=claim.pk).update(counted_points=counted)


def _achievement(claim: Claim) -> list[int]:
    """Return the claims of one achievement: the lead's and those that follow it; what has no team stands alone."""
    lead = Member.objects.filter(claim=claim).values("achievement__lead_id")
    found = Member.objects.filter(achievement__lead_id__in=lead, claim__isnull=False)
    return list(found.values_list("claim_id", flat=True))


def _common_project(row: Claim, other: Claim) -> Project:
    """Return one project for both: an existing one, the other's claims and names moved to it."""
    with transaction.atomic():
        ids = sorted(pk for pk in (row.project_id, other.project_id) if pk is not None)
        if not ids:
            return Project.objects.create(scheme_id=row.scheme_id, label=row.content[:300])
        kept = lock_project(ids[0])
        for pk in ids[1:]:
            gone = lock_project(pk)
            if gone.pk == kept.pk:
                raise ValidationError({"other": _("这两项申报已经判定为同一项目。")})
            gone.joined_into = kept
            gone.save(update_fields=["joined_into"])
            gone.keys.update(project=kept)
            Claim.objects.filter(project=gone).update(project=kept)
    return kept

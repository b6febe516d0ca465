"""What a late waiver opens: the round, for its student, after the deadline; asked only once the round has closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.utils import timezone

from credits.models import LateWaiver
from credits.windows import has_begun_for, is_open_for, window_for
from portal.enums import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credits.models import Claim, Round
    from portal.models import Student


def waivers_of(student: Student) -> dict[int, LateWaiver]:
    """Return the waivers in force by round, the one that reaches furthest (one query)."""
    return {row.round_id: row for row in LateWaiver.objects.of(student).in_force().order_by("until", "pk")}


def waiver_for(round_: Round, student: Student) -> LateWaiver | None:
    """Return the waiver that opens the round to the student now."""
    found = LateWaiver.objects.of(student).in_force().filter(round=round_)
    return found.order_by("-until", "-pk").first()


def is_open_to(round_: Round, student: Student, cohort: int) -> bool:
    """Whether the student may claim in the round now: by its dates for the cohort, or by a waiver once it has begun."""
    if is_open_for(round_, Role.STUDENT, cohort):
        return True
    return has_begun_for(round_, Role.STUDENT, cohort) and waiver_for(round_, student) is not None


def is_reviewed_late(claim: Claim) -> bool:
    """Whether reviewers may decide after their own date: what was let in late is decided late, and nothing else."""
    if claim.round is None or not any(row.reaches(claim.student) for row in claim.round.waivers.all()):
        return False
    window = window_for(claim.round, Role.STUDENT, claim.cohort)
    return window is not None and LateWaiver.objects.behind(claim, window.closes_at).exists()


def read_waivers(claims: Iterable[Claim]) -> None:
    """Read the waivers behind many claims at once (one query, none while reviewers have time)."""
    now = timezone.now()
    rounds = [claim.round for claim in claims if claim.round is not None]
    ended = {
        one.round_id for row in rounds for one in row.windows.all() if one.role != Role.STUDENT and one.closes_at < now
    }
    closed = [row for row in rounds if row.pk in ended]
    if closed:
        prefetch_related_objects(closed, "waivers")

"""What a late waiver opens: the round, for its student, after the deadline; asked only once the round has closed.

What was handed in under one is decided without regard to the reviewers' date: here is what says so, of one claim
(``reviewers_may_act``) and of many (``let_in_late``); whoever counts or shows lateness asks it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone

from credits.models import LateWaiver, RoundWindow, Submission
from credits.windows import has_begun_for, is_open_for
from portal.enums import Role
from portal.models import Student

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from credits.models import Claim, Round


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
    return _late_submissions().filter(claim=claim.pk).exists()


def reviewers_may_act(claim: Claim, role: str) -> bool:
    """Whether the round's dates leave the claim to a reviewing role now: its own date, or that it was let in late."""
    return claim.round is None or is_open_for(claim.round, role, claim.cohort) or is_reviewed_late(claim)


def let_in_late() -> Q:
    """Return the condition that a claim was handed in under a waiver, so that no reviewers' date binds it."""
    given = LateWaiver.objects.order_by()
    alone, together = given.filter(student__isnull=False), given.filter(class_group__isnull=False)
    waived = Q(pk__in=alone.values("student")) | Q(class_group__in=together.values("class_group"))
    # The few who ever had one are looked up before anything is asked of a claim.
    reached = Q(student__in=Student.objects.filter(waived).order_by().values("pk"))
    return reached & Q(Exists(_late_submissions().filter(claim=OuterRef("pk"))))


def _late_submissions() -> QuerySet[Submission]:
    """Return what was handed in after the round's own date for the cohort, while a waiver opened the round."""
    windows = RoundWindow.objects.filter(round=OuterRef("claim__round"), role=Role.STUDENT).order_by()
    own, general = windows.filter(cohort=OuterRef("claim__cohort")), windows.filter(cohort__isnull=True)
    closed_at = Coalesce(Subquery(own.values("closes_at")[:1]), Subquery(general.values("closes_at")[:1]))
    theirs = Q(student=OuterRef("claim__student")) | Q(class_group=OuterRef("claim__student__class_group"))
    waived = LateWaiver.objects.filter(theirs, round=OuterRef("claim__round")).at(OuterRef("submitted_at"))
    return Submission.objects.alias(closed_at=closed_at).filter(Exists(waived), submitted_at__gt=F("closed_at"))


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

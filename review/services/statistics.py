"""Takes a scheme's statistics: asked for by the office, counted by a job, one row per scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import Role
from portal.jobs import enqueue
from portal.models import Job
from portal.snapshots import snapshot
from portal.trail import record
from portal.verdict import Verdict
from portal.workflow import NotAllowed
from review.models import Statistics
from review.statistics.counting import count_claims

if TYPE_CHECKING:
    from credits.models import Scheme
    from portal.models import Person

JOB = "take_statistics"


def can_take_statistics(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may have the figures counted again: the scheme's office."""
    if any(power.scheme_code in {"", scheme.code} for power in person.standing.powers_as([Role.OFFICE])):
        return Verdict.yes(Role.OFFICE)
    return Verdict.no(_("只有教务管理部门可以重新统计。"))


def start_statistics(scheme: Scheme, actor: Person) -> Job:
    """Ask for new figures; the job that is at work on them already is returned instead of a second one."""
    if not (verdict := can_take_statistics(actor, scheme)):
        raise NotAllowed(verdict)
    with transaction.atomic():
        type(scheme).objects.select_for_update().get(pk=scheme.pk)
        if (job := running_job(scheme)) is not None:
            return job
        record(
            "recount", actor, kind="statistics", key=scheme.pk, label=scheme.name, role=Role.OFFICE, scheme=scheme.code
        )
        return enqueue(JOB, actor, about=scheme.name, scheme=scheme.pk)


def running_job(scheme: Scheme) -> Job | None:
    """Return the job that counts at this moment."""
    return Job.objects.active().filter(kind=JOB, params__scheme=scheme.pk).first()


def take_statistics(scheme: Scheme, actor: Person) -> Statistics:
    """Count at one moment and keep the figures in the place of the older ones."""
    with snapshot():
        taken_at, figures = timezone.now(), count_claims(scheme)
    found, _new = Statistics.objects.update_or_create(
        scheme=scheme, defaults={"taken_at": taken_at, "taken_by": actor, "figures": figures}
    )
    return found

"""What students are told about their claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.enums import NoticeKind, Status
from portal.notices import notify
from portal.points import format_points

if TYPE_CHECKING:
    from credits.models import Claim
    from portal.models import Person


def tell_student(claim: Claim, actor: Person | None, *, reason: str = "") -> None:
    """Leave the student a notice about the state the claim has just reached; own acts need none."""
    person = claim.student.person
    if actor is not None and actor.pk == person.pk:
        return
    kind = NoticeKind.ACTION if claim.status == Status.RETURNED else NoticeKind.PROGRESS
    title = _("%(category)s申报：%(status)s") % {
        "category": claim.category.name,
        "status": claim.get_status_display(),
    }
    lines = [claim.content]
    if claim.status == Status.RECOGNISED:
        lines.append(_("认定积分：%(points)s") % {"points": format_points(claim.recognised_points)})
    if reason:
        lines.append(reason)
    notify(person, kind, title, text="\n".join(lines), path=reverse("credits:claim", args=[claim.pk]))

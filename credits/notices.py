"""What students are told about their claims."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.texts import worded
from portal.enums import NoticeKind, Role, Status
from portal.language import kept_language
from portal.models import Appointment, Notice
from portal.notices import notify, notify_all
from portal.points import format_points

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credits.models import Claim, Scheme
    from portal.models import Person


# A decision can be taken back for ten seconds; its notice leaves a moment after them.
HELD = datetime.timedelta(seconds=11)


def tell_student(claim: Claim, actor: Person | None, *, reason: str = "", held: bool = False) -> None:
    """Leave the student a notice about the state the claim has just reached; own acts need none.

    ``held`` keeps it back while the decision can be taken back.
    """
    with kept_language():
        notice = _about(claim, actor, reason)
    if notice is not None:
        leaves_at = timezone.now() + HELD if held else None
        notify(notice.person, notice.kind, notice.title, text=notice.text, path=notice.path, leaves_at=leaves_at)


def forget_held(claim: Claim) -> bool:
    """Withdraw what the student was about to be told of the claim; whether there was anything."""
    mine = Notice.objects.filter(person=claim.student.person, path=reverse("credits:claim", args=[claim.pk]))
    withdrawn, _kinds = mine.filter(leaves_at__gt=timezone.now()).delete()
    return withdrawn > 0


def tell_students(claims: Iterable[Claim], actor: Person | None, *, reason: str = "") -> None:
    """Leave one notice per claim, for verbs that reach many; the claims carry their students and people."""
    with kept_language():
        drafted = [_about(claim, actor, reason) for claim in claims]
    notify_all([notice for notice in drafted if notice is not None])


def _about(claim: Claim, actor: Person | None, reason: str) -> Notice | None:
    """Draft what the student is told; None for an own act."""
    person = claim.student.person
    if actor is not None and actor.pk == person.pk:
        return None
    kind = NoticeKind.ACTION if claim.status == Status.RETURNED else NoticeKind.PROGRESS
    words = {
        "category": claim.category.name,
        "status": str(Status(claim.status).label),
        "content": claim.content,
        "reason": reason,
    }
    if claim.status == Status.RECOGNISED:
        word = claim.scheme_version.data.wording["recognised"]
        words["points"] = _("%(word)s：%(points)s") % {"word": word, "points": format_points(claim.recognised_points)}
    title, text = worded(claim.scheme_id, "claim", words)
    path = reverse("credits:claim", args=[claim.pk])
    return Notice(person=person, kind=kind, title=title[:120], text=text, path=path)


def offices_of(scheme: Scheme) -> list[Person]:
    """Return everybody who is the scheme's office today."""
    powers = Appointment.objects.in_force(timezone.localdate()).filter(
        role=Role.OFFICE, scheme_code__in=["", scheme.code]
    )
    return list({row.person_id: row.person for row in powers.select_related("person").order_by("pk")}.values())

"""Who is told about conversion applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.texts import PRINT
from credits.texts import worded
from portal.enums import NoticeKind, Status
from portal.language import kept_language
from portal.models import Person
from portal.models.appointments import Appointment
from portal.notices import notify
from portal.points import format_number, format_points

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from conversion.models import Application


def tell_student(application: Application, actor: Person | None, *, reason: str = "") -> None:
    """Leave the student a notice about the state the application has just reached."""
    person = application.student.person
    if actor is not None and actor.pk == person.pk:
        return
    kind = NoticeKind.ACTION if application.status == Status.RETURNED else NoticeKind.PROGRESS
    with kept_language():
        title, text = _about(application, reason)
    notify(person, kind, title, text=text, path=_path(application))


def _about(application: Application, reason: str) -> tuple[str, str]:
    words = {
        "course": application.course.name,
        "status": str(application.get_status_display()),
        "total": format_points(application.total),
        "grade": application.grade,
        "next": str(_next(application)),
        "reason": reason,
    }
    if application.offsets:
        words |= {"credits": format_number(application.course.credits), "notice": application.notice}
    return worded(application.scheme_id, "offset" if application.offsets else "conversion", words)


def _next(application: Application) -> str | Promise:
    """Say what follows, where something does."""
    if application.status == Status.RECOGNISED:
        return PRINT
    if application.status == Status.PUBLICITY:
        return _("复核通过，进入公示程序；公示期满无异议、正式发文后生效。")
    return ""


def inform(application: Application) -> None:
    """Tell those whom the scheme names (conversion.informs) that a conversion took effect."""
    roles = application.scheme_version.data.conversion.informs
    powers = Appointment.objects.in_force(timezone.localdate()).filter(role__in=roles).select_related("person")
    reached = [
        row.person
        for row in powers
        if row.scheme_code in {"", application.scheme.code} and row.college_id in {None, application.college_id}
    ]
    student = application.student.person
    with kept_language():
        words = {
            "kind": _("冲抵") if application.offsets else _("转换"),
            "course": application.course.name,
            "name": student.name,
            "number": student.number,
            "grade": application.grade,
        }
        title, text = worded(application.scheme_id, "effective", words)
    for person in {person.pk: person for person in reached}.values():
        notify(person, NoticeKind.INFORMATION, title, text=text, path=_path(application))


def _path(application: Application) -> str:
    return reverse("conversion:application", args=[application.pk])

"""Who is told about conversion applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.enums import NoticeKind, Status
from portal.language import kept_language
from portal.models import Person
from portal.models.appointments import Appointment
from portal.notices import notify
from portal.points import format_number, format_points

if TYPE_CHECKING:
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
    words = {"course": application.course.name, "status": application.get_status_display()}
    title, lines = _offset(application, words) if application.offsets else _graded(application, words)
    if application.status == Status.RECOGNISED:
        lines.append(_("请打印申请表，签字后交学院留存备案。"))
    if reason:
        lines.append(reason)
    return title, "\n".join(lines)


def _graded(application: Application, words: dict[str, str]) -> tuple[str, list[str]]:
    numbers = {"total": format_points(application.total), "grade": application.grade}
    return _("%(course)s转换申请：%(status)s") % words, [_("转换 %(total)s 分，成绩%(grade)s") % numbers]


def _offset(application: Application, words: dict[str, str]) -> tuple[str, list[str]]:
    numbers = {"total": format_points(application.total), "credits": format_number(application.course.credits)}
    lines = [_("用 %(total)s 冲抵课程 %(credits)s 学分") % numbers]
    if application.status == Status.PUBLICITY:
        lines.append(_("复核通过，进入公示程序；公示期满无异议、正式发文后生效。"))
    if application.notice:
        lines.append(_("发文文号：%(notice)s") % {"notice": application.notice})
    return _("%(course)s冲抵申请：%(status)s") % words, lines


def inform(application: Application) -> None:
    """Tell those whom the scheme names (conversion.informs) that a conversion took effect."""
    roles = application.scheme_version.data.conversion.informs
    powers = Appointment.objects.in_force(timezone.localdate()).filter(role__in=roles).select_related("person")
    reached = [
        row.person
        for row in powers
        if row.scheme_code in {"", application.scheme.code} and row.college_id in {None, application.college_id}
    ]
    with kept_language():
        title = _("冲抵已生效：%(course)s") if application.offsets else _("转换已生效：%(course)s")
        title %= {"course": application.course.name}
        text = _("%(name)s（%(number)s）成绩%(grade)s") % {
            "name": application.student.person.name,
            "number": application.student.person.number,
            "grade": application.grade,
        }
    for person in {person.pk: person for person in reached}.values():
        notify(person, NoticeKind.INFORMATION, title, text=text, path=_path(application))


def _path(application: Application) -> str:
    return reverse("conversion:application", args=[application.pk])

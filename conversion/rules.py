"""Who may do what with a conversion application; every rule answers with a ``Verdict``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversion.models import Application, Offering
from credits.impartiality import free_as_deputy
from credits.rules import holds_office
from credits.stages import stage_of
from portal.enums import Role, Status
from portal.moments import deciding_moment
from portal.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.models import Scheme
    from portal.models import Person

# Who receives the signed papers: the college's secretary, or the office.
FILERS = (Role.SECRETARY, Role.OFFICE)
NOT_YOURS = Verdict.no(_("这不是你的申请。"))


def can_apply(person: Person, offering: Offering) -> Verdict:
    """Whether the student may apply for the course now: covered, on the roll, in time, nothing live for it yet."""
    student = getattr(person, "student", None)
    if student is None or not student.on_roll:
        return Verdict.no(_("只有在籍学生可以申请。"))
    if not Offering.objects.for_student(student).filter(pk=offering.pk).exists():
        return Verdict.no(_("该课程没有对你的学院、专业和年级开放。"))
    verdict = is_open(offering)
    if not verdict:
        return verdict
    if Application.objects.filter(student=student, course_id=offering.course_id, status__in=LIVE).exists():
        return Verdict.no(_("你已有该课程的申请，请在原申请上操作。"))
    return Verdict.yes(Role.STUDENT)


# What has ended without a result: the same course may be applied for again.
AGAIN = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.REVOKED})
LIVE = (Status.DRAFT, Status.IN_REVIEW, Status.RETURNED, Status.PUBLICITY, Status.RECOGNISED)


def is_open(offering: Offering) -> Verdict:
    """Whether the offering takes applications at this moment."""
    now = deciding_moment()
    if now < offering.opens_at:
        return Verdict.no(format_lazy(_("申请将于 {when} 开放。"), when=_moment(offering.opens_at)))
    if now > offering.closes_at:
        return Verdict.no(format_lazy(_("申请已于 {when} 截止。"), when=_moment(offering.closes_at)))
    return Verdict.yes(Role.STUDENT)


def can_edit(person: Person, application: Application) -> Verdict:
    """Whether the person may change the application: the owner, while it is a draft or was returned."""
    return Verdict.yes(Role.STUDENT) if _owns(person, application) else NOT_YOURS


def can_submit(person: Person, application: Application) -> Verdict:
    """Whether the person may hand in now; a returned application may still be amended after the closing date."""
    verdict = can_edit(person, application)
    if not verdict or application.status == Status.RETURNED:
        return verdict
    return is_open(application.offering)


def can_withdraw(person: Person, application: Application) -> Verdict:
    """Whether the person may take the application back."""
    return can_edit(person, application)


def can_review(person: Person, application: Application) -> Verdict:
    """Whether the person decides the present stage: role and scope of an appointment, never the own application."""
    stage = stage_of(application.scheme_version, application.stage, "conversions")
    if stage is None:
        return Verdict.no(_("该申请不在审核环节。"))
    if _owns(person, application):
        return Verdict.no(_("不能审核自己的申请。"))
    if not (free := free_as_deputy(person, application)):
        return free
    return _reaches(person, application, [stage.role]) or Verdict.no(_("该环节由其他部门审核。"))


def can_file(person: Person, application: Application) -> Verdict:
    """Whether the person may record the signed paper: the college's secretary, or the office."""
    if _owns(person, application):
        return Verdict.no(_("不能为自己的申请表备案。"))
    return _reaches(person, application, FILERS) or Verdict.no(_("申请表由学生所在学院备案。"))


can_reissue = can_file


def can_remind_of_papers(person: Person) -> Verdict:
    """Whether the person may remind students of papers that have not come in: who files them (``FILERS``)."""
    roles = [power.role for power in person.standing.powers_as(FILERS) if not power.category_code]
    return Verdict.yes(roles[0]) if roles else Verdict.no(_("申请表由学生所在学院催收。"))


def can_conclude(person: Person, application: Application) -> Verdict:
    """Whether the person may put into effect or strike what was publicised: the scheme's office."""
    if _owns(person, application) or not holds_office(person, application.scheme):
        return Verdict.no(_("只有主管部门可以处理公示结果。"))
    return free_as_deputy(person, application) and Verdict.yes(Role.OFFICE)


def can_revoke(person: Person, application: Application) -> Verdict:
    """Whether the person may cancel an approved conversion: the scheme's office."""
    if _owns(person, application) or not holds_office(person, application.scheme):
        return Verdict.no(_("只有主管部门可以撤销转换。"))
    return free_as_deputy(person, application) and Verdict.yes(Role.OFFICE)


def can_keep_courses(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may change courses, bands and offerings of the scheme."""
    return Verdict.yes(Role.OFFICE) if holds_office(person, scheme) else Verdict.no(_("只有主管部门可以管理课程。"))


def _reaches(person: Person, application: Application, roles: Sequence[str]) -> Verdict:
    for power in person.standing.powers_as(roles):
        if application.within(power):
            return Verdict.yes(power.role)
    return Verdict.no("")


def _owns(person: Person, application: Application) -> bool:
    return application.student_id == person.standing.student_id


def _moment(value: object) -> str:
    return date_format(timezone.localtime(value), "Y-m-d H:i")  # type: ignore[arg-type]  # a datetime of a model field

"""Who may do what with a publicity list, an objection, a notice; every rule answers with a ``Verdict``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from credits.rules import holds_office
from portal.enums import Role
from portal.verdict import Verdict
from review.models import ListState, ObjectionState

if TYPE_CHECKING:
    import datetime

    from credits.models import Scheme
    from portal.models import Person
    from review.models import Objection, PublicityEntry, PublicityList


def can_keep_publicity(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may make, publish and withdraw lists and issue their notices: the scheme's office."""
    return Verdict.yes(Role.OFFICE) if holds_office(person, scheme) else Verdict.no(_("只有主管部门可以管理公示。"))


def can_issue(person: Person, row: PublicityList, at: datetime.datetime) -> Verdict:
    """Whether the notice may be issued: by the office, once the period is over."""
    verdict = can_keep_publicity(person, row.scheme)
    if verdict and row.state == ListState.PUBLISHED and (row.closes_at is None or at < row.closes_at):
        return Verdict.no(format_lazy(_("公示到 {when} 结束，结束后才能发文。"), when=moment(row.closes_at)))
    return verdict


def can_object(person: Person, entry: PublicityEntry, at: datetime.datetime) -> Verdict:
    """Whether the person may object to the line: anybody signed in, within the period, by the moment of arrival."""
    row = entry.list
    if row.state != ListState.PUBLISHED or row.opens_at is None or row.closes_at is None:
        return Verdict.no(_("这份名单不在公示中，不能提出异议。"))
    if at < row.opens_at:
        return Verdict.no(format_lazy(_("公示将于 {when} 开始。"), when=moment(row.opens_at)))
    if at >= row.closes_at:
        return Verdict.no(
            format_lazy(_("公示已于 {when} 结束，不再受理异议。如有问题请联系主管部门。"), when=moment(row.closes_at))
        )
    return Verdict.yes(_role_of(person))


def can_handle(person: Person, objection: Objection) -> Verdict:
    """Whether the person may decide the objection: the scheme's office, never on an own one or on an own result."""
    verdict = can_keep_publicity(person, objection.entry.list.scheme)
    if not verdict:
        return verdict
    subject = objection.entry.claim or objection.entry.application
    if objection.person_id == person.pk or (subject and subject.student_id == person.standing.student_id):
        return Verdict.no(_("不能处理自己提出的或针对自己的异议。"))
    return verdict


def can_take_back(person: Person, objection: Objection) -> Verdict:
    """Whether the person may take the objection back: who made it, while nobody has decided."""
    if objection.person_id != person.pk:
        return Verdict.no(_("这不是您提出的异议。"))
    if objection.state != ObjectionState.OPEN:
        return Verdict.no(_("异议已经办结。"))
    return Verdict.yes(_role_of(person))


def moment(value: datetime.datetime | None) -> str:
    """Write a moment as people read it, in the portal's zone."""
    return date_format(timezone.localtime(value), "Y-m-d H:i") if value else ""


def _role_of(person: Person) -> str:
    """Return as whom the person speaks: as a student, else in one of the roles, else as nobody in particular."""
    roles = person.standing.roles
    return Role.STUDENT.value if Role.STUDENT in roles else next(iter(sorted(roles)), "")

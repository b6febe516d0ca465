"""Whom a person watches over: the students of a scheme, a college or a class, as the appointments reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.models import Coverage, Scheme
from portal.enums import Role
from portal.models import College, Student
from portal.verdict import Verdict
from review.summaries.points import covered_by

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.models import Person
    from portal.standing_types import Power

WATCHERS = frozenset({Role.OFFICE, Role.AUDITOR, Role.SECRETARY, Role.COUNSELLOR})
TELLERS = frozenset({Role.OFFICE, Role.SECRETARY})


def can_tell_shortfalls(person: Person, scheme: Scheme) -> Verdict:
    """Whether the person may write to students who fall short: the scheme's office, and the college's secretary."""
    held = [power.role for power in _powers(person, TELLERS) if power.scheme_code in {"", scheme.code}]
    return Verdict.yes(held[0]) if held else Verdict.no(_("毕业最低要求由主管部门和学生所在学院通知。"))


def watched_schemes(person: Person, roles: frozenset[Role] = WATCHERS) -> list[Scheme]:
    """Return the schemes of the students whom the person watches over; empty for who watches over nobody."""
    wanted = Q(pk__in=[])
    for power in _powers(person, roles):
        reach = Q(code=power.scheme_code) if power.scheme_code else ~Q(pk__in=[])
        if power.college_id is not None:
            reach &= Q(pk__in=Coverage.objects.filter(college=power.college_id).values("scheme_id"))
        wanted |= reach
    return list(Scheme.objects.filter(wanted))


def students_watched_by(person: Person, scheme: Scheme, roles: frozenset[Role] = WATCHERS) -> QuerySet[Student]:
    """Return the students on the roll whom the scheme covers and an appointment reaches."""
    wanted = Q(pk__in=[])
    for power in _powers(person, roles):
        if power.scheme_code in {"", scheme.code}:
            wanted |= _reach(power)
    return covered_by(scheme).filter(wanted, on_roll=True)


def colleges_watched_by(person: Person, scheme: Scheme, roles: frozenset[Role]) -> QuerySet[College]:
    """Return the colleges of the scheme in which the person may watch over somebody."""
    mine = {power.college_id for power in _powers(person, roles) if power.scheme_code in {"", scheme.code}}
    covered = College.objects.filter(pk__in=Coverage.objects.filter(scheme=scheme).values("college"))
    return covered if None in mine else covered.filter(pk__in=[pk for pk in mine if pk is not None])


def _powers(person: Person, roles: frozenset[Role]) -> tuple[Power, ...]:
    """Return the appointments that answer for students; one for a single category answers for claims alone."""
    return tuple(power for power in person.standing.powers_as(roles) if not power.category_code)


def _reach(power: Power) -> Q:
    reach = ~Q(pk__in=[])
    if power.college_id is not None:
        reach &= Q(college=power.college_id)
    if power.class_group_id is not None:
        reach &= Q(class_group=power.class_group_id)
    if power.cohort is not None:
        reach &= Q(cohort=power.cohort)
    return reach

"""Training plans: kept by the office all or none, each change on the trail; a term opened for all of their courses."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from conversion.models import Course, Offering, PlanCourse
from conversion.services.courses import CourseData, OfferingData, save_course
from conversion.services.plans import Kept, PlanEntry, keep_plan, open_plans
from portal.enums import Role
from portal.models import Event
from portal.workflow import NotAllowed
from tests.builders import get_version, make_class, make_staff, make_term
from tests.conversion.offsets import CODE, learner, offered, planned, scheme_version

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def office():
    scheme_version()
    return make_staff(Role.OFFICE, scheme=CODE)


@pytest.fixture
def major():
    return make_class().major


def entry(major, code="L101", **facts):
    return PlanEntry(
        **{"cohort": 2022, "name": "逻辑学", "credits": D(2), "kind": "elective", **facts}, major=major, code=code
    )


def verbs(kind):
    return list(Event.objects.filter(subject_kind=kind).order_by("pk").values_list("verb", flat=True))


def test_a_plan_brings_its_courses_and_leaves_an_event_for_each(office, major):
    scheme = scheme_version().scheme
    entries = [entry(major), entry(major, "L102", name="修辞学", kind="major"), entry(major, cohort=2023)]
    assert keep_plan(office, scheme, entries) == Kept(created=3, changed=0, courses=2)
    assert Course.objects.filter(scheme=scheme).count() == 2
    assert (verbs("course"), verbs("plan_course")) == (["create"] * 2, ["create"] * 3)
    assert keep_plan(office, scheme, entries) == Kept(0, 0, 0)
    assert Event.objects.filter(subject_kind__in=["course", "plan_course"]).count() == 5


def test_a_change_says_what_was_before(office, major):
    scheme = scheme_version().scheme
    keep_plan(office, scheme, [entry(major)])
    changed = entry(major, name="逻辑学导论", credits=D("2.5"), kind="practice", is_active=False)
    assert keep_plan(office, scheme, [changed]) == Kept(created=0, changed=1, courses=1)
    row = PlanCourse.objects.get()
    assert (row.kind, row.is_active, row.course.name, row.course.credits) == ("practice", False, "逻辑学导论", D("2.5"))
    event = Event.objects.filter(subject_kind="plan_course").last()
    assert (event.verb, event.before, event.after) == (
        "save",
        {"kind": "elective", "is_active": True},
        {"kind": "practice", "is_active": False},
    )
    course = Event.objects.filter(subject_kind="course").last()
    assert (course.before["credits"], course.after["credits"]) == ("2", "2.5")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": "L102", "kind": "required"}, "kind"),
        ({"code": "L102", "credits": D(0)}, "credits"),
        ({"name": "另一门", "cohort": 2023}, "code"),
        ({}, "code"),
    ],
)
def test_an_impossible_plan_is_refused_as_a_whole(office, major, facts, field):
    scheme = scheme_version().scheme
    with pytest.raises(ValidationError) as caught:
        keep_plan(office, scheme, [entry(major), entry(major, **{"code": "L101", **facts})])
    assert set(caught.value.message_dict) == {field}
    assert not Course.objects.filter(scheme=scheme).exists()
    assert verbs("plan_course") == []


def test_a_scheme_with_grades_has_no_plans(major):
    scheme = get_version().scheme
    with pytest.raises(ValidationError, match="按成绩转换"):
        keep_plan(make_staff(Role.OFFICE, scheme="bit"), scheme, [entry(major)])


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.AUDITOR, Role.COMMITTEE])
def test_others_keep_no_plans(major, role):
    scheme = scheme_version().scheme
    actor = make_staff(role) if role == Role.SECRETARY else make_staff(role, scheme=CODE)
    with pytest.raises(NotAllowed):
        keep_plan(actor, scheme, [entry(major)])
    with pytest.raises(NotAllowed):
        open_plans(actor, scheme, window())


def test_another_schemes_office_keeps_no_plans(major):
    with pytest.raises(NotAllowed):
        keep_plan(make_staff(Role.OFFICE, scheme="bit"), scheme_version().scheme, [entry(major)])


def window(**facts):
    now = timezone.now()
    return OfferingData(
        **{"term": make_term(), "opens_at": now, "closes_at": now + datetime.timedelta(days=20), **facts}
    )


def test_a_term_is_opened_for_all_courses_of_the_plans(office, major):
    scheme = scheme_version().scheme
    keep_plan(
        office, scheme, [entry(major), entry(major, "L102", name="修辞学"), entry(major, "L103", is_active=False)]
    )
    opened = open_plans(office, scheme, window())
    assert (opened.created, opened.changed) == (2, 0)
    assert {row.course.code for row in Offering.objects.all()} == {"L101", "L102"}
    assert verbs("plan_term") == ["open"]
    later = window(closes_at=timezone.now() + datetime.timedelta(days=40), cohorts=(2022,))
    opened = open_plans(office, scheme, later)
    assert (opened.created, opened.changed) == (0, 2)
    assert [row.cohorts for row in Offering.objects.all()] == [[2022], [2022]]


def test_named_cohorts_open_their_courses_only(office, major):
    scheme = scheme_version().scheme
    keep_plan(office, scheme, [entry(major), entry(major, "L102", name="修辞学", cohort=2023)])
    open_plans(office, scheme, window(cohorts=(2023,)))
    assert [row.course.code for row in Offering.objects.all()] == ["L102"]
    with pytest.raises(ValidationError) as caught:
        open_plans(office, scheme, window(cohorts=(1999,)))
    assert set(caught.value.message_dict) == {"cohorts"}
    with pytest.raises(ValidationError) as caught:
        open_plans(office, scheme, window(closes_at=timezone.now() - datetime.timedelta(days=1)))
    assert set(caught.value.message_dict) == {"closes_at"}


def test_only_those_whose_plan_has_the_course_may_offset_it():
    student, other_cohort = learner(), learner("林一", cohort=2021)
    offering = offered(student)
    found = Offering.objects.for_student
    assert list(found(student)) == [offering]
    assert list(found(other_cohort)) == []
    planned(student).plans.update(is_active=False)
    assert list(found(student)) == []


def test_a_course_that_is_only_offset_needs_no_bands(office):
    scheme = scheme_version().scheme
    course = save_course(office, scheme, None, CourseData("L900", "写作", D("1.5"), categories=(), bands=()))
    assert (course.credits, course.bands.count(), course.categories.count()) == (D("1.5"), 0, 0)

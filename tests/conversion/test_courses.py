"""Courses: adopted from the pack once, kept by the office, offered per term."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from conversion.models import Course
from conversion.services.courses import CourseData, OfferingData, adopt_courses, save_course, save_offering
from credits.evaluation.bands import Band
from portal.enums import Role
from portal.models import Event
from portal.workflow import NotAllowed
from tests.builders import get_version, make_course, make_offering, make_staff, make_term

pytestmark = pytest.mark.django_db


def data(scheme, **changes):
    facts = {
        "code": "100",
        "name": "实践课程",
        "credits": Decimal(2),
        "categories": tuple(scheme.categories.filter(code__in=["lab", "innovation"])),
        "bands": (Band.parse("[2,4)", "合格"), Band.parse("≥4", "优秀")),
    }
    return CourseData(**{**facts, **changes})


def test_a_pack_brings_its_courses_once():
    version = get_version()
    found = adopt_courses(version, None)
    assert {row.code for row in found} == {course.code for course in version.data.conversion.courses}
    for default in version.data.conversion.courses:
        row = Course.objects.get(code=default.code)
        assert row.rule_bands == tuple(default.bands)
        assert {category.code for category in row.categories.all()} == set(default.categories)
    assert Event.objects.filter(subject_kind="course", verb="adopt").count() == len(found)
    assert adopt_courses(version, None) == []
    assert Event.objects.filter(subject_kind="course").count() == len(found)


def test_a_course_the_office_changed_stays_the_offices():
    version = get_version()
    course = adopt_courses(version, None)[0]
    Course.objects.filter(pk=course.pk).update(name="另一个名称")
    adopt_courses(version, None)
    course.refresh_from_db()
    assert course.name == "另一个名称"


def test_the_office_creates_and_changes_a_course_with_one_event_each():
    scheme, office = get_version().scheme, make_staff(Role.OFFICE)
    course = save_course(office, scheme, None, data(scheme))
    assert [str(band) for band in course.rule_bands] == ["[2,4)", "≥4"]
    save_course(office, scheme, course, data(scheme, name="改名", bands=(Band.parse("≥3", "通过"),)))
    course.refresh_from_db()
    assert (course.name, [band.grade for band in course.rule_bands]) == ("改名", ["通过"])
    first, second = Event.objects.filter(subject_kind="course").order_by("pk")
    assert (first.verb, second.verb, second.actor_role) == ("create", "save", Role.OFFICE)
    assert second.before["name"] == "实践课程"
    assert second.after["bands"] == [["≥3", "通过"]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"categories": ()}, "categories"),
        ({"bands": ()}, "bands"),
        ({"bands": (Band.parse("[2,4]", "合格"), Band.parse("≥4", "优秀"))}, "bands"),
        ({"bands": (Band.parse("[2,3)", "合格"), Band.parse("≥4", "优秀"))}, "bands"),
        ({"code": "02000012"}, "code"),
    ],
)
def test_an_impossible_course_is_refused_beside_its_field(changes, field):
    scheme = make_course().scheme
    with pytest.raises(ValidationError) as caught:
        save_course(make_staff(Role.OFFICE), scheme, None, data(scheme, **changes))
    assert set(caught.value.message_dict) == {field}
    assert Course.objects.count() == 1
    assert not Event.objects.filter(subject_kind="course").exists()


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.AUDITOR, Role.COMMITTEE])
def test_others_keep_no_courses(role):
    scheme = get_version().scheme
    with pytest.raises(NotAllowed):
        save_course(make_staff(role), scheme, None, data(scheme))


def when(**changes):
    now = timezone.now()
    facts = {"opens_at": now, "closes_at": now + datetime.timedelta(days=20), "cohorts": (2023, 2022, 2022)}
    return OfferingData(**{"term": make_term(), **facts, **changes})


def test_an_offering_is_opened_and_moved():
    course, office = make_course(), make_staff(Role.OFFICE)
    row = save_offering(office, course, None, when())
    assert row.cohorts == [2022, 2023]
    save_offering(office, course, row, when(cohorts=()))
    row.refresh_from_db()
    assert row.cohorts == []
    assert [event.verb for event in Event.objects.filter(subject_kind="offering").order_by("pk")] == ["offer", "save"]


def test_a_second_offering_in_the_term_is_refused():
    course = make_course()
    make_offering(course)
    with pytest.raises(ValidationError) as caught:
        save_offering(make_staff(Role.OFFICE), course, None, when())
    assert set(caught.value.message_dict) == {"term"}


def test_an_offering_must_end_after_it_begins():
    with pytest.raises(ValidationError) as caught:
        save_offering(make_staff(Role.OFFICE), make_course(), None, when(closes_at=timezone.now()))
    assert set(caught.value.message_dict) == {"closes_at"}


def test_a_secretary_offers_nothing():
    with pytest.raises(NotAllowed):
        save_offering(make_staff(Role.SECRETARY), make_course(), None, when())

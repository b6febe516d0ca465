"""转换审核 is looked at as 申报审核 is: filters, search, columns, density, order, and views of its own."""

import datetime

import pytest
from django.test import RequestFactory
from django.utils import timezone

from conversion.models import Application
from conversion.services.applications import submit_application
from conversion.services.decisions import return_application
from portal.enums import Status
from review.desk.columns import APPLICATION_COLUMNS
from review.desk.queues import ApplicationQueue
from review.models import SavedView
from tests.builders import (
    OTHER_COLLEGE,
    fresh,
    make_application,
    make_college,
    make_course,
    make_offering,
    make_student,
)
from tests.review.conftest import shown

LIST, KEEP, FORGET = "/desk/applications/", "/desk/applications/look/keep/", "/desk/applications/look/forget/"
VIEWS = "/desk/applications/views/"


@pytest.fixture
def offering(staff):
    return make_offering()


@pytest.fixture
def pending(offering):
    return make_application(Status.IN_REVIEW, offering=offering, student=make_student("欧阳文静"))


def heads(response):
    return [cell.label for cell in response.context["cells"] if cell.label]


def test_the_address_says_which_columns_are_shown_and_how(secretary, pending):
    assert heads(secretary.get(LIST)) == ["学生", "班级", "学年学期", "课程", "转换积分", "成绩", "已等待"]
    page = secretary.get(f"{LIST}?col=credits&col=college&col=claimed&density=compact&sort=-age")
    assert heads(page) == ["学生", "学院", "课程", "课程学分", "已等待"]
    content = page.content.decode()
    assert 'queue" data-density="compact"' in content
    assert '<input type="hidden" name="col" value="college">' in content  # the filters carry it along
    every = "&".join(f"col={key}" for key in APPLICATION_COLUMNS.fields)
    for show in ("waiting", "all", "in_review"):
        page = secretary.get(f"{LIST}?show={show}&{every}")
        assert (shown(page), len(heads(page))) == ([pending.pk], 12)


def test_looks_and_views_are_those_of_the_queue(staff, secretary, pending):
    secretary.post(f"{KEEP}?q=x&col=cohort&density=comfortable&sort=-points")
    page = secretary.get(LIST)
    assert (heads(page)[1], page.context["queue"].listing.sort) == ("年级", "-points")
    assert heads(secretary.get("/desk/claims/"))[1] == "班级"
    assert heads(staff.client("colleague").get(LIST))[1] == "班级"
    answer = secretary.post(f"{VIEWS}save/?show=all&q=欧阳", {"name": "欧阳"})
    view = SavedView.objects.named().get()
    assert (view.queue, answer.url.partition("?")[0]) == ("applications", LIST)
    assert shown(secretary.get(f"{LIST}?{view.query}")) == [pending.pk]
    assert "欧阳" not in secretary.get("/desk/claims/views/").content.decode()
    assert secretary.post(f"/desk/claims/views/{view.pk}/delete/").status_code == 404
    assert secretary.post(f"{VIEWS}{view.pk}/rename/", {"name": "改名"}).url == VIEWS
    assert secretary.post("/desk/committee/views/save/", {"name": "x"}).status_code == 404
    secretary.post(FORGET)
    assert SavedView.objects.get().name == "改名"


def test_filters_and_search_narrow_by_what_the_address_says(staff, secretary, pending):
    number = pending.student.person.number
    course = pending.course
    cases = {
        "q=欧阳": True,
        "q=文静": True,
        "q=oywj": True,
        f"q={number[:9]}": True,
        f"q={course.name[1:3]}": True,
        f"q=文静 {course.name[:2]}": True,
        "q=没有": False,
        f"course={course.pk}": True,
        f"term={pending.offering.term_id}": True,
        f"cohort={pending.cohort}": True,
        "cohort=2020": False,
        f"group={pending.student.class_group.name}": True,
        "age=today": True,
        "age=older": False,
        "flag=amended": False,
        "flag=late": False,
        "mine=handled": False,
        "college=x": True,  # a secretary has one college and is not asked
        "course=x": False,
    }
    for query, found in cases.items():
        assert shown(secretary.get(f"{LIST}?{query}")) == ([pending.pk] if found else []), query


def test_what_came_back_after_a_return_is_found_as_such_and_as_handled(staff, secretary, pending):
    return_application(pending, staff.secretary, reason="请补充理由。", revision=pending.revision)
    pending.refresh_from_db()
    submit_application(pending, fresh(pending.student.person), revision=pending.revision)
    assert shown(secretary.get(f"{LIST}?flag=amended&mine=handled")) == [pending.pk]
    assert shown(staff.client("colleague").get(f"{LIST}?mine=handled")) == []


def test_the_office_narrows_by_college_and_readers_have_nothing_of_their_own(staff, offering, pending):
    away = make_college(*OTHER_COLLEGE)
    other = make_application(Status.IN_REVIEW, offering=offering, student=make_student("外院", college=away))
    office = staff.client("office")
    assert shown(office.get(f"{LIST}?show=all&college={away.pk}")) == [other.pk]
    assert set(shown(office.get(f"{LIST}?show=all"))) == {pending.pk, other.pk}
    assert "mine" not in staff.client("auditor").get(LIST).context["form"].fields


@pytest.mark.parametrize(("sort", "order"), [("age", "abc"), ("-age", "cba"), ("points", "bca"), ("number", "cab")])
def test_pages_and_next_follow_the_order_of_the_address(staff, offering, sort, order):
    people = {"a": "1120229992", "b": "1120229993", "c": "1120229991"}
    rows = {}
    for days, (letter, number) in zip((3, 2, 1), people.items(), strict=True):
        row = make_application(Status.IN_REVIEW, offering=offering, student=make_student(number=number))
        entered = timezone.now() - datetime.timedelta(days=days)
        total = {"a": "3", "b": "1", "c": "2"}[letter]
        Application.objects.filter(pk=row.pk).update(stage_entered_at=entered, total=total)
        rows[letter] = Application.objects.get(pk=row.pk)
    request = RequestFactory().get(f"/?sort={sort}")
    request.user = staff.secretary
    queue = ApplicationQueue(request)
    wanted = [rows[letter].pk for letter in order]
    assert [row["pk"] for row in queue.listing.rows] == wanted
    assert [queue.first(), *(queue.after(rows[letter]) for letter in order)] == [*wanted, None]
    assert str(queue.remaining) == "3"


def test_an_other_course_is_no_match(secretary, pending):
    other = make_application(Status.IN_REVIEW, offering=make_offering(make_course("X-2", name="机器人设计")))
    assert shown(secretary.get(f"{LIST}?q=机器")) == [other.pk]

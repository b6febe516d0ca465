"""Points per student and conversions with their grades: lists and their exports."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.enums import Role, Status
from portal.models import Event, Job
from tests.builders import (
    cover,
    fresh,
    get_version,
    make_application,
    make_claim,
    make_college,
    make_offering,
    make_recognised,
    make_staff,
    make_student,
)
from tests.workbooks import formulas, read_back

pytestmark = pytest.mark.django_db
POINTS, GRADES = "review:points", "review:grades"


@pytest.fixture
def office():
    return make_staff(Role.OFFICE)


@pytest.fixture
def as_office(client, office):
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    return client


def exported(client, name, query=""):
    response = client.post(f"{reverse(f'{name}_export')}?{query}")
    assert response.status_code == 200, response
    assert not formulas(response.content)
    return read_back(response.content)


def test_the_export_adds_up_by_category_and_in_all(as_office):
    student = make_student("=1+1", number="1120220001")
    make_recognised("0.5", student=student, category="innovation")
    make_recognised("1.25", student=student, category="innovation", content="另一项")
    make_recognised("2", student=student, category="practice")
    make_claim(Status.IN_REVIEW, student=student)
    heading, row = exported(as_office, POINTS)
    found = dict(zip(heading, row, strict=True))
    assert (found["学号"], found["姓名"]) == ("1120220001", "=1+1")
    assert (found["大创项目"], found["社会实践"], found["总积分"]) == (1.75, 2.0, 3.75)
    assert found["学科竞赛"] == ""


def test_an_export_leaves_one_event_with_who_what_and_how_many(as_office, office):
    cover(get_version().scheme, make_student().college)
    make_student(cohort=2021)
    rows = exported(as_office, POINTS, "cohort=2021")
    event = Event.objects.get(verb="export")
    assert (event.actor, event.subject_kind) == (office, "points")
    assert (event.after["query"], event.after["rows"]) == ("cohort=2021", 1)
    assert len(rows) == 2


def test_students_whom_the_scheme_does_not_cover_are_not_listed(as_office):
    cover(get_version().scheme, make_student("在内").college)
    make_student("在外", college=make_college("me", "机电学院"))
    page = as_office.get(reverse(POINTS)).content.decode()
    assert "在内" in page
    assert "在外" not in page


def test_the_registry_gets_what_was_approved_and_nothing_else(as_office):
    approved = make_application(Status.RECOGNISED, points="3")
    make_application(Status.IN_REVIEW, offering=approved.offering)
    heading, row = exported(as_office, GRADES)
    found = dict(zip(heading, row, strict=True))
    assert (found["学号"], found["成绩"]) == (approved.student.person.number, approved.grade)
    assert found["转换积分合计"] == 3.0
    assert found["表单编号"] == approved.forms.get().number
    assert found["备案时间"] == ""


def test_filters_narrow_page_and_export_alike(as_office):
    approved = make_application(Status.RECOGNISED, points="3")
    for query, count in ((f"q={approved.student.person.number}", 1), ("q=0000", 0), ("filed=1", 0), ("filed=0", 1)):
        assert len(exported(as_office, GRADES, query)) == count + 1
        page = as_office.get(f"{reverse(GRADES)}?{query}").content.decode()
        assert (approved.student.person.number in page.partition("<table")[2]) == bool(count)


def test_a_large_export_becomes_a_job(as_office, monkeypatch):
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    cover(get_version().scheme, make_student().college)
    make_student()
    response = as_office.post(reverse("review:points_export"))
    job = Job.objects.get()
    assert response["Location"] == reverse("job_detail", args=[job.pk])
    assert job.params == {"what": "points", "query": "", "columns": [], "suffix": "xlsx"}


@pytest.mark.parametrize("name", [POINTS, GRADES])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OFFICE, 200),
        (Role.AUDITOR, 200),
        (Role.SECRETARY, 404),
        (Role.OWNER_UNIT, 404),
        (Role.ADMINISTRATOR, 404),
        (None, 404),
    ],
)
def test_who_reads_the_figures(client, name, role, status):
    get_version()
    person = make_staff(role) if role else make_student().person
    client.force_login(fresh(person), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse(name)).status_code == status
    assert client.post(reverse(f"{name}_export")).status_code == status
    assert client.get(reverse(f"{name}_export")).status_code == status


@pytest.mark.parametrize(("name", "queries"), [(POINTS, 10), (GRADES, 11)])
def test_more_rows_cost_no_more_queries(as_office, name, queries, django_assert_num_queries):
    offering = make_offering()
    for points in ("2", "2.5", "3"):
        make_application(Status.RECOGNISED, points=points, offering=offering)
        as_office.get(reverse(name))
        with django_assert_num_queries(queries):
            as_office.get(reverse(name))


def test_sums_are_decimals_to_the_hundredth(as_office):
    student = make_student()
    for place in range(10):
        make_recognised("0.1", student=student, category="lecture", content=f"讲座 {place}")
    heading, row = exported(as_office, POINTS)
    assert Decimal(str(dict(zip(heading, row, strict=True))["总积分"])) == Decimal("1.0")

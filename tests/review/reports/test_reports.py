"""Ready-made reports: their figures, who gets which, and that they stand still while others write."""

import threading
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.db import connection
from django.utils import timezone

from credits.models import Lot, Scheme
from portal.enums import Role, Status
from portal.jobs.services import run_job
from portal.models import Event, Job
from review.desk.exporting import export_of
from review.models import Delivery
from review.reports.kinds import REPORTS
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    fresh,
    get_version,
    make_application,
    make_claim,
    make_college,
    make_recognised,
    make_round,
    make_staff,
    make_student,
)
from tests.publicity import HEADING, end_period, issue, make_list
from tests.whu import whu_claim, whu_college, whu_staff
from tests.workbooks import formulas, read_back

URL = "/reports/"


def as_person(client, person):
    client.force_login(fresh(person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def report(client, code, query=""):
    """Return the rows of a report as dictionaries."""
    response = client.post(f"{URL}{code}/?{query}")
    assert response.status_code == 200, response
    assert not formulas(response.content)
    heading, *rows = read_back(response.content)
    return [dict(zip(heading, row, strict=True)) for row in rows]


@pytest.fixture
def two_colleges(db):
    """A scheme that covers two colleges, a student in each."""
    scheme = get_version().scheme
    students = [make_student("甲", number="1120220001"), make_student("乙", college=make_college(*OTHER_COLLEGE))]
    for student in students:
        cover(scheme, student.college)
    return students


def test_claims_are_counted_by_college_category_and_status(client, two_colleges):
    first, second = two_colleges
    make_claim(Status.IN_REVIEW, student=first)
    make_claim(Status.RETURNED, student=first)
    make_claim(Status.DRAFT, student=first)
    make_recognised("1.25", student=second, category="innovation")
    rows = report(as_person(client, make_staff(Role.OFFICE)), "claims")
    assert [(row["学院名称"], row["申请类别"], row["合计"]) for row in rows] == [
        (first.college.name, "学科竞赛", 2),
        (second.college.name, "大创项目", 1),
    ]
    assert (rows[0]["审核中"], rows[0]["退回修改"], rows[0]["审核通过"], rows[0]["认定积分"]) == (1, 1, 0, "")
    assert (rows[1]["审核通过"], rows[1]["认定积分"]) == (1, 1.25)


def test_points_are_listed_by_student_and_added_up_by_cohort(client, two_colleges):
    first, second = two_colleges
    make_recognised("0.5", student=first, category="innovation")
    make_recognised("2", student=first, category="practice")
    office = as_person(client, make_staff(Role.OFFICE))
    students = {row["姓名"]: row for row in report(office, "students")}
    assert (students["甲"]["学号"], students["甲"]["大创项目"], students["甲"]["总积分"]) == ("1120220001", 0.5, 2.5)
    assert students["乙"]["总积分"] == 0
    cohorts = {row["学院名称"]: row for row in report(office, "cohorts")}
    assert [cohorts[first.college.name][name] for name in ("学生数", "有认定结果的学生数", "总积分", "人均")] == [
        1,
        1,
        2.5,
        2.5,
    ]
    assert cohorts[second.college.name]["有认定结果的学生数"] == 0
    assert [row["姓名"] for row in report(office, "students", f"college={second.college_id}")] == ["乙"]
    assert report(office, "students", "cohort=wrong") == []


def test_a_secretary_gets_the_figures_of_the_own_college(client, two_colleges):
    first, second = two_colleges
    for student in two_colleges:
        make_claim(Status.IN_REVIEW, student=student)
        make_recognised("2", student=student, category="practice")
    secretary = as_person(client, make_staff(Role.SECRETARY, college=first.college))
    for code in ("claims", "students", "cohorts", "deliveries"):
        rows = report(secretary, code)
        assert {row["学院名称"] for row in rows} <= {first.college.name}, code
        asked = report(secretary, code, f"college={second.college_id}")
        assert asked == [], code
    assert len(report(secretary, "students")) == 1


def test_the_register_holds_conversions_with_their_grades(client, db):
    approved = make_application(Status.RECOGNISED, points="3")
    make_application(Status.IN_REVIEW, offering=approved.offering)
    (row,) = report(as_person(client, make_staff(Role.OFFICE)), "register")
    assert (row["学号"], row["成绩"], row["表单编号"]) == (
        approved.student.person.number,
        approved.grade,
        approved.forms.get().number,
    )


def test_deliveries_tell_what_came_when_and_what_is_late(client, db):
    round_ = make_round(staff_closes=-2)
    claim = make_claim(Status.IN_REVIEW, round_=round_)
    cover(round_.scheme, claim.college)
    office = as_person(client, make_staff(Role.OFFICE))
    (row,) = report(office, "deliveries")
    assert (row["申报数"], row["学院待审核"], row["其中逾期"], row["是否按时"]) == (1, 1, 1, "")
    secretary = make_staff(Role.SECRETARY, name="钱老师")
    Delivery.objects.create(
        round=round_, college=claim.college, delivered_at=timezone.now(), delivered_by=secretary, passed=0, refused=0
    )
    (row,) = report(office, "deliveries", f"round={round_.pk}")
    assert (row["报送人"], row["是否按时"]) == ("钱老师", "逾期")


@pytest.mark.django_db
def test_publicity_and_notices_of_the_second_scheme(client):
    office = whu_staff(Role.OFFICE)
    row = make_list(2, office=office)
    end_period(row)
    issue(row, office)
    signed = as_person(client, office)
    lines = report(signed, "publicity", "scheme=whu")
    assert [line["序号"] for line in lines] == [1, 2]
    assert all("*" in line["学号"] for line in lines)
    (notice,) = report(signed, "notices", "scheme=whu")
    assert (notice["文号"], notice["公示条数"]) == (HEADING.number, 2)
    counted = report(signed, "claims", "scheme=whu")
    assert sum(line["合计"] for line in counted) == 2


@pytest.mark.django_db
def test_the_words_are_those_of_the_scheme(client):
    whu_claim("college")
    (row,) = report(as_person(client, whu_staff(Role.OFFICE)), "claims", "scheme=whu")
    assert {"评定类别", "认定学分"} <= set(row)
    assert row["学院名称"] == whu_college().name


def test_an_export_of_a_report_says_what_was_asked_and_bears_its_moment(client, two_colleges):
    office = make_staff(Role.OFFICE)
    signed = as_person(client, office)
    page = signed.get(f"{URL}students/?cohort=2022").content.decode()
    assert "学生认定汇总表" in page
    assert not Event.objects.filter(verb="export").exists()
    response = signed.post(f"{URL}students/?cohort=2022", {"column": ["姓名", "总积分"], "format": "csv"})
    name = unquote(response["Content-Disposition"])
    assert f"{timezone.localtime():%Y-%m-%d}" in name
    assert f"{timezone.localtime():%Y%m%d}" not in name  # once is enough
    event = Event.objects.get(verb="export")
    assert (event.actor, event.subject_kind, event.after["query"]) == (office, "report_students", "cohort=2022")
    assert event.after["columns"] == ["姓名", "总积分"]


def test_a_large_report_is_a_job(client, two_colleges, monkeypatch):
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    office = make_staff(Role.OFFICE)
    as_person(client, office).post(f"{URL}students/?scheme=bit")
    job = Job.objects.get()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result is not None) == ("done", True), job.error


@pytest.mark.parametrize(
    ("role", "codes"),
    [
        (Role.OFFICE, set(REPORTS)),
        (Role.AUDITOR, set(REPORTS)),
        (Role.SECRETARY, set(REPORTS) - {"publicity", "notices"}),
        (Role.COUNSELLOR, set()),
        (Role.EXPERT, set()),
        (Role.ADMINISTRATOR, set()),
    ],
)
def test_who_gets_which_report(client, two_colleges, role, codes):
    signed = as_person(client, make_staff(role))
    assert signed.get(URL).status_code == (200 if codes else 404)
    for code in REPORTS:
        assert signed.post(f"{URL}{code}/").status_code == (200 if code in codes else 404)
    assert signed.get(f"{URL}nothing/").status_code == 404


@pytest.mark.parametrize(
    ("code", "queries"), [("claims", 1), ("students", 2), ("cohorts", 2), ("register", 1), ("notices", 1)]
)
def test_more_rows_cost_no_more_queries(two_colleges, code, queries, django_assert_num_queries):
    office = make_staff(Role.OFFICE)
    for points in ("2", "2.5", "3"):
        make_recognised(points, student=two_colleges[0], category="practice", content=f"实践 {points}")
        export = export_of(f"report_{code}", office, "")
        with django_assert_num_queries(queries):
            list(export.rows())


@pytest.mark.django_db(transaction=True)
def test_a_report_stands_still_while_an_import_runs(monkeypatch):
    """Somebody records points after the report has read its first student: none of them may be in it."""
    students = [make_student(name, number=f"112022000{place}") for place, name in enumerate("甲乙")]
    cover(get_version().scheme, students[0].college)
    for student in students:
        make_recognised("1", student=student, category="practice")
    monkeypatch.setattr("review.reports.figures.CHUNK", 1)
    from review.reports import figures  # noqa: PLC0415 - its function is replaced below

    read, calls = figures.points_of, []

    def add_points():
        Lot.objects.update(recognised=Decimal(9))
        connection.close()

    def points_of(*asked):
        found = read(*asked)
        if not calls:
            writer = threading.Thread(target=add_points)
            writer.start()
            writer.join()
        calls.append(found)
        return found

    monkeypatch.setattr(figures, "points_of", points_of)
    export = export_of("report_students", make_staff(Role.OFFICE), "")
    assert [(row["person__name"], row["total"]) for row in export.rows()] == [("甲", 1), ("乙", 1)]
    assert len(calls) == 2
    assert set(Lot.objects.values_list("recognised", flat=True)) == {Decimal(9)}
    assert Scheme.objects.exists(), "the connection reads on after the snapshot"


@pytest.mark.parametrize("narrow", [{"category": "practice"}, {"cohort": 2022}])
def test_a_deputy_for_a_part_of_a_college_reads_no_figures_of_the_whole(client, two_colleges, narrow):
    first = two_colleges[0]
    for cohort, category in ((2022, "practice"), (2023, "innovation")):
        student = make_student(f"{cohort}", college=first.college, cohort=cohort)
        make_recognised("2", student=student, category=category)
    signed = as_person(client, make_staff(Role.SECRETARY, college=first.college, **narrow))
    for code in ("students", "cohorts", "deliveries"):
        assert report(signed, code) == [], code
    assert sum(row["合计"] for row in report(signed, "claims")) == 1

"""Statistics: what is counted, who sees whose figures, and that they are stored with their moment."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from credits.models import Claim
from portal.enums import Role, Status
from portal.jobs.services import run_job
from portal.models import Appointment, Event, Job
from review.models import Statistics
from review.services.statistics import take_statistics
from review.statistics.counting import PARTS, count_claims, part_of, quantile
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    fresh,
    get_version,
    make_claim,
    make_college,
    make_recognised,
    make_staff,
    make_student,
)
from tests.whu import whu_claim, whu_staff

URL = "/statistics/"


def as_person(client, person):
    client.force_login(fresh(person), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def office(db):
    return make_staff(Role.OFFICE)


@pytest.fixture
def taken(office):
    """Two colleges' claims, counted."""
    scheme = get_version().scheme
    first, second = make_student("甲"), make_student("乙", college=make_college(*OTHER_COLLEGE))
    for student in (first, second):
        cover(scheme, student.college)
        make_claim(Status.IN_REVIEW, student=student)
    make_claim(Status.RETURNED, student=first)
    make_recognised("1.25", student=second, category="innovation")
    return take_statistics(scheme, office), first.college, second.college


def tables(client, query=""):
    """Return code → label → what is shown, of every table of the page."""
    found = client.get(f"{URL}?{query}").context["tables"]
    return {
        table.code: {
            label: dict(zip(table.heads, [shown for shown, _value in cells], strict=True))
            for label, cells in table.rows
        }
        for table in found
    }


def test_claims_are_counted_by_college_category_cohort_and_year(client, office, taken):
    _figures, first, second = taken
    shown = tables(as_person(client, office))
    assert (shown["college"][first.name]["申报数"], shown["college"][second.name]["申报数"]) == ("2", "2")
    assert shown["college"][second.name]["通过率"] == "50.0%"
    assert shown["category"]["大创项目"]["认定积分"] == "1.25"
    assert sum(int(row["申报数"]) for row in shown["cohort"].values()) == 4
    assert sum(int(row["申报数"]) for row in shown["year"].values()) == 4
    assert (shown["pace"][first.name]["退回率"], shown["pace"][second.name]["退回率"]) == ("50.0%", "0.0%")


def test_one_college_is_looked_at_alone(client, office, taken):
    _figures, first, second = taken
    shown = tables(as_person(client, office), f"college={second.pk}")
    assert set(shown["college"]) == {second.name}
    assert "大创项目" in shown["category"]
    assert "大创项目" not in tables(client, f"college={first.pk}")["category"]


def test_a_secretary_sees_the_own_college_alone(client, taken):
    _figures, first, second = taken
    secretary = as_person(client, make_staff(Role.SECRETARY, college=first))
    page = secretary.get(URL).content.decode()
    assert first.name in page
    assert second.name not in page
    assert set(tables(secretary, f"college={second.pk}").get("college", {})) <= {first.name}


def test_the_time_of_review_is_told_by_its_middle_and_its_ninth_tenth(office, taken):
    row, *_colleges = taken
    moment = timezone.now()
    for place, days in enumerate((1, 2, 30)):
        claim = make_recognised("1", category="practice", content=f"实践 {place}")
        begun = moment - datetime.timedelta(days=days, hours=1)
        Claim.objects.filter(pk=claim.pk).update(channel="student", submitted_at=begun, decided_at=moment)
    figures = count_claims(row.scheme)
    days = [(day, number) for times in figures["times"].values() for day, number in times if day]
    assert sorted(days) == [(1, 1), (2, 1), (30, 1)]
    assert (quantile(days, Decimal("0.5")), quantile(days, Decimal("0.9"))) == (2, 30)
    assert quantile([], Decimal("0.5")) is None


@pytest.mark.parametrize(("score", "part"), [("8", 0), ("8.39", 0), ("8.4", 1), ("9.6", 4), ("10", 4)])
def test_a_score_lies_in_a_fifth_of_its_range(score, part):
    assert part_of(Decimal(score), Decimal(8), Decimal(10)) == part
    assert part < PARTS


@pytest.mark.django_db
def test_scores_inside_their_range_are_told_by_college_and_by_expert_to_the_office_alone(client):
    office = whu_staff(Role.OFFICE)
    claim = whu_claim("publicity", office=office)
    take_statistics(claim.scheme, office)
    shown = tables(as_person(client, office), "scheme=whu")
    assert (
        sum(
            int(shown["spread"][claim.college.name][head]) for head in list(shown["spread"][claim.college.name])[:PARTS]
        )
        == 1
    )
    assert set(tables(as_person(client, whu_staff(Role.AUDITOR)), "scheme=whu")) >= {"spread"}
    assert "experts" not in tables(client, "scheme=whu")


def test_the_office_has_them_counted_again_by_a_job(client, office, taken):
    row, first, _second = taken
    Statistics.objects.update(taken_at=timezone.now() - datetime.timedelta(days=3))
    make_claim(Status.IN_REVIEW, student=make_student("丙", college=first))
    signed = as_person(client, office)
    assert tables(signed)["college"][first.name]["申报数"] == "2", "the page shows what is stored"
    response = signed.post(f"{URL}{row.scheme.code}/take/")
    job = Job.objects.get()
    assert response.url == f"/jobs/{job.pk}/"
    assert signed.post(f"{URL}{row.scheme.code}/take/").url == response.url, "one job is enough"
    event = Event.objects.get(verb="recount")
    assert (event.actor, event.scheme_code, event.actor_role) == (office, row.scheme.code, Role.OFFICE)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert f'href="{URL}?scheme={row.scheme.code}"' in signed.get(response.url).content.decode()
    assert tables(signed)["college"][first.name]["申报数"] == "3"
    assert f"截至 {timezone.localtime():%Y-%m-%d}" in signed.get(URL).content.decode()


@pytest.mark.parametrize(
    ("role", "page", "press"),
    [
        (Role.OFFICE, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.SECRETARY, 200, 403),
        (Role.EXPERT, 404, 404),
        (Role.ADMINISTRATOR, 404, 404),
    ],
)
def test_who_sees_the_figures_and_who_has_them_counted(client, taken, role, page, press):
    signed = as_person(client, make_staff(role))
    assert signed.get(URL).status_code == page
    assert signed.post(f"{URL}bit/take/").status_code == press
    assert signed.post(f"{URL}nothing/take/").status_code == 404


def test_counting_costs_the_same_whatever_is_counted(office, taken, django_assert_num_queries):
    row, *_colleges = taken
    with django_assert_num_queries(5):
        count_claims(row.scheme)


def test_the_page_costs_the_same_whatever_was_counted(client, office, taken, django_assert_num_queries):
    signed = as_person(client, office)
    signed.get(URL)
    with django_assert_num_queries(PAGE_QUERIES):
        signed.get(URL)


PAGE_QUERIES = 12


def test_without_figures_the_page_offers_to_count(client, office):
    get_version()
    page = as_person(client, office).get(URL).content.decode()
    assert "还没有统计过" in page
    assert "开始统计" in page


@pytest.mark.django_db
def test_another_schemes_office_does_not_learn_the_experts_names(client):
    office = whu_staff(Role.OFFICE)
    claim = whu_claim("publicity", office=office)
    take_statistics(claim.scheme, office)
    get_version()
    stranger = make_staff(Role.OFFICE, scheme="bit")
    Appointment.objects.create(person=stranger, role=Role.AUDITOR, scheme_code="whu", starts_on=timezone.localdate())
    shown = tables(as_person(client, stranger), "scheme=whu")
    assert "spread" in shown
    assert "experts" not in shown

"""Students with what counts, for scholarship and recommendation: the list, its filters and sorts, its exports."""

import csv
import datetime
import io
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from credits.models import Claim
from portal.enums import Role, Status
from portal.jobs.services import run_job
from portal.listing import Listing
from portal.models import Event, Job
from tests.builders import fresh, make_college, make_recognised, make_staff
from tests.review.conftest import client_of
from tests.whu import CONTEST, PAPER, make_entry, whu_category, whu_claim, whu_staff, whu_student
from tests.workbooks import formulas, read_back

pytestmark = pytest.mark.django_db
LIST = reverse("review:records")
SUMMARY, ITEMS, CSV = (
    reverse("review:records_export", args=[kind]) for kind in ("records", "record_items", "records_csv")
)
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}
NOTICE = "武大本字〔2026〕1号"


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


@pytest.fixture
def as_office(office):
    return client_of(office)


def paper(student, office, score="6", *, doi=None, on=None):
    facts = {**PAPER, "doi": doi or f"10.1000/{student.pk}", "title": f"论文 {doi or student.pk}"}
    claim = whu_claim("recognised", student=student, facts=facts, score=score, points=score, office=office)
    if on is not None:
        moment = timezone.make_aware(datetime.datetime.combine(on, datetime.time(12)))
        Claim.objects.filter(pk=claim.pk).update(decided_at=moment)
    return claim


def contest(student, office, entry, *, score="6.5", award="一等奖"):
    facts = {**SOLO, "award": award, "competition": entry.name, "level": entry.level}
    told = {"facts": facts, "entry": entry, "score": score, "points": score, "content": award}
    return whu_claim("recognised", student=student, category="competition", office=office, **told)


def shown(client, query=""):
    return [(row["person__name"], str(row["total"])) for row in client.get(f"{LIST}?{query}").context["rows"]]


def rows_of(content):
    heading, *rows = read_back(content)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_the_list_adds_up_what_counts_by_category_and_in_all(office, as_office):
    student, entry = whu_student("甲", number="2022300000001"), make_entry()
    paper(student, office, "7")
    contest(student, office, entry)
    contest(student, office, entry, score="5.5", award="二等奖")
    row = as_office.get(LIST).context["rows"][0]
    assert str(row["total"]) == "13.50"
    cells = {name: str(points) for name, points in row["cells"] if points is not None}
    assert cells == {"学术论文类": "7.00", "学科竞赛类": "6.50"}


def test_only_students_with_something_on_record_are_listed(office, as_office):
    paper(whu_student("甲"), office)
    whu_claim("publicity", student=whu_student("乙"), office=office, facts={**PAPER, "doi": "10.1000/x"})
    whu_student("丙")
    assert shown(as_office) == [("甲", "6.00")]


@pytest.fixture
def three(office):
    """Three students of two colleges: 6 in 2025, 8 in 2026, and 7 + 6.5 in 2026."""
    first = whu_student("甲", number="2022300000001")
    second = whu_student("乙", number="2022300000002", college=make_college("bio", "生命科学学院"), cohort=2023)
    third = whu_student("丙", number="2022300000003")
    paper(first, office, "6", on=datetime.date(2025, 12, 31))
    paper(second, office, "8", on=datetime.date(2026, 1, 1))
    paper(third, office, "7", on=datetime.date(2026, 6, 30))
    contest(third, office, make_entry())
    last_second = datetime.datetime.combine(datetime.date(2026, 6, 30), datetime.time(23, 59, 59))
    Claim.objects.filter(category__code="competition").update(decided_at=timezone.make_aware(last_second))
    return first, second, third


def test_filters_narrow_page_and_exports_alike(three, as_office):
    college = three[1].college_id
    competition = whu_category("competition").pk
    for query, wanted in (
        ("", [("甲", "6.00"), ("乙", "8.00"), ("丙", "13.50")]),
        (f"college={college}", [("乙", "8.00")]),
        ("cohort=2023", [("乙", "8.00")]),
        ("group=geo", [("甲", "6.00"), ("丙", "13.50")]),
        ("q=2022300000003", [("丙", "13.50")]),
        ("q=甲", [("甲", "6.00")]),
        (f"category={competition}", [("丙", "6.50")]),
        ("least=8", [("乙", "8.00"), ("丙", "13.50")]),
        ("least=8.01", [("丙", "13.50")]),
        ("since=2026-01-01", [("乙", "8.00"), ("丙", "13.50")]),
        ("until=2025-12-31", [("甲", "6.00")]),
        ("since=2026-01-01&until=2026-01-01", [("乙", "8.00")]),
        ("until=2026-06-30&since=2026-06-30", [("丙", "13.50")]),
        (f"since=2026-06-30&category={competition}&least=6.5", [("丙", "6.50")]),
        ("since=2026-07-01", []),
    ):
        assert shown(as_office, query) == wanted, query
        summary = rows_of(as_office.post(f"{SUMMARY}?{query}").content)
        assert [(row["姓名"], f"{row['合计']:.2f}") for row in summary] == wanted, query
        details = rows_of(as_office.post(f"{ITEMS}?{query}").content)
        assert list(dict.fromkeys(row["姓名"] for row in details)) == [name for name, _total in wanted], query
        assert sum(row["计入"] for row in details) == sum(float(total) for _name, total in wanted), query


def test_a_wrong_filter_shows_nothing_and_says_why(three, as_office):
    assert three
    answer = as_office.get(f"{LIST}?since=gestern")
    assert answer.context["rows"] == []
    assert "since" in answer.context["form"].errors
    assert rows_of(as_office.post(f"{ITEMS}?since=gestern").content) == []


def test_the_list_is_sorted_as_asked(three, as_office):
    assert three
    names = {"total": "甲乙丙", "-total": "丙乙甲", "-number": "丙乙甲", "college": "乙甲丙", "-cohort": "乙丙甲"}
    for sort, wanted in names.items():
        assert "".join(name for name, _total in shown(as_office, f"sort={sort}")) == wanted, sort


def test_pages_go_on_where_the_last_one_ended_though_totals_are_equal(office, as_office, monkeypatch):
    monkeypatch.setattr("review.office.record_list.Listing", partial(Listing, per_page=2))
    for name in "甲乙丙丁戊":
        paper(whu_student(name), office)
    for sort in ("total", "-total", "number"):
        seen, query = [], f"sort={sort}"
        while query:
            response = as_office.get(f"{LIST}?{query}")
            seen += [row["person__name"] for row in response.context["rows"]]
            cursor = response.context["listing"].pager.next_cursor
            query = f"sort={sort}&after={cursor}" if cursor else ""
        assert sorted(seen) == sorted("甲乙丙丁戊"), sort
        assert len(seen) == 5


@pytest.mark.parametrize("rows", [1, 3])
def test_more_rows_cost_no_more_queries(office, as_office, rows, django_assert_num_queries):
    for _again in range(rows):
        paper(whu_student(), office)
    as_office.get(LIST)
    with django_assert_num_queries(11):
        as_office.get(LIST)


# --- Exports ---


def test_the_details_have_a_row_per_record_with_day_and_notice(office, as_office):
    student, entry = whu_student("=1+1", number="2022300000001"), make_entry()
    contest(student, office, entry)
    contest(student, office, entry, score="5.5", award="二等奖")
    answer = as_office.post(ITEMS)
    assert not formulas(answer.content)
    rows = rows_of(answer.content)
    assert [(row["学号"], row["姓名"], row["成果"], row["认定"], row["计入"], row["文号"]) for row in rows] == [
        ("2022300000001", "=1+1", "一等奖", 6.5, 6.5, NOTICE),
        ("2022300000001", "=1+1", "二等奖", 5.5, 0, NOTICE),
    ]
    assert rows[0]["年级"] == 2022


def test_the_values_for_programs_say_the_same_and_run_nothing(office, as_office):
    paper(whu_student("=1+1", number="2022300000001"), office, "7")
    answer = as_office.post(CSV)
    assert answer["Content-Type"] == "text/csv"
    assert ".csv" in answer["Content-Disposition"]
    heading, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    found = dict(zip(heading, row, strict=True))
    assert (found["学号"], found["姓名"], found["学术论文类"], found["合计"]) == (
        "2022300000001",
        "'=1+1",
        "7.00",
        "7.00",
    )


@pytest.mark.parametrize(("path", "kind"), [(SUMMARY, "records"), (ITEMS, "record_items"), (CSV, "records_csv")])
def test_an_export_leaves_one_event_with_who_what_and_how_many(office, as_office, path, kind):
    paper(whu_student(), office)
    as_office.post(f"{path}?least=1")
    event = Event.objects.get(verb="export")
    assert (event.actor, event.subject_kind) == (office, kind)
    assert (event.after["query"], event.after["rows"]) == ("least=1", 1)


@pytest.mark.parametrize(("path", "suffix"), [(SUMMARY, ".xlsx"), (ITEMS, ".xlsx"), (CSV, ".csv")])
def test_a_large_export_becomes_a_job_that_makes_the_same_file(office, as_office, path, suffix, monkeypatch):
    paper(whu_student("甲"), office)
    paper(whu_student("乙"), office)
    monkeypatch.setattr("review.views.exports.AT_ONCE", 1)
    answer = as_office.post(path)
    job = Job.objects.get()
    assert answer["Location"] == reverse("job_detail", args=[job.pk])
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result.name[-len(suffix) :]) == ("done", suffix)


# --- Who ---


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OFFICE, 200),
        (Role.AUDITOR, 200),
        (Role.SECRETARY, 404),
        (Role.COMMITTEE, 404),
        (Role.EXPERT, 404),
        (Role.OWNER_UNIT, 404),
        (Role.ADMINISTRATOR, 404),
        (None, 404),
    ],
)
def test_who_reads_the_records(office, role, status):
    claim = paper(whu_student("甲"), office)
    client = client_of(whu_staff(role) if role else fresh(claim.student.person))
    assert client.get(LIST).status_code == status
    for path in (SUMMARY, ITEMS, CSV):
        assert client.post(path).status_code == status
        assert client.get(path).status_code == status
    for name in ("student_record", "student_record_pdf"):
        assert client.get(reverse(f"review:{name}", args=[claim.student_id])).status_code == status


def test_one_students_record_is_shown_and_printed(office, as_office):
    claim = paper(whu_student("甲"), office, "7")
    path = reverse("review:student_record", args=[claim.student_id])
    html = as_office.get(path).content.decode()
    for words in ("武汉大学创新学分记录", "7.0", NOTICE, reverse("review:claim", args=[claim.pk])):
        assert words in html, words
    printed = as_office.get(reverse("review:student_record_pdf", args=[claim.student_id]))
    assert printed.content.startswith(b"%PDF")


def test_another_schemes_office_sees_its_own_records_alone(office):
    student = whu_student("甲")
    paper(student, office)
    other = client_of(make_staff(Role.OFFICE, scheme="bit"))
    assert other.get(reverse("review:student_record", args=[student.pk])).status_code == 404
    make_recognised("0.5", student=student, category="innovation")
    html = other.get(reverse("review:student_record", args=[student.pk])).content.decode()
    assert "学术论文类" not in html
    assert shown(other) == [("甲", "0.50")]


def test_an_office_of_both_chooses_the_scheme(office):
    student = whu_student("甲")
    paper(student, office)
    make_recognised("0.5", student=student, category="innovation")
    client = client_of(make_staff(Role.OFFICE))
    assert shown(client, "scheme=whu") == [("甲", "6.00")]
    assert shown(client, "scheme=bit") == [("甲", "0.50")]
    assert Claim.objects.filter(status=Status.RECOGNISED).count() == 2

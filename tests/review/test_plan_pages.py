"""The office's pages of training plans: who gets in, what a workbook does, what a term opens, what it all costs."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from conversion.models import Course, Offering, PlanCourse
from portal.enums import Role
from portal.models import Event, Major
from tests.builders import fresh, get_version, make_college, make_staff, make_student, make_term
from tests.conversion.offsets import CODE, COLLEGE, learner, offered, planned, scheme_version
from tests.workbooks import read_back, workbook

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
HEADING = ("专业*", "年级*", "课程编号*", "课程名称*", "学分*", "课程性质*", "启用")
D = Decimal


@pytest.fixture
def student():
    return learner()


@pytest.fixture
def as_office(client, student):
    client.force_login(make_staff(Role.OFFICE, scheme=CODE), backend=BACKEND)
    return client


def line(student, code="L101", **facts):
    major = student.major.code
    row = {"major": major, "cohort": 2022, "code": code, "name": "逻辑学", "credits": 2, "kind": "任选课", "active": ""}
    return tuple({**row, **facts}.values())


def upload(client, *lines):
    return client.post(reverse("review:plan_import"), {"workbook": workbook("培养方案", HEADING, lines)})


def apply(client, preview):
    return client.post(reverse("review:plan_import_apply"), {"workbook": preview.context["stored"].key})


# --- the workbook ---


def test_the_template_asks_for_what_the_import_reads(as_office, student):
    answer = as_office.get(reverse("review:plan_import_template"))
    rows = read_back(answer.content)
    assert HEADING in {tuple(row[: len(HEADING)]) for row in rows}


def test_a_workbook_is_previewed_then_applied_whole_and_once(as_office, student):
    planned(student, code="L101", name="旧名")
    lines = [line(student), line(student, "L102", name="修辞学", credits=1.25, kind="专业选修", active="否")]
    preview = upload(as_office, *lines)
    assert preview.status_code == 200
    assert [(row.is_changed, row.course) for row in preview.context["sheet"].rows] == [(True, "changed"), (True, "new")]
    assert PlanCourse.objects.count() == 1
    assert apply(as_office, preview)["Location"].startswith(reverse("review:plans"))
    found = {row.course.code: row for row in PlanCourse.objects.select_related("course")}
    assert (found["L101"].course.name, found["L102"].kind, found["L102"].is_active) == ("逻辑学", "major", False)
    assert found["L102"].course.credits == D("1.25")
    event = Event.objects.get(subject_kind="plans")
    assert event.after == {"rows": 2, "create": 1, "change": 0, "courses": 2}
    assert apply(as_office, preview)["Location"] == reverse("review:plan_import")
    assert Event.objects.filter(subject_kind="plans").count() == 1


def test_the_same_workbook_again_changes_nothing(as_office, student):
    apply(as_office, upload(as_office, line(student)))
    before = Event.objects.filter(subject_kind__in=["course", "plan_course"]).count()
    preview = upload(as_office, line(student))
    assert preview.context["sheet"].pending == []
    assert "完全一致" in preview.content.decode()
    apply(as_office, preview)
    assert Event.objects.filter(subject_kind__in=["course", "plan_course"]).count() == before


def test_majors_are_known_by_code_or_by_a_name_of_their_own(as_office, student):
    other = Major.objects.create(college=make_college(*COLLEGE), code="law-law", name="法学")
    preview = upload(as_office, line(student, major="法学"))
    assert preview.context["sheet"].rows[0].entry.major == other
    Major.objects.create(college=make_college("x", "别的学院"), code="x-law", name="法学")
    preview = upload(as_office, line(student, major="法学"))
    assert [problem.place for problem in preview.context["sheet"].problems] == ["A2"]
    assert "请填写专业代码" in preview.content.decode()


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"major": "没有的专业"}, "A2"),
        ({"cohort": 22}, "B2"),
        ({"cohort": "大一"}, "B2"),
        ({"code": ""}, "C2"),
        ({"name": "=A1"}, "D2"),
        ({"credits": 0}, "E2"),
        ({"credits": 1.234}, "E2"),
        ({"kind": "必修课"}, "F2"),
    ],
)
def test_a_bad_row_is_named_by_its_cell_and_nothing_is_kept(as_office, student, facts, place):
    preview = upload(as_office, line(student, **facts), line(student, "L900", name="好的"))
    assert [problem.place for problem in preview.context["sheet"].problems] == [place]
    assert apply(as_office, preview).status_code == 422
    assert not Course.objects.filter(scheme__code=CODE).exists()
    assert not PlanCourse.objects.exists()


@pytest.mark.parametrize("second", [{"name": "另一门课"}, {"credits": 3}])
def test_a_course_said_in_two_ways_is_named(as_office, student, second):
    preview = upload(as_office, line(student), line(student, cohort=2023, **second))
    assert [problem.place for problem in preview.context["sheet"].problems] == ["C3"]


def test_a_course_said_twice_is_named_however_its_major_is_written(as_office, student):
    preview = upload(as_office, line(student), line(student), line(student, major=student.major.name))
    assert [problem.place for problem in preview.context["sheet"].problems] == ["A3", "C4"]


@pytest.mark.parametrize(("title", "lines"), [("别的", [("x",)]), ("培养方案", [])])
def test_an_unreadable_workbook_is_refused_beside_the_file(as_office, title, lines):
    answer = as_office.post(reverse("review:plan_import"), {"workbook": workbook(title, HEADING, lines)})
    assert answer.status_code == 422
    assert answer.context["form"].errors


# --- one course, one term ---


def test_a_course_is_added_and_changed_by_hand(as_office, student):
    form = {"major": student.major_id, "cohort": 2022, "code": "L101", "name": "逻辑学", "credits": "2.25"}
    answer = as_office.post(reverse("review:plan_new"), {**form, "kind": "elective", "is_active": "on"})
    assert answer.status_code == 302
    row = PlanCourse.objects.get()
    edit = reverse("review:plan_edit", args=[row.pk])
    assert 'value="2.25"' in as_office.get(edit).content.decode()
    changed = {"name": "逻辑学", "credits": "2.25", "kind": "practice", "major": 999, "cohort": 1, "code": "hacked"}
    assert as_office.post(edit, changed).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.is_active, row.course.code, row.cohort) == ("practice", False, "L101", 2022)
    assert [event.verb for event in Event.objects.filter(subject_kind="plan_course").order_by("pk")] == [
        "create",
        "save",
    ]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "required"}, "kind"),
        ({"credits": "0"}, "credits"),
        ({"cohort": "1"}, "cohort"),
        ({"major": 0}, "major"),
    ],
)
def test_a_wrong_course_is_refused_beside_its_field(as_office, student, facts, field):
    form = {
        "major": student.major_id,
        "cohort": 2022,
        "code": "L101",
        "name": "逻辑学",
        "credits": "2",
        "kind": "elective",
    }
    answer = as_office.post(reverse("review:plan_new"), {**form, **facts})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not PlanCourse.objects.exists()


def moments(opens=0, closes=20):
    now, day = timezone.localtime(), datetime.timedelta(days=1)
    stamp = "%Y-%m-%dT%H:%M"
    return {"opens_at": (now + opens * day).strftime(stamp), "closes_at": (now + closes * day).strftime(stamp)}


def test_a_term_is_opened_at_once_for_all_courses(as_office, student):
    for code in ("L101", "L102"):
        planned(student, code=code)
    address = reverse("review:plan_term")
    answer = as_office.post(address, {"term": make_term().pk, "cohorts": "2022", **moments()})
    assert answer.status_code == 302
    assert {row.course.code for row in Offering.objects.all()} == {"L101", "L102"}
    page = as_office.get(answer["Location"]).content.decode()
    assert "新开放 2 门课程" in page
    answer = as_office.post(address, {"term": make_term().pk, "cohorts": "1999", **moments()})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"cohorts"})
    answer = as_office.post(address, {"term": make_term().pk, **moments(closes=-1)})
    assert set(answer.context["form"].errors) == {"closes_at"}


def test_the_list_is_narrowed_by_what_an_office_asks_for(as_office, student):
    planned(student, code="L101", kind="elective")
    planned(student, code="L102", kind="major", is_active=False)
    planned(learner("林一", cohort=2021), code="L103")

    def codes(query):
        return [row.course.code for row, _kind in as_office.get(reverse("review:plans") + query).context["rows"]]

    assert set(codes("")) == {"L101", "L102", "L103"}
    assert codes("?kind=major") == codes("?active=0") == ["L102"]
    assert codes("?cohort=2021") == codes("?text=L103") == ["L103"]
    assert codes(f"?major={student.major_id}&cohort=2022&active=1") == ["L101"]


# --- who gets in, what it costs ---

PAGES = ("plans", "plan_new", "plan_term", "plan_import", "plan_import_template")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "scheme", "status"),
    [
        (Role.OFFICE, CODE, 200),
        (Role.OFFICE, "", 200),
        (Role.OFFICE, "bit", 404),
        (Role.AUDITOR, CODE, 404),
        (Role.COMMITTEE, CODE, 404),
        (Role.SECRETARY, "", 404),
        (None, "", 404),
    ],
)
def test_only_the_office_of_a_scheme_that_offsets_keeps_plans(client, student, page, role, scheme, status):
    get_version()
    person = make_staff(role, scheme=scheme) if role else make_student().person
    client.force_login(fresh(person), backend=BACKEND)
    assert client.get(reverse(f"review:{page}")).status_code == status


def test_another_offices_plan_does_not_exist(client, student):
    planned(student)
    row = PlanCourse.objects.get()
    get_version()
    client.force_login(make_staff(Role.OFFICE, scheme="bit"), backend=BACKEND)
    address = reverse("review:plan_edit", args=[row.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"kind": "practice"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_more_rows_cost_no_more_queries(as_office, student, count, django_assert_num_queries):
    for number in range(count):
        planned(student, code=f"L10{number}")
    as_office.get(reverse("review:plans"))
    with django_assert_num_queries(14):
        as_office.get(reverse("review:plans"))


@pytest.mark.parametrize("count", [3, 20])  # SQLite writes 30 in two pieces
def test_a_longer_workbook_costs_no_more_queries(as_office, student, count, django_assert_num_queries):
    preview = upload(as_office, *(line(student, f"L{number:03}", name=f"课程{number}") for number in range(count)))
    with django_assert_num_queries(30):
        assert apply(as_office, preview).status_code == 302
    assert PlanCourse.objects.count() == count


def test_the_course_page_of_an_offset_asks_for_no_bands(as_office, student):
    course = offered(student).course
    page = as_office.get(reverse("review:course_edit", args=[course.pk])).content.decode()
    assert "成绩档" not in page
    form = {"code": "L101", "name": "改名", "credits": "2.5", "is_active": "on", "bands-TOTAL_FORMS": 1}
    answer = as_office.post(
        reverse("review:course_edit", args=[course.pk]), {**form, "bands-INITIAL_FORMS": 0, "scheme": CODE}
    )
    assert answer.status_code == 302
    course.refresh_from_db()
    assert (course.name, course.credits) == ("改名", D("2.5"))


def test_the_courses_lead_to_the_plans_where_there_are_some(client, student):
    scheme_version()
    get_version()
    for scheme, found in ((CODE, True), ("bit", False)):
        client.force_login(make_staff(Role.OFFICE, scheme=scheme), backend=BACKEND)
        page = client.get(reverse("review:courses")).content.decode()
        assert (reverse("review:plans") in page) == found

"""The office's pages of rounds, courses and imports: who gets in, what forms keep, what they cost."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from conversion.models import Course, Offering
from credits.models import Claim, Round
from portal.enums import Role
from portal.models import Event, Job
from review.models import BatchState, ImportBatch
from tests.builders import (
    cover,
    fresh,
    get_category,
    get_version,
    make_course,
    make_offering,
    make_round,
    make_staff,
    make_student,
    make_term,
)
from tests.workbooks import read_back, workbook

pytestmark = pytest.mark.django_db
MOMENT = "%Y-%m-%dT%H:%M"


@pytest.fixture
def office():
    return make_staff(Role.OFFICE)


@pytest.fixture
def as_office(client, office):
    client.force_login(office, backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows(prefix, *values):
    data = {f"{prefix}-TOTAL_FORMS": len(values), f"{prefix}-INITIAL_FORMS": 0}
    for index, row in enumerate(values):
        data |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return data


def window(role="student", *, opens=-1, closes=1, cohort=""):
    now = timezone.localtime()
    day = datetime.timedelta(days=1)
    return {
        "role": role,
        "cohort": cohort,
        "opens_at": (now + opens * day).strftime(MOMENT),
        "closes_at": (now + closes * day).strftime(MOMENT),
    }


def round_data(*windows, **facts):
    data = {
        "name": "第一批",
        "academic_year": "2025-2026",
        "categories": [get_category("competition").pk],
        "notice": "",
        **facts,
    }
    return data | rows("windows", *(windows or (window(),)))


def course_data(*bands, **facts):
    default = ({"interval": "[1,2)", "grade": "合格"}, {"interval": "≥2", "grade": "优秀"})
    data = {
        "code": "C1",
        "name": "实践",
        "credits": "2",
        "categories": [get_category("competition").pk],
        "is_active": "on",
        **facts,
    }
    return data | rows("bands", *(bands or default))


# --- Rounds ---


def test_a_round_is_opened_published_and_hidden_again(as_office):
    get_version()
    assert as_office.post(reverse("review:round_new"), round_data()).status_code == 302
    round_ = Round.objects.get()
    assert not round_.is_published
    page = as_office.get(reverse("review:round_publish", args=[round_.pk]))
    assert page.status_code == 200
    round_.refresh_from_db()
    assert not round_.is_published
    as_office.post(reverse("review:round_publish", args=[round_.pk]))
    round_.refresh_from_db()
    assert round_.is_published
    as_office.post(reverse("review:round_unpublish", args=[round_.pk]))
    round_.refresh_from_db()
    assert not round_.is_published
    assert Event.objects.filter(subject_kind="round").count() == 3


def test_a_bad_round_keeps_what_was_typed_and_names_the_row(as_office):
    get_version()
    response = as_office.post(
        reverse("review:round_new"), round_data(window(), window(opens=3, closes=1), name="打错的活动")
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "打错的活动" in page
    assert "截止时间必须晚于开放时间" in page
    assert not Round.objects.exists()


def test_the_same_role_twice_is_named_above_the_rows(as_office):
    get_version()
    response = as_office.post(reverse("review:round_new"), round_data(window(), window()))
    assert response.status_code == 422
    assert "只能设置一次" in response.content.decode()


def test_rows_are_added_and_removed_without_a_script(as_office):
    get_version()
    more = as_office.post(reverse("review:round_new"), round_data(name="") | {"windows-add": "1"})
    assert more.status_code == 200
    assert 'name="windows-1-role"' in more.content.decode()
    assert "field-error" not in more.content.decode()
    data = round_data(window("student"), window("secretary"), window("office")) | {"windows-remove": "1"}
    page = as_office.post(reverse("review:round_new"), data).content.decode()
    assert 'value="office" selected' in page
    assert 'value="secretary" selected' not in page
    assert 'name="windows-2-role"' not in page.replace("__prefix__", "")
    assert not Round.objects.exists()


def test_a_blank_row_is_no_row(as_office):
    get_version()
    as_office.post(reverse("review:round_new"), round_data(window(), {"role": "", "cohort": ""}))
    assert Round.objects.get().windows.count() == 1


def test_a_round_without_dates_for_students_is_not_published(as_office):
    get_version()
    as_office.post(reverse("review:round_new"), round_data(window("secretary")))
    response = as_office.post(reverse("review:round_publish", args=[Round.objects.get().pk]))
    assert response.status_code == 422
    assert not Round.objects.get().is_published


# --- Courses ---


def test_a_course_is_made_with_its_bands_and_offered(as_office):
    get_version()
    term = make_term()
    as_office.post(reverse("review:course_new"), course_data())
    course = Course.objects.get()
    assert [str(band) for band in course.rule_bands] == ["[1,2)", "≥2"]
    now = timezone.localtime()
    data = {
        "term": term.pk,
        "opens_at": now.strftime(MOMENT),
        "closes_at": (now + datetime.timedelta(days=9)).strftime(MOMENT),
        "cohorts": "2021、2022",
    }
    response = as_office.post(reverse("review:offering_new", args=[course.pk]), data)
    assert response.status_code == 302
    assert Offering.objects.get().cohorts == [2021, 2022]
    again = as_office.post(reverse("review:offering_new", args=[course.pk]), data)
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        (({"interval": "[1,2)", "grade": "合格"}, {"interval": "≥3", "grade": "优秀"}), "空缺"),
        (({"interval": "[1,3)", "grade": "合格"}, {"interval": "≥2", "grade": "优秀"}), "重叠"),
        (({"interval": "一到二", "grade": "合格"},), "不是区间"),
        (({"interval": "[1,2)", "grade": ""},), "请填写"),
    ],
)
def test_bands_that_do_not_meet_are_refused_beside_the_rows(as_office, bands, words):
    get_version()
    response = as_office.post(reverse("review:course_new"), course_data(*bands))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Course.objects.exists()


def test_a_term_is_added_once(as_office):
    get_version()
    data = {"code": "2026-2027-2", "starts_on": "2027-02-20", "ends_on": "2027-07-10"}
    assert as_office.post(reverse("review:terms"), data).status_code == 302
    assert as_office.post(reverse("review:terms"), data).status_code == 422
    wrong = {**data, "code": "2027-2028-1", "ends_on": "2027-01-01"}
    assert as_office.post(reverse("review:terms"), wrong).status_code == 422


COURSES = ("课程编号*", "课程名称*", "学分*", "可选择申请类型*", "成绩档*", "启用", "说明")


def test_courses_come_from_a_workbook_previewed_and_applied_as_a_whole(as_office):
    get_version()
    make_course("C1", "旧名")
    lines = [
        ("C1", "新名", 2, "学科竞赛、学术论文", "2 合格；(2,4] 中等；(4,6) 良好；≥6 优秀", "", ""),
        ("C2", "另一门", 1.5, "学科竞赛", "≥1 合格", "否", "说明"),
    ]
    upload = workbook("课程", COURSES, lines)
    preview = as_office.post(reverse("review:course_import"), {"workbook": upload})
    assert preview.status_code == 200
    assert Course.objects.count() == 1
    key = preview.context["stored"].key
    response = as_office.post(reverse("review:course_import_apply"), {"workbook": key})
    assert response.status_code == 302
    found = {course.code: course for course in Course.objects.all()}
    assert (found["C1"].name, found["C2"].is_active) == ("新名", False)
    assert Event.objects.get(subject_kind="courses").after == {"create": 1, "change": 1, "rows": 2}
    again = as_office.post(reverse("review:course_import_apply"), {"workbook": key})
    assert again["Location"] == reverse("review:course_import")


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (("C1", "课", 0, "学科竞赛", "≥1 合格", "", ""), "C2"),
        (("C1", "课", 2, "没有的类别", "≥1 合格", "", ""), "D2"),
        (("C1", "课", 2, "学科竞赛", "[1,2) 合格；≥3 优秀", "", ""), "E2"),
        (("C1", "课", 2, "学科竞赛", "合格", "", ""), "E2"),
        (("", "课", 2, "学科竞赛", "≥1 合格", "", ""), "A2"),
        (("C1", "=A1", 2, "学科竞赛", "≥1 合格", "", ""), "B2"),
    ],
)
def test_a_bad_course_is_named_by_its_cell_and_nothing_is_kept(as_office, line, place):
    get_version()
    good = ("C9", "好的", 2, "学科竞赛", "≥1 合格", "", "")
    preview = as_office.post(reverse("review:course_import"), {"workbook": workbook("课程", COURSES, [line, good])})
    assert [problem.place for problem in preview.context["plan"].problems] == [place]
    as_office.post(reverse("review:course_import_apply"), {"workbook": preview.context["stored"].key})
    assert not Course.objects.exists()


def test_a_workbook_without_the_sheet_is_refused_beside_the_file(as_office):
    get_version()
    response = as_office.post(reverse("review:course_import"), {"workbook": workbook("别的", COURSES, [])})
    assert response.status_code == 422
    assert "没有名为" in response.content.decode()


# --- Imports ---

HEADING = ("学号*", "姓名*", "具体内容*", "项目级别", "结题结果", "角色", "认定积分")


def upload(client, lines, *, category="innovation"):
    data = {
        "category": get_category(category).pk,
        "academic_year": "2025-2026",
        "published_on": (timezone.localdate() - datetime.timedelta(days=1)).isoformat(),
        "workbook": workbook("大创项目", HEADING, lines),
    }
    return client.post(reverse("review:import_new"), data)


@pytest.fixture
def student():
    found = make_student("李明", number="1120220001")
    cover(get_version().scheme, found.college)
    return found


def line(content="智能小车", points="0.5"):
    return ("1120220001", "李明", content, "", "", "", points)


def test_an_import_is_previewed_applied_and_rolled_back(as_office, student):
    batch_page = upload(as_office, [line()])["Location"]
    assert "导入 1 条记录" in as_office.get(batch_page).content.decode()
    batch = ImportBatch.objects.get()
    as_office.post(reverse("review:import_apply", args=[batch.pk]))
    assert Claim.objects.count() == 1
    page = as_office.get(reverse("review:import_roll_back", args=[batch.pk]))
    assert page.status_code == 200
    refused = as_office.post(reverse("review:import_roll_back", args=[batch.pk]), {"reason": ""})
    assert refused.status_code == 422
    as_office.post(reverse("review:import_roll_back", args=[batch.pk]), {"reason": "有误"})
    batch.refresh_from_db()
    assert batch.state == BatchState.ROLLED_BACK


def test_many_rows_are_imported_by_a_job(as_office, student):
    upload(as_office, [line(f"项目 {place}") for place in range(201)])
    batch = ImportBatch.objects.get()
    for _press in range(2):
        as_office.post(reverse("review:import_apply", args=[batch.pk]))
    job = Job.objects.get()
    assert (job.kind, job.params) == ("import_records", {"batch": batch.pk})
    assert not Claim.objects.exists()
    assert "正在导入" in as_office.get(reverse("review:import", args=[batch.pk])).content.decode()
    from portal.jobs.services import run_job  # noqa: PLC0415 - the worker's part

    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert Claim.objects.count() == 201


def test_a_form_sent_fifty_times_acts_once(as_office, student):
    upload(as_office, [line()])
    batch = ImportBatch.objects.get()
    place = reverse("review:import_apply", args=[batch.pk])
    answers = {as_office.post(place, {"form_key": "0b5ab6c2"})["Location"] for _press in range(50)}
    assert answers == {reverse("review:import", args=[batch.pk])}
    assert Claim.objects.count() == 1
    assert Event.objects.filter(subject_kind="import", verb="apply").count() == 1


def test_the_template_holds_the_sheet_and_its_columns(as_office):
    category = get_category("innovation")
    response = as_office.get(reverse("review:import_template", args=[category.pk]))
    heading = read_back(response.content, "大创项目")[0]
    assert heading[:4] == ["学号*", "姓名*", "学院", "具体内容*"]
    assert "认定积分" in heading


def test_the_kept_workbook_is_handed_back_as_it_came(as_office, student):
    upload(as_office, [line()])
    batch = ImportBatch.objects.get()
    response = as_office.get(reverse("review:import_workbook", args=[batch.pk]))
    assert read_back(b"".join(response.streaming_content))[0] == list(HEADING)


# --- Who gets in, and at what cost ---


def addresses():
    version = get_version()
    round_, course = make_round(version), make_course()
    offering = make_offering(course)
    return [
        reverse("review:rounds"),
        reverse("review:round_new"),
        reverse("review:round_edit", args=[round_.pk]),
        reverse("review:round_publish", args=[round_.pk]),
        reverse("review:courses"),
        reverse("review:course_new"),
        reverse("review:course_edit", args=[course.pk]),
        reverse("review:course_import"),
        reverse("review:course_import_template"),
        reverse("review:offering_new", args=[course.pk]),
        reverse("review:offering_edit", args=[offering.pk]),
        reverse("review:terms"),
    ]


@pytest.mark.parametrize(
    ("role", "scheme"),
    [
        (Role.SECRETARY, ""),
        (Role.OWNER_UNIT, ""),
        (Role.AUDITOR, ""),
        (Role.ADMINISTRATOR, ""),
        (Role.OFFICE, "elsewhere"),
        (None, ""),
    ],
)
def test_the_pages_do_not_exist_for_others(client, role, scheme):
    places = addresses()
    person = make_staff(role, scheme=scheme) if role else make_student().person
    client.force_login(fresh(person), backend="django.contrib.auth.backends.ModelBackend")
    assert {place: client.get(place).status_code for place in places} == dict.fromkeys(places, 404)
    posts = [place for place in places if not place.endswith(("rounds/", "courses/", "template/"))]
    assert {place: client.post(place, {}).status_code for place in posts} == dict.fromkeys(posts, 404)


def test_everybody_else_is_sent_to_sign_in(client):
    for place in addresses():
        assert client.get(place)["Location"].startswith(reverse("signin"))


def test_a_unit_meets_only_its_own_batches(client, as_office, student):
    upload(as_office, [line()])
    batch = ImportBatch.objects.get()
    unit = make_staff(Role.OWNER_UNIT, scheme="bit", category="practice")
    client.force_login(unit, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("review:imports")).status_code == 200
    for name in ("import", "import_workbook", "import_roll_back"):
        assert client.get(reverse(f"review:{name}", args=[batch.pk])).status_code == 404
    for name in ("import_apply", "import_discard", "import_roll_back"):
        assert client.post(reverse(f"review:{name}", args=[batch.pk])).status_code == 404
    assert client.get(reverse("review:import_template", args=[batch.category_id])).status_code == 404
    assert upload(client, [line()]).status_code == 422
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEWED


@pytest.mark.parametrize(("name", "queries"), [("review:rounds", 9), ("review:courses", 12), ("review:imports", 7)])
def test_more_rows_cost_no_more_queries(as_office, student, name, queries, django_assert_num_queries):
    for place in range(3):
        make_round()
        make_offering(make_course(f"C{place}"))
        upload(as_office, [line(f"项目 {place}")])
        as_office.get(reverse(name))
        if place in {0, 2}:
            with django_assert_num_queries(queries):
                as_office.get(reverse(name))

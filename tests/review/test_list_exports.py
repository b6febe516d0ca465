"""The exports of the office's lists: what the filters show, as the person may take it, each with its event."""

import pytest
from django.urls import reverse

from credits.models import Round
from portal.enums import Role
from portal.models import Event, Person, SheetImport
from review.desk.exporting import export_of
from review.office.list_exports import LIST_EXPORTS
from tests.builders import (
    fresh,
    get_version,
    make_college,
    make_course,
    make_person,
    make_round,
    make_staff,
    make_student,
)
from tests.review.conftest import client_of
from tests.workbooks import read_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    get_version()
    return make_staff(Role.OFFICE, scheme="bit", name="梁志远")


def url(kind):
    return reverse("review:list_export", args=[kind])


def taken(person, kind, query=""):
    heading, *rows = read_back(client_of(person).post(f"{url(kind)}?{query}").content)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_rounds_say_when_students_claim(office):
    make_round(name="春季认定")
    (row,) = taken(office, "rounds")
    assert (row["活动名称"], row["状态"], bool(row["学生申报截止"])) == ("春季认定", "进行中", True)
    event = Event.objects.get(verb="export")
    assert (event.subject_kind, event.after["rows"], event.after["columns"][0]) == ("rounds", 1, "活动名称")


def test_courses_are_those_of_the_filter(office):
    make_course("C1", "素质拓展")
    make_course("C2", "创业基础")
    (row,) = taken(office, "courses", "text=创业")
    assert (row["课程编号"], row["学分"], row["启用"]) == ("C2", 2, "是")
    assert row["成绩档"]
    assert row["可选择申请类型"]


def test_imports_say_what_came_of_them(office):
    kept = {"name": "c.xlsx", "sha256": "0" * 64, "report": {"rows": 3, "create": 2}, "imported_by": office}
    SheetImport.objects.create(kind="courses", scheme_code="bit", **kept)
    SheetImport.objects.create(kind="courses", scheme_code="whu", **kept)
    (row,) = taken(office, "import_history")
    assert (row["内容"], row["结果"], row["导入人"], row["状态"]) == ("课程", "行数 3，新建 2", "梁志远", "已导入")


@pytest.mark.parametrize(("role", "phone"), [(Role.OFFICE, "13800001234"), (Role.ADMINISTRATOR, "1380*****34")])
def test_people_are_taken_with_their_roles_and_masked_for_who_calls_nobody(role, phone):
    get_version()
    student = make_student("王五")
    student.person.phone = "13800001234"
    student.person.save()
    make_staff(Role.SECRETARY, college=make_college(), name="何丽华")
    make_person(name="无名")
    person = make_staff(role, name="经办")
    rows = {row["姓名"]: row for row in taken(person, "people")}
    assert rows["王五"]["联系电话"] == phone
    assert (rows["王五"]["学院名称"], rows["王五"]["在籍"], rows["无名"]["在籍"]) == (student.college.name, "是", "")
    assert rows["何丽华"]["任职"] == f"学院教学秘书（{make_college().name}）"


def test_appointments_say_their_scope_and_state(office):
    make_staff(Role.SECRETARY, college=make_college(), scheme="bit", name="何丽华")
    (row,) = [row for row in taken(office, "appointments") if row["姓名"] == "何丽华"]
    assert make_college().name in row["范围"]
    assert (row["角色"], row["状态"]) == ("学院教学秘书", "有效")


@pytest.mark.parametrize(
    ("role", "second"),
    [(Role.OFFICE, {"role": Role.AUDITOR}), (Role.ADMINISTRATOR, {"role": Role.SECRETARY, "college": "own"})],
)
def test_a_second_appointment_hands_out_nobodys_whole_telephone(role, second):
    get_version()
    student = make_student("王五")
    Person.objects.filter(pk=student.person_id).update(phone="13800001234")
    person = make_staff(role, name="经办")
    college = {"college": make_college()} if second.pop("college", "") else {}
    person.appointments.create(**second, **college, starts_on="2020-01-01")
    (row,) = [row for row in taken(fresh(person), "people") if row["姓名"] == "王五"]
    assert row["联系电话"] == "1380*****34"


@pytest.mark.parametrize("kind", LIST_EXPORTS)
def test_whoever_may_not_see_a_list_may_not_take_it(office, kind):
    for person in (make_student().person, make_staff(Role.SECRETARY, college=make_college()), make_staff(Role.EXPERT)):
        assert client_of(person).post(url(kind)).status_code == 404
    assert client_of(office).get(url(kind)).status_code == 200
    assert client_of(office).get(url("nothing")).status_code == 404
    assert not Event.objects.filter(verb="export").exists()


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("kind", "queries"), [("rounds", 3), ("courses", 4), ("people", 2), ("appointments", 5)])
def test_more_rows_cost_no_more_queries(office, kind, queries, number, django_assert_num_queries):
    college = make_college()
    for one in range(number):
        make_round(name=f"第 {one} 批")
        make_course(f"C{one}")
        make_student(f"学生{one}")
        make_staff(Role.SECRETARY, college=college, scheme="bit")
    export = export_of(kind, fresh(office), "")
    with django_assert_num_queries(queries):
        rows = [[column.getter(row) for column in export.columns] for row in export.rows()]
    assert len(rows) >= number
    assert Round.objects.count() == number

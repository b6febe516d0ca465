"""The graduation radar: who falls short, by how much, in what; whom each role sees; classes; exports; counts."""

import csv
import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from credits.minima import verdicts_of
from portal.enums import Role, StudentKind
from portal.listing import Listing
from portal.models import Event, Notice, Student
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    fresh,
    get_version,
    make_college,
    make_recognised,
    make_staff,
    make_student,
)
from tests.review.conftest import client_of
from tests.whu import whu_staff, whu_student
from tests.workbooks import read_back

pytestmark = pytest.mark.django_db
LIST, CLASSES = reverse("review:graduation"), reverse("review:graduation_classes")
WORKBOOK, TELL = reverse("review:graduation_export"), reverse("review:graduation_tell")


@pytest.fixture
def staff(staff):
    """The staff, with a student among the people for whom no minimum holds."""
    Student.objects.filter(person=staff.student).update(kind=StudentKind.EXCHANGE)
    return staff


def covered(name, **facts):
    student = make_student(name, **facts)
    cover(get_version().scheme, student.college)
    return student


def away(name, **facts):
    return covered(name, college=make_college(*OTHER_COLLEGE), **facts)


def shown(client, query="", page=LIST):
    return [row["person__name"] for row in client.get(f"{page}?{query}").context["rows"]]


def class_page(student):
    return reverse("review:graduation_class", args=[student.class_group_id])


def test_the_list_says_who_falls_short_by_how_much_and_in_what(staff):
    for name, points in (("差半分", "3.5"), ("刚好", "4"), ("没有", None)):
        student = covered(name)
        if points:
            make_recognised(points, student=student, category="lab")
    answer = client_of(staff.office).get(LIST)

    rows = [(row["person__name"], str(row["missing"]), row["verdict"].missing) for row in answer.context["rows"]]
    page = answer.content.decode()

    assert [(name, missing) for name, missing, _own in rows] == [("没有", "4.00"), ("差半分", "0.50")]
    assert all(float(missing) == float(own) for _name, missing, own in rows)
    assert "总积分 3.5，应不少于 4.0" in page
    assert "任意一类 0.0，应不少于 2.0" in page
    assert "2020级起的毕业最低要求，《认定与转换办法》第二十一条" in page


def test_who_leaves_first_stands_first_and_among_them_who_lacks_most(staff):
    today = timezone.localdate()
    soon, later = ({"leaves_on": today + datetime.timedelta(days=days)} for days in (100, 400))
    covered("后走", **later)
    make_recognised("3", student=covered("先走差一", **soon), category="lab")
    covered("先走差四", **soon)
    office = client_of(staff.office)

    assert shown(office, "leaving=all") == ["先走差四", "先走差一", "后走"]
    assert shown(office) == ["先走差四", "先走差一"]
    assert shown(office, "leaving=half") == ["先走差四", "先走差一"]
    assert shown(office, "sort=missing")[0] == "先走差一"


def test_filters_narrow_the_list_and_stay_in_the_address(staff):
    first = covered("甲", number="1120220001")
    away("乙", cohort=2019)
    make_recognised("4", student=covered("丙"), category="lab")
    office = client_of(staff.office)

    assert shown(office, "q=11202200") == ["甲"]
    assert shown(office, f"college={first.college_id}") == ["甲"]
    assert shown(office, "cohort=2019") == ["乙"]
    assert shown(office, f"group={first.class_group.name}") == ["甲"]
    assert shown(office, "kind=exchange") == []
    assert shown(office, "state=reached") == ["丙"]
    assert sorted(shown(office, "state=all")) == ["丙", "乙", "甲"]
    assert shown(office, "cohort=abc") == []


def test_who_stands_under_no_minimum_or_is_off_the_roll_is_not_listed(staff):
    covered("交换", kind=StudentKind.EXCHANGE)
    covered("早年", cohort=2015)
    covered("离校", on_roll=False)
    make_student("没有办法", college=make_college("99", "没有办法的学院"))

    assert shown(client_of(staff.office), "state=all") == []


def test_everybody_sees_the_students_whom_an_appointment_reaches(staff):
    home, other = covered("本院"), away("外院")
    one_class = make_staff(Role.COUNSELLOR, college=other.college, class_group=other.class_group)
    one_cohort = make_staff(Role.COUNSELLOR, college=home.college, cohort=2021)

    seen = {
        name: sorted(shown(staff.client(name))) for name in ("office", "auditor", "secretary", "away", "counsellor")
    }

    assert seen == {
        "office": ["外院", "本院"],
        "auditor": ["外院", "本院"],
        "secretary": ["本院"],
        "away": ["外院"],
        "counsellor": ["本院"],
    }
    for name, colleges in (("office", [home.college, other.college]), ("secretary", [home.college])):
        offered = staff.client(name).get(LIST).context["listing"].form.fields["college"].queryset
        assert set(offered) == set(colleges)
    assert shown(client_of(one_class)) == ["外院"]
    assert shown(client_of(one_cohort)) == []
    for page in (class_page(other), reverse("review:graduation_class", args=[0])):
        assert staff.client("secretary").get(page).status_code == 404


@pytest.mark.parametrize("name", ["owner_unit", "committee", "administrator", "student"])
def test_for_everybody_else_there_is_no_such_page(staff, name):
    student = covered("李明")
    client = staff.client(name)

    assert [client.get(page).status_code for page in (LIST, CLASSES, class_page(student))] == [404, 404, 404]
    assert client.post(WORKBOOK).status_code == 404


def test_an_office_of_another_scheme_sees_only_its_own_students(staff):
    covered("积分")
    whu_student("学分")
    other = client_of(whu_staff(Role.OFFICE))

    assert shown(other) == ["学分"]
    assert shown(other, "scheme=bit") == ["学分"]
    assert shown(client_of(make_staff(Role.OFFICE)), "scheme=whu") == ["学分"]


@pytest.mark.parametrize("points", ["0.01", "1.99", "2", "3.99", "4", "5"])
def test_the_student_reads_what_the_office_reads(staff, points):
    student = covered("李明")
    make_recognised(points, student=student, category="lab")
    (row,) = client_of(staff.office).get(f"{LIST}?state=all").context["rows"]
    (own,) = verdicts_of(student)

    assert row["verdict"] == own.verdict
    assert row["missing"] == own.verdict.missing
    page = client_of(fresh(student.person)).get(reverse("credits:record")).content.decode()
    for step in row["verdict"].steps:
        assert step.output in page


def test_classes_are_counted_and_each_prints_its_own_list(staff):
    first, second = covered("甲"), covered("乙")
    make_recognised("4", student=covered("丙"), category="lab")
    other = away("丁")
    office = client_of(staff.office)
    rows = office.get(CLASSES).context["rows"]

    assert [(row["name"], row["short"]) for row in rows] == [
        (first.class_group.name, 2),
        (other.class_group.name, 1),
    ]
    assert [(row["name"], row["short"]) for row in office.get(f"{CLASSES}?q=乙").context["rows"]] == [
        (second.class_group.name, 1)
    ]
    answer = office.get(class_page(first))
    assert [row["person__name"] for row in answer.context["rows"]] == ["甲", "乙"]
    assert "data-print" in answer.content.decode()


def test_a_class_in_which_all_have_reached_it_says_so(staff):
    student = covered("丙")
    make_recognised("4", student=student, category="lab")

    assert "这个班级没有未达到毕业最低要求的学生" in staff.client("secretary").get(class_page(student)).content.decode()


def test_a_scheme_without_minima_says_so(client):
    get_version("whu-2010")
    student = make_student()
    cover(get_version("whu-2010").scheme, student.college)

    assert "没有毕业最低要求" in client_of(make_staff(Role.OFFICE)).get(LIST).content.decode()


def test_the_exports_hold_what_the_filters_show_and_leave_one_event(staff):
    make_recognised("3.5", student=covered("=差半分"), category="lab")
    make_recognised("4", student=covered("达到"), category="lab")
    away("外院")
    secretary = staff.client("secretary")
    before = Event.objects.count()

    heading, *rows = read_back(secretary.post(f"{WORKBOOK}?leaving=half").content)
    text = secretary.post(WORKBOOK, {"format": "csv"}).content.decode("utf-8-sig")

    found = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [(row["姓名"], row["还差"], row["差在哪里"]) for row in found] == [
        ("=差半分", 0.5, "总积分 3.5，应不少于 4")
    ]
    assert [row["依据"] for row in found] == ["《认定与转换办法》第二十一条"]
    assert len(list(csv.reader(io.StringIO(text)))) == 2
    events = Event.objects.order_by("-pk")[: Event.objects.count() - before]
    assert [(event.verb, event.after["rows"], event.actor_role) for event in events] == [
        ("export", 1, Role.SECRETARY),
        ("export", 1, Role.SECRETARY),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_for_every_length(staff, django_assert_num_queries, rows):
    for number in range(rows):
        student = covered(f"学生{number}")
        make_recognised("1", student=student, category="lab")
        make_recognised("1", student=student, category="art")
    office = client_of(staff.office)
    for page, queries in ((LIST, 11), (CLASSES, 10), (class_page(student), 12)):
        office.get(page)
        with django_assert_num_queries(queries):
            office.get(page)


def test_pages_follow_each_other_without_a_gap(staff, monkeypatch):
    for number in range(5):
        student = covered(f"学生{number}", leaves_on=datetime.date(2027, 7, 1 + number // 2))
        make_recognised("1", student=student, category="lab") if number % 2 else None
    init = Listing.__init__
    monkeypatch.setattr(Listing, "__init__", lambda self, *a, **k: init(self, *a, **{**k, "per_page": 2}))
    office = client_of(staff.office)
    names, query = [], ""
    while True:
        listing = office.get(f"{LIST}?{query}").context["listing"]
        names += [row["person__name"] for row in listing.rows]
        if not listing.pager.next_cursor:
            break
        query = f"after={listing.pager.next_cursor}"

    assert names == ["学生0", "学生1", "学生2", "学生3", "学生4"]
    assert str(listing.total) == "5"


def test_a_press_tells_those_who_fall_short_under_the_filters_once_in_thirty_days(staff):
    short = covered("差半分")
    make_recognised("3.5", student=short, category="lab")
    make_recognised("4", student=covered("达到"), category="lab")
    away("外院")
    secretary = staff.client("secretary")
    preview = secretary.get(f"{TELL}?state=all").context["found"]
    before = Notice.objects.count()

    secretary.post(f"{TELL}?state=all")
    secretary.post(TELL)
    (notice,) = Notice.objects.order_by("pk")[before:]

    assert preview.students == 1
    assert (notice.person, notice.title) == (short.person, "毕业最低要求还差 0.5 分")
    assert (notice.text, notice.path) == (preview.sample.text, reverse("credits:record"))
    assert "总积分 3.5，应不少于 4" in notice.text
    (event,) = Event.objects.filter(verb="remind")
    assert (event.actor_role, event.scheme_code, event.after) == (
        Role.SECRETARY,
        "bit",
        {"query": "state=all", "rows": 1},
    )
    assert secretary.get(TELL).context["found"].rested == 1
    Notice.objects.update(created_at=timezone.now() - datetime.timedelta(days=31))
    assert secretary.get(TELL).context["found"].students == 1


def test_only_offices_and_secretaries_tell_students_and_of_the_scheme_that_was_shown(staff):
    covered("李明")
    for name in ("counsellor", "auditor", "committee", "owner_unit", "administrator", "student"):
        assert staff.client(name).get(TELL).status_code == 404, name
        assert staff.client(name).post(TELL).status_code == 404, name
    assert "graduation/tell" not in staff.client("counsellor").get(LIST).content.decode()
    assert "graduation/tell/?scheme=bit" in staff.client("office").get(LIST).content.decode()
    assert staff.client("office").post(f"{TELL}?scheme=whu").status_code == 404
    assert not Notice.objects.filter(key__startswith="shortfall:").exists()


def test_the_second_scheme_tells_its_own_students_of_its_own_minimum(staff):
    student = whu_student("学分")
    office = client_of(whu_staff(Role.OFFICE))
    office.post(TELL)
    notice = Notice.objects.get(key__startswith="shortfall:")
    assert (notice.person, notice.title) == (student.person, "毕业最低要求还差 3 分")

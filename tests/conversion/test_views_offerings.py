"""The list of courses: columns, balances, what each state offers."""

import pytest
from django.urls import reverse

from portal.enums import Status
from tests.builders import (
    cover,
    get_version,
    make_application,
    make_course,
    make_offering,
    make_recognised,
    make_staff,
    make_student,
    make_term,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def student():
    row = make_student()
    cover(get_version().scheme, row.college)
    return row


@pytest.fixture
def web(client, student):
    client.force_login(student.person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def listed(web):
    answer = web.get(reverse("conversion:offerings"))
    return answer.context["rows"], answer.content.decode()


def test_the_columns_are_the_manuals(web):
    make_offering()
    _rows, page = listed(web)
    heads = [part.split("</th>")[0] for part in page.split('<th scope="col">')[1:]]
    assert heads == ["序号", "学年学期", "课程编号", "课程名称", "可选择申请类型", "审核状态", "操作"]
    assert "实践积分" in page
    assert "共1页 1条" in page


def test_each_category_shows_its_usable_balance(web, student):
    make_recognised("3", student=student, category="innovation")
    make_offering(make_course(categories=["innovation", "lab"]))
    rows, page = listed(web)
    assert [(category.code, str(points)) for category, points in rows[0].boxes] == [
        ("innovation", "3.00"),
        ("lab", "0.00"),
    ]
    assert "大创项目(3.00)" in page
    assert 'value="lab" disabled' in page
    assert 'value="innovation" disabled' not in page


def test_what_an_application_holds_is_not_usable_elsewhere(web, student):
    make_application(Status.IN_REVIEW, student=student, offering=make_offering(), points="3")
    make_offering(make_course("01710207", "模块二", categories=["innovation"]))
    rows, _page = listed(web)
    other = next(row for row in rows if row.offering.course.code == "01710207")
    assert [str(points) for _category, points in other.boxes] == ["0.00"]


@pytest.mark.parametrize(
    ("status", "words", "absent"),
    [
        (Status.DRAFT, ["继续填写", "查看"], ["重新申请"]),
        (Status.IN_REVIEW, ["查看"], ["修改</a>", "重新申请", "打印"]),
        (Status.RETURNED, ["修改</a>", "查看"], ["重新申请"]),
        (Status.RECOGNISED, ["打印", "查看"], ["重新申请"]),
        (Status.REFUSED, ["查看", "重新申请"], ["打印"]),
    ],
)
def test_a_state_offers_what_is_possible(web, student, status, words, absent):
    make_application(status, student=student)
    _rows, page = listed(web)
    assert all(word in page for word in words)
    assert not any(word in page for word in absent)


def test_a_closed_offering_says_so_and_takes_nothing(web, student):
    make_recognised("3", student=student, category="innovation")
    make_offering(opens=-20, closes=-1)
    rows, page = listed(web)
    assert not rows[0].can_apply
    assert "截止" in page
    assert 'name="category"' not in page


def test_a_course_with_an_application_in_another_term_takes_no_second(web, student):
    course = make_course()
    make_application(Status.IN_REVIEW, student=student, offering=make_offering(course))
    make_offering(course, term=make_term("2027-2028-1"))
    rows, page = listed(web)
    assert [row.can_apply for row in rows] == [False, False]
    assert "该课程已有申请" in page


def test_other_cohorts_offerings_are_not_listed(web, student):
    make_offering(cohorts=[student.cohort + 1])
    rows, page = listed(web)
    assert rows == []
    assert "还没有可以转换的课程" in page


def test_staff_has_no_such_page(client):
    client.force_login(make_staff("office"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("conversion:offerings")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(web, student, count, django_assert_num_queries):
    for number in range(count):
        make_offering(make_course(f"0{number}", f"模块{number}"))
        make_recognised("1", student=student, category="innovation")
    web.get(reverse("conversion:offerings"))
    with django_assert_num_queries(12):
        web.get(reverse("conversion:offerings"))

"""The first page of a student whose scheme offsets courses: the allowance, what could be offset, no grade anywhere."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.enums import Status
from portal.models import Notice
from tests.conversion.offsets import NOTICE, learner, make_offset, offered, recognise

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def student():
    return learner()


@pytest.fixture
def web(client, student):
    client.force_login(student.person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def look(web):
    answer = web.get(reverse("conversion:desk"))
    page = answer.content.decode()
    return answer.context["home"], page.partition("<main")[2].partition("</main>")[0]


def test_a_freshman_reads_how_to_begin(web):
    home, page = look(web)
    assert home.is_new
    assert home.offset.room.left == D(10)
    for word in ("用来冲抵培养方案中的课程学分", "目前没有开放冲抵的课程", "额度还剩 10 学分"):
        assert word in page
    assert "转换" not in page
    assert "成绩" not in page


def test_courses_that_could_be_offset_at_once_stand_first(web, student):
    recognise(student, "2")
    recognise(student, "5", code="sport")
    offered(student, kind="major", code="L101", credits=3)
    offered(student, kind="elective", code="L102", credits="2.5")
    offered(student, code="L103", opens=-9, closes=-1)
    make_offset(Status.IN_REVIEW, student=student, code="L104", credits=1)
    home, page = look(web)
    assert [(row.offering.course.code, row.is_ready) for row in home.offset.chances] == [
        ("L102", True),
        ("L101", False),
    ]
    assert "须用 3.0，只有 2.0" in page
    assert page.count("?adopt=best") == 1
    assert (home.offset.room.pending, home.pending) == (D(1), 1)


def test_a_long_list_is_cut_and_says_so(web, student):
    recognise(student, "9")
    for number in range(8):
        offered(student, code=f"L10{number}")
    home, page = look(web)
    assert (len(home.offset.chances), home.offset.more) == (6, 2)
    assert "另有 2 门课程开放冲抵" in page


def test_what_exceeds_the_allowance_is_no_chance(web, student):
    lots = recognise(student, "9", "9")
    make_offset(Status.RECOGNISED, student=student, uses={lots[0]: "9"}, credits=9)
    offered(student, code="L102", credits=2)
    home, page = look(web)
    assert [row.is_ready for row in home.offset.chances] == [False]
    assert "额度不足" in page


def test_what_waits_for_the_student_is_named_as_an_offset(web, student):
    make_offset(Status.RETURNED, student=student, code="L101")
    make_offset(Status.RECOGNISED, student=student, code="L102")
    make_offset(Status.DRAFT, student=student, code="L103")
    home, page = look(web)
    assert [todo.status for todo in home.todos] == ["returned", "recognised", "draft"]
    for word in ("冲抵申请被退回", "冲抵已生效，请打印申请表", "冲抵申请草稿，2.0 分，尚未提交"):
        assert word in page


def test_the_student_is_told_each_step(student):
    make_offset(Status.RECOGNISED, student=student)
    told = Notice.objects.filter(person=student.person, path__startswith="/conversion/").order_by("pk")
    assert [notice.title for notice in told] == ["逻辑学冲抵申请：公示中", "逻辑学冲抵申请：审核通过"]
    assert "用 2.0 冲抵课程 2 学分" in told[0].text
    assert f"发文文号：{NOTICE}" in told[1].text
    assert "成绩" not in told[0].text + told[1].text


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(web, student, count, django_assert_num_queries):
    for number in range(count):
        recognise(student, "1")
        offered(student, code=f"L10{number}")
        make_offset(Status.PUBLICITY, student=student, code=f"L20{number}", credits=1)
    look(web)
    with django_assert_num_queries(19):
        look(web)

"""The student's first page: totals, what to do, what is open, what could be converted."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from conversion.home import time_left
from portal.enums import Role, Status
from tests.builders import (
    cover,
    get_version,
    make_application,
    make_claim,
    make_course,
    make_offering,
    make_recognised,
    make_round,
    make_staff,
    make_student,
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


def look(web):
    answer = web.get(reverse("conversion:desk"))
    return answer.context["home"], answer.content.decode()


def test_a_student_is_led_here_from_the_first_page(web):
    assert web.get(reverse("home"))["Location"] == reverse("conversion:desk")


def test_a_freshman_reads_how_to_begin(web):
    home, page = look(web)
    assert home.is_new
    assert home.total == 0
    for word in ("从这里开始", "目前没有开放的申报活动", "目前没有可以申请转换的课程", "还没有通知"):
        assert word in page


def test_totals_count_what_is_recognised_and_subtract_what_is_held(web, student):
    make_recognised("1", student=student, category="lab")
    make_application(Status.IN_REVIEW, student=student, points="3")
    make_claim(Status.IN_REVIEW, student=student)
    home, page = look(web)
    assert (home.total, home.usable, home.held, home.pending) == (Decimal(4), Decimal(1), Decimal(3), 2)
    assert "另有 3.0 分在审核中" in page


def test_what_waits_stands_first_and_drafts_last(web, student):
    make_claim(Status.DRAFT, student=student, content="草稿一")
    make_claim(Status.RETURNED, student=student, content="退回的申报")
    make_application(Status.RETURNED, student=student, offering=make_offering())
    make_application(Status.RECOGNISED, student=student, offering=make_offering(make_course("2", "模块二")))
    make_application(Status.DRAFT, student=student, offering=make_offering(make_course("3", "模块三")))
    home, page = look(web)
    assert [todo.status for todo in home.todos] == ["returned", "returned", "recognised", "draft", "draft"]
    assert "退回的申报" in page
    assert "请打印申请表" in page


def test_open_rounds_come_with_their_deadline(web, student):
    make_round(name="快截止", closes=2)
    make_round(name="还早", closes=20)
    make_round(name="未开始", opens=1, closes=20)
    make_round(name="已结束", closes=-1)
    make_round(name="未发布", is_published=False)
    make_round(name="别的年级", cohort=student.cohort + 1)
    home, page = look(web)
    assert [row.round.name for row in home.rounds] == ["快截止", "还早"]
    assert [row.is_soon for row in home.rounds] == [True, False]
    assert "还有 2 天" in page


def test_each_open_course_shows_the_best_plan_or_the_distance(web, student):
    make_recognised("1", student=student, category="lab")
    make_recognised("3.5", student=student, category="lab")
    make_offering(make_course("1", "可以转换"))
    make_offering(make_course("2", "还差一点", categories=["lab"], bands={"[5,6)": "合格", "≥6": "优秀"}), closes=40)
    make_offering(make_course("3", "已经关闭"), closes=-1)
    home, page = look(web)
    assert [chance.offering.course.name for chance in home.chances] == ["可以转换", "还差一点"]
    assert "2 条记录共 4.5 分，可得良好" in page
    assert "还差 0.5 分到合格" in page
    assert "?adopt=" in page


def test_a_course_with_a_live_application_is_no_chance(web, student):
    make_application(Status.IN_REVIEW, student=student)
    home, _page = look(web)
    assert home.chances == []


def test_staff_has_no_student_desk(client):
    client.force_login(make_staff(Role.OFFICE), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("conversion:desk")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(web, student, count, django_assert_num_queries):
    for number in range(count):
        make_recognised("1", student=student, category="lab")
        make_claim(Status.DRAFT, student=student)
        make_offering(make_course(f"0{number}", f"模块{number}"))
        make_application(
            Status.RECOGNISED, student=student, offering=make_offering(make_course(f"1{number}", f"课程{number}"))
        )
    look(web)
    with django_assert_num_queries(19):
        look(web)


@pytest.mark.parametrize(("hours", "words"), [(-1, "已截止"), (24 * 9, "还有 9 天")])
def test_time_left_speaks_in_days(hours, words):
    assert time_left(timezone.now() + datetime.timedelta(hours=hours)) == words


def test_the_last_day_is_today():
    end = timezone.localtime().replace(hour=23, minute=59, second=59)
    assert time_left(end) == "今天截止"

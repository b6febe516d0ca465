"""The student's side of a sanction: the claim's page, the decision, the appeal's clock, and what a bar says."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from credits.enums import AppealState
from credits.services.sanctions import answer_appeal, file_appeal
from portal.enums import Role
from portal.models import Event
from tests.builders import fresh, make_staff
from tests.sanctions import FINDING, MEASURE, sanctioned
from tests.whu import PAPER, whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db
CHOOSE = reverse("credits:claim_new")


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


@pytest.fixture
def row(office):
    return sanctioned(whu_claim("recognised", office=office), office=office, bar=30)


def page(row):
    return reverse("credits:sanction", args=[row.pk])


def test_the_claims_page_says_what_was_decided_and_how_long_to_appeal(sign_in, row):
    html = sign_in(row.student).get(reverse("credits:claim", args=[row.claim_id])).content.decode()
    assert f"经查实取消：{MEASURE}。申诉还有 10 天。" in html
    assert page(row) in html


def test_the_decision_names_finding_measure_bar_clause_and_clock(sign_in, row):
    html = sign_in(row.student).get(page(row)).content.decode()
    last = row.barred_until
    for words in (FINDING, MEASURE, f"至 {last}（含）", "第十一条", "还有 10 天", "本科生院"):
        assert words in html, words
    assert 'name="appeal"' in html


@pytest.mark.parametrize(("days", "words"), [(9, "还有 1 天"), (10, "今天截止")])
def test_the_clock_counts_down(sign_in, row, days, words):
    client = sign_in(row.student)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False):
        client.force_login(fresh(row.student.person))
        assert words in client.get(page(row)).content.decode()


def test_an_appeal_is_filed_from_the_page_and_shown(sign_in, row):
    client = sign_in(row.student)
    answer = client.post(page(row), {"appeal": "期刊编辑部弄错了人。", "form_key": "a"})
    assert (answer.status_code, answer["Location"]) == (302, page(row))
    html = client.get(page(row)).content.decode()
    assert "期刊编辑部弄错了人。" in html
    assert "申诉中" in html
    assert 'name="appeal"' not in html


def test_an_appeal_without_words_is_asked_for_them(sign_in, row):
    answer = sign_in(row.student).post(page(row), {"appeal": " "})
    assert answer.status_code == 422
    assert not Event.objects.filter(verb="appeal").exists()


def test_who_comes_too_late_reads_why_and_keeps_the_words(sign_in, row):
    client = sign_in(row.student)
    with time_machine.travel(row.appeal_until + datetime.timedelta(microseconds=1), tick=False):
        client.force_login(fresh(row.student.person))
        assert 'name="appeal"' not in client.get(page(row)).content.decode()
        answer = client.post(page(row), {"appeal": "期刊编辑部弄错了人。"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "申诉期已于" in html
    assert "期刊编辑部弄错了人。" in html
    row.refresh_from_db()
    assert row.appeal_state == AppealState.NONE


def test_the_last_microsecond_still_counts(sign_in, row):
    client = sign_in(row.student)
    with time_machine.travel(row.appeal_until, tick=False):
        client.force_login(fresh(row.student.person))
        assert client.post(page(row), {"appeal": "期刊编辑部弄错了人。"}).status_code == 302


def test_the_answer_is_read_on_the_page(sign_in, row, office):
    file_appeal(row, fresh(row.student.person), words="弄错了人。")
    answer_appeal(row, office, upheld=True, answer="核实无误，撤销处理。")
    html = sign_in(row.student).get(page(row)).content.decode()
    for words in ("核实无误，撤销处理。", "申诉成立", "已解除"):
        assert words in html
    claim = sign_in(row.student).get(reverse("credits:claim", args=[row.claim_id])).content.decode()
    assert "经查实取消：" not in claim


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OFFICE, 200),
        (Role.COMMITTEE, 200),
        (Role.AUDITOR, 200),
        (Role.SECRETARY, 404),
        (Role.EXPERT, 404),
        (Role.ADMINISTRATOR, 404),
    ],
)
def test_who_else_reads_the_decision(sign_in, row, role, status):
    client = sign_in(whu_staff(role))
    answer = client.get(page(row))
    assert answer.status_code == status
    assert 'name="appeal"' not in answer.content.decode()
    assert client.post(page(row), {"appeal": "我来说。"}).status_code == (403 if status == 200 else 404)
    row.refresh_from_db()
    assert row.appeal_state == AppealState.NONE


def test_other_students_and_other_schemes_offices_find_nothing(sign_in, row):
    for person in (whu_student("别人"), make_staff(Role.OFFICE, scheme="bit")):
        assert sign_in(person).get(page(row)).status_code == 404


def test_a_barred_student_reads_why_and_until_when_before_choosing(sign_in, row):
    whu_round(name="下一次认定")
    html = sign_in(row.student).get(CHOOSE).content.decode()
    assert f"因违规处理（{MEASURE}），你不能申报，到 {row.barred_until}（含）为止。" in html
    assert page(row) in html
    assert "category=paper" not in html


def test_without_a_bar_the_next_round_is_open(sign_in, office):
    row = sanctioned(whu_claim("recognised", office=office), office=office)
    assert "category=paper" in sign_in(row.student).get(CHOOSE).content.decode()


def test_a_barred_student_who_opens_the_form_anyway_is_led_back(sign_in, row):
    round_ = whu_round(name="下一次认定")
    client = sign_in(row.student)
    answer = client.get(f"{CHOOSE}?round={round_.pk}&category=paper", follow=True)
    assert MEASURE in answer.content.decode()
    posted = {f"fact_{name}": value for name, value in PAPER.items()} | {"content": "另一篇", "claimed_points": "6"}
    answer = client.post(f"{CHOOSE}?round={round_.pk}&category=paper", posted)
    assert answer.status_code == 422
    assert MEASURE in answer.content.decode()


@pytest.mark.parametrize(("rounds", "queries"), [(1, 12), (3, 14)])
def test_whether_there_is_a_bar_is_asked_once(sign_in, django_assert_num_queries, rounds, queries):
    """Each round asks for the version it would be judged by; the bar is the scheme's."""
    client = sign_in(whu_student())
    for _again in range(rounds):
        whu_round()
    client.get(CHOOSE)
    with django_assert_num_queries(queries):
        client.get(CHOOSE)

"""Who may claim what: made during the studies, not claimed before, not barred; one project under all its names."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.identity import keys_of, normalised
from credits.models import Sanction
from credits.services.claims import submit_claim
from portal.enums import Role, StudentKind
from portal.workflow import NotAllowed
from tests.builders import fresh
from tests.whu import PAPER, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db


def refusal(claim):
    with pytest.raises(ValidationError) as refused:
        submit_claim(claim, fresh(claim.student.person), revision=None)
    return refused.value.message_dict


@pytest.mark.parametrize(
    ("day", "said"), [("2021-08-31", "在校期间"), ("2026-07-02", "在校期间"), ("2999-01-01", "不能晚于今天")]
)
def test_only_what_was_achieved_during_the_studies(day, said):
    claim = whu_claim("draft", facts={**PAPER, "published_on": day})

    assert said in str(refusal(claim)["published_on"])


@pytest.mark.parametrize("day", ["2022-09-01", "2026-07-01"])
def test_the_first_and_the_last_day_belong_to_the_studies(day):
    submit_claim(*_ready(day), revision=None)


def _ready(day):
    claim = whu_claim("draft", facts={**PAPER, "published_on": day})
    return claim, fresh(claim.student.person)


def test_only_full_time_undergraduates_claim():
    claim = whu_claim("draft", student=whu_student(kind=StudentKind.EXCHANGE))

    assert "全日制" in str(refusal(claim)["content"])


def test_another_first_affiliation_is_refused_with_its_clause():
    claim = whu_claim("draft", facts={**PAPER, "first_affiliation": ""})

    assert "不能授予" in str(refusal(claim)["first_affiliation"])


def test_the_same_doi_in_other_letters_is_the_same_paper():
    student = whu_student()
    whu_claim("college", student=student)
    again = whu_claim(
        "draft", student=student, facts={**PAPER, "title": "别的题目", "doi": "https://doi.org/10.1016/J.RSE.2024.01"}
    )

    assert "已在审核中" in str(refusal(again)["content"])


def test_what_counts_as_high_already_is_not_claimed_again():
    student = whu_student()
    whu_claim("recognised", student=student, score="8")
    again = whu_claim("draft", student=student)

    assert "已认定 8.0" in str(refusal(again)["content"])


def test_another_students_claim_on_the_paper_is_their_own():
    whu_claim("recognised", score="8")
    other = whu_claim("draft", student=whu_student("合作者"))

    submit_claim(other, fresh(other.student.person), revision=None)


@pytest.mark.parametrize(
    ("kind", "one", "two"),
    [
        ("doi", "10.1000/ABC.1-2", "DOI: 10.1000/abc.1-2"),
        ("doi", "10.1000/abc", "http://dx.doi.org/10.1000/ABC"),
        ("patent", "ZL 2023 1 0123456.7", "zl202310123456.7"),
        ("certificate", "（2024）国 第 12 号", "(2024)国第12号"),
        ("title", "《城市内涝》 的遥感监测", "城市内涝的遥感监测"),
    ],
)
def test_two_writings_are_one_name(kind, one, two):
    assert normalised(kind, one) == normalised(kind, two)


def test_a_doi_keeps_its_own_punctuation():
    assert normalised("doi", "10.1000/a-b") != normalised("doi", "10.1000/ab")


def test_missing_facts_name_no_project():
    claim = whu_claim("draft", facts={**PAPER, "doi": "", "title": ""})

    assert keys_of(claim) == []


@pytest.mark.parametrize(("until", "barred"), [(1, True), (0, True), (-1, False)])
def test_a_sanction_bars_until_its_last_day(until, barred):
    claim = whu_claim("draft")
    today = timezone.localdate()
    Sanction.objects.create(
        scheme=claim.scheme,
        student=claim.student,
        claim=whu_claim("draft", student=claim.student),
        finding="伪造证书",
        measure="取消",
        barred_from=today - datetime.timedelta(days=30),
        barred_until=today + datetime.timedelta(days=until),
        decided_at=timezone.now(),
        decided_by=whu_staff(Role.OFFICE),
        appeal_until=timezone.now(),
    )

    if barred:
        with pytest.raises(NotAllowed):
            submit_claim(claim, fresh(claim.student.person), revision=None)
    else:
        submit_claim(claim, fresh(claim.student.person), revision=None)

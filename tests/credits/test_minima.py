"""What a student has of what is demanded before graduation: the ledger's edges, the record page, the first page."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from credits.minima import rules_of, verdicts_of, with_missing
from credits.services.decisions import revoke_claim
from portal.enums import Role, Status, StudentKind
from portal.models import Student
from tests.builders import cover, get_version, lots_of, make_recognised, make_scheme_version, make_staff, make_student
from tests.sanctions import fed_offset, sanctioned
from tests.whu import PAPER, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
RECORD = reverse("credits:record")
DESK = reverse("conversion:desk")


@pytest.fixture
def scheme():
    return get_version().scheme


def covered(scheme, name="李明", **facts):
    student = make_student(name, **facts)
    cover(scheme, student.college)
    return student


def missing_of(student):
    """Return what is missing as the student sees it and as the list computes it; both must be one."""
    own = {each.version.scheme: each.verdict.missing for each in verdicts_of(student)}
    listed = {}
    for scheme in own:
        (row,) = with_missing(Student.objects.filter(pk=student.pk), scheme, rules_of(scheme))
        listed[scheme] = row.missing
    assert own == listed
    (missing,) = own.values()
    return missing


@pytest.mark.parametrize(
    ("points", "missing"),
    [
        ({}, "4"),
        ({"lab": ["2", "2"]}, "0"),
        ({"lab": ["2"], "art": ["1.99"]}, "0.01"),
        ({"lab": ["1.5"], "art": ["1.5"], "lecture": ["1.5"]}, "0.5"),
        ({"lab": ["0.5"], "art": ["0.5"]}, "3"),
    ],
)
def test_exactly_the_minimum_is_reached_and_one_step_below_is_not(scheme, points, missing):
    student = covered(scheme)
    for category, each in points.items():
        for amount in each:
            make_recognised(amount, student=student, category=category)

    assert missing_of(student) == Decimal(missing)


def test_two_parts_of_the_other_scheme_add_up():
    student = whu_student()
    assert missing_of(student) == 3
    whu_claim("recognised", student=student, score="7", points="7")
    assert missing_of(student) == 2


def test_what_is_pending_or_revoked_counts_nothing():
    student, office = whu_student(), whu_staff(Role.OFFICE)
    for stage in ("college", "publicity"):
        facts = {**PAPER, "doi": f"10.1000/{stage}", "title": stage}
        whu_claim(stage, student=student, facts=facts, office=office)
    facts = {**PAPER, "doi": "10.1000/gone", "title": "gone"}
    gone = whu_claim("recognised", student=student, facts=facts, office=office)
    assert missing_of(student) == 2
    revoke_claim(gone, office, reason="证书有误。", revision=None)
    assert missing_of(student) == 3


def test_what_was_cancelled_for_fraud_counts_nothing_though_an_offset_still_holds_it():
    student, office = whu_student(), whu_staff(Role.OFFICE)
    claim = whu_claim("recognised", student=student, score="7", points="7", office=office)
    fed_offset(claim, "2")
    assert missing_of(student) == 2
    sanctioned(claim, office=office)
    assert lots_of(student)[0].held == 2
    assert missing_of(student) == 3


@pytest.mark.parametrize(("counts", "held", "used"), [("recognised", 2, 2), ("unused", 2, 3), ("usable", 3, 3)])
def test_a_scheme_says_whether_what_is_applied_for_or_used_counts(counts, held, used):
    make_scheme_version("whu", replace=[('code = "since-2016"\n', f'code = "since-2016"\ncounts = "{counts}"\n')])
    found = []
    for status in (Status.IN_REVIEW, Status.RECOGNISED):
        student = whu_student()
        facts = {**PAPER, "doi": f"10.1000/{status}", "title": status.value}
        claim = whu_claim("recognised", student=student, facts=facts, score="6", points="6")
        fed_offset(claim, "6", status, code=status.value)
        found.append(missing_of(student))

    assert found == [held, used]


@pytest.mark.parametrize("facts", [{"cohort": 2015}, {"kind": StudentKind.EXCHANGE}, {"kind": StudentKind.PART_TIME}])
def test_a_cohort_without_a_rule_and_an_exempt_kind_are_not_judged(scheme, facts):
    student = covered(scheme, **facts)

    assert verdicts_of(student) == []
    assert list(with_missing(Student.objects.all(), scheme, rules_of(scheme))) == []


def test_the_record_page_shows_the_verdict_before_anything_is_recognised(sign_in, scheme):
    page = sign_in(covered(scheme)).get(RECORD).content.decode()

    assert "2020级起的毕业最低要求" in page
    assert "还差 4" in page
    assert "《认定与转换办法》第二十一条" in page


def test_the_record_page_says_when_it_is_reached(sign_in, scheme):
    student = covered(scheme)
    make_recognised("4", student=student, category="lab")

    page = sign_in(student).get(RECORD).content.decode()

    assert "还差" not in page
    assert page.count("已达到") == 3


def test_the_first_page_warns_in_the_last_year_and_not_before(sign_in, scheme):
    today = timezone.localdate()
    soon = covered(scheme, leaves_on=today + datetime.timedelta(days=366))
    later = covered(scheme, "王红", leaves_on=today + datetime.timedelta(days=367))
    done = covered(scheme, "赵亮", leaves_on=today + datetime.timedelta(days=30))
    make_recognised("4", student=done, category="lab")

    pages = [sign_in(student).get(DESK).content.decode() for student in (soon, later, done)]

    assert ["距毕业最低要求还差 4.0 分" in page for page in pages] == [True, False, False]


def test_a_student_under_no_minimum_reads_of_none(sign_in, scheme):
    assert "毕业最低要求" not in sign_in(covered(scheme, kind=StudentKind.EXCHANGE)).get(RECORD).content.decode()


def test_staff_have_no_minimum_of_their_own(sign_in, scheme):
    assert "毕业最低要求" not in sign_in(make_staff(Role.OFFICE)).get(RECORD).content.decode()

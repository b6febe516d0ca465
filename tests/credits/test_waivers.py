"""Late waivers: who may claim after the deadline, until when, why, and what follows."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from credits.choosing import offers_for
from credits.models import LateWaiver
from credits.rules import can_claim, can_review, can_submit
from credits.services.claims import attach_evidence, submit_claim
from credits.services.waivers import Wish, end_waiver, grant_waiver
from portal.enums import NoticeKind, Role, Status
from portal.models import Event, Notice
from portal.workflow import NotAllowed, StaleRecord
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    get_category,
    get_version,
    jpeg,
    make_claim,
    make_college,
    make_round,
    make_staff,
    make_student,
    make_window,
)

DAY = datetime.timedelta(days=1)


@pytest.fixture
def office(db):
    get_version()
    return make_staff(Role.OFFICE)


@pytest.fixture
def student(office):
    row = make_student()
    cover(get_version().scheme, row.college)
    return row


@pytest.fixture
def closed(student):
    return make_round(closes=-1)


def wish(who, days=5, reason="住院"):
    return Wish(who=who, until=timezone.now() + days * DAY, reason=reason)


def may(student, round_):
    return bool(can_claim(student.person, round_, get_category()))


@pytest.mark.parametrize("who", ["number", "class"])
def test_a_waiver_opens_the_round_to_its_student_or_class_until_its_date(office, student, closed, who):
    other = make_student(college=make_college("99", "别的学院"))
    cover(get_version().scheme, other.college)
    assert not may(student, closed)
    row = grant_waiver(closed, office, wish(student.person.number if who == "number" else student.class_group.name))
    assert (may(student, closed), may(other, closed)) == (True, False)
    with time_machine.travel(row.until, tick=False):
        assert may(student, closed)
    with time_machine.travel(row.until + datetime.timedelta(seconds=1), tick=False):
        assert not may(student, closed)


def test_a_draft_is_handed_in_and_decided_late(office, student):
    round_ = make_round(closes=3, staff_closes=4)
    claim = make_claim(Status.DRAFT, student=student, round_=round_)
    late = make_claim(Status.DRAFT, student=make_student(name="没有延期"), round_=round_)
    secretary = make_staff(Role.SECRETARY)
    attach_evidence(claim, student.person, jpeg(), item="certificate")
    claim.refresh_from_db()
    grant_waiver(round_, office, wish(student.person.number, days=10))
    with time_machine.travel(timezone.now() + 6 * DAY):
        assert not can_submit(late.student.person, late)
        submit_claim(claim, student.person, revision=claim.revision)
        claim.refresh_from_db()
        assert can_review(secretary, claim)
    with time_machine.travel(timezone.now() + 12 * DAY):  # the waiver is over, what was let in is still decided
        assert can_review(secretary, claim)


def test_what_was_not_let_in_late_is_not_decided_late(office, student):
    round_ = make_round(closes=3, staff_closes=4)
    claim = make_claim(Status.IN_REVIEW, student=student, round_=round_)
    with time_machine.travel(timezone.now() + 6 * DAY):
        verdict = can_review(make_staff(Role.SECRETARY), claim)
    assert not verdict
    assert "截止" in str(verdict.reason)


def test_the_student_is_told_and_reads_the_reason(office, student, closed, client):
    grant_waiver(closed, office, wish(student.person.number))
    notice = Notice.objects.get(person=student.person)
    assert notice.kind == NoticeKind.DEADLINE
    assert notice.title.startswith("可以延期申报至")
    assert (closed.name in notice.text, "理由：住院" in notice.text) == (True, True)
    client.force_login(student.person)
    page = client.get(reverse("credits:claim_new")).content.decode()
    assert "已准许你延期申报至" in page
    assert "住院" in page


def test_the_students_home_offers_the_round_until_the_waiver_ends(office, student, closed, client):
    client.force_login(student.person)
    assert client.get(reverse("conversion:desk")).context["home"].rounds == []
    waiver = grant_waiver(closed, office, wish(student.person.number))
    rounds = client.get(reverse("conversion:desk")).context["home"].rounds
    assert [(row.round, row.closes_at) for row in rounds] == [(closed, waiver.until)]


def test_a_whole_class_is_told(office, student, closed):
    make_student(name="同班")
    make_student(name="已离校", on_roll=False)
    grant_waiver(closed, office, wish(student.class_group.name))
    assert Notice.objects.count() == 2


def test_open_rounds_ask_for_no_waivers(office, student, closed, django_assert_num_queries):
    with CaptureQueriesContext(connection) as asked:
        offers_for(student)
    closed.windows.update(closes_at=timezone.now() + DAY)
    with django_assert_num_queries(len(asked) - 1):
        offers_for(student)


def test_ending_a_waiver_closes_the_round_again(office, student, closed):
    row = grant_waiver(closed, office, wish(student.person.number))
    end_waiver(row, office)
    assert not may(student, closed)
    assert Notice.objects.filter(title="延期申报许可已收回").count() == 1
    with pytest.raises(StaleRecord):
        end_waiver(row, office)
    grant_waiver(closed, office, wish(student.person.number))
    assert may(student, closed)


def test_grant_and_end_are_on_the_trail_with_the_reason(office, student, closed):
    row = grant_waiver(closed, office, wish(student.person.number))
    end_waiver(row, office)
    granted, ended = Event.objects.filter(subject_kind="waiver").order_by("pk")
    assert (granted.verb, granted.reason, granted.actor_role) == ("grant", "住院", Role.OFFICE)
    assert granted.after["person"] == student.person.number
    assert (ended.verb, list(ended.after)) == ("revoke", ["revoked_at"])


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"who": "0000"}, "who", "没有这个学号"),
        ({"days": -2}, "until", "将来"),
        ({"reason": "  "}, "reason", "理由"),
        ({"reason": "长" * 201}, "reason", "最多"),
    ],
)
def test_what_cannot_be_granted_is_said_beside_its_field(office, student, closed, facts, field, words):
    with pytest.raises(ValidationError) as refused:
        grant_waiver(closed, office, wish(**{"who": student.person.number, **facts}))
    assert words in " ".join(refused.value.message_dict[field])
    assert not LateWaiver.objects.exists()
    assert not Event.objects.filter(subject_kind="waiver").exists()


def test_a_waiver_gives_more_time_than_the_round_does(office, student):
    with pytest.raises(ValidationError, match="才截止"):
        grant_waiver(make_round(closes=8), office, wish(student.person.number))


def test_a_round_that_is_not_for_the_cohort_is_opened_there_first(office, student):
    with pytest.raises(ValidationError, match="没有对"):
        grant_waiver(make_round(closes=-1, cohort=1999), office, wish(student.person.number))


def test_one_waiver_at_a_time(office, student, closed):
    grant_waiver(closed, office, wish(student.person.number))
    with pytest.raises(ValidationError, match="已有延期许可"):
        grant_waiver(closed, office, wish(student.person.number))
    facts = {"round": closed, "until": timezone.now(), "reason": "又", "granted_by": office}
    for wrong in ({"student": student}, {}, {"student": student, "class_group": student.class_group}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LateWaiver.objects.create(**facts, **wrong)


def test_only_the_office_of_the_scheme_grants(office, student, closed):
    for stranger in (make_staff(Role.SECRETARY), make_staff(Role.OFFICE, scheme="whu"), student.person):
        with pytest.raises(NotAllowed):
            grant_waiver(closed, stranger, wish(student.person.number))


def test_a_cohorts_own_date_holds_for_it_alone(student):
    round_ = make_round(closes=-1)
    make_window(round_, Role.STUDENT, closes=5, cohort=student.cohort)
    other = make_student(cohort=student.cohort - 1, college=student.college)
    assert (may(student, round_), may(other, round_)) == (True, False)


def test_the_office_grants_and_ends_on_the_page(office, student, closed, client):
    client.force_login(office)
    address = reverse("review:waivers", args=[closed.pk])
    form = {"who": student.person.number, "until": f"{timezone.localtime() + 5 * DAY:%Y-%m-%dT%H:%M}", "reason": "住院"}
    assert client.post(address, {**form, "who": "0000"}).status_code == 422
    assert client.post(address, form).status_code == 302
    page = client.get(address).content.decode()
    assert student.person.number in page
    assert "住院" in page
    client.post(reverse("review:waiver_end", args=[LateWaiver.objects.get().pk]))
    assert "已收回" in client.get(address).content.decode()


def test_after_a_waiver_has_run_out_another_may_follow(office, student, closed, client):
    first = grant_waiver(closed, office, wish(student.person.number, days=1))
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert not may(student, closed)
        grant_waiver(closed, office, wish(student.person.number))
        assert may(student, closed)
        client.force_login(office)
        page = client.get(reverse("review:waivers", args=[closed.pk])).content.decode()
    first.refresh_from_db()
    assert first.ended_at == first.until
    assert ("已过期" in page, "已收回" in page) == (True, False)


def test_what_came_in_before_the_deadline_gains_nothing_from_a_waiver(office, student):
    round_ = make_round(closes=3, staff_closes=4)
    claim = make_claim(Status.IN_REVIEW, student=student, round_=round_)
    grant_waiver(round_, office, wish(student.class_group.name, days=10))
    with time_machine.travel(timezone.now() + 6 * DAY):
        assert not can_review(make_staff(Role.SECRETARY), claim)


@pytest.mark.parametrize("who", ["number", "class"])
def test_nobody_grants_a_waiver_to_themself_or_the_own_class(office, student, closed, who):
    student.person = office
    student.save()
    student.refresh_from_db()
    with pytest.raises(ValidationError, match="其他同事"):
        grant_waiver(closed, office, wish(office.number if who == "number" else student.class_group.name))
    assert not LateWaiver.objects.exists()


@pytest.mark.parametrize("who", ["number", "class"])
def test_whom_the_scheme_does_not_cover_is_nobody_to_its_office(office, closed, who):
    foreign = make_student("别校学生", college=make_college(*OTHER_COLLEGE))
    with pytest.raises(ValidationError, match="没有这个学号"):
        grant_waiver(closed, office, wish(foreign.person.number if who == "number" else foreign.class_group.name))
    assert not LateWaiver.objects.exists()
    assert not Notice.objects.exists()


def test_a_waiver_opens_no_round_before_it_begins(office, student, client):
    round_ = make_round(opens=3, closes=5)
    grant_waiver(round_, office, wish(student.person.number, days=9))
    assert not may(student, round_)
    assert [offer.is_open for offer in offers_for(student)] == [False]
    with time_machine.travel(timezone.now() + 7 * DAY):
        assert may(student, round_)
        assert [offer.is_open for offer in offers_for(student)] == [True]

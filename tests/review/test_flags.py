"""What is late, differs or came back is found by a filter; the office sees which college is late."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from credits.models import Claim
from credits.rules import can_submit
from credits.services.claims import attach_evidence, submit_claim
from credits.services.decisions import return_claim
from credits.services.waivers import Wish, grant_waiver
from portal.enums import Role, Status
from portal.models import Notice
from review.reminding import remind_of_queues
from tests.builders import (
    OTHER_COLLEGE,
    fresh,
    jpeg,
    make_claim,
    make_college,
    make_round,
    make_student,
    make_window,
)
from tests.review.conftest import shown

LIST, DESK = "/desk/claims/", "/desk/"


def with_flag(client, flag, **more):
    return shown(client.get(LIST, {"show": "in_review", "flag": flag, **more}))


@pytest.mark.parametrize(
    ("flag", "facts"),
    [
        ("differs", {"suggested_points": "1"}),
        ("unsuggested", {"suggested_points": None}),
        ("escalated", {"escalated": "分歧"}),
    ],
)
def test_each_flag_finds_its_claims_alone(staff, secretary, flag, facts):
    make_claim(Status.IN_REVIEW)
    wanted = make_claim(Status.IN_REVIEW)
    Claim.objects.filter(pk=wanted.pk).update(**facts)
    assert with_flag(secretary, flag) == [wanted.pk]


def test_what_was_returned_and_handed_in_again_is_found(staff, secretary):
    make_claim(Status.IN_REVIEW)
    wanted = make_claim(Status.IN_REVIEW)
    return_claim(wanted, staff.secretary, reason="补材料", revision=None)
    Claim.objects.filter(pk=wanted.pk).update(status=Status.IN_REVIEW, stage="college")
    assert with_flag(secretary, "amended") == [wanted.pk]


def test_late_is_what_stands_in_a_stage_after_its_date(staff, secretary):
    on_time, late = make_round(staff_closes=3), make_round(staff_closes=-2)
    make_claim(Status.IN_REVIEW, round_=on_time)
    wanted = make_claim(Status.IN_REVIEW, round_=late)
    done = make_claim(Status.IN_REVIEW, round_=late)
    Claim.objects.filter(pk=done.pk).update(stage="office")  # the secretary was in time
    assert with_flag(secretary, "late") == [wanted.pk]
    make_window(late, Role.SECRETARY, closes=5, cohort=wanted.cohort)
    assert with_flag(secretary, "late") == []


def test_the_office_sees_who_is_late_and_how_much(staff, office):
    late, other = make_round(staff_closes=-2), make_college(*OTHER_COLLEGE)
    for college, number in ((None, 1), (other, 2)):
        student = make_student("张三", college=college)
        for _number in range(number):
            make_claim(Status.IN_REVIEW, student=student, round_=late)
    page = office.get(DESK)
    assert [(row.college, row.count) for row in page.context["late"]] == [(other.name, 2), (make_college().name, 1)]
    first = page.context["late"][0]
    assert first.since.date() <= timezone.now().date()
    assert len(shown(office.get(f"{LIST}?{first.query}"))) == 2
    assert "2 条未审" in page.content.decode()
    assert not staff.client("secretary").get(DESK).context["late"]


def test_a_college_is_chosen_where_there_are_several(staff, office, secretary):
    away = make_claim(Status.IN_REVIEW, student=make_student("外院", college=make_college(*OTHER_COLLEGE)))
    make_claim(Status.IN_REVIEW)
    assert shown(office.get(LIST, {"show": "all", "college": away.college_id})) == [away.pk]
    assert 'name="college"' not in secretary.get(LIST).content.decode()


def test_what_was_let_in_late_is_late_nowhere(staff):
    """No filter, date, count or reminder holds against reviewers what they were given after their own date."""
    noon = timezone.localtime().replace(hour=12, minute=0)
    round_, student = make_round(closes=3, staff_closes=4), make_student("住院")
    late = make_claim(Status.IN_REVIEW, round_=round_, student=student)
    claim = make_claim(Status.DRAFT, round_=round_, student=student, content="延期提交的一项")
    attach_evidence(claim, student.person, jpeg(), item="certificate")
    wish = Wish(who=student.person.number, until=noon + datetime.timedelta(days=10), reason="住院")
    grant_waiver(round_, staff.office, wish)
    with time_machine.travel(noon + datetime.timedelta(days=6)):
        submit_claim(claim, fresh(student.person), revision=None)
    with time_machine.travel(noon + datetime.timedelta(days=20)):
        secretary = staff.client("secretary")
        assert with_flag(secretary, "late") == [late.pk]
        rows = {row["pk"]: row["due"] for row in secretary.get(LIST).context["rows"]}
        assert (rows[claim.pk], rows[late.pk] is None) == (None, False)
        assert [row.count for row in staff.client("office").get(DESK).context["late"]] == [1]
        remind_of_queues()
        assert "1 条" in Notice.objects.get(person=staff.secretary).title  # what is late is the office's by now
        return_claim(claim, staff.secretary, reason="补材料", revision=None)
        claim.refresh_from_db()
        assert can_submit(fresh(student.person), claim)

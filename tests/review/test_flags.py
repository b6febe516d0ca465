"""What is late, differs or came back is found by a filter; the office sees which college is late."""

import pytest
from django.utils import timezone

from credits.models import Claim
from credits.services.decisions import return_claim
from portal.enums import Role, Status
from tests.builders import OTHER_COLLEGE, make_claim, make_college, make_round, make_student, make_window
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

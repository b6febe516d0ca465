"""The desk: what waits by age and by state, deadlines, the missing, one's own decisions."""

import datetime

from django.utils import timezone

from conversion.models import Form
from credits.models import Claim
from credits.services.decisions import refuse_claim, return_claim
from portal.enums import Role, Status
from tests.builders import OTHER_COLLEGE, make_application, make_claim, make_college, make_round, make_student

URL = "/desk/"


def counts(tiles):
    return {str(tile.value): tile.count.number for tile in tiles}


def test_home_leads_staff_to_the_desk(staff, secretary):
    response = secretary.get("/", follow=True)
    assert response.redirect_chain[-1][0] == URL


def test_what_waits_is_counted_by_age_and_by_state(staff, secretary):
    for days in (0, 1, 5, 30, 40):
        claim = make_claim(Status.IN_REVIEW)
        Claim.objects.filter(pk=claim.pk).update(stage_entered_at=timezone.now() - datetime.timedelta(days=days))
    make_claim(Status.IN_REVIEW, stage="office")
    make_claim(Status.REFUSED)
    make_claim(Status.IN_REVIEW, student=make_student(college=make_college(*OTHER_COLLEGE)))
    pile = secretary.get(URL).context["claims"]
    assert pile.waiting.number == 5
    assert counts(pile.ages) == {"today": 1, "3d": 1, "7d": 1, "older": 2}
    assert counts(pile.states) == {"in_review": 6, "returned": 0, "recognised": 0, "refused": 1}
    assert "开始审核" in secretary.get(URL).content.decode()


def test_an_empty_desk_says_so(staff, secretary):
    text = secretary.get(URL).content.decode()
    assert "没有等待您审核的内容" in text
    assert "开始审核" not in text


def test_readers_get_figures_and_no_work(staff):
    make_claim(Status.IN_REVIEW)
    for role in ("counsellor", "auditor"):
        response = staff.client(role).get(URL)
        assert response.context["claims"].decides is False
        assert "开始审核" not in response.content.decode()


def test_own_decisions_of_both_kinds_stand_on_the_desk(staff, secretary):
    claim = make_claim(Status.IN_REVIEW)
    return_claim(claim, staff.secretary, reason="证书看不清", revision=None)
    refuse_claim(make_claim(Status.IN_REVIEW), staff.colleague, reason="别人做的", revision=None)
    application = make_application(Status.IN_REVIEW)
    facts = {"verb": "approve", "revision": application.revision, "reason": ""}
    secretary.post(f"/desk/applications/{application.pk}/decide/", facts)
    rows = secretary.get(URL).context["decisions"]
    assert [row["route"] for row in rows] == ["review:application", "review:claim"]
    assert rows[1]["reason"] == "证书看不清"


def test_missing_forms_and_deadlines_are_near(staff, secretary):
    make_application(Status.RECOGNISED)
    make_round(name="本学年认定", staff_closes=3)
    make_round(name="未发布", staff_closes=2, is_published=False)
    context = secretary.get(URL).context
    assert context["missing"].number == Form.objects.count() == 1
    assert [(row.window.round.name, row.window.role) for row in context["deadlines"]] == [
        ("本学年认定", Role.SECRETARY)
    ]
    assert staff.client("auditor").get(URL).context["missing"] is None


def test_the_desk_costs_the_same_whatever_waits(staff, secretary, django_assert_num_queries):
    make_claim(Status.IN_REVIEW)
    secretary.get(URL)
    for _number in range(3):
        make_claim(Status.IN_REVIEW)
        return_claim(make_claim(Status.IN_REVIEW), staff.secretary, reason="补材料", revision=None)
    # session, person, appointments, roll; claims: 4 ages, 4 states; applications: the same; missing, deadlines,
    # decisions of both kinds; notices
    with django_assert_num_queries(25):
        secretary.get(URL)

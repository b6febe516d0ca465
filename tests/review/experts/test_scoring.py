"""Scores inside the range, changed until the result stands; abstention and replacement; median and committee."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.models import Claim, ClaimEvent
from credits.services.claims import submit_claim, withdraw_claim
from credits.services.decisions import endorse_claim, return_claim
from credits.services.teams import set_team_method
from portal.enums import Role, Status
from portal.models import Appointment, Event, Notice
from portal.workflow import NotAllowed, StaleSubject
from review.experts.routing import scores_now
from review.models import Assignment
from review.services.assigning import take_back
from review.services.conflicts import declare_conflict
from review.services.scoring import abstain, score_claim
from tests.builders import fresh
from tests.experts import WIDE, assigned, fresh_task, give, make_expert, make_scored_claim, scoring_claim
from tests.whu import together, whu_staff, whu_student

pytestmark = pytest.mark.django_db


def stand(claim):
    claim.refresh_from_db()
    return claim.status, claim.stage, claim.facts.get("score"), claim.escalated


def scores(claim):
    return list(Assignment.objects.filter(claim=claim).order_by("pk").values_list("state", "score"))


def test_the_median_of_three_goes_to_the_committee():
    claim = make_scored_claim("2.5", "3", "2.7")

    assert stand(claim) == (Status.IN_REVIEW, "committee", "2.70", "")
    assert claim.recognised_points == Decimal("2.70")


def test_nothing_is_settled_before_the_last_score():
    claim = scoring_claim()
    tasks = assigned(claim)

    give(tasks[0], "3")
    give(tasks[1], "3")

    assert stand(claim) == (Status.IN_REVIEW, "experts", None, "")


def test_a_wider_spread_than_a_third_is_put_before_the_committee():
    assert "1/3" in stand(make_scored_claim("1", "2", "2.01"))[3]


def test_a_spread_of_exactly_a_third_is_not():
    assert stand(make_scored_claim("1", "1", "2"))[3] == ""


def test_a_mates_claim_is_never_scored_by_itself():
    lead = scoring_claim(facts=together(2, item="EI期刊", level=""), mates=[(2, whu_student("队员"))])
    mate = lead.achievement.members.get(rank=2).claim

    assert scores_now(lead)
    assert not scores_now(mate)
    task = Assignment.objects.create(
        claim=mate, expert=make_expert(), assigned_by=whu_staff(Role.OFFICE), assigned_at=timezone.now()
    )
    with pytest.raises(StaleSubject):
        give(task, "3")


def test_each_score_is_one_event_that_names_nobody_to_students():
    claim = scoring_claim()
    task = assigned(claim)[0]
    before = ClaimEvent.objects.filter(subject=claim).count()

    give(task, "3", comment="方法扎实")

    event = ClaimEvent.objects.filter(subject=claim).last()
    assert ClaimEvent.objects.filter(subject=claim).count() == before + 1
    assert (event.verb, event.actor_role, event.reason) == ("score", Role.EXPERT, "")
    assert (event.after["given"], event.after["comment"]) == ("3.00", "方法扎实")


def test_a_score_can_be_changed_until_the_result_stands():
    claim = scoring_claim()
    tasks = assigned(claim)
    give(tasks[0], "1")
    give(tasks[0], "3", comment="重看之后")
    give(tasks[1], "3")
    give(tasks[2], "3")

    assert stand(claim)[2] == "3.00"
    with pytest.raises(StaleSubject):
        give(tasks[0], "1")
    assert scores(claim) == [("scored", Decimal(3))] * 3


@pytest.mark.parametrize("score", ["0.99", "4.01", "-3", "9999", "NaN", "abc", "", "3.001"])
def test_a_crafted_score_is_refused_and_changes_nothing(score):
    claim = scoring_claim()
    task = assigned(claim)[0]
    revision = Claim.objects.get(pk=claim.pk).revision

    with pytest.raises(ValidationError) as refused:
        score_claim(fresh_task(task), fresh(task.expert), score=score)

    assert list(refused.value.message_dict) == ["score"]
    assert scores(claim)[0] == ("waiting", None)
    assert Claim.objects.get(pk=claim.pk).revision == revision


def test_nobody_scores_what_another_was_given():
    claim = scoring_claim()
    task = assigned(claim)[0]
    strangers = [make_expert("外人"), whu_staff(Role.OFFICE), whu_staff(Role.COMMITTEE), fresh(claim.student.person)]
    for person in strangers:
        for act in (lambda who: score_claim(task, who, score="3"), lambda who: abstain(task, who, reason="我不评")):
            with pytest.raises(NotAllowed):
                act(person)
    assert scores(claim)[0] == ("waiting", None)


def test_an_appointment_that_ended_scores_no_more():
    task = assigned()[0]
    Appointment.objects.filter(person=task.expert).update(ends_on="2021-01-01")

    with pytest.raises(NotAllowed):
        give(task, "3")


def test_a_conflict_that_appears_after_the_assignment_blocks_and_asks_to_abstain():
    claim = scoring_claim()
    task = assigned(claim)[0]
    declare_conflict(claim.scheme, fresh(task.expert), task.expert, claim.student, reason="亲属")

    with pytest.raises(NotAllowed) as refused:
        give(task, "3")
    assert "请回避" in str(refused.value)
    abstain(fresh_task(task), fresh(task.expert), reason="亲属")
    assert scores(claim)[0] == ("abstained", None)


def test_a_score_whose_expert_is_tied_holds_the_result_up_until_it_is_taken_back():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tasks = assigned(claim, [make_expert(name) for name in ("甲", "乙", "丙", "丁")])
    give(tasks[0], "1")
    with pytest.raises(NotAllowed):
        take_back(fresh_task(tasks[0]), office, reason="分数太低")  # a score is not taken back for what it says
    declare_conflict(claim.scheme, office, tasks[0].expert, claim.student, reason="师生")
    for task in tasks[1:]:
        give(task, "3")
    assert stand(claim)[1] == "experts"

    take_back(fresh_task(tasks[0]), office, reason="存在利益关系")

    assert stand(claim) == (Status.IN_REVIEW, "committee", "3.00", "")


def test_who_abstains_is_replaced_by_the_expert_with_the_fewest_tasks():
    claim = scoring_claim()
    tasks = assigned(claim)
    busy, idle = make_expert("忙"), make_expert("闲")
    assigned(scoring_claim(facts={**WIDE, "doi": "10.1/other"}, student=whu_student("别人")), [busy])
    Notice.objects.all().delete()

    made = abstain(tasks[0], fresh(tasks[0].expert), reason="不熟悉该领域")

    assert made.expert == idle
    assert [notice.person for notice in Notice.objects.all()] == [idle]
    verbs = list(
        Event.objects.filter(subject_kind="assignment", subject_key=str(claim.pk)).values_list("verb", "actor_name")
    )
    assert verbs[-2:] == [("abstain", tasks[0].expert.name), ("assign", "system")]
    assert ClaimEvent.objects.filter(subject=claim, verb="score").count() == 0


def test_where_nobody_is_left_the_assigners_are_told():
    unit, office = whu_staff(Role.OWNER_UNIT, category="paper"), whu_staff(Role.OFFICE)
    tasks = assigned(office=office)
    Notice.objects.all().delete()

    assert abstain(tasks[0], fresh(tasks[0].expert), reason="不熟悉该领域") is None

    assert [notice.person for notice in Notice.objects.all()] == [unit]


def test_where_no_unit_is_appointed_the_office_is_told():
    office = whu_staff(Role.OFFICE)
    tasks = assigned(office=office)
    Notice.objects.all().delete()
    abstain(tasks[0], fresh(tasks[0].expert), reason="不熟悉该领域")

    assert office in {notice.person for notice in Notice.objects.all()}


def test_an_abstention_needs_its_reason():
    task = assigned()[0]
    with pytest.raises(ValidationError):
        abstain(task, fresh(task.expert), reason="  ")
    assert fresh_task(task).state == "waiting"


def test_who_abstained_from_a_claim_is_never_asked_again():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tasks = assigned(claim, office=office)
    abstain(tasks[0], fresh(tasks[0].expert), reason="不熟悉")
    from review.services.assigning import assign_expert, plan_experts  # noqa: PLC0415 - beside its use

    with pytest.raises(ValidationError):
        assign_expert(claim, office, tasks[0].expert)
    claim.refresh_from_db()
    assert plan_experts([claim])[0].experts == ()


def test_the_last_abstention_settles_what_the_others_scored():
    claim = scoring_claim()
    tasks = assigned(claim, [make_expert(name) for name in ("甲", "乙", "丙", "丁")])
    for task in tasks[:3]:
        give(task, "2")

    assert abstain(fresh_task(tasks[3]), fresh(tasks[3].expert), reason="不熟悉") is None

    assert stand(claim)[1:3] == ("committee", "2.00")


def test_taking_the_last_task_back_settles_too_and_tells_the_expert():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tasks = assigned(claim, [make_expert(name) for name in ("甲", "乙", "丙", "丁")], office=office)
    for task in tasks[:3]:
        give(task, "2")
    Notice.objects.all().delete()

    take_back(fresh_task(tasks[3]), office, reason="出差")

    assert stand(claim)[1] == "committee"
    assert tasks[3].expert in {notice.person for notice in Notice.objects.all()}


def test_a_score_can_be_given_back_by_abstaining_while_the_result_is_open():
    claim = scoring_claim()
    tasks = assigned(claim)
    give(tasks[0], "3")
    abstain(fresh_task(tasks[0]), fresh(tasks[0].expert), reason="想起与申报人合作过")

    assert scores(claim)[0] == ("abstained", None)


def test_a_returned_claim_is_scored_anew():
    claim, office = scoring_claim(), whu_staff(Role.OFFICE)
    tasks = assigned(claim, office=office)
    give(tasks[0], "1")
    claim.refresh_from_db()
    return_claim(claim, office, reason="缺页", revision=None, may=lambda _p, _c: yes())
    with pytest.raises(StaleSubject):
        give(tasks[1], "1")
    submit_claim(claim, fresh(claim.student.person), revision=None)
    endorse_claim(claim, whu_staff(Role.SECRETARY), revision=None)
    endorse_claim(claim, office, revision=None)

    with pytest.raises(StaleSubject):
        give(tasks[1], "1")
    again = assigned(claim, [task.expert for task in tasks], office=office)
    assert [task.turn for task in again] == [2, 2, 2]
    for task in again:
        give(task, "3")
    assert stand(claim)[1:3] == ("committee", "3.00")
    assert Assignment.objects.filter(claim=claim, turn=1, state="scored").count() == 1


def yes():
    from portal.verdict import Verdict  # noqa: PLC0415 - beside its use

    return Verdict.yes(Role.OFFICE)


def test_a_withdrawn_claim_is_scored_no_more():
    claim = scoring_claim()
    task = assigned(claim)[0]
    claim.refresh_from_db()
    withdraw_claim(claim, fresh(claim.student.person), revision=None)
    with pytest.raises(StaleSubject):
        give(task, "3")


# --- Teams ---


def team_claim():
    mates = [(2, whu_student("队员乙"))]
    return scoring_claim(facts=together(2, item="EI期刊", level=""), mates=mates)


def test_the_experts_majority_changes_how_a_team_shares():
    claim = team_claim()
    tasks = assigned(claim)
    for task in tasks[:2]:
        give(task, "3", method="按排位", comment="排位次序明确")
    give(tasks[2], "3")

    claim.refresh_from_db()
    team = claim.achievement
    assert (claim.facts["team_method"], team.method_role) == ("按排位", Role.EXPERT)
    assert "2 位建议" in team.method_reason
    assert "排位次序明确" in team.method_reason
    verbs = list(ClaimEvent.objects.filter(subject=claim).values_list("verb", flat=True))
    assert verbs[-2:] == ["share", "score"]
    mate = Claim.objects.get(follows_lead=True)
    assert (mate.stage, mate.recognised_points) == ("committee", Decimal("1.50"))


def test_half_of_the_experts_are_no_majority():
    claim = team_claim()
    tasks = assigned(claim, [make_expert(name) for name in ("甲", "乙", "丙", "丁")])
    for task in tasks[:2]:
        give(task, "3", method="按排位", comment="排位")
    for task in tasks[2:]:
        give(task, "3")

    claim.refresh_from_db()
    assert "team_method" not in claim.facts
    assert claim.stage == "committee"


@pytest.mark.parametrize(
    ("method", "comment", "field"),
    [("按排位", " ", "comment"), ("按比例", "约定", "method"), ("抽签", "好玩", "method")],
)
def test_a_suggestion_needs_its_reason_and_is_one_of_the_schemes_ways(method, comment, field):
    task = assigned(team_claim())[0]
    with pytest.raises(ValidationError) as refused:
        give(task, "3", method=method, comment=comment)
    assert list(refused.value.message_dict) == [field]


def test_what_one_person_did_alone_has_no_way_of_sharing():
    with pytest.raises(ValidationError):
        give(assigned()[0], "3", method="按排位", comment="排位")


def test_the_present_way_of_sharing_is_no_suggestion():
    claim = team_claim()
    set_team_method(claim, whu_staff(Role.OFFICE), method="按排位", reason="学院建议", revision=None)
    task = assigned(claim)[0]
    assert give(task, "3", method="按排位").method == ""

"""One member files, mates confirm, the lead's moves carry their claims, shares are reckoned once."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.enums import MemberState
from credits.models import Claim, Member
from credits.services.claims import Content, reopen_claim, save_claim, submit_claim, withdraw_claim
from credits.services.decisions import endorse_claim, return_claim
from credits.services.teams import Mate, answer_membership, exclude_member, name_team, set_team_method, share_rows
from portal.enums import Role, Status, StudentKind
from portal.models import Appointment
from portal.workflow import NotAllowed, WorkflowError
from tests.builders import fresh
from tests.sanctions import sanctioned
from tests.whu import name_mates, settle, together, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db


def team_claim(size=3, mates=2, stage="draft", **facts):
    others = [(rank, whu_student(f"队员{rank}")) for rank in range(2, mates + 2)]
    return whu_claim(stage, facts=together(size, **facts), mates=others)


def following(claim):
    return list(Claim.objects.filter(membership__achievement__lead=claim, follows_lead=True).order_by("pk"))


def test_a_confirmed_mate_gets_a_claim_that_follows():
    claim = team_claim(stage="college")

    mates = following(claim)

    assert [mate.facts["rank"] for mate in mates] == ["2", "3"]
    assert {(mate.status, mate.stage) for mate in mates} == {(Status.IN_REVIEW, "college")}
    assert [event.verb for event in mates[0].events.all()] == ["start", "submit"]


def test_the_events_by_which_a_mate_follows_name_the_stage():
    claim = whu_claim("draft", facts=together(2))
    member = name_mates(claim, [(2, whu_student("队员"))], answer=False).members.get(rank=2)
    submit_claim(claim, fresh(claim.student.person), revision=None)

    for agrees in (True, False, True):
        member.refresh_from_db()
        answer_membership(member, fresh(member.student.person), agrees=agrees, answer="我想想")

    told = following(claim)[0].events.order_by("pk").values_list("verb", "from_state", "to_state")
    assert list(told) == [
        ("start", "", "in_review:college"),
        ("withdraw", "in_review:college", "withdrawn"),
        ("agree", "withdrawn", "in_review:college"),
    ]


def test_a_mates_claim_is_never_in_a_queue_and_never_edited():
    claim = team_claim(stage="college")
    mate = following(claim)[0]
    secretary = whu_staff(Role.SECRETARY)
    owner = fresh(mate.student.person)

    assert list(Claim.objects.waiting_for(secretary)) == [claim]
    with pytest.raises(NotAllowed):
        withdraw_claim(mate, owner, revision=None)
    with pytest.raises(WorkflowError):
        save_claim(mate, owner, Content("我的", {}, Decimal(1)), revision=None)


def test_the_college_waits_for_the_mates_or_leaves_them_out():
    claim = whu_claim("draft", facts=together(2))
    team = name_mates(claim, [(2, whu_student("队员"))], answer=False)
    submit_claim(claim, fresh(claim.student.person), revision=None)
    secretary = whu_staff(Role.SECRETARY)

    with pytest.raises(ValidationError) as refused:
        endorse_claim(claim, secretary, revision=None)
    assert "team" in refused.value.message_dict
    exclude_member(team.members.get(rank=2), secretary, reason="未在期限内确认", revision=None)
    endorse_claim(claim, secretary, revision=None)

    assert claim.stage == "office"
    assert following(claim) == []


def test_a_disputing_mate_stops_the_claim_and_says_why():
    claim = whu_claim("draft", facts=together(2))
    member = name_mates(claim, [(2, whu_student("队员"))], answer=False).members.get(rank=2)

    with pytest.raises(ValidationError):
        answer_membership(member, fresh(member.student.person), agrees=False)
    answer_membership(member, fresh(member.student.person), agrees=False, answer="我是第三作者")

    with pytest.raises(ValidationError) as refused:
        submit_claim(claim, fresh(claim.student.person), revision=None)
    assert "我是第三作者" in str(refused.value)


def barred_mate():
    mate, today = whu_student("队员"), timezone.localdate()
    sanctioned(
        whu_claim("college", student=mate),
        barred_from=today - datetime.timedelta(days=1),
        barred_until=today + datetime.timedelta(days=30),
    )
    return mate


def from_today():
    today = timezone.localdate()
    return {"entered_on": today, "leaves_on": today + datetime.timedelta(days=1400)}


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (barred_mate, "因违规处理"),
        (lambda: whu_student("队员", kind=StudentKind.EXCHANGE), "交换生"),
        (lambda: whu_student("队员", **from_today()), "在校期间"),
    ],
    ids=["barred", "another kind of student", "not yet a student then"],
)
def test_a_mate_who_could_not_claim_alone_may_dispute_but_not_confirm(make, why):
    claim = whu_claim("draft", facts=together(2))
    member = name_mates(claim, [(2, make())], answer=False).members.get(rank=2)
    actor = fresh(member.student.person)

    with pytest.raises(ValidationError) as refused:
        answer_membership(member, actor, agrees=True)

    assert why in str(refused.value)
    assert "有异议" in str(refused.value)
    assert Member.objects.get(pk=member.pk).state == MemberState.WAITING
    assert following(claim) == []
    answer_membership(member, actor, agrees=False, answer="我当时不能申报")
    assert Member.objects.get(pk=member.pk).state == MemberState.DISPUTED


def test_nobody_else_answers_for_a_mate():
    claim = whu_claim("draft", facts=together(3))
    team = name_mates(claim, [(2, whu_student("甲")), (3, whu_student("乙"))], answer=False)
    first, second = team.members.filter(state="waiting")

    with pytest.raises(NotAllowed):
        answer_membership(first, fresh(whu_student("路人").person), agrees=True)
    with pytest.raises(ValidationError):
        answer_membership(first, fresh(second.student.person), agrees=True)
    assert Member.objects.get(pk=first.pk).state == MemberState.WAITING


@pytest.mark.parametrize(
    ("mates", "said"),
    [
        ([Mate(4, "", "nobody")], "不在学籍名册"),
        ([Mate(4, "外校人")], "超出团队人数"),
        ([Mate(1, "外校人")], "你自己的排位"),
        ([Mate(2, "甲"), Mate(2, "乙")], "填写了两次"),
        ([Mate(2)], "请填写学号"),
    ],
)
def test_an_impossible_line_is_named(mates, said):
    claim = whu_claim("draft", facts=together(3))

    with pytest.raises(ValidationError) as refused:
        name_team(claim, fresh(claim.student.person), mates, revision=None)

    assert said in str(refused.value)
    assert not Member.objects.exists()


def test_a_number_with_another_name_is_refused():
    claim, other = whu_claim("draft", facts=together(3)), whu_student("真名")

    with pytest.raises(ValidationError) as refused:
        name_team(claim, fresh(claim.student.person), [Mate(2, "假名", other.person.number)], revision=None)

    assert "不符" in str(refused.value)


def test_a_mate_who_left_the_roll_is_refused():
    claim, gone = whu_claim("draft", facts=together(3)), whu_student("离校", on_roll=False)

    with pytest.raises(ValidationError) as refused:
        name_team(claim, fresh(claim.student.person), [Mate(2, "", gone.person.number)], revision=None)

    assert "不在学籍名册" in str(refused.value)


def test_naming_anew_keeps_answers_and_withdraws_who_is_gone():
    claim = team_claim()
    kept, gone = claim.achievement.members.get(rank=2), claim.achievement.members.get(rank=3)

    name_team(
        claim,
        fresh(claim.student.person),
        [Mate(2, "", kept.student.person.number), Mate(3, "校外合作者")],
        revision=None,
    )

    assert [(m.rank, m.state) for m in claim.achievement.members.order_by("rank")] == [
        (1, MemberState.LEAD),
        (2, MemberState.CONFIRMED),
        (3, MemberState.OUTSIDER),
    ]
    assert Claim.objects.get(pk=gone.claim_id).status == Status.WITHDRAWN


@pytest.mark.parametrize(
    ("method", "ratios", "points"),
    [
        ("按全额", {}, ["7.00", "7.00", "7.00"]),
        ("按人数均分", {}, ["2.34", "2.33", "2.33"]),
        ("按排位", {}, ["7.00", "3.50", "2.33"]),
        ("按比例", {1: Decimal(50), 2: Decimal(30), 3: Decimal(20)}, ["3.50", "2.10", "1.40"]),
    ],
)
def test_each_method_shares_the_score(method, ratios, points):
    claim = team_claim(stage="college")
    secretary = whu_staff(Role.SECRETARY)

    set_team_method(claim, secretary, method=method, ratios=ratios, reason="按贡献大小", revision=None)
    endorse_claim(claim, secretary, revision=None)
    endorse_claim(claim, whu_staff(Role.OFFICE), revision=None)
    settle(claim, "7")

    given = [claim.recognised_points, *(mate.recognised_points for mate in following(claim))]
    assert [str(value) for value in given] == points
    assert claim.achievement.method_by == secretary


def test_the_method_is_chosen_on_the_leads_claim_alone_and_never_on_ones_own():
    claim, office = team_claim(stage="college"), whu_staff(Role.OFFICE)
    mate = following(claim)[0]
    Appointment.objects.create(
        person=claim.student.person, role=Role.OFFICE, scheme_code="whu", starts_on=datetime.date(2020, 1, 1)
    )

    for row, actor in ((mate, office), (claim, fresh(claim.student.person))):
        with pytest.raises(NotAllowed):
            set_team_method(row, actor, method="按排位", reason="按署名次序", revision=None)

    mate.refresh_from_db()
    assert "team_method" not in mate.facts


def test_ratios_beyond_the_whole_are_refused():
    claim = team_claim(stage="college")

    with pytest.raises(ValidationError) as refused:
        set_team_method(
            claim,
            whu_staff(Role.SECRETARY),
            method="按比例",
            ratios={1: Decimal(60), 2: Decimal(30), 3: Decimal(20)},
            reason="按贡献",
            revision=None,
        )

    assert "100%" in str(refused.value)
    claim.refresh_from_db()
    assert "team_method" not in claim.facts


def test_an_author_beyond_the_fifth_gets_nothing_and_no_claim():
    claim = whu_claim("draft", facts=together(6))
    member = name_mates(claim, [(6, whu_student("第六作者"))]).members.get(rank=6)

    assert member.state == MemberState.CONFIRMED
    assert member.claim is None
    row = next(row for row in share_rows(claim) if row["member"].pk == member.pk)
    assert row["high"] == 0
    assert any("> 5" in step.formula for step in row["steps"])


def test_behind_a_supervisor_the_second_author_counts_as_the_first():
    claim = whu_claim(
        "college",
        facts=together(3, rank=2, supervisor_first="true"),
        mates=[(3, whu_student("第三作者"))],
    )
    secretary = whu_staff(Role.SECRETARY)

    set_team_method(claim, secretary, method="按排位", reason="按署名次序", revision=None)

    assert claim.trace["range"] == ["6", "8"]
    assert (claim.trace["minimum"], claim.trace["maximum"]) == ("6.00", "8.00")
    assert any(step["formula"] == "2 → 1" for step in claim.trace["steps"])


def test_the_team_is_returned_and_handed_in_again_together():
    claim = team_claim(stage="college")

    return_claim(claim, whu_staff(Role.SECRETARY), reason="请补充检索证明", revision=None)
    assert {mate.status for mate in following(claim)} == {Status.RETURNED}
    submit_claim(claim, fresh(claim.student.person), revision=None)

    assert {(mate.status, mate.stage) for mate in following(claim)} == {(Status.IN_REVIEW, "college")}
    verbs = [event.verb for event in following(claim)[0].events.all()]
    assert verbs == ["start", "submit", "return", "submit"]


@pytest.mark.parametrize("gone", ["disputed", "excluded"])
def test_who_left_the_team_does_not_come_back_with_the_lead(gone):
    """A withdrawn lead's claim that is opened again carries the mates, not those who disputed or were left out."""
    claim = team_claim(size=2, mates=1, stage="college")
    member, owner = claim.achievement.members.get(rank=2), fresh(claim.student.person)
    if gone == "disputed":
        answer_membership(member, fresh(member.student.person), agrees=False, answer="排位不对")
    else:
        exclude_member(member, whu_staff(Role.SECRETARY), reason="没有参与", revision=None)

    withdraw_claim(claim, owner, revision=None)
    reopen_claim(claim, owner, revision=None)

    assert [mate.status for mate in following(claim)] == [Status.WITHDRAWN]

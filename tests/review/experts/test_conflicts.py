"""Whom an expert may not judge: every kind of tie, with what looks alike and is none."""

import pytest
from django.core.exceptions import ValidationError

from portal.enums import Role
from portal.models import Event
from portal.standing_types import Power, Standing
from portal.workflow import NotAllowed
from review.experts.conflicts import Judge, Matter, Pupil, Tie, names, ties
from review.experts.pool import experts_of, judges_of, matter_of
from review.models import Conflict
from review.services.conflicts import declare_conflict, lift_conflict
from tests.builders import make_college, make_person
from tests.experts import WIDE, assigned, give, make_expert, scoring_claim
from tests.review.conftest import client_of
from tests.whu import together, whu_college, whu_staff, whu_student

ANNA = Pupil(student_id=1, college_id=10, class_group_id=100, cohort=2022)
BERT = Pupil(student_id=2, college_id=20, class_group_id=200, cohort=2023)
TEAM = Matter("whu", (ANNA, BERT), ("论文题目",))


def judge(*powers, student_id=None, declared=(), number="T001", name="周明"):
    return Judge(number, name, Standing(student_id, powers), frozenset(declared))


def expert(**scope):
    return Power(1, Role.EXPERT, **scope)


def test_an_expert_from_elsewhere_has_no_tie():
    assert ties(judge(expert(college_id=30, scheme_code="whu")), TEAM) == ()


@pytest.mark.parametrize(
    ("who", "tie"),
    [
        (judge(expert(), student_id=1), Tie.OWN_RECORD),
        (judge(expert(), student_id=2), Tie.OWN_RECORD),
        (judge(expert(college_id=10)), Tie.OWN_COLLEGE),
        (judge(expert(college_id=20)), Tie.OWN_COLLEGE),  # a member's college, not the claimant's
        (judge(expert(), Power(2, Role.SECRETARY, college_id=10)), Tie.OWN_COLLEGE),
        (judge(expert(), Power(2, Role.COUNSELLOR, college_id=10)), Tie.OWN_CLASS),
        (judge(expert(), Power(2, Role.COUNSELLOR, college_id=10, class_group_id=100)), Tie.OWN_CLASS),
        (judge(expert(), Power(2, Role.COUNSELLOR, college_id=20, cohort=2023)), Tie.OWN_CLASS),
        (judge(expert(), declared=[2]), Tie.DECLARED),
    ],
)
def test_each_kind_of_tie_is_found_also_by_a_member_of_the_team(who, tie):
    assert ties(who, TEAM) == (tie,)


@pytest.mark.parametrize(
    "power",
    [
        Power(2, Role.COUNSELLOR, college_id=10, class_group_id=101),
        Power(2, Role.COUNSELLOR, college_id=10, cohort=2021),
        Power(2, Role.COUNSELLOR, college_id=30),
        Power(2, Role.COUNSELLOR, scheme_code="other"),
        Power(2, Role.OFFICE, college_id=10),
    ],
)
def test_other_appointments_tie_nobody(power):
    assert ties(judge(expert(), power), TEAM) == ()


@pytest.mark.parametrize(
    "text",
    [
        "周明",
        "T001",
        "指导教师：周明",
        "周明教授",
        "王芳、周明（武汉）",
        "张三,周明老师",
        "T001 周明",
        "王芳/周明副教授",
    ],
)
def test_a_fact_that_names_the_expert_is_own_supervision(text):
    assert names(text, "T001", "周明")
    assert ties(judge(expert()), Matter("whu", (ANNA,), (text,))) == (Tie.SUPERVISION,)


@pytest.mark.parametrize("text", ["", "周明明", "光明日报", "周明的方法", "T0010", "XT001", "周 明"])
def test_a_fact_that_only_resembles_the_name_is_not(text):
    assert not names(text, "T001", "周明")


def test_several_ties_are_all_named():
    assert ties(judge(expert(college_id=10), student_id=1, declared=[1]), TEAM) == (
        Tie.OWN_RECORD,
        Tie.OWN_COLLEGE,
        Tie.DECLARED,
    )


def test_what_is_stored_ties_as_the_rules_say(db):
    mate = whu_student("队员", college=make_college("chem", "化学学院"))
    claim = scoring_claim(
        facts=together(2, item="EI期刊", level="", title="遥感监测（指导教师：周明教授）"), mates=[(2, mate)]
    )
    people = {
        "away": make_expert("远方", college=make_college("med", "医学部")),
        "home": make_expert("本院", college=whu_college()),
        "mates": make_expert("队友院", college=mate.college),
        "named": make_expert("周明"),
        "declared": make_expert("亲属"),
    }
    counsellor = make_expert("辅导员")
    counsellor.appointments.create(role=Role.COUNSELLOR, college=whu_college(), starts_on="2020-01-01")
    declare_conflict(claim.scheme, people["declared"], people["declared"], claim.student, reason="叔侄")

    found = {one.person.pk: one.ties_to(claim) for one in experts_of(claim.scheme)}

    assert {name: found[person.pk] for name, person in people.items()} == {
        "away": (),
        "home": (Tie.OWN_COLLEGE,),
        "mates": (Tie.OWN_COLLEGE,),
        "named": (Tie.SUPERVISION,),
        "declared": (Tie.DECLARED,),
    }
    assert found[counsellor.pk] == (Tie.OWN_CLASS,)


def test_only_an_appointment_of_today_makes_an_expert(db):
    claim = scoring_claim()
    present, category = make_expert("在任"), make_expert("别的类别", category="venture")
    make_expert("已卸任").appointments.update(ends_on="2021-01-01")

    found = experts_of(claim.scheme)

    assert [one.person for one in found] == [present, category]
    assert [one.reaches(claim) for one in found] == [True, False]


def test_a_declaration_is_an_event_and_stands_once(db):
    claim, who = scoring_claim(), make_expert()
    row = declare_conflict(claim.scheme, who, who, claim.student, reason="师生")

    event = Event.objects.get(subject_kind="conflict")
    assert (event.verb, event.reason, event.after["student"]) == ("declare", "师生", claim.student.person.number)
    with pytest.raises(ValidationError) as refused:
        declare_conflict(claim.scheme, who, who, claim.student, reason="师生")
    assert "student" in refused.value.message_dict
    assert Conflict.objects.get() == row


def test_the_office_declares_for_anybody_others_only_for_themselves(db):
    claim, who = scoring_claim(), make_expert()
    office, other = whu_staff(Role.OFFICE), make_expert("另一位")
    for stranger in (other, make_person(), whu_staff(Role.OWNER_UNIT), whu_staff(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            declare_conflict(claim.scheme, stranger, who, claim.student, reason="听说")
    declare_conflict(claim.scheme, office, who, claim.student, reason="夫妻")
    with pytest.raises(ValidationError):
        declare_conflict(claim.scheme, office, other, claim.student, reason=" ")

    assert Conflict.objects.get().declared_by == office


def test_a_lifted_declaration_leaves_its_event_and_lets_a_result_stand(db):
    claim = scoring_claim()
    tasks = assigned(claim)
    office = whu_staff(Role.OFFICE)
    give(tasks[0], "3")
    row = declare_conflict(claim.scheme, office, tasks[0].expert, claim.student, reason="同名之误")
    give(tasks[1], "3")
    give(tasks[2], "3")
    claim.refresh_from_db()
    assert claim.stage == "experts"  # held up by the declaration

    lift_conflict(row, office, reason="不是同一个人")

    claim.refresh_from_db()
    assert claim.stage == "committee"
    assert [event.verb for event in Event.objects.filter(subject_kind="conflict")] == ["declare", "lift"]


def test_ties_cost_the_same_however_many_experts(db, django_assert_num_queries):
    claim = scoring_claim(facts=WIDE)
    people = [make_expert(f"专家{number}") for number in range(4)]
    scheme = claim.scheme
    with django_assert_num_queries(3):
        judges = judges_of(people, scheme)
    assert all(ties(one, matter_of(claim)) == () for one in judges.values())


def test_the_office_declares_and_lifts_on_its_page(db):
    claim, who = scoring_claim(), make_expert("周教授")
    client = client_of(whu_staff(Role.OFFICE))
    student = claim.student.person
    form = {
        "scheme": claim.scheme.pk,
        "judge": who.pk,
        "number": student.number,
        "name": student.name,
        "reason": "师生",
    }
    stranger = make_person(name="不是专家")
    assert client.post("/office/conflicts/", {**form, "judge": stranger.pk}).status_code == 422
    assert client.post("/office/conflicts/", {**form, "name": "别人"}).status_code == 422
    assert client.post("/office/conflicts/", form).status_code == 302
    row = Conflict.objects.get()
    assert "周教授" in client.get("/office/conflicts/").content.decode()
    address = f"/office/conflicts/{row.pk}/lift/"
    for person in (who, whu_staff(Role.AUDITOR), whu_staff(Role.SECRETARY)):
        assert client_of(person).get("/office/conflicts/").status_code == 404
        assert client_of(person).post(address, {"reason": "我想"}).status_code == 404
    client.post(address, {"reason": " "})
    assert Conflict.objects.exists()
    client.post(address, {"reason": "登记有误"})
    assert not Conflict.objects.exists()

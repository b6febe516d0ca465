"""Powers passed on for a time: who may, to whom, how far; that the trail says for whom; that they end."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from credits.models import Claim, ClaimEvent
from credits.rules import can_review
from credits.services.decisions import approve_claim
from portal.delegations.holdings import State, held_by, state_of
from portal.delegations.services import Wish, delegate, remind_of_ends, revoke_delegation
from portal.enums import Role, Status
from portal.models import Appointment, Event, Notice
from portal.workflow import NotAllowed, StaleRecord
from review.models import Conflict
from tests.builders import cover, fresh, get_version, make_claim, make_person, make_staff, make_student
from tests.review.conftest import client_of

DAY = datetime.timedelta(days=1)


@pytest.fixture
def deputy(staff):
    return make_person("61209999", "代小红", email="deputy@example.edu")


def wish(person, *, since=0, days=10, **facts):
    today = timezone.localdate()
    dates = {"starts_on": today + since * DAY, "ends_on": today + (since + days) * DAY}
    return Wish(**{"number": person.number, "name": person.name, "reason": "休假", **dates, **facts})


def power(person):
    return Appointment.objects.get(person=person)


def refused(giver, what, source=None):
    with pytest.raises(ValidationError) as error:
        delegate(source or power(giver), giver, what)
    assert Appointment.objects.filter(delegated_by__isnull=False).count() == 0
    assert Event.objects.filter(subject_kind="delegation").count() == 0
    return error.value.message_dict


def test_a_delegation_is_an_appointment_with_one_event_and_one_notice(staff, deputy):
    row = delegate(power(staff.secretary), staff.secretary, wish(deputy))
    assert (row.role, row.college, row.delegated_by) == (
        Role.SECRETARY,
        power(staff.secretary).college,
        staff.secretary,
    )
    event = Event.objects.get(subject_kind="delegation")
    assert (event.verb, event.subject_key, event.actor, event.reason) == (
        "delegate",
        str(row.pk),
        staff.secretary,
        "休假",
    )
    assert event.appointment == power(staff.secretary)
    assert Notice.objects.get(person=deputy).title == "何丽华 委托您代行：学院教学秘书"


def test_the_trail_says_for_whom_a_deputy_acts_and_under_which_appointment(staff, deputy):
    row = delegate(power(staff.secretary), staff.secretary, wish(deputy))
    claim = make_claim(Status.IN_REVIEW)
    approve_claim(claim, fresh(deputy), points=claim.claimed_points, revision=None)
    event = ClaimEvent.objects.get(verb="approve")
    assert (event.actor_name, event.acted_for, event.appointment) == ("代小红", "何丽华", row)
    page = client_of(staff.secretary).get(f"/desk/claims/{claim.pk}/").content.decode()
    assert "代小红（代何丽华）（学院教学秘书）" in page
    own = client_of(claim.student.person).get(f"/claims/{claim.pk}/").content.decode()
    assert "代小红（代何丽华）" in own


def test_an_own_power_comes_before_one_that_was_passed_on(staff):
    giver, taker = staff.away, staff.secretary
    delegate(power(giver), giver, wish(taker))
    claim = make_claim(Status.IN_REVIEW)
    approve_claim(claim, fresh(taker), points=claim.claimed_points, revision=None)
    event = ClaimEvent.objects.get(verb="approve")
    assert (event.acted_for, event.appointment.college) == ("", claim.college)


def test_to_oneself_is_refused_by_the_verb_and_by_the_database(staff):
    assert refused(staff.secretary, wish(staff.secretary)) == {"number": ["不能委托给自己。"]}
    row = power(staff.secretary)
    with pytest.raises(IntegrityError, match="never_to_oneself"), transaction.atomic():
        Appointment.objects.filter(pk=row.pk).update(delegated_by=row.person, ends_on=timezone.localdate())


def test_to_a_student_is_refused(staff):
    assert refused(staff.secretary, wish(staff.student)) == {"number": ["不能委托给学生。"]}


@pytest.mark.parametrize("slip", [{"number": "00000000"}, {"name": "张三"}])
def test_a_number_and_name_that_do_not_fit_are_refused(staff, deputy, slip):
    assert refused(staff.secretary, wish(deputy, **slip)) == {"number": ["没有这个工号和姓名的在用账号，请核对。"]}


@pytest.mark.parametrize(
    ("dates", "field", "words"),
    [
        ({"ends_on": None}, "ends_on", "委托必须有结束日期。"),
        ({"days": 185}, "ends_on", "委托最长六个月；更久的请由管理员任命。"),
        ({"days": -1}, "ends_on", "结束日期不能早于开始日期。"),
        ({"since": -1}, "starts_on", "不能早于今天。"),
    ],
)
def test_days_that_no_delegation_may_have_are_refused(staff, deputy, dates, field, words):
    assert refused(staff.secretary, wish(deputy, **dates)) == {field: [words]}


def test_beyond_the_own_days_is_refused(staff, deputy):
    until = timezone.localdate() + 5 * DAY
    Appointment.objects.filter(person=staff.secretary).update(ends_on=until)
    said = refused(staff.secretary, wish(deputy, days=6))
    assert said == {"ends_on": [f"不能超过您自己的任期：{until}。"]}


@pytest.mark.parametrize(
    ("giver", "scope"),
    [
        ("owner_unit", {"category_code": "practice"}),
        ("office", {"scheme_code": "whu"}),
        ("office", {"category_code": "paper"}),
        ("secretary", {"scheme_code": "nowhere"}),
        ("secretary", {"scheme_code": "bit", "category_code": "nothing"}),
        ("secretary", {"class_group_id": 10**6}),
    ],
)
def test_beyond_the_own_scope_is_refused(staff, deputy, giver, scope):
    assert set(refused(staff.people[giver], wish(deputy, scope=scope))) == {"scope"}


def test_to_somebody_who_holds_it_already_is_refused(staff):
    said = refused(staff.secretary, wish(staff.colleague))
    assert said == {"number": ["对方在这段时间已经有这项权限，不需要委托。"]}


def test_overlapping_an_earlier_one_is_refused_and_the_day_after_is_not(staff, deputy):
    source = power(staff.secretary)
    first = delegate(source, staff.secretary, wish(deputy, days=10))
    with pytest.raises(ValidationError, match="重叠"):
        delegate(source, staff.secretary, wish(deputy, since=10))
    assert delegate(source, staff.secretary, wish(deputy, since=11)).starts_on == first.ends_on + DAY


def test_what_was_passed_on_is_never_passed_on_again(staff, deputy):
    row = delegate(power(staff.secretary), staff.secretary, wish(deputy))
    with pytest.raises(NotAllowed, match="受托的权限不能再委托他人"):
        delegate(row, fresh(deputy), wish(staff.away))


def test_only_the_holder_passes_on_and_never_an_experts_or_a_members_power(staff, deputy):
    with pytest.raises(NotAllowed, match="只能委托自己的权限"):
        delegate(power(staff.secretary), staff.office, wish(deputy))
    for person in (staff.committee, make_staff(Role.EXPERT, scheme="bit")):
        with pytest.raises(NotAllowed, match="须由本人履行"):
            delegate(power(person), person, wish(deputy))


def test_a_deputy_for_one_category_or_class_decides_nothing_else(staff, deputy):
    claim = make_claim(Status.IN_REVIEW)
    scope = {"scheme_code": "bit", "category_code": claim.category.code, "class_group_id": claim.student.class_group_id}
    delegate(power(staff.secretary), staff.secretary, wish(deputy, scope=scope))
    other = make_claim(Status.IN_REVIEW, student=make_student("赵六", cohort=2023))
    assert [bool(can_review(fresh(deputy), row)) for row in (claim, other)] == [True, False]
    assert list(Claim.objects.waiting_for(fresh(deputy))) == [claim]


def test_a_deputy_decides_no_claim_that_they_are_tied_to(staff, deputy):
    claim = make_claim(Status.IN_REVIEW)
    delegate(power(staff.secretary), staff.secretary, wish(deputy))
    assert can_review(fresh(deputy), claim)
    Conflict.objects.create(
        scheme=claim.scheme, person=deputy, student=claim.student, reason="亲属", declared_by=staff.office
    )
    verdict = can_review(fresh(deputy), claim)
    assert (bool(verdict), "已申明与申报人有利益关系" in str(verdict.reason)) == (False, True)
    with pytest.raises(NotAllowed):
        approve_claim(claim, fresh(deputy), points=claim.claimed_points, revision=None)
    assert can_review(staff.secretary, claim)


def test_a_deputy_decides_nothing_that_they_supervised(staff, deputy):
    claim = make_claim(Status.IN_REVIEW, content="数学建模竞赛二等奖，指导教师：代小红")
    delegate(power(staff.secretary), staff.secretary, wish(deputy))
    assert "指导教师" in str(can_review(fresh(deputy), claim).reason)


def test_ending_it_takes_the_power_with_the_next_request(staff, deputy):
    row = delegate(power(staff.secretary), staff.secretary, wish(deputy))
    assert fresh(deputy).standing.has(Role.SECRETARY)
    revoke_delegation(row, staff.secretary)
    assert not fresh(deputy).standing.has(Role.SECRETARY)
    assert Event.objects.get(verb="revoke").subject_key == str(row.pk)
    with pytest.raises(StaleRecord):
        revoke_delegation(row, staff.secretary)


def test_whoever_was_given_it_may_hand_it_back_and_nobody_else_may_end_it(staff, deputy):
    row = delegate(power(staff.secretary), staff.secretary, wish(deputy))
    assert client_of(staff.office).post(f"/powers/{row.pk}/revoke/").status_code == 404
    with pytest.raises(NotAllowed):
        revoke_delegation(row, staff.office)
    revoke_delegation(row, fresh(deputy))
    assert Event.objects.get(verb="revoke").acted_for == ""


@pytest.mark.parametrize("leaving", ["appointment", "account"])
def test_it_falls_with_the_givers_own_power(staff, deputy, leaving):
    row = delegate(power(staff.secretary), staff.secretary, wish(deputy))
    if leaving == "appointment":
        Appointment.objects.filter(person=staff.secretary).update(ends_on=timezone.localdate() - DAY)
    else:
        staff.secretary.is_active = False
        staff.secretary.save()
    assert not fresh(deputy).standing.powers
    row = Appointment.objects.select_related("person", "source__person").get(pk=row.pk)
    assert state_of(row, timezone.localdate()) == State.LAPSED


def test_holder_and_giver_are_told_once_before_the_end(staff, deputy):
    delegate(power(staff.secretary), staff.secretary, wish(deputy, days=8))
    assert remind_of_ends() == 0
    tomorrow = timezone.localdate() + DAY
    assert (remind_of_ends(tomorrow), remind_of_ends(tomorrow)) == (1, 0)
    told = Notice.objects.filter(title__startswith="权限即将到期").values_list("person__name", flat=True)
    assert sorted(told) == ["代小红", "何丽华"]


def test_the_form_passes_on_and_says_what_is_wrong_beside_the_field(staff, deputy):
    cover(get_version().scheme, power(staff.secretary).college)
    client, address = client_of(staff.secretary), f"/powers/{power(staff.secretary).pk}/delegate/"
    today = timezone.localdate()
    sent = {"number": deputy.number, "name": deputy.name, "starts_on": today, "ends_on": "", "scope": "bit:paper"}
    answer = client.post(address, sent)
    assert (answer.status_code, answer.context["form"].errors["ends_on"]) == (422, ["委托必须有结束日期。"])
    assert client.post(address, {**sent, "ends_on": today}).status_code == 302
    row = Appointment.objects.get(person=deputy)
    assert (row.scheme_code, row.category_code, row.ends_on) == ("bit", "paper", today)
    assert client_of(staff.colleague).get(address).status_code == 404


def test_a_person_reads_what_they_may_and_why(staff, deputy):
    delegate(power(staff.secretary), staff.secretary, wish(deputy))
    page = client_of(deputy).get("/powers/").content.decode()
    assert [words in page for words in ("何丽华 委托", "休假", "计算机学院", "审核本学院的申报")] == [True] * 4
    assert "/delegate/" not in page  # nothing that could be passed on again
    assert client_of(staff.student).get("/powers/").status_code == 404


def test_the_office_reads_who_can_do_what_in_its_schemes(staff, deputy):
    delegate(power(staff.secretary), staff.secretary, wish(deputy))
    cover(get_version().scheme, power(staff.secretary).college)
    make_staff(Role.AUDITOR, scheme="whu", name="别处人")
    client = client_of(staff.office)
    names = lambda query: {holding.row.person.name for holding in client.get(f"/appointments/?{query}").context["rows"]}  # noqa: E731
    assert "别处人" not in names("")
    assert names("kind=passed_on") == names("state=soon") == {"代小红"}
    assert names("role=auditor") == {"韩明哲"}
    assert names("state=over") == set()
    revoke_delegation(Appointment.objects.get(person=deputy), staff.secretary)
    assert names("state=over") == {"代小红"}
    assert client_of(staff.secretary).get("/appointments/").status_code == 404


def test_what_is_held_twice_over_is_marked(staff):
    row = power(staff.secretary)
    Appointment.objects.create(person=row.person, role=row.role, college=row.college, starts_on=timezone.localdate())
    assert [holding.overlaps for holding in held_by(staff.secretary)] == [True, True]


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_for_one_row_and_for_three(staff, deputy, number, django_assert_num_queries):
    for place in range(number):
        delegate(power(staff.secretary), staff.secretary, wish(make_person(f"6120888{place}", "某人")))
    client = client_of(staff.secretary)
    client.get("/powers/")
    with django_assert_num_queries(14):
        client.get("/powers/")
    reader = client_of(staff.administrator)
    reader.get("/appointments/?kind=passed_on")
    with django_assert_num_queries(12):
        reader.get("/appointments/?kind=passed_on")

"""Findings of fraud: what is cancelled, what the ledger takes back, the bar, the appeal's clock, and coming back."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from conversion.services.decisions import return_application, revoke_application
from credits.enums import AppealState
from credits.models import Claim, LedgerEntry, Lot, Sanction
from credits.services.claims import submit_claim
from credits.services.counting import join_projects
from credits.services.decisions import revoke_claim
from credits.services.judging import correct_claim, effect_claim
from credits.services.sanctions import answer_appeal, file_appeal, sanction_claim
from portal.enums import Role, Status
from portal.models import Event, Notice
from portal.workflow import NotAllowed, StaleRecord, StaleSubject
from tests.builders import fresh, make_claim, make_staff
from tests.sanctions import FINDING, MEASURE, fed_offset, finding, sanctioned
from tests.whu import CONTEST, PAPER, make_entry, together, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


def contest(student, entry, *, score, award, office):
    facts = {**SOLO, "award": award, "competition": entry.name, "level": entry.level}
    told = {"facts": facts, "entry": entry, "score": score, "points": score, "content": award}
    return whu_claim("recognised", student=student, category="competition", office=office, **told)


def total(student):
    return Claim.objects.filter(student=student).total()


def books():
    call_command("check_ledger")


def kinds(claim):
    return list(LedgerEntry.objects.filter(lot__claim=claim).values_list("kind", "points"))


def last_event(claim):
    return claim.events.order_by("-pk").first()


# --- What a finding does ---


@pytest.mark.parametrize("stage", ["college", "office", "experts", "committee", "publicity", "recognised"])
def test_a_finding_cancels_the_claim_wherever_it_stands(office, stage):
    claim = whu_claim(stage, office=office)
    before = claim.events.count()
    row = sanctioned(claim, office=office)

    claim.refresh_from_db()
    assert (claim.status, claim.stage) == (Status.REVOKED, "")
    assert total(claim.student) == 0
    event = last_event(claim)
    assert (event.verb, event.actor, event.actor_role, event.reason) == ("cancel", office, Role.OFFICE, FINDING)
    assert event.after["measure"] == MEASURE
    assert claim.events.count() == before + 1
    assert (row.measure, row.finding, row.student, row.appeal_state) == (MEASURE, FINDING, claim.student, "none")
    books()


def test_the_student_is_told_what_was_decided_and_until_when_to_appeal(office):
    claim = whu_claim("recognised", office=office)
    Notice.objects.all().delete()
    row = sanctioned(claim, office=office)

    notice = Notice.objects.get()
    assert notice.person == claim.student.person
    assert notice.path == f"/sanctions/{row.pk}/"
    assert MEASURE in notice.text
    assert timezone.localtime(row.appeal_until).strftime("%Y-%m-%d %H:%M") in notice.text


def test_the_ledger_takes_back_what_nobody_uses(office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    sanctioned(claim, office=office)

    lot = Lot.objects.get(claim=claim)
    assert (lot.recognised, lot.cancelled) == (Decimal("0.00"), True)
    assert kinds(claim) == [("award", Decimal("8.00")), ("revoke", Decimal("8.00"))]
    books()


@pytest.mark.parametrize(
    ("status", "held", "consumed"),
    [(Status.IN_REVIEW, "2", "0"), (Status.PUBLICITY, "2", "0"), (Status.RECOGNISED, "0", "2")],
)
def test_what_conversions_use_waits_for_its_own_decision(office, status, held, consumed):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    fed_offset(claim, "2", status)
    sanctioned(claim, office=office)

    lot = Lot.objects.get(claim=claim)
    assert (lot.recognised, lot.held, lot.consumed) == (Decimal(2), Decimal(held), Decimal(consumed))
    assert lot.usable == 0
    assert last_event(claim).after["used"] == "2.00"
    books()


def test_what_comes_back_to_a_cancelled_lot_is_revoked_at_once(office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    pending, done = fed_offset(claim, "2"), fed_offset(claim, "3", Status.RECOGNISED, code="G102")
    sanctioned(claim, office=office)

    secretary = make_staff(Role.SECRETARY, college=claim.college)
    return_application(pending, secretary, reason="所用成果已取消。", revision=None)
    books()
    revoke_application(done, office, reason="所用成果已取消。", revision=None)

    lot = Lot.objects.get(claim=claim)
    assert (lot.recognised, lot.held, lot.consumed) == (0, 0, 0)
    books()


def test_when_the_highest_is_cancelled_the_next_one_counts(office):
    student, entry = whu_student(), make_entry()
    higher = contest(student, entry, score="6.5", award="一等奖", office=office)
    contest(student, entry, score="5.5", award="二等奖", office=office)
    assert total(student) == Decimal("6.50")

    sanctioned(higher, office=office)

    assert total(student) == Decimal("5.50")
    books()


def test_when_the_first_is_cancelled_the_higher_one_counts_in_full(office):
    student, entry = whu_student(), make_entry()
    lower = contest(student, entry, score="5.5", award="二等奖", office=office)
    higher = contest(student, entry, score="6.5", award="一等奖", office=office)

    sanctioned(lower, office=office)

    assert total(student) == Decimal("6.50")
    assert Lot.objects.get(claim=higher).recognised == Decimal("6.50")
    books()


def test_a_lower_award_that_never_counted_is_cancelled_too(office):
    student, entry = whu_student(), make_entry()
    contest(student, entry, score="6.5", award="一等奖", office=office)
    lower = contest(student, entry, score="5.5", award="二等奖", office=office)

    row = sanctioned(lower, office=office)
    books()
    file_appeal(row, fresh(student.person), words="证书属实。")
    answer_appeal(row, office, upheld=True, answer="核实属实。")

    lower.refresh_from_db()
    assert (lower.status, lower.counted_points, total(student)) == (Status.RECOGNISED, Decimal(0), Decimal("6.50"))
    books()


# --- Teams ---


def team(stage, office):
    mate = whu_student("陈思远")
    lead = whu_claim(stage, facts=together(2), mates=[(2, mate)], score="6", office=office)
    return lead, Claim.objects.get(student=mate)


def test_in_review_the_team_goes_along_and_comes_back(office):
    lead, mate = team("experts", office)
    row = sanctioned(lead, office=office)
    mate.refresh_from_db()
    assert (mate.status, last_event(mate).verb) == (Status.REVOKED, "cancel")
    assert not Sanction.objects.filter(claim=mate).exists()

    file_appeal(row, fresh(lead.student.person), words="有原件。")
    answer_appeal(row, office, upheld=True, answer="原件属实。")

    for claim in (lead, mate):
        claim.refresh_from_db()
        assert (claim.status, claim.stage, last_event(claim).verb) == (Status.IN_REVIEW, "experts", "restore")


@pytest.mark.parametrize("stage", ["publicity", "recognised"])
def test_later_each_members_claim_is_decided_by_itself(office, stage):
    lead, mate = team(stage, office)
    before = mate.status
    sanctioned(lead, office=office)
    mate.refresh_from_db()
    assert mate.status == before

    sanctioned(mate, office=office)
    assert Sanction.objects.count() == 2
    books()


def test_a_following_claim_in_review_is_decided_with_its_leads(office):
    _lead, mate = team("experts", office)
    with pytest.raises(NotAllowed):
        sanctioned(mate, office=office)
    mate.refresh_from_db()
    assert mate.status == Status.IN_REVIEW


# --- Who may, and on what ---


@pytest.mark.parametrize(
    "role", [Role.SECRETARY, Role.EXPERT, Role.COMMITTEE, Role.AUDITOR, Role.COUNSELLOR, Role.ADMINISTRATOR]
)
@pytest.mark.parametrize("stage", ["experts", "publicity", "recognised"])
def test_only_the_schemes_office_decides(office, role, stage):
    claim = whu_claim(stage, office=office)
    for person in (whu_staff(role), make_staff(Role.OFFICE, scheme="bit"), fresh(claim.student.person)):
        with pytest.raises(NotAllowed):
            sanctioned(claim, office=person)
    claim.refresh_from_db()
    assert claim.status != Status.REVOKED
    assert not Sanction.objects.exists()


@pytest.mark.parametrize("stage", ["draft", "recognised"])
def test_what_is_not_handed_in_or_gone_already_is_stale(office, stage):
    claim = whu_claim(stage, office=office)
    if stage == "recognised":
        sanctioned(claim, office=office)
    with pytest.raises(StaleSubject):
        sanctioned(claim, office=office)
    assert Sanction.objects.count() == (stage == "recognised")


def test_a_page_that_is_older_than_the_claim_decides_nothing(office):
    claim = whu_claim("recognised", office=office)
    with pytest.raises(StaleSubject):
        sanction_claim(claim, office, finding(), revision=claim.revision - 1)
    assert not Sanction.objects.exists()


def test_a_scheme_that_knows_no_sanctions_has_none():
    office = make_staff(Role.OFFICE)
    claim = make_claim(Status.RECOGNISED)
    with pytest.raises(NotAllowed) as refused:
        sanctioned(claim, office=office)
    assert "撤销认定" in str(refused.value.verdict.reason)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"finding": " "}, "finding"),
        ({"measure": ""}, "measure"),
        ({"measure": "长" * 201}, "measure"),
        ({"barred_until": datetime.date(2027, 1, 1)}, "barred_from"),
        ({"barred_from": datetime.date(2027, 1, 2), "barred_until": datetime.date(2027, 1, 1)}, "barred_until"),
    ],
)
def test_a_finding_is_complete_or_nothing_happens(office, facts, field):
    claim = whu_claim("recognised", office=office)
    with pytest.raises(ValidationError) as refused:
        sanction_claim(claim, office, finding(**facts), revision=None)
    assert list(refused.value.message_dict) == [field]
    claim.refresh_from_db()
    assert claim.status == Status.RECOGNISED


def test_the_barred_student_cannot_hand_in_until_the_bar_ends(office):
    student = whu_student()
    row = sanctioned(whu_claim("recognised", student=student, office=office), office=office, bar=30)
    with pytest.raises(NotAllowed) as refused:
        whu_claim("college", student=student, facts={**PAPER, "doi": "10.1000/x", "title": "另一篇"})
    said = str(refused.value.verdict.reason)
    assert MEASURE in said
    assert row.barred_until.isoformat() in said

    file_appeal(row, fresh(student.person), words="查实有误。")
    answer_appeal(row, office, upheld=True, answer="查实有误，撤销处理。")
    whu_claim("college", student=student, facts={**PAPER, "doi": "10.1000/x", "title": "另一篇"})


# --- The appeal ---


def decided_at(*clock):
    return datetime.datetime(*clock, tzinfo=timezone.get_current_timezone())


def test_the_appeal_may_be_filed_to_the_last_moment_of_the_last_day(office):
    claim = whu_claim("recognised", office=office)
    with time_machine.travel(decided_at(2027, 3, 1, 16, 20), tick=False):
        row = sanctioned(claim, office=office)
    assert timezone.localtime(row.appeal_until).isoformat() == "2027-03-11T23:59:59.999999+08:00"

    student = fresh(claim.student.person)
    with time_machine.travel(decided_at(2027, 3, 12, 0, 0), tick=False), pytest.raises(NotAllowed) as late:
        file_appeal(row, student, words="我有原件。")
    assert "2027-03-11 23:59" in str(late.value.verdict.reason)
    with time_machine.travel(decided_at(2027, 3, 11, 23, 59, 59), tick=False):
        file_appeal(row, student, words="我有原件。")
    row.refresh_from_db()
    assert (row.appeal_state, row.appeal) == (AppealState.FILED, "我有原件。")
    assert row.appealed_at == decided_at(2027, 3, 11, 23, 59, 59)


def test_what_arrived_in_time_counts_though_it_was_read_later(office):
    claim = whu_claim("recognised", office=office)
    row = sanctioned(claim, office=office)
    arrived = row.appeal_until
    with time_machine.travel(arrived + datetime.timedelta(seconds=5), tick=False):
        file_appeal(row, fresh(claim.student.person), words="我有原件。", at=arrived)
    row.refresh_from_db()
    assert row.appealed_at == arrived


def test_an_appeal_is_filed_once_by_the_student_with_words(office):
    claim = whu_claim("recognised", office=office)
    row, student = sanctioned(claim, office=office), fresh(claim.student.person)
    with pytest.raises(ValidationError):
        file_appeal(row, student, words=" ")
    for other in (office, whu_student("别人").person):
        with pytest.raises(NotAllowed):
            file_appeal(row, fresh(other), words="我来说。")
    file_appeal(row, student, words="我有原件。")
    with pytest.raises(NotAllowed):
        file_appeal(row, student, words="再说一次。")
    event = Event.objects.get(subject_kind="sanction")
    assert (event.verb, event.actor, event.after["appeal"]) == ("appeal", student, "我有原件。")


@pytest.mark.parametrize("stage", ["office", "experts", "publicity", "recognised"])
def test_an_upheld_appeal_puts_everything_back(office, stage):
    claim = whu_claim(stage, score="7", points="7", office=office)
    before = (claim.status, claim.stage, total(claim.student))
    row = sanctioned(claim, office=office, bar=100)
    file_appeal(row, fresh(claim.student.person), words="我有原件。")
    answer_appeal(row, office, upheld=True, answer="原件属实，撤销处理。")

    claim.refresh_from_db()
    assert (claim.status, claim.stage, total(claim.student)) == before
    event = last_event(claim)
    assert (event.verb, event.reason) == ("restore", "原件属实，撤销处理。")
    books()
    assert Notice.objects.filter(person=claim.student.person, title__contains="申诉成立").exists()


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.RECOGNISED])
def test_restored_points_balance_with_what_conversions_kept(office, status):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    fed_offset(claim, "2", status)
    row = sanctioned(claim, office=office)
    file_appeal(row, fresh(claim.student.person), words="我有原件。")
    answer_appeal(row, office, upheld=True, answer="属实。")

    lot = Lot.objects.get(claim=claim)
    assert (lot.recognised, lot.usable, lot.cancelled) == (Decimal(8), Decimal(6), False)
    assert kinds(claim)[-1] == ("top_up", Decimal(6))
    books()


def test_a_restored_highest_replaces_what_counted_meanwhile(office):
    student, entry = whu_student(), make_entry()
    higher = contest(student, entry, score="6.5", award="一等奖", office=office)
    contest(student, entry, score="5.5", award="二等奖", office=office)
    row = sanctioned(higher, office=office)
    assert total(student) == Decimal("5.50")
    file_appeal(row, fresh(student.person), words="证书属实。")
    answer_appeal(row, office, upheld=True, answer="核实属实。")

    assert total(student) == Decimal("6.50")
    books()


def test_what_was_used_meanwhile_must_be_decided_before_the_claim_comes_back(office):
    student, entry = whu_student(), make_entry()
    higher = contest(student, entry, score="6.5", award="一等奖", office=office)
    lower = contest(student, entry, score="5.5", award="二等奖", office=office)
    first = fed_offset(higher, "6.5", Status.RECOGNISED)
    row = sanctioned(higher, office=office)
    lower.refresh_from_db()
    second = fed_offset(lower, "1", code="G109")
    file_appeal(row, fresh(student.person), words="证书属实。")

    with pytest.raises(ValidationError) as refused:
        answer_appeal(row, office, upheld=True, answer="核实属实。")
    assert "请先处理相关转换申请" in str(refused.value)
    row.refresh_from_db()
    assert row.appeal_state == AppealState.FILED
    books()

    return_application(second, make_staff(Role.SECRETARY, college=student.college), reason="先退回。", revision=None)
    answer_appeal(row, office, upheld=True, answer="核实属实。")
    assert total(student) == Decimal("6.50")
    assert first.total == Decimal("6.50")
    books()


def test_a_rejected_appeal_leaves_the_decision_as_it_is(office):
    claim = whu_claim("recognised", office=office)
    row = sanctioned(claim, office=office)
    file_appeal(row, fresh(claim.student.person), words="我有原件。")
    answer_appeal(row, office, upheld=False, answer="原件系伪造。")

    claim.refresh_from_db()
    row.refresh_from_db()
    assert (claim.status, row.appeal_state, row.answer, row.answered_by) == (
        Status.REVOKED,
        AppealState.REJECTED,
        "原件系伪造。",
        office,
    )
    event = Event.objects.filter(subject_kind="sanction").last()
    assert (event.verb, event.actor_role, event.after["answer"]) == ("reject_appeal", Role.OFFICE, "原件系伪造。")
    with pytest.raises(StaleRecord):
        answer_appeal(row, office, upheld=True, answer="改主意了。")
    books()


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COMMITTEE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_the_schemes_office_answers(office, role):
    claim = whu_claim("recognised", office=office)
    row = sanctioned(claim, office=office)
    file_appeal(row, fresh(claim.student.person), words="我有原件。")
    for person in (whu_staff(role), make_staff(Role.OFFICE, scheme="bit"), fresh(claim.student.person)):
        with pytest.raises(NotAllowed):
            answer_appeal(row, person, upheld=True, answer="属实。")
    with pytest.raises(ValidationError):
        answer_appeal(row, office, upheld=True, answer=" ")
    row.refresh_from_db()
    assert row.appeal_state == AppealState.FILED


def test_a_claim_is_sanctioned_once(office):
    claim = whu_claim("recognised", office=office)
    row = sanctioned(claim, office=office)
    file_appeal(row, fresh(claim.student.person), words="我有原件。")
    answer_appeal(row, office, upheld=True, answer="属实。")
    with pytest.raises(NotAllowed):
        sanctioned(claim, office=office)


def test_a_restored_claim_goes_on_as_before(office):
    claim = whu_claim("publicity", office=office)
    row = sanctioned(claim, office=office)
    file_appeal(row, fresh(claim.student.person), words="我有原件。")
    answer_appeal(row, office, upheld=True, answer="属实。")
    effect_claim(claim, office, notice="武大本字〔2026〕2号")
    assert total(claim.student) == claim.recognised_points
    books()


def test_a_mate_who_comes_back_gets_what_the_team_was_corrected_to(office):
    lead, mate = team("publicity", office)
    sanction = file_appeal(sanctioned(mate, office=office), fresh(mate.student.person), words="并无此事")
    correct_claim(lead, office, score=Decimal(7), reason="分区有误", revision=None)
    answer_appeal(sanction, office, upheld=True, answer="已复核")
    mate.refresh_from_db()
    assert (mate.status, mate.recognised_points) == (Status.PUBLICITY, Decimal(7))
    assert last_event(mate).after["recognised_points"] == "7.00"


def test_a_replaced_award_without_points_can_still_be_revoked(office):
    """A lot that a higher award has emptied gives nothing back, and a booking of nothing is no booking."""
    student = whu_student()
    first = whu_claim("recognised", student=student, score="7", points="7", office=office)
    other = {**PAPER, "doi": "10.1000/other", "title": "另一题目"}
    second = whu_claim("recognised", student=student, facts=other, score="6", office=office, content="另一题目")
    join_projects(second, first, office, reason="同一论文的中文版", revision=None)

    second.refresh_from_db()
    revoke_claim(second, office, reason="证书有误。", revision=None)

    assert total(student) == Decimal("7.00")
    books()


def test_submitting_a_draft_while_barred_is_refused_with_the_measure(office):
    student = whu_student()
    draft = whu_claim("draft", student=student, facts={**PAPER, "doi": "10.1000/z", "title": "早先的草稿"})
    sanctioned(whu_claim("recognised", student=student, office=office), office=office, bar=1)
    with pytest.raises(NotAllowed) as refused:
        submit_claim(draft, fresh(student.person), revision=None)
    assert MEASURE in str(refused.value.verdict.reason)

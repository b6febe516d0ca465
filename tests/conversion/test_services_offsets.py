"""An offset from the draft to its effect: what it asks, what it takes of the allowance, what the ledger books."""

from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conversion.integrity import differences
from conversion.models import Allowance, Application, Form, Relevance
from conversion.models.forms import FormState
from conversion.services.applications import (
    save_application,
    start_application,
    submit_application,
    withdraw_application,
)
from conversion.services.decisions import (
    approve_application,
    effect_application,
    refuse_application,
    return_application,
    revoke_application,
    strike_application,
)
from conversion.services.offsets import Judgement
from credits.models import LedgerEntry
from portal.enums import NoticeKind, Role, Status
from portal.models import Notice
from portal.workflow import NotAllowed, StaleSubject
from tests.builders import OTHER_COLLEGE, fresh, lots_of, make_college, make_offering, make_staff
from tests.conversion.offsets import (
    CODE,
    NOTICE,
    RELATED,
    learner,
    make_offset,
    offered,
    offset_version,
    planned,
    recognise,
    wish,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def books(db):
    """Every test leaves the books right."""
    yield
    assert [str(row) for row in differences()] == []


def draft(student, uses, **facts):
    return start_application(offered(student, **facts), fresh(student.person), wish(uses))


def hand_in(row):
    return submit_application(row, fresh(row.student.person), revision=row.revision)


def kinds(student):
    return list(LedgerEntry.objects.filter(lot__student=student).order_by("pk").values_list("kind", flat=True))


def last(row):
    return row.events.order_by("-pk").first()


def used(student):
    return Allowance.objects.filter(student=student).values_list("used", flat=True).first()


def people(row):
    """Return the secretary of the college and the office of the scheme."""
    return make_staff(Role.SECRETARY, college=row.college), make_staff(Role.OFFICE, scheme=CODE)


# --- what an offset asks ---


def test_a_draft_knows_its_kind_and_holds_nothing():
    student = learner()
    (lot,) = recognise(student, "5")
    row = draft(student, {lot: "1"}, kind="practice")
    assert (row.course_kind, row.total, row.grade, row.offset_credits) == ("practice", D(1), "", D(0))
    assert (last(row).verb, last(row).after["course_kind"]) == ("start", "practice")
    save_application(row, fresh(student.person), wish({lot: "2"}), revision=row.revision)
    assert (row.total, row.grade) == (D(2), "免修")
    assert (kinds(student), used(student)) == (["award"], None)


def test_parts_of_several_records_make_up_the_course():
    student = learner()
    first, second = recognise(student, "1.5", "3")
    row = hand_in(draft(student, {first: "1.5", second: "0.75"}, credits="2.25"))
    assert (row.status, row.stage, row.grade, row.bands) == (Status.IN_REVIEW, "first", "免修", [])
    assert [(lot.held, lot.usable) for lot in lots_of(student)] == [(D("1.5"), D(0)), (D("0.75"), D("2.25"))]
    assert (row.offset_credits, used(student)) == (D("2.25"), D("2.25"))
    event = last(row)
    assert (event.verb, event.from_state, event.to_state) == ("submit", "draft", "in_review:first")
    assert event.after["offset_credits"] == "2.25"
    assert row.events.count() == 2
    assert not mail.outbox


def test_the_rest_of_a_record_serves_another_course():
    student = learner()
    (lot,) = recognise(student, "5")
    hand_in(draft(student, {lot: "2"}))
    hand_in(draft(student, {lot: "3"}, code="L102", credits=3))
    assert [lot.usable for lot in lots_of(student)] == [D(0)]
    assert used(student) == D(5)


@pytest.mark.parametrize("points", ["1.99", "2.01", "5"])
def test_neither_less_nor_more_than_the_course_wants(points):
    student = learner()
    (lot,) = recognise(student, "5")
    row = draft(student, {lot: points})
    with pytest.raises(ValidationError, match=r"须用 2\.0，现在合计 " + str(D(points).quantize(D("0.01")))[:3]):
        hand_in(row)
    row.refresh_from_db()
    assert (row.status, kinds(student), used(student)) == (Status.DRAFT, ["award"], None)


def test_the_rate_says_how_many_points_a_credit_costs():
    offset_version(("rate = 1", "rate = 2"))
    student = learner()
    (lot,) = recognise(student, "5")
    row = hand_in(draft(student, {lot: "4"}))
    assert (row.total, row.offset_credits) == (D(4), D(2))


def test_more_than_a_record_holds_is_refused():
    student = learner()
    (lot,) = recognise(student, "1")
    with pytest.raises(ValidationError, match="已被其他申请占用或使用"):
        hand_in(draft(student, {lot: "2"}))


def test_a_kind_takes_only_its_categories():
    student = learner()
    (lot,) = recognise(student, "5", code="sport")
    with pytest.raises(ValidationError, match="不能用于该课程"):
        hand_in(draft(student, {lot: "2"}, kind="major"))
    assert hand_in(draft(student, {lot: "2"}, code="L102")).status == Status.IN_REVIEW


def test_a_strangers_record_is_refused():
    student, stranger = learner(), learner("林一")
    (lot,) = recognise(stranger, "5")
    with pytest.raises(ValidationError, match="不能用于该课程"):
        draft(student, {lot: "2"})
    assert not Application.objects.exists()


def test_a_course_outside_the_own_plan_cannot_be_offset():
    student, neighbour = learner(), learner("林一", cohort=2021)
    (lot,) = recognise(student, "5")
    offering = make_offering(planned(neighbour))
    with pytest.raises(NotAllowed, match="没有对你的学院、专业和年级开放"):
        start_application(offering, fresh(student.person), wish({lot: "2"}))


def test_a_course_that_left_the_plan_cannot_be_handed_in():
    student = learner()
    (lot,) = recognise(student, "5")
    row = draft(student, {lot: "2"})
    row.course.plans.update(is_active=False)
    with pytest.raises(ValidationError, match="不在你的培养方案中"):
        hand_in(row)


def test_a_kind_that_the_scheme_does_not_offset_cannot_be_handed_in():
    student = learner()
    (lot,) = recognise(student, "5")
    row = draft(student, {lot: "2"})
    row.course.plans.update(kind="required")
    with pytest.raises(ValidationError, match="不属于可以冲抵的课程性质"):
        hand_in(row)


# --- the allowance ---


def test_the_cap_is_reached_and_not_passed():
    """Ten is allowed, 10.01 is not."""
    student = learner()
    lots = recognise(student, "8", "9")
    hand_in(draft(student, {lots[0]: "8"}, credits=8))
    over = draft(student, {lots[1]: "2.01"}, code="L102", credits="2.01")
    with pytest.raises(ValidationError, match=r"不能超过 10 学分.*共 8 学分.*2\.01 学分将达 10\.01 学分"):
        hand_in(over)
    over.refresh_from_db()
    assert (over.status, over.offset_credits, used(student)) == (Status.DRAFT, D(0), D(8))
    assert lots_of(student)[1].held == 0
    hand_in(draft(student, {lots[1]: "2"}, code="L103", credits=2))
    assert used(student) == D(10)


def test_without_a_cap_there_is_no_limit():
    offset_version(("cap = 10\n", ""))
    student = learner()
    lots = recognise(student, "9", "9")
    hand_in(draft(student, {lots[0]: "9"}, credits=9))
    hand_in(draft(student, {lots[1]: "9"}, code="L102", credits=9))
    assert used(student) == D(18)


def test_a_cap_of_nothing_lets_nothing_through():
    offset_version(("cap = 10", "cap = 0"))
    student = learner()
    (lot,) = recognise(student, "2")
    with pytest.raises(ValidationError, match="不能超过 0 学分"):
        hand_in(draft(student, {lot: "2"}))


@pytest.mark.parametrize("end", ["withdraw", "return", "refuse", "strike", "revoke"])
def test_what_ends_without_an_offset_frees_the_allowance(end):
    row = make_offset({"strike": Status.PUBLICITY, "revoke": Status.RECOGNISED}.get(end, Status.IN_REVIEW))
    secretary, office = people(row)
    assert used(row.student) == D(2)
    words = {"reason": "重新核对。", "revision": row.revision}
    {
        "withdraw": lambda: withdraw_application(row, fresh(row.student.person), revision=row.revision),
        "return": lambda: return_application(row, secretary, **words),
        "refuse": lambda: refuse_application(row, secretary, **words),
        "strike": lambda: strike_application(row, office, **words),
        "revoke": lambda: revoke_application(row, office, **words),
    }[end]()
    assert (row.offset_credits, used(row.student)) == (D(0), D(0))
    assert [lot.usable for lot in lots_of(row.student)] == [D(2)]


def test_the_check_is_the_last_word():
    row = make_offset(Status.IN_REVIEW)
    for impossible in ({"used": D("10.01")}, {"used": D("-0.01")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Allowance.objects.filter(student=row.student).update(**impossible)


def test_a_live_offset_without_its_part_of_the_allowance_is_impossible():
    row = make_offset(Status.IN_REVIEW)
    with pytest.raises(IntegrityError, match="application_live_offset_takes_allowance"), transaction.atomic():
        Application.objects.filter(pk=row.pk).update(offset_credits=0)


# --- review, publicity, effect ---


def test_the_college_then_the_office_then_publicity():
    row = make_offset(Status.IN_REVIEW)
    secretary, office = people(row)
    approve_application(row, secretary, revision=row.revision, remark="同意。")
    assert (row.status, row.stage, row.relevance) == (Status.IN_REVIEW, "office", "")
    with pytest.raises(NotAllowed):
        approve_application(row, secretary, revision=row.revision)
    approve_application(row, office, revision=row.revision)
    assert (row.status, row.stage, row.decided_at) == (Status.PUBLICITY, "", None)
    event = last(row)
    assert (event.verb, event.from_state, event.to_state) == ("approve", "in_review:office", "publicity")
    assert kinds(row.student) == ["award", "hold"]
    assert not Form.objects.exists()
    notice = Notice.objects.filter(person=row.student.person, path=f"/conversion/{row.pk}/").get()
    assert (notice.title, notice.kind) == ("逻辑学冲抵申请：公示中", NoticeKind.PROGRESS)


def test_a_notice_puts_it_into_effect_once():
    row = make_offset(Status.PUBLICITY)
    _secretary, office = people(row)
    effect_application(row, office, notice=NOTICE, revision=row.revision)
    assert (row.status, row.grade, row.notice, row.offset_credits) == (Status.RECOGNISED, "免修", NOTICE, D(2))
    assert kinds(row.student) == ["award", "hold", "consume"]
    event = last(row)
    assert (event.verb, event.from_state, event.to_state) == ("effect", "publicity", "recognised")
    assert (event.after["notice"], event.after["form"]) == (NOTICE, Form.objects.get().number)
    with pytest.raises(StaleSubject):
        effect_application(Application.objects.get(pk=row.pk), office, notice=NOTICE)
    assert kinds(row.student) == ["award", "hold", "consume"]
    assert row.events.filter(verb="effect").count() == Form.objects.count() == 1


def test_an_effect_needs_the_notices_number():
    row = make_offset(Status.PUBLICITY)
    _secretary, office = people(row)
    with pytest.raises(ValidationError):
        effect_application(row, office, notice=" ")
    row.refresh_from_db()
    assert row.status == Status.PUBLICITY


def test_an_upheld_objection_strikes_it():
    row = make_offset(Status.PUBLICITY)
    _secretary, office = people(row)
    with pytest.raises(ValidationError):
        strike_application(row, office, reason=" ", revision=row.revision)
    strike_application(row, office, reason="该成果已用于其他课程。", revision=row.revision)
    assert (row.status, last(row).verb, kinds(row.student)) == (Status.REFUSED, "strike", ["award", "hold", "release"])
    again = draft(row.student, {lots_of(row.student)[0]: "2"})
    assert again.status == Status.DRAFT


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COMMITTEE, Role.AUDITOR])
def test_only_the_office_concludes(role):
    row = make_offset(Status.PUBLICITY)
    actor = make_staff(role, college=row.college) if role == Role.SECRETARY else make_staff(role, scheme=CODE)
    for verb, words in ((effect_application, {"notice": NOTICE}), (strike_application, {"reason": "不符"})):
        with pytest.raises(NotAllowed):
            verb(row, actor, revision=row.revision, **words)


def test_another_schemes_office_concludes_nothing():
    row = make_offset(Status.PUBLICITY)
    with pytest.raises(NotAllowed):
        effect_application(row, make_staff(Role.OFFICE, scheme="bit"), notice=NOTICE)


def test_what_is_publicised_is_frozen():
    row = make_offset(Status.PUBLICITY)
    secretary, office = people(row)
    student = fresh(row.student.person)
    for verb in (
        lambda: withdraw_application(row, student, revision=row.revision),
        lambda: submit_application(row, student, revision=row.revision),
        lambda: approve_application(row, office, revision=row.revision),
        lambda: return_application(row, secretary, reason="晚了", revision=row.revision),
    ):
        with pytest.raises(StaleSubject):
            verb()


def test_a_scheme_without_publicity_offsets_at_once():
    offset_version(('[conversion.publicity]\ndays = 7\ncounting = "calendar"\nclause = "rules.1"\n', ""))
    row = make_offset(Status.IN_REVIEW, stage="office")
    approve_application(row, people(row)[1], revision=row.revision, remark="复核无误。")
    assert (row.status, kinds(row.student)) == (Status.RECOGNISED, ["award", "hold", "consume"])
    assert [opinion["remark"] for opinion in Form.objects.get().snapshot["opinions"]] == ["同意冲抵。", "复核无误。"]


def test_revoking_gives_points_and_allowance_back():
    row = make_offset(Status.RECOGNISED)
    revoke_application(row, people(row)[1], reason="已修读。", revision=row.revision)
    assert (row.status, kinds(row.student)) == (Status.REVOKED, ["award", "hold", "consume", "refund"])
    assert Form.objects.get().state == FormState.REVOKED


# --- relevance ---


@pytest.mark.parametrize(
    ("judgement", "fields"),
    [
        (Judgement(), {"relevance", "relevance_reason"}),
        (Judgement("related", " "), {"relevance_reason"}),
        (Judgement("unrelated", "研究方向不同。"), {"relevance"}),
        (Judgement("nonsense", "理由"), {"relevance"}),
    ],
)
def test_a_judged_kind_does_not_pass_without_its_judgement(judgement, fields):
    row = make_offset(Status.IN_REVIEW, kind="major")
    with pytest.raises(ValidationError) as caught:
        approve_application(row, people(row)[0], revision=row.revision, judgement=judgement)
    assert set(caught.value.message_dict) == fields
    row.refresh_from_db()
    assert (row.stage, row.relevance) == ("first", "")


def test_the_judgement_stands_on_the_application_and_the_trail():
    row = make_offset(Status.IN_REVIEW, kind="major")
    secretary, office = people(row)
    approve_application(row, secretary, revision=row.revision, judgement=RELATED)
    assert (row.relevance, row.relevance_reason) == (Relevance.RELATED, RELATED.reason)
    assert last(row).after["relevance"] == "related"
    approve_application(row, office, revision=row.revision, judgement=Judgement("unrelated", "后来的人"))
    assert (row.status, row.relevance) == (Status.PUBLICITY, Relevance.RELATED)


@pytest.mark.parametrize("verb", [return_application, refuse_application])
def test_an_unrelated_achievement_is_sent_back_or_refused(verb):
    row = make_offset(Status.IN_REVIEW, kind="major")
    words = {"reason": "成果与专业无关。", "judgement": Judgement("unrelated", "研究方向不同。")}
    verb(row, people(row)[0], revision=row.revision, **words)
    assert (row.relevance, last(row).after["relevance_reason"]) == (Relevance.UNRELATED, "研究方向不同。")


def test_a_new_handing_in_is_judged_anew():
    row = make_offset(Status.IN_REVIEW, kind="major")
    words = {"reason": "请换成果。", "judgement": Judgement("unrelated", "研究方向不同。")}
    return_application(row, people(row)[0], revision=row.revision, **words)
    hand_in(row)
    assert (row.status, row.relevance, row.relevance_reason) == (Status.IN_REVIEW, "", "")


def test_other_kinds_are_not_judged():
    row = make_offset(Status.IN_REVIEW, kind="elective")
    approve_application(row, people(row)[0], revision=row.revision, judgement=RELATED)
    assert (row.stage, row.relevance) == ("office", "")


def test_another_colleges_secretary_judges_nothing():
    row = make_offset(Status.IN_REVIEW, kind="major")
    stranger = make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE))
    with pytest.raises(NotAllowed):
        approve_application(row, stranger, revision=row.revision, judgement=RELATED)

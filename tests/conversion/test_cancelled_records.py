"""A record that was cancelled for fraud: nothing of it is usable, what comes back is revoked, the books know why."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from conversion.holdings import applications_fed_by, holdings_of
from conversion.integrity import differences
from conversion.models import Application, Form
from conversion.services.applications import start_application, submit_application, withdraw_application
from conversion.services.decisions import (
    approve_application,
    effect_application,
    refuse_application,
    return_application,
    revoke_application,
    strike_application,
)
from credits.models import Claim, LedgerEntry, Lot
from credits.services.ledger import cancel
from portal.enums import Role, Status
from tests.builders import fresh, lots_of, make_application, make_staff
from tests.conversion.offsets import (
    CODE,
    NOTICE,
    RELATED,
    learner,
    make_offset,
    offered,
    recognise,
    scheme_version,
    wish,
)

pytestmark = pytest.mark.django_db
D = Decimal


def found_out(claim):
    """Let a finding of fraud cancel the claim, as the verb does: the claim is revoked, its lot gives nothing more."""
    Claim.objects.filter(pk=claim.pk).update(status=Status.REVOKED)
    cancel(claim, None)


def books():
    return [str(row) for row in differences()]


def entries(lot):
    rows = LedgerEntry.objects.filter(lot=lot).order_by("pk")
    return [(row.kind, row.points) for row in rows]


def used_in(status, points="2", whole="5"):
    """Return an offset in a state, with a part of a record that is then found out."""
    student = learner()
    (lot,) = recognise(student, whole)
    row = make_offset(status, student=student, uses={lot: points})
    found_out(lot.claim)
    return row, Lot.objects.get(pk=lot.pk)


def test_nothing_of_it_is_usable():
    student = learner()
    lot, other = recognise(student, "5", "1")
    found_out(lot.claim)
    usable = {row.pk: row.usable for row in holdings_of(student, scheme_version())}
    assert usable == {other.pk: D(1)}
    row = start_application(offered(student), fresh(student.person), wish({lot: "2"}))
    with pytest.raises(ValidationError, match="已被其他申请占用或使用"):
        submit_application(row, fresh(student.person), revision=row.revision)
    assert books() == []


@pytest.mark.parametrize("end", ["withdraw", "return", "refuse", "strike", "revoke"])
def test_what_comes_back_to_it_is_revoked_at_once(end):
    status = {"strike": Status.PUBLICITY, "revoke": Status.RECOGNISED}.get(end, Status.IN_REVIEW)
    row, lot = used_in(status)
    assert (lot.recognised, lot.held + lot.consumed) == (D(2), D(2))
    assert books() == []
    secretary, office = make_staff(Role.SECRETARY, college=row.college), make_staff(Role.OFFICE, scheme=CODE)
    words = {"reason": "认定已取消。", "revision": row.revision}
    {
        "withdraw": lambda: withdraw_application(row, fresh(row.student.person), revision=row.revision),
        "return": lambda: return_application(row, secretary, **words),
        "refuse": lambda: refuse_application(row, secretary, **words),
        "strike": lambda: strike_application(row, office, **words),
        "revoke": lambda: revoke_application(row, office, **words),
    }[end]()
    back = "refund" if end == "revoke" else "release"
    assert entries(lot)[-2:] == [(back, D(2)), ("revoke", D(2))]
    lot.refresh_from_db()
    assert (lot.recognised, lot.held, lot.consumed) == (D(0), D(0), D(0))
    assert len(set(LedgerEntry.objects.values_list("key", flat=True))) == LedgerEntry.objects.count()
    assert books() == []


def test_a_record_that_stands_is_not_revoked_when_it_comes_back():
    row = make_offset(Status.IN_REVIEW)
    withdraw_application(row, fresh(row.student.person), revision=row.revision)
    (lot,) = lots_of(row.student)
    assert (entries(lot)[-1], lot.usable) == (("release", D(2)), D(2))


def test_an_offset_of_two_records_loses_only_the_cancelled_one():
    student = learner()
    bad, good = recognise(student, "1", "3")
    row = make_offset(Status.IN_REVIEW, student=student, uses={bad: "1", good: "1"})
    found_out(bad.claim)
    withdraw_application(row, fresh(student.person), revision=row.revision)
    assert [(lot.recognised, lot.usable) for lot in lots_of(student)] == [(D(0), D(0)), (D(3), D(3))]
    assert books() == []


@pytest.mark.parametrize("stage", ["first", "office"])
def test_nothing_passes_with_it(stage):
    student = learner()
    (lot,) = recognise(student, "5")
    row = make_offset(Status.IN_REVIEW, student=student, uses={lot: "2"}, kind="major", stage=stage)
    found_out(lot.claim)
    role = {"first": Role.SECRETARY, "office": Role.OFFICE}[stage]
    actor = make_staff(role, college=row.college) if stage == "first" else make_staff(role, scheme=CODE)
    with pytest.raises(ValidationError, match="认定已被取消"):
        approve_application(row, actor, revision=row.revision, judgement=RELATED)
    row.refresh_from_db()
    assert (row.status, row.stage, Form.objects.count()) == (Status.IN_REVIEW, stage, 0)


def test_no_notice_puts_it_into_effect():
    row, _lot = used_in(Status.PUBLICITY)
    with pytest.raises(ValidationError, match="认定已被取消"):
        effect_application(row, make_staff(Role.OFFICE, scheme=CODE), notice=NOTICE)
    row.refresh_from_db()
    assert (row.status, row.notice, Form.objects.count()) == (Status.PUBLICITY, "", 0)


def test_a_graded_conversion_does_not_pass_with_it_either():
    row = make_application(Status.IN_REVIEW)
    (lot,) = lots_of(row.student)
    found_out(lot.claim)
    with pytest.raises(ValidationError, match="认定已被取消"):
        approve_application(row, make_staff(Role.SECRETARY, college=row.college), revision=row.revision)
    row.refresh_from_db()
    assert row.status == Status.IN_REVIEW
    assert books() == []


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (Status.DRAFT, False),
        (Status.IN_REVIEW, True),
        (Status.PUBLICITY, True),
        (Status.RECOGNISED, True),
        (Status.RETURNED, False),
        (Status.REFUSED, False),
    ],
)
def test_the_applications_it_feeds_wait_for_a_decision(status, found):
    student = learner()
    lot, other = recognise(student, "5", "5")
    row = make_offset(status, student=student, uses={lot: "2"})
    make_offset(Status.IN_REVIEW, student=student, uses={other: "1"}, code="L102", credits=1)
    assert applications_fed_by(lot.claim) == ([row] if found else [])


def test_the_fed_applications_come_ready_for_the_verbs(django_assert_num_queries):
    lot = recognise(learner(), "5")[0]
    make_offset(Status.IN_REVIEW, student=lot.student, uses={lot: "2"})
    with django_assert_num_queries(1):
        (row,) = applications_fed_by(lot.claim)
        assert (row.course.name, row.student.person.name, row.scheme.code) == ("逻辑学", "王芳", CODE)


SPOILED = {
    "recognised": (lambda _row, lot: Lot.objects.filter(pk=lot.pk).update(recognised=D(3)), "cancelled"),
    "claim": (lambda _row, lot: Claim.objects.filter(pk=lot.claim_id).update(status=Status.RECOGNISED), "cancelled"),
    "held": (lambda row, _lot: moved(row, Status.RETURNED), "held by applications"),
    "ended": (lambda row, _lot: moved(row, Status.REFUSED), "offset"),
    "used": (lambda row, _lot: row.student.allowances.update(used=D("2.01")), "allowance of student"),
    "gone": (lambda row, _lot: row.student.allowances.all().delete(), "allowance of student"),
}


def moved(row, status):
    Application.objects.filter(pk=row.pk).update(status=status)


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_row_is_found(name):
    """The control: the books are not always right."""
    spoil, complaint = SPOILED[name]
    row, lot = used_in(Status.PUBLICITY)
    assert books() == []
    spoil(row, lot)
    assert any(complaint in line for line in books()), books()

"""Two offsets of one student at the same moment: the cap holds whatever the interleaving; unguarded, it breaks."""

import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from conversion.models import Allowance, Application
from conversion.querysets import USING
from conversion.services import allowances
from conversion.services.applications import submit_application, withdraw_application
from conversion.services.decisions import effect_application
from credits.models import LedgerEntry
from portal.enums import Role, Status
from tests.builders import fresh, make_staff
from tests.conversion.offsets import CODE, NOTICE, learner, make_offset, recognise
from tests.conversion.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 15
D = Decimal
CHECK = 'CHECK ("used" <= "cap")'


def two_drafts(*, opened):
    """Give a student two drafts of six credits each; ``opened``: the allowance exists already."""
    student = learner(f"学生{Allowance.objects.count()}{Application.objects.count()}")
    lots = recognise(student, "6", "6")
    if opened:
        Allowance.objects.create(student=student, scheme=lots[0].scheme, cap=10)
    return student, [
        make_offset(student=student, uses={lot: "6"}, code=f"L20{place}", credits=6) for place, lot in enumerate(lots)
    ]


def submission(row):
    return lambda: submit_application(
        Application.objects.get(pk=row.pk), fresh(row.student.person), revision=row.revision
    )


def taken(student):
    """Return what live offsets took, which no lost update can hide."""
    live = Application.objects.filter(student=student, status__in=USING)
    return live.aggregate(total=Sum("offset_credits"))["total"] or D(0)


@pytest.mark.parametrize("opened", [False, True], ids=["the first offset opens it", "it is open"])
def test_two_offsets_at_once_never_exceed_the_cap(opened):
    for _round in range(ROUNDS):
        student, drafts = two_drafts(opened=opened)
        outcomes = together(*(submission(row) for row in drafts))
        assert sum(outcome is None for outcome in outcomes) == 1, outcomes
        assert "累计冲抵不能超过" in str(next(outcome for outcome in outcomes if outcome))
        assert taken(student) == Allowance.objects.get(student=student).used == D(6)
        assert LedgerEntry.objects.filter(lot__student=student, kind="hold").count() == 1


def read_without_lock(gate):
    """Replace the lock by a plain read, after which both wait for each other."""

    def read(application):
        row = Allowance.objects.get(scheme_id=application.scheme_id, student_id=application.student_id)
        gate.wait(timeout=20)
        return row

    return read


def test_without_the_lock_the_check_is_the_last_word(monkeypatch):
    student, drafts = two_drafts(opened=True)
    monkeypatch.setattr(allowances, "lock_allowance", read_without_lock(threading.Barrier(2)))
    outcomes = together(*(submission(row) for row in drafts))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert isinstance(next(outcome for outcome in outcomes if outcome), ValidationError)
    assert taken(student) == D(6)


def test_without_lock_and_check_the_cap_is_exceeded(monkeypatch):
    """The control: the tests above can fail."""
    student, drafts = two_drafts(opened=True)
    monkeypatch.setattr(allowances, "lock_allowance", read_without_lock(threading.Barrier(2)))
    table, name = Allowance._meta.db_table, "allowance_never_exceeded"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        together(*(submission(row) for row in drafts))
        assert taken(student) == D(12)
    finally:
        Allowance.objects.filter(student=student).update(used=0)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {CHECK}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Allowance.objects.filter(student=student).update(used=11)


def test_a_withdrawal_and_a_new_offset_at_once_leave_the_books_right():
    for _round in range(5):
        student, (row, other) = two_drafts(opened=True)
        submit_application(row, fresh(student.person), revision=row.revision)
        withdrawal = lambda: withdraw_application(  # noqa: E731 - used in its own round
            Application.objects.get(pk=row.pk),  # noqa: B023 - as above
            fresh(student.person),  # noqa: B023 - as above
            revision=row.revision,  # noqa: B023 - as above
        )
        outcomes = together(withdrawal, submission(other))
        assert outcomes[0] is None
        assert taken(student) == Allowance.objects.get(student=student).used


def test_one_notice_put_into_effect_twice_consumes_once():
    row = make_offset(Status.PUBLICITY)
    office = make_staff(Role.OFFICE, scheme=CODE)
    copies = [Application.objects.get(pk=row.pk) for _copy in range(2)]
    outcomes = together(*(lambda copy=copy: effect_application(copy, office, notice=NOTICE) for copy in copies))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert LedgerEntry.objects.filter(lot__student=row.student, kind="consume").count() == 1
    assert row.forms.count() == 1

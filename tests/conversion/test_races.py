"""Two connections at one balance: whatever the interleaving, no point is spent twice. With the guard away, it is."""

import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum

from conversion.models import Application
from conversion.services import applications
from conversion.services.applications import Wish, start_application, submit_application, withdraw_application
from conversion.services.decisions import approve_application
from credits.models import LedgerEntry, Lot
from portal.enums import Role, Status
from portal.workflow import WorkflowError
from tests.builders import (
    cover,
    fresh,
    get_version,
    lots_of,
    make_application,
    make_course,
    make_offering,
    make_recognised,
    make_staff,
    make_student,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 25
REFUSALS = (ValidationError, WorkflowError)


def together(*verbs):
    """Run the verbs at the same moment, each on its own connection; return what each raised (None for success)."""
    gate, outcomes = threading.Barrier(len(verbs)), [None] * len(verbs)

    def act(place, verb):
        try:
            gate.wait()
            verb()
        except REFUSALS as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def offerings():
    return [make_offering(make_course("1", "模块一")), make_offering(make_course("2", "模块二"))]


def two_drafts(offerings):
    """Give a student one record and two drafts that both want it."""
    student = make_student()
    cover(get_version().scheme, student.college)
    make_recognised("3", student=student, category="lab")
    uses = {lot.pk: lot.recognised for lot in lots_of(student)}
    return student, [make_application(student=student, offering=row, uses=uses) for row in offerings]


def submission(row):
    return lambda: submit_application(
        Application.objects.get(pk=row.pk), fresh(row.student.person), revision=row.revision
    )


def booked(student):
    """Return what the student's lots hold by their entries, which no lost update can hide."""
    holds = LedgerEntry.objects.filter(lot__student=student, kind="hold")
    return holds.aggregate(total=Sum("points"))["total"] or Decimal(0)


def test_two_applications_never_hold_the_same_record(offerings):
    for _round in range(ROUNDS):
        student, drafts = two_drafts(offerings)
        outcomes = together(*(submission(row) for row in drafts))
        assert sum(outcome is None for outcome in outcomes) == 1
        assert booked(student) == Decimal(3)
        assert [lot.held for lot in lots_of(student)] == [Decimal(3)]
        assert Application.objects.filter(student=student, status=Status.IN_REVIEW).count() == 1


def test_without_the_lock_the_same_record_is_held_twice(offerings, monkeypatch):
    """The control: the test above can fail."""
    both_have_read = threading.Barrier(2)

    def read_without_lock(ids):
        lots = {row.pk: row for row in Lot.objects.filter(pk__in=list(ids))}
        both_have_read.wait(timeout=20)
        return lots

    monkeypatch.setattr(applications, "lock_lots", read_without_lock)
    student, drafts = two_drafts(offerings)
    together(*(submission(row) for row in drafts))
    assert booked(student) == Decimal(6)


def test_one_application_submitted_from_two_browsers_is_held_once(offerings):
    for _round in range(5):
        student, drafts = two_drafts(offerings)
        outcomes = together(submission(drafts[0]), submission(drafts[0]))
        assert sum(outcome is None for outcome in outcomes) == 1
        assert booked(student) == Decimal(3)


def test_two_browsers_open_one_application_per_course(offerings):
    for _round in range(5):
        student = make_student()
        cover(get_version().scheme, student.college)
        start = lambda: start_application(offerings[0], fresh(student.person), Wish())  # noqa: B023, E731 - used in its own round
        outcomes = together(start, start)
        assert sum(outcome is None for outcome in outcomes) == 1
        assert Application.objects.filter(student=student).count() == 1


def test_approval_and_withdrawal_at_once_end_in_one_of_them(offerings):
    for _round in range(5):
        student, (row, _other) = two_drafts(offerings)
        submit_application(row, fresh(student.person), revision=row.revision)
        secretary = make_staff(Role.SECRETARY, college=row.college)
        seen = row.revision
        copies = [Application.objects.get(pk=row.pk) for _copy in range(2)]
        outcomes = together(
            lambda: approve_application(copies[0], secretary, revision=seen),  # noqa: B023 - used in its own round
            lambda: withdraw_application(copies[1], fresh(student.person), revision=seen),  # noqa: B023 - as above
        )
        assert sum(outcome is None for outcome in outcomes) == 1
        (lot,) = lots_of(student)
        row.refresh_from_db()
        assert (row.status, lot.held, lot.consumed) in {
            (Status.RECOGNISED, Decimal(0), Decimal(3)),
            (Status.WITHDRAWN, Decimal(0), Decimal(0)),
        }

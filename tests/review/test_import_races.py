"""Two connections at one import: whatever the interleaving, every row is recorded once, and used points stay."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from conversion.services.applications import Wish, start_application, submit_application
from credits.models import Claim, LedgerEntry, Lot
from portal.enums import Role, Status
from review.models import BatchState, ImportBatch
from review.services.imports import BatchMoved, RowsInUse, apply_import, roll_back_import, stage_import
from tests.builders import cover, fresh, get_category, get_version, make_offering, make_staff, make_student
from tests.workbooks import workbook

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
HEADING = ("学号*", "姓名*", "具体内容*", "项目级别", "结题结果", "角色", "认定积分")
ROUNDS = 5


def together(*verbs):
    """Run the verbs at the same moment, each on its own connection; return what each gave or raised."""
    gate, outcomes = threading.Barrier(len(verbs)), [None] * len(verbs)

    def act(place, verb):
        try:
            gate.wait()
            outcomes[place] = verb()
        except Exception as error:  # noqa: BLE001 - the test looks at it
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
def office():
    return make_staff(Role.OFFICE)


@pytest.fixture
def student():
    found = make_student("李明", number="1120220001")
    cover(get_version().scheme, found.college)
    return found


def stage(office, content):
    rows = [("1120220001", "李明", f"{content} {place}", "", "", "", 2) for place in range(3)]
    return stage_import(
        office,
        get_category("innovation"),
        academic_year="2025-2026",
        published_on=timezone.localdate() - datetime.timedelta(days=1),
        upload=workbook("大创项目", HEADING, rows),
    )


def test_one_batch_applied_twice_at_once_is_applied_once(office, student):
    for number in range(ROUNDS):
        batch = stage(office, f"项目 {number}")
        outcomes = together(*[lambda pk=batch.pk: apply_import(ImportBatch.objects.get(pk=pk), office)] * 2)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [BatchMoved.__name__, "bool"]
        assert Claim.objects.count() == LedgerEntry.objects.count() == 3 * (number + 1)


def test_two_workbooks_with_the_same_rows_record_them_once(office, student):
    for number in range(ROUNDS):
        batches = [stage(office, f"项目 {number}") for _copy in range(2)]
        verbs = [lambda pk=batch.pk: apply_import(ImportBatch.objects.get(pk=pk), office) for batch in batches]
        assert together(*verbs) == [True, True]
        assert Claim.objects.count() == Lot.objects.count() == 3 * (number + 1)


def test_a_roll_back_and_a_conversion_never_both_win(office, student):
    batch = stage(office, "项目")
    apply_import(batch, office)
    lot = Lot.objects.order_by("pk").first()
    actor = fresh(student.person)
    wish = Wish(phone="13800000000", email="li@example.org", reason="申请转换。", uses={lot.pk: lot.recognised})
    application = start_application(make_offering(), actor, wish)
    outcomes = together(
        lambda: roll_back_import(ImportBatch.objects.get(pk=batch.pk), office, reason="有误"),
        lambda: submit_application(application, actor, revision=application.revision),
    )
    lot.refresh_from_db()
    batch.refresh_from_db()
    application.refresh_from_db()
    rolled_back = batch.state == BatchState.ROLLED_BACK
    assert rolled_back != (application.status == Status.IN_REVIEW), outcomes
    assert isinstance(outcomes[0], int if rolled_back else RowsInUse)
    assert lot.held + lot.consumed <= lot.recognised

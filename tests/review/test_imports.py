"""Imports of recorded categories: every bad workbook, all or nothing, and back again (B16)."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from credits.models import Claim, ClaimEvent, LedgerEntry, Lot
from credits.services.decisions import revoke_claim
from portal.enums import Role, Status
from portal.models import Event, Notice, StoredFile
from portal.workflow import NotAllowed
from review.models import BatchState, ImportBatch, ImportedRecord
from review.services.imports import (
    BatchMoved,
    RowsInUse,
    apply_import,
    discard_import,
    roll_back_import,
    stage_import,
)
from tests.builders import (
    cover,
    fresh,
    get_category,
    get_version,
    make_application,
    make_college,
    make_recognised,
    make_staff,
    make_student,
)
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db

SHEET = "大创项目"
HEADING = ("学号*", "姓名*", "学院", "具体内容*", "项目级别", "结题结果", "角色", "认定积分", "说明")
YEAR = "2025-2026"


@pytest.fixture
def unit():
    return make_staff(Role.OWNER_UNIT, scheme="bit", category="innovation")


@pytest.fixture
def student():
    found = make_student("李明", number="1120220001")
    cover(get_version().scheme, found.college)
    return found


def line(
    number="1120220001", name="李明", *, college="", content="智能小车", facts=("", "", ""), points="0.5", reason=""
):
    return (number, name, college, content, *facts, points, reason)


def stage(actor, rows, *, title=SHEET, heading=HEADING, category="innovation", year=YEAR, published_on=None):
    return stage_import(
        actor,
        get_category(category),
        academic_year=year,
        published_on=published_on or timezone.localdate() - datetime.timedelta(days=3),
        upload=workbook(title, heading, rows),
    )


def places(batch):
    return [(problem["place"], problem["title"]) for problem in batch.problems]


def test_a_workbook_is_staged_without_recording_anything(unit, student):
    batch = stage(unit, [line(), line(content="第二项", points=1.25)])
    assert batch.state == BatchState.PREVIEWED
    assert not batch.problems
    assert batch.report["create"] == 2
    assert batch.report["points"] == "1.75"
    assert batch.report["students"] == 1
    assert not Claim.objects.exists()
    event = Event.objects.get(subject_kind="import")
    assert (event.verb, event.actor_role, event.after["rows"]) == ("stage", "owner_unit", 2)


def test_applying_gives_each_row_its_claim_event_lot_award_and_notice(unit, student):
    other = make_student("王芳", number="1120220002")
    batch = stage(unit, [line(), line("1120220002", "王芳", points="1")])
    assert apply_import(batch, unit)
    assert batch.state == BatchState.APPLIED
    claims = list(Claim.objects.order_by("pk"))
    assert [(c.student_id, c.status, c.recognised_points) for c in claims] == [
        (student.pk, Status.RECOGNISED, Decimal("0.50")),
        (other.pk, Status.RECOGNISED, Decimal("1.00")),
    ]
    assert {c.channel for c in claims} == {"office"}
    assert [(lot.recognised, lot.held, lot.consumed) for lot in Lot.objects.order_by("pk")] == [
        (Decimal("0.50"), 0, 0),
        (Decimal("1.00"), 0, 0),
    ]
    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", "key")) == [
        ("award", f"award:{claim.pk}") for claim in claims
    ]
    assert list(ClaimEvent.objects.order_by("pk").values_list("verb", "actor_role")) == 2 * [("record", "owner_unit")]
    assert set(Notice.objects.values_list("person", flat=True)) == {student.person_id, other.person_id}
    assert list(ImportedRecord.objects.values_list("row_number", flat=True)) == [2, 3]
    assert list(Event.objects.filter(subject_kind="import").values_list("verb", flat=True)) == ["stage", "apply"]


def test_points_come_from_the_rules_when_the_row_holds_the_facts(unit, student):
    batch = stage(unit, [line(facts=("校级", "合格", "负责人"), points=None)])
    assert apply_import(batch, unit)
    claim = Claim.objects.get()
    assert claim.recognised_points == claim.suggested_points == Decimal("0.50")
    assert claim.trace["steps"]
    assert claim.facts == {"level": "校级", "result": "合格", "role": "负责人"}


def test_points_that_differ_from_the_rules_need_their_reason(unit, student):
    differing = line(facts=("校级", "合格", "负责人"), points=2)
    batch = stage(unit, [differing])
    assert places(batch) == [("H2", "认定积分")]
    explained = stage(unit, [line(facts=("校级", "合格", "负责人"), points=2, reason="评审会决定")])
    assert apply_import(explained, unit)
    assert Claim.objects.get().recognised_reason == "评审会决定"


def test_a_student_number_as_a_float_is_read_as_text(unit, student):
    batch = stage(unit, [line(number=1120220001.0), line(number="1120220001.0", content="另一项")])
    assert not batch.problems
    assert batch.report["create"] == 2


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (line(number="1199999999"), ("A2", "学号")),
        (line(number="1.12022E+09"), ("A2", "学号")),
        (line(number=""), ("A2", "学号")),
        (line(name="李四"), ("B2", "姓名")),
        (line(college="没有的学院"), ("C2", "学院")),
        (line(college="机电学院"), ("C2", "学院")),
        (line(content=""), ("D2", "具体内容")),
        (line(facts=("太空级", "", "")), ("E2", "项目级别")),
        (line(facts=("校级", "", ""), points=None), ("F2", "结题结果")),
        (line(points=None), ("H2", "认定积分")),
        (line(points="-1"), ("H2", "认定积分")),
        (line(points=0), ("H2", "认定积分")),
        (line(points=99), ("H2", "认定积分")),
        (line(points=0.125), ("H2", "认定积分")),
        (line(points="很多"), ("H2", "认定积分")),
        (line(points="=0.5+0.5"), ("H2", "认定积分")),
    ],
    ids=[
        "unknown student",
        "scientific number",
        "no number",
        "another name",
        "unknown college",
        "another college",
        "no content",
        "unknown level",
        "facts half filled",
        "nothing to give",
        "negative",
        "zero",
        "over the maximum",
        "three places",
        "text",
        "formula",
    ],
)
def test_each_bad_cell_is_named_and_nothing_is_recorded(unit, student, row, place):
    make_college("me", "机电学院")
    batch = stage(unit, [row, line(content="好的一行")])
    assert places(batch) == [place]
    assert batch.problems[0]["message"]
    assert not apply_import(batch, unit)
    assert batch.state == BatchState.PREVIEWED
    assert not Claim.objects.exists()


def test_a_row_twice_in_the_workbook_names_the_earlier_one(unit, student):
    batch = stage(unit, [line(), line()])
    assert places(batch) == [("A3", "学号")]
    assert "2" in batch.problems[0]["message"]


def test_students_off_the_roll_or_not_covered_are_refused(unit, student):
    gone = make_student("张三", number="1120220003", on_roll=False)
    cover(get_version().scheme, gone.college)
    make_student("赵六", number="1120220004", college=make_college("me", "机电学院"))
    batch = stage(unit, [line("1120220003", "张三"), line("1120220004", "赵六")])
    assert places(batch) == [("A2", "学号"), ("A3", "学号")]


@pytest.mark.parametrize(
    "broken",
    [
        {"title": "Sheet1"},
        {"title": "社会实践"},
    ],
    ids=["unnamed sheet", "another category's sheet"],
)
def test_a_wrong_sheet_is_refused_beside_the_file(unit, student, broken):
    with pytest.raises(ValidationError) as caught:
        stage(unit, [line()], **broken)
    assert list(caught.value.message_dict) == ["workbook"]
    assert not StoredFile.objects.exists()
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    "heading",
    [
        ("学生号码", *HEADING[1:]),
        (HEADING[0], *HEADING[2:]),
    ],
    ids=["renamed", "missing"],
)
def test_a_missing_or_renamed_column_is_named(unit, student, heading):
    batch = stage(unit, [line()[: len(heading)]], heading=heading)
    assert batch.problems
    assert "列" in batch.problems[0]["message"]
    assert not apply_import(batch, unit)


def test_too_many_rows_are_refused_at_once(unit, student):
    rows = ((f"{number:010d}", "李明", "", f"项目 {number}", "", "", "", 0.5, "") for number in range(50_001))
    with pytest.raises(ValidationError) as caught:
        stage(unit, rows)
    assert "50000" in caught.value.message_dict["workbook"][0]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"year": "2025"}, "academic_year"),
        # Two days ahead: midnight may pass between the collection of the tests and this one.
        ({"published_on": timezone.localdate() + datetime.timedelta(days=2)}, "published_on"),
    ],
)
def test_a_wrong_year_or_a_running_publicity_is_refused(unit, student, facts, field):
    with pytest.raises(ValidationError) as caught:
        stage(unit, [line()], **facts)
    assert list(caught.value.message_dict) == [field]


def test_an_empty_sheet_is_refused(unit, student):
    with pytest.raises(ValidationError):
        stage(unit, [])


def test_what_is_recorded_already_is_skipped_and_a_contradiction_is_refused(unit, student):
    assert apply_import(stage(unit, [line()]), unit)
    again = stage(unit, [line(), line(content="新的一项")])
    assert again.report["skipped"] == 1
    assert apply_import(again, unit)
    assert Claim.objects.count() == 2
    contradicting = stage(unit, [line(points=2)])
    assert places(contradicting) == [("H2", "认定积分")]


def test_two_batches_of_the_same_workbook_record_it_once(unit, student):
    first, second = stage(unit, [line()]), stage(unit, [line()])
    assert apply_import(first, unit)
    assert apply_import(second, unit)
    assert Claim.objects.count() == 1
    assert second.report["create"] == 0


def test_applying_compares_again_with_the_roll_of_that_moment(unit, student):
    batch = stage(unit, [line()])
    student.on_roll = False
    student.save()
    assert not apply_import(batch, unit)
    assert places(batch) == [("A2", "学号")]
    assert not Claim.objects.exists()


def test_a_batch_is_applied_once(unit, student):
    batch = stage(unit, [line()])
    apply_import(batch, unit)
    with pytest.raises(BatchMoved):
        apply_import(batch, unit)
    assert Claim.objects.count() == 1


def test_a_discarded_batch_stays_in_the_history(unit, student):
    batch = stage(unit, [line()])
    discard_import(batch, unit)
    with pytest.raises(BatchMoved):
        apply_import(batch, unit)
    assert ImportBatch.objects.get().state == BatchState.DISCARDED


def test_rolling_back_takes_every_award_back(unit, student):
    batch = stage(unit, [line(), line(content="第二项", points=1)])
    apply_import(batch, unit)
    assert roll_back_import(batch, unit, reason="表格有误") == 2
    assert batch.state == BatchState.ROLLED_BACK
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.REVOKED}
    assert set(Lot.objects.values_list("recognised", flat=True)) == {Decimal("0.00")}
    assert LedgerEntry.objects.filter(kind="revoke").count() == 2
    assert ClaimEvent.objects.filter(verb="revoke", reason="表格有误").count() == 2
    event = Event.objects.get(subject_kind="import", verb="roll_back")
    assert (event.reason, event.after) == ("表格有误", {"revoked": 2})
    again = stage(unit, [line()])
    assert apply_import(again, unit)


def test_a_row_whose_points_are_used_stops_the_roll_back_and_is_named(unit, student):
    batch = stage(unit, [line(), line(content="第二项", points=3)])
    apply_import(batch, unit)
    used = Lot.objects.get(recognised=Decimal("3.00"))
    make_application(Status.IN_REVIEW, student=student, uses={used.pk: used.recognised})
    with pytest.raises(RowsInUse) as caught:
        roll_back_import(batch, unit, reason="表格有误")
    assert [row.row_number for row in caught.value.rows] == [3]
    assert set(Claim.objects.values_list("status", flat=True)) == {Status.RECOGNISED}
    assert not LedgerEntry.objects.filter(kind="revoke").exists()
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED


def test_rolling_back_leaves_alone_what_was_revoked_singly(unit, student):
    batch = stage(unit, [line(), line(content="第二项")])
    apply_import(batch, unit)
    revoke_claim(Claim.objects.first(), make_staff(Role.OFFICE), reason="重复", revision=None)
    assert roll_back_import(batch, unit, reason="表格有误") == 1


def test_rolling_back_needs_a_reason(unit, student):
    batch = stage(unit, [line()])
    apply_import(batch, unit)
    with pytest.raises(ValidationError):
        roll_back_import(batch, unit, reason=" ")


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.OWNER_UNIT, {"scheme": "bit", "category": "practice"}),
        (Role.OWNER_UNIT, {"scheme": "elsewhere"}),
        (Role.SECRETARY, {}),
        (Role.AUDITOR, {}),
        (Role.ADMINISTRATOR, {}),
    ],
)
def test_only_who_records_the_category_may_do_anything_with_its_batches(unit, student, role, scope):
    batch = stage(unit, [line()])
    other = make_staff(role, **scope)
    applied = stage(unit, [line(content="第二项")])
    apply_import(applied, unit)
    for attempt in (
        lambda: stage(other, [line(content="第三项")]),
        lambda: apply_import(batch, other),
        lambda: discard_import(batch, other),
        lambda: roll_back_import(applied, other, reason="无"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert ImportBatch.objects.count() == 2
    assert Claim.objects.count() == 1


def test_a_category_that_students_claim_is_never_imported(student):
    with pytest.raises(NotAllowed):
        stage(make_staff(Role.OFFICE), [line()], category="competition")


def test_a_unit_sees_only_the_batches_of_its_categories(unit, student):
    batch = stage(unit, [line()])
    other = make_staff(Role.OWNER_UNIT, scheme="bit", category="practice")
    assert batch in ImportBatch.objects.visible_to(unit)
    assert batch in ImportBatch.objects.visible_to(make_staff(Role.OFFICE))
    assert not ImportBatch.objects.visible_to(other).exists()
    assert not ImportBatch.objects.visible_to(fresh(student.person)).exists()


def test_more_rows_cost_no_more_queries(unit, student, django_assert_num_queries):
    apply_import(stage(unit, [line()]), unit)  # the office's wording of notices is looked up once and kept
    for count in (1, 3):
        rows = [line(content=f"{count} 项目 {place}") for place in range(count)]
        batch = stage(unit, rows)
        actor = fresh(unit)
        with django_assert_num_queries(27):
            apply_import(batch, actor)


def test_a_single_record_is_one_of_many(student):
    claim = make_recognised("0.5", student=student, category="innovation")
    assert claim.lot.recognised == Decimal("0.50")
    assert ClaimEvent.objects.get(subject=claim).verb == "record"

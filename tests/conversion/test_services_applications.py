"""What a student does with an application: new state, exactly one event, what the ledger books, and nothing else."""

from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from conversion.models import Application, ApplicationEvent, Form
from conversion.services.applications import (
    Wish,
    save_application,
    start_application,
    submit_application,
    withdraw_application,
)
from credits.models import LedgerEntry
from portal.enums import Role, Status
from portal.models import Notice
from portal.workflow import NotAllowed, StaleSubject
from tests.builders import (
    cover,
    fresh,
    get_version,
    lots_of,
    make_application,
    make_course,
    make_offering,
    make_recognised,
    make_scheme_version,
    make_student,
)

pytestmark = pytest.mark.django_db
D = Decimal
FOUR_CREDITS = {"[4,6)": "合格", "[6,7)": "中等", "[7,9)": "良好", "≥9": "优秀"}


def wish(uses, **words):
    return Wish(**{"phone": "13800000000", "email": "li@example.org", "reason": "理由", "uses": uses, **words})


def student_with(*amounts, category="innovation"):
    student = make_student()
    cover(get_version().scheme, student.college)
    for amount in amounts:
        make_recognised(amount, student=student, category=category)
    return student


def all_of(student):
    return {lot.pk: lot.recognised for lot in lots_of(student)}


def last_event(application):
    return application.events.order_by("-pk").first()


def kinds(student):
    return list(LedgerEntry.objects.filter(lot__student=student).order_by("pk").values_list("kind", flat=True))


def draft(student, offering=None, uses=None, **words):
    offering = offering or make_offering()
    return start_application(offering, fresh(student.person), wish(all_of(student) if uses is None else uses, **words))


def test_the_manuals_example_comes_out():
    student = student_with("1", "3", "3.6")
    row = draft(student, make_offering(make_course("100050415", "实践", credits=4, bands=FOUR_CREDITS)))
    submit_application(row, fresh(student.person), revision=row.revision)
    assert (row.total, row.grade) == (D("7.6"), "良好")


@pytest.mark.parametrize(
    ("points", "grade"),
    [("2", "合格"), ("2.01", "中等"), ("4", "中等"), ("4.01", "良好"), ("5.99", "良好"), ("6", "优秀"), ("9", "优秀")],
)
def test_both_edges_of_each_band(points, grade):
    student = student_with(points)
    row = draft(student)
    submit_application(row, fresh(student.person), revision=row.revision)
    assert row.grade == grade


def test_starting_opens_a_draft_and_holds_nothing():
    student = student_with("3")
    row = draft(student)
    assert (row.status, row.total, row.grade) == (Status.DRAFT, D(3), "中等")
    assert (row.college_id, row.cohort, row.scheme_version) == (student.college_id, student.cohort, get_version())
    event = last_event(row)
    assert (event.verb, event.actor_role, event.to_state) == ("start", Role.STUDENT, Status.DRAFT)
    assert ApplicationEvent.objects.count() == 1
    assert kinds(student) == ["award"]


def test_saving_writes_one_event_and_nothing_new_none():
    student = student_with("3", "1")
    first, second = lots_of(student)
    row = draft(student, uses={first.pk: D(3)})
    same = wish({first.pk: D(3)})
    save_application(row, fresh(student.person), same, revision=row.revision)
    assert row.events.count() == 1
    save_application(row, fresh(student.person), wish({second.pk: D(1)}), revision=row.revision)
    assert row.events.count() == 2
    assert last_event(row).after["uses"] == {str(second.pk): "1"}
    assert row.total == 1


def test_submitting_holds_what_is_used():
    student = student_with("3", "1")
    first, _second = lots_of(student)
    row = draft(student, uses={first.pk: D(3)})
    submit_application(row, fresh(student.person), revision=row.revision)
    assert (row.status, row.stage) == (Status.IN_REVIEW, "college")
    assert row.submitted_at is not None
    assert [(lot.held, lot.consumed) for lot in lots_of(student)] == [(D(3), D(0)), (D(0), D(0))]
    event = last_event(row)
    assert (event.verb, event.from_state, event.to_state) == ("submit", "draft", "in_review:college")
    assert row.bands == [["2", "合格"], ["(2,4]", "中等"], ["(4,6)", "良好"], ["≥6", "优秀"]]
    assert not mail.outbox
    assert not Form.objects.exists()


@pytest.mark.parametrize("field", ["phone", "email", "reason"])
def test_a_missing_word_is_named(field):
    student = student_with("3")
    row = draft(student, **{field: " "})
    with pytest.raises(ValidationError) as caught:
        submit_application(row, fresh(student.person), revision=row.revision)
    assert set(caught.value.message_dict) == {field}
    assert kinds(student) == ["award"]


@pytest.mark.parametrize(("points", "word"), [("1", "尚未达到"), (None, "至少选择")])
def test_too_little_cannot_be_handed_in(points, word):
    student = student_with(*([points] if points else []))
    row = draft(student)
    with pytest.raises(ValidationError, match=word):
        submit_application(row, fresh(student.person), revision=row.revision)
    row.refresh_from_db()
    assert row.status == Status.DRAFT


def test_a_strangers_record_is_refused():
    student, stranger = student_with("3"), student_with("5")
    with pytest.raises(ValidationError, match="不能用于该课程"):
        draft(student, uses=all_of(stranger))
    assert not Application.objects.exists()


def test_a_record_of_a_category_that_the_course_does_not_take_is_refused():
    student = student_with("3")
    row = draft(student, make_offering(make_course(categories=["lab"])))
    with pytest.raises(ValidationError, match="不能用于该课程"):
        submit_application(row, fresh(student.person), revision=row.revision)


def test_a_part_of_a_record_is_refused_where_only_whole_ones_count():
    student = student_with("5")
    row = draft(student, uses={lots_of(student)[0].pk: D(3)})
    with pytest.raises(ValidationError, match="整条转换"):
        submit_application(row, fresh(student.person), revision=row.revision)


def test_parts_are_taken_where_the_scheme_allows_it():
    make_scheme_version(replace=[("whole_records = true", "whole_records = false")])
    student = student_with("5")
    lot = lots_of(student)[0]
    row = draft(student, uses={lot.pk: D(3)})
    submit_application(row, fresh(student.person), revision=row.revision)
    other = draft(student, make_offering(make_course("01710207", "模块二")), uses={lot.pk: D(2)})
    submit_application(other, fresh(student.person), revision=other.revision)
    assert [lot.usable for lot in lots_of(student)] == [0]


def test_more_than_a_record_holds_is_refused():
    make_scheme_version(replace=[("whole_records = true", "whole_records = false")])
    student = student_with("5")
    row = draft(student, uses={lots_of(student)[0].pk: D("5.01")})
    with pytest.raises(ValidationError, match="已被其他申请占用或使用"):
        submit_application(row, fresh(student.person), revision=row.revision)


def test_a_record_serves_one_application():
    student = student_with("3")
    first = draft(student)
    second = draft(student, make_offering(make_course("01710207", "模块二")))
    submit_application(first, fresh(student.person), revision=first.revision)
    with pytest.raises(ValidationError, match="已被其他申请占用"):
        submit_application(second, fresh(student.person), revision=second.revision)
    second.refresh_from_db()
    assert second.status == Status.DRAFT
    assert kinds(student) == ["award", "hold"]


def test_one_live_application_per_course():
    student = student_with("3")
    offering = make_offering()
    draft(student, offering)
    with pytest.raises(NotAllowed, match="已有该课程的申请"):
        draft(student, offering)


def test_a_closed_offering_takes_nothing():
    student = student_with("3")
    with pytest.raises(NotAllowed, match="截止"):
        draft(student, make_offering(opens=-9, closes=-1))
    with pytest.raises(NotAllowed, match="将于"):
        draft(student, make_offering(make_course("01710207", "模块二"), opens=1, closes=9))


def test_a_returned_application_may_be_amended_after_the_deadline():
    student = student_with("3")
    offering = make_offering()
    row = make_application(Status.RETURNED, student=student, offering=offering, uses=all_of(student))
    offering.closes_at = offering.opens_at.replace(year=offering.opens_at.year - 1)
    offering.opens_at = offering.closes_at.replace(year=offering.closes_at.year - 1)
    offering.save()
    row = Application.objects.get(pk=row.pk)
    submit_application(row, fresh(student.person), revision=row.revision)
    assert row.status == Status.IN_REVIEW
    assert kinds(student) == ["award", "hold", "release", "hold"]


def test_withdrawing_releases_what_is_held():
    student = student_with("3")
    row = make_application(Status.IN_REVIEW, student=student, uses=all_of(student))
    withdraw_application(row, fresh(student.person), revision=row.revision)
    assert row.status == Status.WITHDRAWN
    assert kinds(student) == ["award", "hold", "release"]
    assert last_event(row).verb == "withdraw"
    assert not Notice.objects.filter(path__startswith="/conversion/").exists()


def test_a_draft_is_withdrawn_without_the_ledger():
    student = student_with("3")
    row = draft(student)
    withdraw_application(row, fresh(student.person), revision=row.revision)
    assert kinds(student) == ["award"]


def test_an_old_page_is_stale():
    student = student_with("3")
    row = draft(student)
    actor = fresh(student.person)
    for verb in (submit_application, withdraw_application):
        with pytest.raises(StaleSubject):
            verb(row, actor, revision=row.revision + 1)
    submit_application(row, actor, revision=row.revision)
    with pytest.raises(StaleSubject):
        save_application(row, actor, wish({}), revision=row.revision)
    assert row.events.count() == 2


def test_nobody_else_acts_on_it():
    student, other = student_with("3"), student_with("3")
    row = draft(student)
    actor = fresh(other.person)
    with pytest.raises(NotAllowed):
        submit_application(row, actor, revision=row.revision)
    with pytest.raises(NotAllowed):
        withdraw_application(row, actor, revision=row.revision)
    with pytest.raises(NotAllowed):
        save_application(row, actor, wish({}), revision=row.revision)


def test_a_student_off_the_roll_applies_for_nothing():
    student = student_with("3")
    student.on_roll = False
    student.save()
    with pytest.raises(NotAllowed, match="在籍"):
        draft(student)

"""What staff does with an application: consumption, release, refund, the form that is issued, and who is told."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from conversion.models import Form
from conversion.models.forms import FormState
from conversion.services.decisions import (
    approve_application,
    refuse_application,
    return_application,
    revoke_application,
)
from conversion.services.forms import digest, file_form, reissue_form, unfile_form
from credits.models import LedgerEntry
from portal.enums import NoticeKind, Role, Status
from portal.models import Notice
from portal.workflow import NotAllowed, StaleSubject
from tests.builders import fresh, lots_of, make_application, make_staff, make_student

pytestmark = pytest.mark.django_db
D = Decimal


def pending(**facts):
    row = make_application(Status.IN_REVIEW, **facts)
    return row, make_staff(Role.SECRETARY, college=row.college)


def kinds(student):
    return list(LedgerEntry.objects.filter(lot__student=student).order_by("pk").values_list("kind", flat=True))


def told(person):
    return Notice.objects.filter(person=person, path__startswith="/conversion/").order_by("-pk").first()


def test_approval_consumes_issues_the_form_and_tells():
    office = make_staff(Role.OFFICE)
    row, secretary = pending()
    approve_application(row, secretary, revision=row.revision, remark="同意")
    assert (row.status, row.stage) == (Status.RECOGNISED, "")
    assert [(lot.held, lot.consumed) for lot in lots_of(row.student)] == [(D(0), D(3))]
    assert kinds(row.student) == ["award", "hold", "consume"]
    event = row.events.order_by("-pk").first()
    form = Form.objects.get()
    assert (event.verb, event.reason, event.after["form"]) == ("approve", "同意", form.number)
    assert told(row.student.person).title.endswith("审核通过")
    assert told(office).kind == NoticeKind.INFORMATION
    assert told(secretary) is None


def test_the_form_says_what_was_decided():
    row, secretary = pending()
    approve_application(row, secretary, revision=row.revision, remark="材料齐全，同意转换。")
    form = Form.objects.get()
    said = form.snapshot
    assert form.sha256 == digest(said)
    assert (said["total"], said["grade"], said["number"]) == ("3.00", "中等", form.number)
    assert said["student"]["name"] == row.student.person.name
    assert said["lines"][0]["used"] == "3.00"
    opinion = said["opinions"][-1]
    assert (opinion["name"], opinion["role"], opinion["remark"]) == (
        secretary.name,
        "学院教学秘书",
        "材料齐全，同意转换。",
    )


def test_returning_releases_and_tells_why():
    row, secretary = pending()
    return_application(row, secretary, reason="请写清理由。", revision=row.revision)
    assert row.status == Status.RETURNED
    assert kinds(row.student) == ["award", "hold", "release"]
    notice = told(row.student.person)
    assert notice.kind == NoticeKind.ACTION
    assert "请写清理由。" in notice.text


def test_refusing_releases_and_ends():
    row, secretary = pending()
    refuse_application(row, secretary, reason="与课程无关。", revision=row.revision)
    assert row.status == Status.REFUSED
    assert kinds(row.student) == ["award", "hold", "release"]
    assert not Form.objects.exists()


@pytest.mark.parametrize("verb", [return_application, refuse_application])
def test_a_reason_is_required(verb):
    row, secretary = pending()
    with pytest.raises(ValidationError) as caught:
        verb(row, secretary, reason=" ", revision=row.revision)
    assert set(caught.value.message_dict) == {"reason"}
    row.refresh_from_db()
    assert row.status == Status.IN_REVIEW


def test_revoking_gives_the_points_back_and_voids_the_form():
    row = make_application(Status.RECOGNISED)
    office = make_staff(Role.OFFICE)
    revoke_application(row, office, reason="材料不实。", revision=row.revision)
    assert row.status == Status.REVOKED
    assert [(lot.held, lot.consumed) for lot in lots_of(row.student)] == [(D(0), D(0))]
    assert kinds(row.student) == ["award", "hold", "consume", "refund"]
    assert Form.objects.get().state == FormState.REVOKED


def test_the_second_decision_is_stale():
    row, secretary = pending()
    seen = row.revision
    approve_application(row, secretary, revision=seen)
    with pytest.raises(StaleSubject):
        return_application(row, secretary, reason="晚了", revision=seen)
    assert kinds(row.student) == ["award", "hold", "consume"]


@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR, Role.COMMITTEE, Role.COUNSELLOR])
def test_only_the_stages_role_decides(role):
    row, _secretary = pending()
    with pytest.raises(NotAllowed):
        approve_application(row, make_staff(role), revision=row.revision)


def test_another_colleges_secretary_does_not_decide():
    from tests.builders import OTHER_COLLEGE, make_college  # noqa: PLC0415 - kept beside its only use

    row, _secretary = pending()
    stranger = make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE))
    with pytest.raises(NotAllowed):
        approve_application(row, stranger, revision=row.revision)


def test_nobody_decides_on_the_own_application():
    from portal.models import Appointment  # noqa: PLC0415 - kept beside its only use

    student = make_student()
    row, _secretary = pending(student=student)
    Appointment.objects.create(
        person=student.person, role=Role.SECRETARY, college=student.college, starts_on="2020-01-01"
    )
    with pytest.raises(NotAllowed, match="自己"):
        approve_application(row, fresh(student.person), revision=row.revision)


def test_a_new_form_supersedes_the_old_one():
    row = make_application(Status.RECOGNISED)
    secretary = make_staff(Role.SECRETARY, college=row.college)
    old = Form.objects.get()
    new = reissue_form(row, secretary, reason="姓名更正", revision=row.revision)
    old.refresh_from_db()
    assert (old.state, new.state) == (FormState.SUPERSEDED, FormState.VALID)
    assert new.number.endswith("-2")
    assert new.code != old.code
    assert new.snapshot["opinions"][-1]["name"]


def test_filing_and_taking_it_back():
    row = make_application(Status.RECOGNISED)
    secretary = make_staff(Role.SECRETARY, college=row.college)
    form = Form.objects.select_related("application").get()
    file_form(form, secretary, shelf=" A-3 ")
    assert form.filing.shelf == "A-3"
    with pytest.raises(ValidationError, match="已经备案"):
        file_form(form, secretary)
    unfile_form(form, secretary, reason="录错")
    assert [event.verb for event in row.events.order_by("-pk")[:2]] == ["unfile", "file"]


def test_a_superseded_form_is_not_filed():
    row = make_application(Status.RECOGNISED)
    secretary = make_staff(Role.SECRETARY, college=row.college)
    old = Form.objects.select_related("application").get()
    reissue_form(row, secretary, reason="遗失", revision=row.revision)
    with pytest.raises(ValidationError, match="已失效"):
        file_form(old, secretary)

"""The printed form of an offset and the page that verifies it; the graded form stays what it was."""

import pytest
from django.urls import reverse

from conversion.models import Form
from conversion.pdf import form_pdf
from conversion.services.decisions import effect_application, revoke_application
from conversion.services.forms import digest, reissue_form
from portal.enums import Role, Status
from tests.builders import make_application, make_staff
from tests.conversion.offsets import CODE, NOTICE, RELATED, learner, make_offset, recognise
from tests.conversion.test_pdf import needs_poppler, text_of

pytestmark = pytest.mark.django_db


def test_the_form_freezes_what_was_decided():
    student = learner()
    first, second = recognise(student, "1.5", "3")
    uses = {first: "1.5", second: "0.75"}
    row = make_offset(Status.RECOGNISED, student=student, uses=uses, kind="major", credits="2.25")
    form = Form.objects.get(application=row)
    said = form.snapshot
    assert form.sha256 == digest(said)
    assert (said["total"], said["grade"], said["bands"], said["course"]["credits"]) == ("2.25", "免修", [], "2.25")
    assert [(line["recognised"], line["used"]) for line in said["lines"]] == [("1.50", "1.50"), ("3.00", "0.75")]
    assert said["offset"] == {
        "kind": "专业选修",
        "relevance": "与专业相关",
        "relevance_reason": RELATED.reason,
        "notice": NOTICE,
    }
    assert [(row["stage"], row["remark"]) for row in said["opinions"]] == [
        ("First", "同意冲抵。"),
        ("Office", "复核无误。"),
    ]


def test_a_graded_form_says_what_it_always_said():
    make_application(Status.RECOGNISED)
    said = Form.objects.get().snapshot
    assert "offset" not in said
    assert said["course"]["credits"] == "2.0"


@needs_poppler
def test_the_paper_of_an_offset():
    make_offset(Status.RECOGNISED, kind="major")
    form = Form.objects.get()
    text = text_of(form_pdf(form)).replace(" ", "").replace("\n", "")
    for word in (
        *("冲抵合计", "冲抵课程学分", "课程性质专业选修", "与专业相关：成果与专业方向一致", "登记为免修"),
        *("逻辑学", "校级成果2", "同意冲抵", "复核无误", NOTICE, form.number, "学生签字"),
    ):
        assert word.replace(" ", "") in text, word
    for word in ("对应课程成绩", "转换积分合计", "成绩标准"):
        assert word not in text, word
    assert form_pdf(form) == form_pdf(Form.objects.get())


@needs_poppler
def test_a_kind_that_is_not_judged_says_so():
    make_offset(Status.RECOGNISED)
    assert "该性质的课程不要求" in text_of(form_pdf(Form.objects.get())).replace(" ", "")


def test_a_new_form_keeps_the_notice():
    row = make_offset(Status.RECOGNISED)
    secretary = make_staff(Role.SECRETARY, college=row.college)
    form = reissue_form(row, secretary, reason="姓名更正", revision=row.revision)
    assert form.snapshot["offset"]["notice"] == NOTICE


def test_the_form_keeps_the_credits_that_were_offset():
    row = make_offset(Status.PUBLICITY)
    row.course.credits = 5
    row.course.save()
    effect_application(row, make_staff(Role.OFFICE, scheme=CODE), notice=NOTICE)
    assert Form.objects.get().snapshot["course"]["credits"] == "2.0"


def test_anybody_verifies_an_offset(client):
    row = make_offset(Status.RECOGNISED)
    form = Form.objects.get()
    page = client.get(reverse("conversion:verify", args=[form.code])).content.decode()
    for word in ("冲抵合计", "任选课", "免修", NOTICE, form.number, "王**"):
        assert word in page, word
    assert "对应课程成绩" not in page
    assert row.student.person.number not in page
    revoke_application(row, make_staff(Role.OFFICE, scheme=CODE), reason="已修读。", revision=row.revision)
    assert "申请表不再有效" in client.get(reverse("conversion:verify", args=[form.code])).content.decode()

"""The student's pages of one application: form, confirmation, page, withdrawal."""

from decimal import Decimal

import pytest
from django.urls import reverse

from conversion.models import Application
from portal.enums import Role, Status
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

pytestmark = pytest.mark.django_db
WORDS = {"phone": "13800000000", "email": "li@example.org", "reason": "已完成项目，申请转换。"}


@pytest.fixture
def student():
    row = make_student()
    cover(get_version().scheme, row.college)
    return row


@pytest.fixture
def web(client, student):
    client.force_login(student.person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def uses(*lots):
    return [str(lot.pk) for lot in lots]


def example(student, *amounts):
    """Give the student recorded points of the manual's example."""
    for amount in amounts:
        make_recognised(amount, student=student, category="innovation", content=f"项目 {amount}")
    return lots_of(student)


def test_the_form_asks_for_what_the_manual_asks(web, student):
    example(student, "1", "3", "3.6")
    page = web.get(reverse("conversion:apply", args=[make_offering().pk])).content.decode()
    for word in ("申请类型", "认定积分", "具体内容", "本次转换积分", "成绩", "联系电话", "email", "申请理由", "合计"):
        assert word in page
    assert page.count('name="uses"') == 3


def test_the_contact_comes_from_the_last_application(web, student):
    make_application(student=student)
    page = web.get(reverse("conversion:apply", args=[make_offering(other_course()).pk])).content.decode()
    assert 'value="13800000000"' in page
    assert 'value="li@example.org"' in page


def other_course(**facts):
    return make_course("01710207", "素质拓展模块二", **facts)


def test_categories_ticked_in_the_list_restrict_the_form(web, student):
    make_recognised("1", student=student, category="innovation")
    make_recognised("2", student=student, category="lab")
    address = reverse("conversion:apply", args=[make_offering().pk])
    page = web.get(address, {"category": "lab"}).content.decode()
    assert page.count('name="uses"') == 1
    assert web.get(address, {"category": "nonsense"}).content.decode().count('name="uses"') == 2


def test_saving_keeps_a_draft_with_gaps(web, student):
    lots = example(student, "3")
    address = reverse("conversion:apply", args=[make_offering().pk])
    answer = web.post(address, {"action": "save", "uses": uses(*lots), "reason": "还没写完"})
    row = Application.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("conversion:application_edit", args=[row.pk])
    assert (row.status, row.total, row.grade, row.reason) == (Status.DRAFT, Decimal(3), "中等", "还没写完")
    assert [event.verb for event in row.events.all()] == ["start"]


def test_going_on_needs_everything_and_keeps_what_was_typed(web, student):
    example(student, "3")
    address = reverse("conversion:apply", args=[make_offering().pk])
    answer = web.post(address, {"action": "next", "phone": "<b>abc", "email": "nobody", "reason": "我的理由"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"phone", "email", "uses"}
    assert "我的理由" in page
    assert "&lt;b&gt;abc" in page
    assert not Application.objects.exists()


def test_recalculating_changes_nothing_and_keeps_what_was_typed(web, student):
    lots = example(student, "1", "3", "3.6")
    address = reverse("conversion:apply", args=[make_offering(credits_course()).pk])
    answer = web.post(address, {"action": "recalculate", "uses": uses(*lots), "reason": "我的理由"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "7.6" in page
    assert answer.context["sheet"].selection.grade == "良好"
    assert "我的理由" in page
    assert not Application.objects.exists()


def credits_course():
    bands = {"[4,6)": "合格", "[6,7)": "中等", "[7,9)": "良好", "≥9": "优秀"}
    return make_course("100050415", "创新创业实践", credits=4, bands=bands)


def test_a_proposal_is_taken_over_with_one_click(web, student):
    lots = example(student, "1", "3", "3.6", "5.4")
    address = reverse("conversion:apply", args=[make_offering(credits_course()).pk])
    sheet = web.post(address, {"action": "adopt:优秀", "reason": "理由"}).context["sheet"]
    assert set(sheet.amounts) == {lots[2].pk, lots[3].pk}
    assert sheet.selection.total == Decimal(9)
    assert web.get(address, {"adopt": "优秀"}).context["sheet"].amounts == sheet.amounts


def test_the_live_part_says_total_grade_and_distance(web, student):
    lots = example(student, "1", "3", "3.6", "5.4")
    address = reverse("conversion:reckon", args=[make_offering(credits_course()).pk])
    page = web.get(address, {"uses": uses(*lots[:3])}).content.decode()
    assert "7.6" in page
    assert "良好" in page
    assert "还差 1.4 分到优秀" in page


def test_a_proposal_counts_only_own_records(web, student):
    stranger = example(make_student("王芳"), "5")
    address = reverse("conversion:reckon", args=[make_offering().pk])
    assert web.get(address, {"uses": uses(*stranger)}).context["sheet"].amounts == {}


def test_a_strangers_record_is_refused_beside_the_field(web, student):
    stranger = example(make_student("王芳"), "5")
    example(student, "3")
    address = reverse("conversion:apply", args=[make_offering().pk])
    answer = web.post(address, {"action": "next", "uses": uses(*stranger), **WORDS})
    assert answer.status_code == 422
    assert "uses" in answer.context["form"].errors
    assert not Application.objects.exists()


def test_the_way_from_form_to_submission(web, student):
    lots = example(student, "1", "3", "3.6")
    offering = make_offering(credits_course())
    answer = web.post(reverse("conversion:apply", args=[offering.pk]), {"action": "next", "uses": uses(*lots), **WORDS})
    row = Application.objects.get()
    confirm = reverse("conversion:application_submit", args=[row.pk])
    assert answer["Location"] == confirm
    page = web.get(confirm).content.decode()
    assert "3 条记录（共 7.6 分）被占用" in page
    assert web.post(confirm, {"revision": row.revision})["Location"] == reverse("conversion:application", args=[row.pk])
    row.refresh_from_db()
    assert (row.status, row.total, row.grade) == (Status.IN_REVIEW, Decimal("7.6"), "良好")
    assert [event.verb for event in row.events.all()] == ["start", "submit"]
    assert all(lot.held == lot.recognised for lot in lots_of(student))


def test_a_closed_offering_refuses_a_crafted_post(web, student):
    lots = example(student, "3")
    offering = make_offering(opens=-20, closes=-1)
    address = reverse("conversion:apply", args=[offering.pk])
    answer = web.post(address, {"action": "next", "uses": uses(*lots), **WORDS})
    assert answer.status_code == 403
    assert "截止" in answer.content.decode()
    assert not Application.objects.exists()
    assert web.get(address)["Location"] == reverse("conversion:offerings")


def test_a_draft_outlives_the_deadline_but_is_not_taken(web, student):
    offering = make_offering()
    row = make_application(student=student, offering=offering)
    offering.opens_at, offering.closes_at = offering.opens_at.replace(year=2020), offering.opens_at.replace(year=2021)
    offering.save()
    answer = web.post(reverse("conversion:application_submit", args=[row.pk]), {"revision": row.revision})
    row.refresh_from_db()
    assert answer.status_code == 403
    assert row.status == Status.DRAFT
    assert "截止" in web.get(reverse("conversion:application_edit", args=[row.pk])).content.decode()


def test_a_stale_page_is_told_who_was_faster(web, student):
    row = make_application(student=student)
    answer = web.post(
        reverse("conversion:application_edit", args=[row.pk]),
        {"action": "save", "revision": row.revision + 1, "reason": "别丢掉我"},
    )
    assert answer.status_code == 409
    assert "别丢掉我" in answer.content.decode()


def test_a_record_taken_meanwhile_is_named_at_submission(web, student):
    lots = example(student, "3")
    amounts = {lots[0].pk: Decimal(3)}
    first = make_application(student=student, offering=make_offering(), uses=amounts)
    make_application(Status.IN_REVIEW, student=student, offering=make_offering(other_course()), uses=amounts)
    answer = web.post(reverse("conversion:application_submit", args=[first.pk]), {"revision": first.revision})
    assert answer.status_code == 422
    assert "已被其他申请占用" in answer.content.decode()
    first.refresh_from_db()
    assert first.status == Status.DRAFT


def test_a_returned_application_shows_why_and_goes_in_again(web, student):
    row = make_application(Status.RETURNED, student=student, reason="请写清与课程的关系。")
    page = web.get(reverse("conversion:application", args=[row.pk])).content.decode()
    assert "请写清与课程的关系。" in page
    assert "修改并重新提交" in page
    edit = reverse("conversion:application_edit", args=[row.pk])
    assert "请写清与课程的关系。" in web.get(edit).content.decode()
    lots = lots_of(student)
    words = {**WORDS, "reason": "项目与课程目标一致。"}
    web.post(edit, {"action": "next", "revision": row.revision, "uses": uses(*lots), **words})
    row.refresh_from_db()
    web.post(reverse("conversion:application_submit", args=[row.pk]), {"revision": row.revision})
    row.refresh_from_db()
    assert (row.status, row.reason) == (Status.IN_REVIEW, "项目与课程目标一致。")


def test_a_refused_application_leads_to_a_new_one(web, student):
    row = make_application(Status.REFUSED, student=student)
    page = web.get(reverse("conversion:application", args=[row.pk])).content.decode()
    assert "重新申请" in page
    assert web.get(reverse("conversion:apply", args=[row.offering_id])).status_code == 200


def test_withdrawing_frees_the_records(web, student):
    row = make_application(Status.IN_REVIEW, student=student)
    address = reverse("conversion:application_withdraw", args=[row.pk])
    assert web.get(address).status_code == 405
    web.post(address, {"revision": row.revision})
    row.refresh_from_db()
    assert row.status == Status.WITHDRAWN
    assert [lot.held for lot in lots_of(student)] == [0]


def test_an_application_in_review_cannot_be_edited(web, student):
    row = make_application(Status.IN_REVIEW, student=student)
    edit = reverse("conversion:application_edit", args=[row.pk])
    assert web.get(edit).status_code == 302
    assert web.post(edit, {"action": "save", "revision": row.revision, "reason": "改"}).status_code == 409


@pytest.mark.parametrize("name", ["application", "application_edit", "application_submit", "form_pdf"])
def test_other_peoples_applications_do_not_exist(web, name):
    row = make_application(Status.RECOGNISED)
    assert web.get(reverse(f"conversion:{name}", args=[row.pk])).status_code == 404


@pytest.mark.parametrize("name", ["application_edit", "application_submit", "application_withdraw"])
def test_other_peoples_applications_cannot_be_changed(web, name):
    row = make_application(Status.IN_REVIEW)
    answer = web.post(reverse(f"conversion:{name}", args=[row.pk]), {"revision": row.revision})
    assert answer.status_code == 404


def test_an_offering_of_another_cohort_does_not_exist(web, student):
    offering = make_offering(cohorts=[student.cohort - 1])
    assert web.get(reverse("conversion:apply", args=[offering.pk])).status_code == 404


def test_a_form_sent_twice_opens_one_application(web, student):
    lots = example(student, "3")
    address = reverse("conversion:apply", args=[make_offering().pk])
    sent = {"action": "save", "form_key": "4a1f", "uses": uses(*lots), **WORDS}
    first, second = web.post(address, sent), web.post(address, sent)
    assert first["Location"] == second["Location"]
    assert Application.objects.count() == 1


@pytest.mark.parametrize("records", [1, 3])
def test_the_queries_of_the_form_do_not_grow(web, student, records, django_assert_num_queries):
    example(student, *["1"] * records)
    address = reverse("conversion:apply", args=[make_offering().pk])
    web.get(address)
    with django_assert_num_queries(17):
        web.get(address)


@pytest.mark.parametrize("records", [1, 3])
def test_the_queries_of_the_page_do_not_grow(web, student, records, django_assert_num_queries):
    lots = example(student, *["1"] * records, "3")
    amounts = {lot.pk: lot.recognised for lot in lots}
    row = make_application(Status.IN_REVIEW, student=student, uses=amounts)
    address = reverse("conversion:application", args=[row.pk])
    web.get(address)
    with django_assert_num_queries(12):
        web.get(address)


def test_staff_in_reach_read_but_do_not_act(client):
    row = make_application(Status.IN_REVIEW)
    secretary = make_staff(Role.SECRETARY, college=row.college)
    client.force_login(fresh(secretary), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse("conversion:application", args=[row.pk]))
    assert answer.status_code == 200
    assert "撤回" not in answer.content.decode()

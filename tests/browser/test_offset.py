"""A student offsets a course in a real browser, typing parts of records: desktop, phone, without JavaScript."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from conversion.models import Application
from conversion.services.decisions import approve_application
from portal.enums import Role, Status
from tests.browser.test_conversion import PHONE, check
from tests.builders import fresh, make_staff
from tests.conversion.offsets import CODE, learner, make_offset, offered, recognise

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "成果与课程目标一致，申请冲抵。"


@pytest.fixture
def student():
    row = learner("王思远")
    recognise(row, "1.5", content="学术论文")
    recognise(row, "3", content="竞赛获奖", code="contest")
    recognise(row, "4", content="田径", code="sport")
    offered(row, kind="major", credits="2.25")
    return row


@pytest.mark.expects_browser_errors("422")
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_from_the_desk_to_the_queue(student, sign_in_browser, live_server, check_accessible, size):
    page = sign_in_browser(student.person)
    if size:
        page.set_viewport_size(size)
    page.goto(f"{live_server.url}/my/")
    expect(page.get_by_text("额度还剩 10 学分")).to_be_visible()
    check(page, check_accessible)
    page.get_by_role("link", name="全部课程").click()
    check(page, check_accessible)
    page.locator("td.acts").get_by_role("link", name=re.compile("申请")).click()

    reckoning = page.locator("#reckoning")
    expect(page.get_by_label("田径 4")).to_have_count(0)
    page.get_by_label("学术论文 1.5").fill("1")
    expect(reckoning).to_contain_text("还差 1.25")
    page.get_by_label("竞赛获奖 3").fill("2")
    expect(reckoning).to_contain_text("多出 0.75")
    page.get_by_label("申请理由").fill(REASON)
    page.get_by_role("button", name=re.compile("核对并提交")).click()
    expect(page.locator("[data-error-summary]")).to_contain_text("现在合计 3.0")
    check(page, check_accessible)
    page.get_by_role("button", name=re.compile("采用")).click()
    expect(reckoning).to_contain_text("合计正好")
    expect(page.get_by_label("学术论文 1.5")).to_have_value("")
    expect(page.get_by_label("竞赛获奖 3")).to_have_value("2.25")
    expect(page.get_by_label("申请理由")).to_have_value(REASON)
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_label("email").fill("wang@example.org")
    page.get_by_role("button", name="核对并提交").click()
    expect(page.get_by_text("提交前还可冲抵 10 学分")).to_be_visible()
    check(page, check_accessible)
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("审核中")
    check(page, check_accessible)
    row = Application.objects.get()
    assert (row.status, str(row.total), str(row.offset_credits)) == (Status.IN_REVIEW, "2.25", "2.25")


@pytest.mark.expects_browser_errors("422")
def test_the_college_judges_and_the_office_passes_it_on(student, sign_in_browser, live_server, check_accessible):
    row = make_offset(Status.IN_REVIEW, student=student, kind="major", code="L102")
    secretary = make_staff(Role.SECRETARY, college=student.college)
    page = sign_in_browser(secretary)
    page.goto(f"{live_server.url}/desk/applications/{row.pk}/")
    check(page, check_accessible)
    page.get_by_role("button", name=re.compile("通过")).first.click()
    expect(page.locator("[data-error-summary]")).to_contain_text("请认定所用成果与学生专业是否相关")
    check(page, check_accessible)
    page.get_by_label("与专业相关").check()
    page.get_by_label("相关性说明").fill("论文方向与专业一致。")
    page.get_by_role("button", name=re.compile("通过")).first.click()
    expect(page.get_by_text("已通过，转入下一环节")).to_be_visible()
    row.refresh_from_db()
    assert (row.stage, row.relevance) == ("office", "related")
    office = make_staff(Role.OFFICE, scheme=CODE)
    approve_application(row, fresh(office), revision=row.revision)
    assert row.status == Status.PUBLICITY


def test_without_javascript_a_course_is_offset_too(student, live_server, browser, browser_context_args, client):
    client.force_login(student.person, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/conversion/")
    page.locator("td.acts").get_by_role("link", name=re.compile("申请")).click()
    page.get_by_label("竞赛获奖 3").fill("2.25")
    page.get_by_role("button", name="重新计算").click()
    expect(page.locator("#reckoning")).to_contain_text("合计正好")
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_label("email").fill("wang@example.org")
    page.get_by_label("申请理由").fill(REASON)
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("审核中")
    context.close()

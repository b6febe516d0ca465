"""A student converts points in a real browser: on a desktop, on a phone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from conversion.models import Application
from conversion.services.decisions import approve_application
from portal.enums import Role, Status
from tests.builders import cover, get_version, make_course, make_offering, make_recognised, make_staff, make_student
from tests.builders import make_application as apply_for

pytestmark = pytest.mark.django_db(transaction=True)
BANDS = {"[4,6)": "合格", "[6,7)": "中等", "[7,9)": "良好", "≥9": "优秀"}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def student():
    row = make_student("李明轩")
    cover(get_version().scheme, row.college)
    for points, category, content in (
        ("1", "lab", "开放实验"),
        ("3", "practice", "暑期社会实践"),
        ("3.6", "practice", "寒假社会实践"),
        ("5.4", "practice", "支教服务"),
    ):
        make_recognised(points, student=row, category=category, content=content)
    make_offering(make_course("100050415", "创新创业实践A", credits=4, bands=BANDS))
    return row


def no_sideways_scroll(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def check(page, check_accessible):
    page.wait_for_load_state("networkidle")
    check_accessible(page)
    no_sideways_scroll(page)


@pytest.mark.expects_browser_errors("422")
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_from_the_desk_to_the_printed_form(student, sign_in_browser, live_server, check_accessible, size):
    page = sign_in_browser(student.person)
    if size:
        page.set_viewport_size(size)
    page.goto(f"{live_server.url}/my/")
    check(page, check_accessible)
    page.get_by_role("link", name="全部课程").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("积分转换申请")
    check(page, check_accessible)
    page.get_by_label("开放实验(1.00)").check()
    page.get_by_label("社会实践(12.00)").check()
    page.get_by_role("button", name=re.compile("申请")).click()

    reckoning = page.locator("#reckoning")
    for name in ("开放实验", "暑期社会实践", "寒假社会实践"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    expect(reckoning).to_contain_text("7.6")
    expect(reckoning).to_contain_text("良好")
    expect(reckoning).to_contain_text("还差 1.4 分到优秀")
    check(page, check_accessible)
    page.get_by_label("申请理由").fill("与课程目标一致。")
    page.get_by_role("button", name=re.compile("采用 ?优秀")).click()
    expect(reckoning).to_contain_text("9.0")
    expect(page.get_by_label("申请理由")).to_have_value("与课程目标一致。")
    page.get_by_role("checkbox", name="寒假社会实践", exact=True).uncheck()
    expect(reckoning).to_contain_text("合格")
    page.get_by_role("button", name=re.compile("采用 ?良好")).click()
    expect(reckoning).to_contain_text("良好")

    page.get_by_role("button", name="核对并提交").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("联系电话")
    check(page, check_accessible)
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_label("email").fill("li@example.org")
    page.get_by_role("button", name="核对并提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("核对并提交")
    check(page, check_accessible)
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("审核中")
    check(page, check_accessible)

    row = Application.objects.get()
    assert (row.status, row.grade) == (Status.IN_REVIEW, "良好")
    approve_application(row, make_staff(Role.SECRETARY, college=row.college), revision=None, remark="同意")
    page.reload()
    check(page, check_accessible)
    printing = page.get_by_role("link", name="打印申请表")
    answer = page.request.get(f"{live_server.url}{printing.get_attribute('href')}")
    assert answer.ok
    assert answer.body().startswith(b"%PDF")
    page.goto(f"{live_server.url}/verify/{row.forms.get().code}/")
    expect(page.get_by_role("status")).to_contain_text("有效")
    check(page, check_accessible)


def test_a_returned_application_is_withdrawn_by_keyboard(student, sign_in_browser, live_server, check_accessible):
    row = apply_for(Status.RETURNED, student=student, offering=make_offering(make_course("2", "模块二")))
    page = sign_in_browser(student.person)
    page.goto(f"{live_server.url}/conversion/{row.pk}/")
    check(page, check_accessible)
    fold = page.locator("summary", has_text="撤回申请")
    fold.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已撤回")


def test_everything_works_without_javascript(student, live_server, browser, browser_context_args):
    from django.conf import settings  # noqa: PLC0415 - after pytest-django configured it
    from django.test import Client  # noqa: PLC0415 - as above

    client = Client()
    client.force_login(student.person, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/conversion/")
    page.get_by_label("社会实践(12.00)").check()
    page.get_by_role("button", name=re.compile("申请")).click()
    page.get_by_role("checkbox", name="支教服务", exact=True).check()
    page.get_by_label("申请理由").fill("与课程目标一致。")
    page.get_by_role("button", name="重新计算").click()
    expect(page.locator("#reckoning")).to_contain_text("5.4")
    expect(page.locator("#reckoning")).to_contain_text("合格")
    page.get_by_role("button", name=re.compile("采用 ?优秀")).click()
    expect(page.locator("#reckoning")).to_contain_text("优秀")
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_label("email").fill("li@example.org")
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("审核中")
    page.locator("summary", has_text="撤回申请").click()
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已撤回")
    context.close()

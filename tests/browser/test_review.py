"""A secretary clears a small queue with the keyboard, on a desk and on a phone; every page stays accessible."""

import pytest

from conversion.models import Filing, Form
from credits.models import Claim
from credits.services.decisions import Flag, refuse_claim, return_claim
from portal.enums import Role, Status
from tests.builders import (
    fresh,
    jpeg,
    make_application,
    make_claim,
    make_college,
    make_offering,
    make_pages,
    make_staff,
    pdf,
    png,
)

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def secretary(transactional_db):
    return make_staff(Role.SECRETARY, college=make_college(), name="何丽华")


@pytest.fixture(params=SIZES)
def size(request):
    width, height = SIZES[request.param]
    return {"width": width, "height": height}


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def read(page):
    """Wait as long as somebody looks at a claim at least: faster presses are slips, and nothing is sent."""
    page.wait_for_timeout(500)
    page.locator(".undo button").wait_for()


def test_a_queue_is_cleared_by_keyboard(secretary, sign_in_browser, live_server, check_accessible, size):
    claims = [make_claim(Status.IN_REVIEW, content=f"第 {number} 条申报", secretary=secretary) for number in range(6)]
    page = sign_in_browser(secretary)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/desk/")
    check_accessible(page)
    fits(page)
    page.keyboard.press("s")
    page.wait_for_url(f"**/desk/claims/{claims[0].pk}/")
    check_accessible(page)
    fits(page)
    page.keyboard.press("a")
    page.wait_for_url(f"**/desk/claims/{claims[1].pk}/*")
    page.keyboard.press("a")  # twice by a slip of the hand
    page.get_by_role("status").get_by_text("第 0 条申报").wait_for()
    read(page)
    check_accessible(page)
    fits(page)

    page.keyboard.press("r")
    assert page.get_by_label("意见或理由").evaluate("box => box === document.activeElement")
    assert page.locator("[data-needs-reason]").is_visible()
    page.keyboard.type("证书看不清 arx")  # letters that are commands elsewhere
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/claims/{claims[2].pk}/*")
    read(page)

    page.keyboard.press("e")
    page.keyboard.type("1.5")
    page.keyboard.press("Enter")  # the reason is asked for first
    page.keyboard.type("未进决赛")
    # The next claim was fetched already when a colleague decides it: the answer leads to the one after.
    page.wait_for_load_state("networkidle")
    refuse_claim(claims[3], make_staff(Role.SECRETARY, college=make_college()), reason="重复", revision=None)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/claims/{claims[4].pk}/*")
    page.get_by_role("heading", name="第 4 条申报").wait_for()
    read(page)

    page.keyboard.press("x")
    page.keyboard.type("不在认定范围")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/claims/{claims[5].pk}/*")
    read(page)
    page.keyboard.press("a")
    page.get_by_role("heading", name="全部审核完毕").wait_for()
    check_accessible(page)
    states = [(claim.status, claim.stage) for claim in Claim.objects.order_by("pk")]
    passed, refused = (Status.IN_REVIEW, "office"), (Status.REFUSED, "")
    assert states == [passed, (Status.RETURNED, ""), passed, refused, refused, passed]
    assert Claim.objects.get(pk=claims[2].pk).recognised_reason == "未进决赛"


@pytest.mark.expects_browser_errors("ERR_FAILED")
def test_moving_about_helping_and_inserting_a_reason(secretary, sign_in_browser, live_server, check_accessible):
    make_claim(Status.RETURNED, secretary=secretary, reason="请补充证书背面")
    files = [(jpeg(), "certificate"), (png(), ""), (pdf(), "")]
    claims = [make_claim(Status.IN_REVIEW, evidence=files_of(files), secretary=secretary) for _number in range(2)]
    make_pages(claims[0].evidence.get(position=3).file, "获奖证书", "编号\n2024-0815")
    page = sign_in_browser(secretary)
    page.goto(f"{live_server.url}/desk/claims/{claims[0].pk}/")
    page.keyboard.press("j")
    page.wait_for_url(f"**/desk/claims/{claims[1].pk}/*")
    page.keyboard.press("k")
    page.wait_for_url(f"**/desk/claims/{claims[0].pk}/*")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    check_accessible(page)
    page.keyboard.press("Escape")

    page.get_by_label("意见或理由").fill("先写一句")
    page.get_by_role("button", name="请补充证书背面").click()
    assert page.get_by_label("意见或理由").input_value() == "先写一句\n请补充证书背面"
    page.get_by_role("link", name="certificate.png").click()
    page.locator(".viewer-bar", has_text="certificate.png").wait_for()
    page.get_by_role("button", name="旋转").click()
    assert page.locator(".viewer-stage img").get_attribute("data-turned") == "1"
    page.locator("[data-zoom]").click()
    assert "is-zoomed" in page.locator("[data-zoom]").get_attribute("class")
    page.get_by_role("link", name="certificate.pdf").click()
    page.locator("[data-pages]").wait_for()
    page.get_by_role("button", name="旋转").click()
    assert page.locator("[data-pages] img").first.get_attribute("data-turned") == "1"
    page.get_by_role("searchbox").fill("编号２０２４")
    page.keyboard.press("Enter")
    assert page.locator("[data-found]").text_content() == "1 / 1 处，1 页"
    assert page.locator("mark").text_content() == "编号\n2024"
    page.locator("[data-page-now]", has_text="2 / 2").wait_for()
    # Other files were opened, and what was typed is still there.
    assert page.get_by_label("意见或理由").input_value().startswith("先写一句")

    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.locator("#viewer-beside").wait_for()
    check_accessible(page)
    fits(page)

    page.get_by_label("认定积分").fill("1.5")
    assert page.locator("[data-differs]").is_visible()
    page.route("**/decide/*", lambda route: route.abort())
    page.get_by_role("button", name="通过", exact=False).first.click()
    page.get_by_text("决定没有送达").wait_for()
    assert page.get_by_label("意见或理由").input_value().startswith("先写一句")
    page.unroute("**/decide/*")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="通过", exact=False).first.click()
    page.wait_for_url(f"**/desk/claims/{claims[1].pk}/*")
    page.locator(".undo button").wait_for()
    assert Claim.objects.get(pk=claims[0].pk).recognised_reason.startswith("先写一句")


def files_of(files):
    """Return the uploads anew: a file can be read once."""
    for upload, _item in files:
        upload.seek(0)
    return files


def test_a_batch_is_previewed_and_carried_out(secretary, sign_in_browser, live_server, check_accessible, size):
    for number in range(3):
        make_claim(Status.IN_REVIEW, content=f"第 {number} 条申报", secretary=secretary)
    page = sign_in_browser(secretary)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/desk/claims/")
    check_accessible(page)
    fits(page)
    for number in (0, 2):
        page.get_by_role("checkbox", name=f"第 {number} 条申报").check()
    assert page.locator("[data-chosen]").inner_text() == "2"
    page.get_by_role("button", name="批量处理所选").click()
    check_accessible(page)
    fits(page)
    page.get_by_role("button", name="确认通过 2 条").click()
    page.get_by_role("heading", name="批量处理完成：2 条").wait_for()
    check_accessible(page)
    assert Claim.objects.filter(stage="office").count() == 2


def test_a_pile_of_forms_is_filed_by_scanner(secretary, sign_in_browser, live_server, check_accessible, size):
    form = Form.objects.get(application=make_application(Status.RECOGNISED))
    page = sign_in_browser(secretary)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/desk/filing/missing/")
    check_accessible(page)
    fits(page)
    page.get_by_role("link", name="去备案").click()
    # A scanner is a keyboard: it types the address and Enter.
    page.keyboard.type(f"{live_server.url}/verify/{form.code}/")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=form.number).wait_for()
    check_accessible(page)
    fits(page)
    page.keyboard.press("Enter")
    page.get_by_text("已备案：").wait_for()
    assert Filing.objects.get().form == form
    assert page.get_by_label("表单编号或二维码").evaluate("box => box === document.activeElement")


def test_a_pile_is_received_scan_by_scan(secretary, sign_in_browser, live_server, check_accessible, size):
    offering = make_offering()
    forms = [Form.objects.get(application=make_application(Status.RECOGNISED, offering=offering)) for _ in range(2)]
    page = sign_in_browser(secretary)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/desk/filing/scan/")
    # This browser reads no codes: the page says so, and the scanner that is a keyboard works all the same.
    page.get_by_text("这个浏览器不能用摄像头识别二维码").wait_for()
    page.get_by_label("存放位置").fill("柜 3-2")
    page.get_by_label("表单编号或二维码").focus()
    for form in forms:
        page.keyboard.type(f"{live_server.url}/verify/{form.code}/")
        page.keyboard.press("Enter")
        page.get_by_text(form.number).wait_for()
    check_accessible(page)
    fits(page)
    assert {(filing.form, filing.shelf) for filing in Filing.objects.all()} == {(form, "柜 3-2") for form in forms}
    page.get_by_role("button", name="撤回这一份").click()
    page.get_by_text("已取消备案").wait_for()
    assert Filing.objects.get().form == forms[0]


def test_an_application_is_decided(secretary, sign_in_browser, live_server, check_accessible, size):
    application = make_application(Status.IN_REVIEW)
    page = sign_in_browser(secretary)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/desk/applications/{application.pk}/")
    check_accessible(page)
    fits(page)
    page.keyboard.press("a")
    page.get_by_role("heading", name="全部审核完毕").wait_for()
    page.goto(f"{live_server.url}/desk/applications/results/")
    check_accessible(page)
    application.refresh_from_db()
    assert application.status == Status.RECOGNISED


def test_a_queue_is_cleared_without_scripts(secretary, browser, browser_context_args, live_server):
    from tests.browsing import watch  # noqa: PLC0415 - one test has its own context

    claim = make_claim(Status.IN_REVIEW, secretary=secretary)
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page, problems = context.new_page(), []
    watch(page, problems)
    context.add_cookies([session_of(secretary, live_server)])
    page.goto(f"{live_server.url}/desk/")
    page.get_by_role("link", name="开始审核").click()
    page.get_by_role("button", name="退回修改").click()
    assert "请填写理由" in page.content()
    page.get_by_label("意见或理由").fill("证书看不清")
    page.get_by_role("button", name="退回修改").click()
    page.get_by_role("heading", name="全部审核完毕").wait_for()
    claim.refresh_from_db()
    assert claim.status == Status.RETURNED
    context.close()
    assert [problem for problem in problems if "422" not in problem] == []


def session_of(person, live_server):
    from django.conf import settings  # noqa: PLC0415 - as in the fixtures of the browser
    from django.test import Client  # noqa: PLC0415 - as above

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


def test_a_field_is_flagged_by_keyboard_and_the_decision_taken_back(
    secretary, sign_in_browser, live_server, check_accessible
):
    claims = [make_claim(Status.IN_REVIEW, content=f"第 {number} 条申报", secretary=secretary) for number in range(2)]
    page = sign_in_browser(secretary)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/desk/claims/{claims[0].pk}/")
    page.keyboard.press("f")
    page.locator(".flag-list summary:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator(".flag-list select:focus").wait_for()
    page.get_by_label("竞赛名称：退回理由").select_option("mismatch")
    check_accessible(page)
    fits(page)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_url(f"**/desk/claims/{claims[1].pk}/*")
    read(page)
    assert Claim.objects.get(pk=claims[0].pk).status == Status.RETURNED
    fits(page)
    page.keyboard.press("z")
    page.wait_for_url(f"**/desk/claims/{claims[0].pk}/*")
    assert "已撤回这个决定" in page.get_by_role("status").inner_text()
    assert Claim.objects.get(pk=claims[0].pk).status == Status.IN_REVIEW

    return_claim(claims[0], secretary, flags=[Flag("fact_award", code="mismatch")], revision=None)
    sign_in_browser(fresh(claims[0].student.person))
    page.goto(f"{live_server.url}/claims/{claims[0].pk}/edit/")
    assert page.get_by_label("奖项等次").is_enabled()
    assert page.get_by_label("具体内容").is_disabled()
    page.get_by_role("link", name="奖项等次").click()
    check_accessible(page)
    fits(page)

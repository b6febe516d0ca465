"""A student claims from sign-in to receipt: by keyboard, on a desktop and a phone, and without scripts."""

import re

import pytest
from django.conf import settings

from credits.models import Claim
from portal.enums import Status
from tests.builders import PASSWORD, cover, get_version, jpeg, make_round, make_student, pdf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def student():
    student = make_student(number="1120220042")
    cover(get_version().scheme, student.college)
    make_round(name="秋季积分认定")
    return student


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "获奖证书.jpg"
    path.write_bytes(jpeg().read())
    return path


def focused(page):
    return page.evaluate(
        "document.activeElement.id || document.activeElement.name || document.activeElement.textContent"
    )


def tab_to(page, selector, *, most=120):
    """Press Tab until the element has the focus; a keyboard trap or an unreachable control fails."""
    for _ in range(most):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no Tab leads to {selector}; last at {focused(page)!r}")


def choose(page, name, letters):
    """Choose an option of a select as a keyboard does: by its first letters or the arrows."""
    tab_to(page, f"[name={name}]")
    options = page.locator(f"[name={name}] option").all_text_contents()
    for _ in range(options.index(letters)):
        page.keyboard.press("ArrowDown")


def sign_in_by_keyboard(page, live_server, student):
    page.goto(f"{live_server.url}/claims/")
    page.locator("[name=username]").focus()
    page.keyboard.type(student.person.number)
    page.keyboard.press("Tab")
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("a[href='/claims/new/']")


def write_claim(page):
    choose(page, "fact_competition", "全国大学生数学建模竞赛")
    choose(page, "fact_level", "省部级")
    choose(page, "fact_basis", "奖项等次")
    page.wait_for_selector("[name=fact_award]")
    choose(page, "fact_award", "二等奖")
    choose(page, "fact_form", "个人")
    tab_to(page, "[name=content]")
    page.keyboard.type("数学建模北京赛区二等奖")
    page.wait_for_selector("[data-adopt='2.0']")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_a_student_claims_by_keyboard(page, live_server, student, picture, check_accessible, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in_by_keyboard(page, live_server, student)
    check_accessible(page)
    tab_to(page, "a[href='/claims/new/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("a[href*='category=competition']")
    check_accessible(page)
    tab_to(page, "a[href*='category=competition']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-claim-form]")
    write_claim(page)
    tab_to(page, "[data-adopt]")
    page.keyboard.press("Enter")
    assert page.input_value("[name=claimed_points]") == "2.0"
    tab_to(page, "#id_files_certificate")
    page.set_input_files("#id_files_certificate", picture)  # the system's own dialog cannot be reached by a test
    page.wait_for_selector("#files-certificate .file")
    assert re.search(r"/claims/\d+/edit/$", page.url), "the upload made the draft"
    check_accessible(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    tab_to(page, "button[value=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    check_accessible(page)
    claim = Claim.objects.get()
    assert claim.status == Status.IN_REVIEW
    assert claim.receipt_number in page.inner_text(".receipt")
    for path in (claim.get_absolute_url(), "/points/", "/points/statement/", "/schemes/bit/2023/"):
        page.goto(f"{live_server.url}{path}")
        check_accessible(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path


def test_a_slow_answer_undoes_nothing_that_was_chosen_meanwhile(page, live_server, student, sign_in_browser):
    """Each choice asks which fields and points follow; the first answers come when the next choice is long made."""
    held, slow, choices = (
        [],
        [True],
        [("competition", "全国大学生数学建模竞赛"), ("level", "省部级"), ("basis", "名次")],
    )
    sign_in_browser(student.person)
    page.goto(f"{live_server.url}/claims/new/")
    page.click("a[href*='category=competition']")
    page.route("**/suggestion/**", lambda route: held.append(route) if slow else route.continue_())
    for name, label in choices:
        page.select_option(f"[name=fact_{name}]", label=label)
    page.wait_for_function("document.querySelector('#facts').classList.contains('htmx-request')")
    page.fill("[name=content]", "北京赛区第二名")
    slow.clear()
    held[-1].continue_()
    page.wait_for_selector("[name=fact_place]")
    for name, label in choices:
        assert page.locator(f"[name=fact_{name}] option:checked").inner_text() == label
    assert page.input_value("[name=content]") == "北京赛区第二名"


@pytest.mark.expects_browser_errors("ERR_FAILED")
def test_a_form_lost_on_its_way_is_offered_again_and_a_sent_one_is_not(page, live_server, student, sign_in_browser):
    lost = [True]
    sign_in_browser(student.person)
    page.goto(f"{live_server.url}/claims/new/")
    page.click("a[href*='category=competition']")
    page.fill("[name=content]", "北京赛区第二名")
    page.route(
        "**/claims/**", lambda route: route.abort() if lost and route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url("chrome-error://**")
    lost.clear()
    page.goto(f"{live_server.url}/claims/new/")
    page.click("a[href*='category=competition']")
    assert page.input_value("[name=content]") == ""
    page.get_by_role("button", name="恢复").click()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url("**/signin/**")
    sign_in_browser(student.person)
    page.goto(f"{live_server.url}/claims/new/")
    page.click("a[href*='category=competition']")
    page.get_by_role("button", name="恢复").click()
    assert page.input_value("[name=content]") == "北京赛区第二名"
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url(re.compile(r"/claims/\d+/"))
    assert not page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('claim ')).length")


def test_a_student_claims_without_scripts(browser, live_server, student, picture):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/claims/new/")
    page.fill("[name=username]", student.person.number)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.click("a[href*='category=competition']")
    for name, label in [
        ("competition", "全国大学生数学建模竞赛"),
        ("level", "省部级"),
        ("basis", "名次"),
        ("form", "个人"),
    ]:
        page.select_option(f"[name=fact_{name}]", label=label)
    page.click("button[value=refresh]")
    page.fill("[name=fact_place]", "2")
    page.fill("[name=content]", "北京赛区第二名")
    page.click("button[value=refresh]")
    page.click("button[value=adopt]")
    assert page.input_value("[name=claimed_points]") == "2.0"
    page.set_input_files("#id_files_certificate", picture)
    page.click("button[value=submit]")
    page.wait_for_selector(".summary")
    assert "缺少材料" in page.inner_text(".summary"), "the rank wants its own proof"
    assert "获奖证书.jpg" in page.inner_text("#files-certificate"), "what came along is kept"
    page.set_input_files("#id_files_ranking", picture)
    page.click("button[value=submit]")
    page.wait_for_url("**/receipt/")
    assert Claim.objects.get().status == Status.IN_REVIEW
    context.close()


@pytest.mark.expects_browser_errors("502")
def test_the_draft_saves_itself_and_a_lost_connection_loses_nothing(page, live_server, sign_in_browser, student):
    sign_in_browser(student.person)
    page.clock.install()
    page.goto(f"{live_server.url}/claims/new/")
    page.click("a[href*='category=competition']")
    page.fill("[name=content]", "第一稿")
    page.clock.run_for(11_000)
    page.wait_for_selector("#autosave:has-text('已自动保存')")
    assert Claim.objects.get().content == "第一稿"
    page.route(
        "**/edit/",
        lambda route: route.fulfill(status=502, body="down") if route.request.method == "POST" else route.continue_(),
    )
    page.fill("[name=content]", "断网时写的第二稿")
    page.clock.run_for(11_000)
    page.wait_for_selector("#autosave.is-bad")
    page.context.set_offline(True)
    page.click(".acts-bar button[value=submit]")
    page.wait_for_selector(".unsent:has-text('没有网络')")
    assert page.input_value("[name=content]") == "断网时写的第二稿", "what cannot be sent does not leave the page"
    page.context.set_offline(False)
    page.wait_for_selector(".unsent", state="detached")
    page.unroute("**/edit/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(page.url)
    page.get_by_role("button", name="恢复").click()
    assert page.input_value("[name=content]") == "断网时写的第二稿"
    page.click(".acts-bar button[value=save]")
    page.wait_for_load_state()
    assert Claim.objects.get().content == "断网时写的第二稿"


@pytest.mark.expects_browser_errors("422")
def test_a_bad_file_is_told_at_its_place_and_the_good_one_stays(
    page, live_server, sign_in_browser, student, tmp_path, picture
):
    bad = tmp_path / "加密.pdf"
    bad.write_bytes(pdf(password="secret").read())
    sign_in_browser(student.person)
    page.goto(f"{live_server.url}/claims/new/")
    page.click("a[href*='category=competition']")
    page.set_input_files("#id_files_certificate", [picture, bad])
    page.wait_for_selector(".pending .file-bad")
    assert "加密" in page.inner_text(".pending .file-bad")
    assert "获奖证书.jpg" in page.inner_text("#files-certificate")
    page.click("#files-certificate [data-remove]")
    page.wait_for_selector("#files-certificate .file", state="detached")
    assert not Claim.objects.get().evidence.kept().exists()

"""The page of components in real Chromium: accessible in both appearances and densities, usable by hand and by key."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("density", ["comfortable", "compact"])
@pytest.mark.parametrize("width", [390, 768, 1440])
def test_every_component_is_accessible_and_fits(page, live_server, check_accessible, scheme, density, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/design/?density={density}")

    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0
    check_accessible(page)


def test_the_refused_form_takes_the_reader_to_its_errors(page, live_server, check_accessible):
    page.goto(f"{live_server.url}/design/form/")

    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.locator(".summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_activity"
    check_accessible(page)


def test_the_appearance_is_chosen_and_remembered(page, live_server):
    page.goto(f"{live_server.url}/design/")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="深色").click()
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 20, 22)"


def test_a_menu_closes_on_escape_and_gives_the_focus_back(page, live_server):
    page.goto(f"{live_server.url}/design/")
    page.locator("details.menu summary").click()
    page.keyboard.press("Escape")

    assert page.locator("details.menu[open]").count() == 0
    assert page.evaluate("document.activeElement.matches('details.menu summary')")


def test_a_dialog_opens_in_place_and_closes(page, live_server, check_accessible):
    page.goto(f"{live_server.url}/design/")
    page.locator("[data-dialog]").click()

    assert page.locator("dialog[open]").is_visible()
    check_accessible(page)
    page.locator("[data-close]").first.click()
    assert page.locator("dialog[open]").count() == 0


def test_chosen_files_are_listed_checked_and_removable(page, live_server):
    page.goto(f"{live_server.url}/design/")
    wrong = {"name": "macro.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    right = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.locator("input[type=file]").set_input_files([wrong, right])

    assert page.locator(".files .file").count() == 2
    assert "不支持的文件类型" in page.locator(".file-bad").inner_text()
    page.get_by_role("button", name="移除 macro.exe").click()
    assert page.locator(".files .file").count() == 1
    assert page.evaluate("document.querySelector('input[type=file]').files[0].name") == "paper.pdf"


def test_one_box_ticks_all_rows(page, live_server):
    page.goto(f"{live_server.url}/design/")
    page.locator("[data-check-all]").check()

    assert page.locator("tbody input:checked").count() == 4
    page.locator("tbody input").first.uncheck()
    assert page.evaluate("document.querySelector('[data-check-all]').indeterminate")


def test_slash_goes_to_the_search(page, live_server):
    page.goto(f"{live_server.url}/design/")
    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "d-search"
    assert page.locator("#d-search").input_value() == ""


def test_rows_become_cards_on_a_phone(phone, live_server):
    phone.goto(f"{live_server.url}/design/")
    row = phone.locator(".grid-cards tbody tr").first.bounding_box()

    assert row["width"] <= 390
    assert row["height"] > 150


def test_without_scripts_the_page_is_complete(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/design/")

    page.locator("details.explain summary").first.click()
    assert page.locator(".steps").first.is_visible()
    page.locator("details.menu summary").click()
    assert page.get_by_role("button", name="English").is_visible()
    assert not page.locator("[data-theme-choice]").is_visible()
    context.close()


def test_the_sign_in_page_is_accessible(phone, live_server, check_accessible):
    phone.goto(f"{live_server.url}/signin/")

    check_accessible(phone)


@pytest.mark.expects_browser_errors("429")
def test_the_lockout_page_keeps_the_console_clean(page, live_server, check_accessible):
    for _ in range(5):
        page.goto(f"{live_server.url}/signin/")
        page.locator("#id_username").fill("nobody")
        page.locator("#id_password").fill("wrong")
        page.get_by_role("button", name="登录", exact=True).click()

    assert page.get_by_role("heading", name="登录已暂停").is_visible()
    check_accessible(page)

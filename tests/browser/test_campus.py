"""The campus sign-in in real Chromium: through the CAS server's form, back, and out again by both doors."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.builders import make_student
from tests.campus import PASSWORD
from tests.prefix import served_below

pytestmark = pytest.mark.django_db(transaction=True)
OUT = "退出登录"


@pytest.fixture(params=["", "/credits"], ids=["at the root", "below a prefix"])
def portal(request, live_server, settings, monkeypatch):
    """Give the portal's address."""
    if not request.param:
        yield live_server.url
        return
    with served_below(request.param, settings, monkeypatch) as address:
        yield address


def sign_in_at_the_campus(page, number):
    page.get_by_role("textbox").first.fill(number)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def sign_out(page):
    page.locator(".bar details.menu > summary").click()
    page.get_by_role("button", name=OUT).click()


@pytest.mark.usefixtures("campus")
def test_through_the_campus_and_back_and_out_again(page, portal, cas_server, check_accessible):
    student = make_student(number="1120260001")
    page.goto(f"{portal}/notices/")
    check_accessible(page)
    page.get_by_role("link", name="统一身份认证登录").click()
    assert page.url.startswith(f"{cas_server}login?service=")
    sign_in_at_the_campus(page, student.person.number)
    expect(page).to_have_url(f"{portal}/notices/")
    expect(page.locator(".bar")).to_contain_text(student.person.name)

    # Out here is out there: the server asks for a password again.
    sign_out(page)
    expect(page).to_have_url(f"{portal}/signin/")
    page.get_by_role("link", name="统一身份认证登录").click()
    expect(page.locator("input[type=password]")).to_be_visible()

    # Out there is out here.
    sign_in_at_the_campus(page, student.person.number)
    expect(page.locator(".bar")).to_contain_text(student.person.name)
    page.goto(f"{cas_server}logout")
    page.goto(f"{portal}/notices/")
    expect(page).to_have_url(f"{portal}/signin/?next={urlsplit(portal).path}/notices/")


@pytest.mark.usefixtures("campus")
@pytest.mark.expects_browser_errors("403")
def test_an_account_that_is_not_on_the_roster_is_exchanged_for_one_that_is(phone, portal, check_accessible):
    student = make_student(number="1120260001")
    phone.goto(f"{portal}/signin/campus/")
    sign_in_at_the_campus(phone, "visitor")
    expect(phone.get_by_role("heading", level=1)).to_have_text("您还不在本系统的名单中")
    expect(phone.get_by_role("main")).to_contain_text("visitor")
    check_accessible(phone)

    phone.get_by_role("link", name="退出该账号").click()
    expect(phone).to_have_url(f"{portal}/signin/")
    phone.get_by_role("link", name="统一身份认证登录").click()
    sign_in_at_the_campus(phone, student.person.number)
    expect(phone.locator(".bar")).to_be_visible()
    phone.goto(f"{portal}/notices/")
    expect(phone).to_have_url(f"{portal}/notices/")

"""A meeting of the committee by its own buttons: the office at a desk, a member on a phone; every page accessible."""

import pytest

from credits.models import Claim
from portal.enums import Status
from review.models import Meeting, MeetingState
from tests.builders import PASSWORD
from tests.review.committee.conftest import House


@pytest.fixture
def house(transactional_db):
    return House()


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def sign_in_as(page, live_server, person):
    page.goto(f"{live_server.url}/signin/")
    page.locator("[name=username]").fill(person.number)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/desk/**")


@pytest.fixture
def checked(page, check_accessible):
    """Give a check of the page as it stands."""

    def check():
        check_accessible(page)
        fits(page)

    return check


@pytest.mark.expects_browser_errors("422")  # a score that differs from the median, without its reason
def test_a_session_from_its_call_to_its_minutes(house, page, browser, live_server, check_accessible, checked):
    house.claim()
    house.unlisted()
    sign_in_as(page, live_server, house.office)
    meeting = called(house, page, live_server, checked)
    paper, unlisted = meeting.items.order_by("position")
    vote_on_a_phone(house, browser, live_server, check_accessible, paper)
    page.goto(f"{live_server.url}/desk/committee/meetings/items/{paper.pk}/")
    decided(house, page, checked)
    page.wait_for_url(f"**/items/{unlisted.pk}/")
    checked()
    page.goto(f"{live_server.url}/desk/committee/meetings/{meeting.pk}/unanimous/")
    page.get_by_text("标准未列出的项目").wait_for()
    checked()
    page.goto(f"{live_server.url}/desk/committee/meetings/{meeting.pk}/close/")
    checked()
    page.get_by_role("button", name="结束并封存纪要").click()
    page.get_by_role("link", name="会议纪要").wait_for()
    checked()
    assert sorted(Claim.objects.values_list("status", flat=True)) == [Status.IN_REVIEW, Status.PUBLICITY]


def called(house, page, live_server, checked):
    """Call a meeting, put everything that waits on its agenda, and open it."""
    page.goto(f"{live_server.url}/desk/committee/?scheme=whu")
    checked()
    page.goto(f"{live_server.url}/desk/committee/meetings/")
    checked()
    page.get_by_role("link", name="新建会议").click()
    page.locator("[name=title]").fill("冬季会议")
    page.locator("[name=chair]").select_option(label=str(house.members[0]))
    checked()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="列入议题").first.click()
    checked()
    page.get_by_role("button", name="列入筛选出的全部 2 项").click()
    page.get_by_role("link", name="开始会议").click()
    checked()
    page.get_by_role("button", name="开始会议").click()
    page.get_by_role("link", name="城市内涝的遥感监测").wait_for()
    checked()
    meeting = Meeting.objects.get()
    assert meeting.state == MeetingState.OPEN
    return meeting


def decided(house, page, checked):
    """Enter a member's vote, then a score that differs: its reason is asked for before anything happens."""
    checked()
    page.get_by_role("form", name=house.members[1].name).get_by_role("button", name="同意", exact=True).click()
    page.get_by_role("button", name="不予认定").click()
    assert page.get_by_label("意见或理由").evaluate("box => box === document.activeElement")
    assert page.locator("[data-needs-reason]").is_visible()
    page.locator("[name=points]").fill("3")
    assert page.locator("[data-differs]").is_visible()
    page.get_by_role("button", name="确认认定").click()
    page.locator("[data-error-summary]").first.wait_for()
    checked()
    page.get_by_label("意见或理由").fill("创新程度较高")
    page.get_by_role("button", name="确认认定").click()


def vote_on_a_phone(house, browser, live_server, check_accessible, item):
    """Let a member vote on a phone, without scripts."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False)
    phone = context.new_page()
    sign_in_as(phone, live_server, house.members[0])
    phone.goto(f"{live_server.url}/desk/committee/meetings/items/{item.pk}/")
    phone.get_by_role("button", name="同意", exact=True).click()
    phone.get_by_text("您已投：同意").wait_for()
    context.close()
    seeing = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    phone = seeing.new_page()
    sign_in_as(phone, live_server, house.members[2])
    for path in ("", f"{item.meeting_id}/", f"items/{item.pk}/"):
        phone.goto(f"{live_server.url}/desk/committee/meetings/{path}")
        check_accessible(phone)
        fits(phone)
    seeing.close()

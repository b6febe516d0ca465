"""A secretary who leaves lets a colleague act for her: passed on within bounds, used, on the trail, taken back."""

import datetime
import re

import pytest
from django.utils import timezone

from credits.models import Claim, ClaimEvent
from portal.enums import Role, Status
from portal.models import Appointment
from tests.builders import (
    cover,
    get_version,
    make_claim,
    make_college,
    make_person,
    make_round,
    make_staff,
    make_student,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.expects_browser_errors("422|404")]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SIGNED = "代小红（代何丽华）"
PATENT = {"type": "软件著作权", "state": "已授权或登记", "number": "2025SR0123456", "owners": "1", "rank": "1"}


def day(number):
    """Return the date so many days from now."""
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def secretary():
    """The secretary of a college under one scheme, until forty days from now."""
    cover(get_version().scheme, make_college())
    found = make_staff(Role.SECRETARY, name="何丽华", scheme="bit", college=make_college())
    Appointment.objects.filter(person=found).update(ends_on=day(40))
    return found


@pytest.fixture
def claims():
    """Three of one student: two of the category that is passed on, and one of another."""
    shared = {"student": make_student(), "round_": make_round()}
    return [
        make_claim(Status.IN_REVIEW, content="第 0 条申报", **shared),
        make_claim(Status.IN_REVIEW, category="achievement", facts=PATENT, points="1.5", **shared),
        make_claim(Status.IN_REVIEW, content="第 2 条申报", **shared),
    ]


@pytest.fixture
def look(check_accessible):
    """Hold a page to what every page keeps, at the desk and where asked on a phone too."""

    def check(page, *sizes):
        for size in sizes or (DESK,):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, size)
            check_accessible(page)
        page.set_viewport_size(DESK)

    return check


def pass_on(page, person, *, days, scope="bit:competition"):
    """Fill the form in and send it; another scope than it offers is slipped into its list."""
    form = page.locator("form.panel")
    form.locator("[name=number]").fill(person.number)
    form.locator("[name=name]").fill(person.name)
    form.locator("[name=scope]").evaluate(
        "(list, value) => { if (![...list.options].some((one) => one.value === value)) list.add(new Option(value)); }",
        scope,
    )
    form.locator("[name=scope]").select_option(scope)
    form.locator("[name=ends_on]").fill("" if days is None else f"{day(days)}")
    form.locator("[name=reason]").fill("休假")
    page.get_by_role("button", name="确认委托").click()


def is_refused(page, words):
    page.get_by_role("alert").get_by_text(words).wait_for()
    assert not Appointment.objects.filter(delegated_by__isnull=False).exists()


def test_a_colleague_acts_for_the_secretary_until_she_takes_it_back(
    secretary, claims, sign_in_browser, live_server, look
):
    colleague, auditor = make_person("61209999", "代小红"), make_staff(Role.AUDITOR, scheme="bit", name="韩明哲")
    page = sign_in_browser(secretary)
    page.goto(f"{live_server.url}/powers/")
    page.get_by_role("link", name=re.compile("委托.*学院教学秘书")).click()
    page.wait_for_url("**/delegate/")
    look(page, PHONE, DESK)
    pass_on(page, secretary, days=9)
    is_refused(page, "不能委托给自己。")
    pass_on(page, colleague, days=None)
    is_refused(page, "委托必须有结束日期。")
    pass_on(page, colleague, days=9, scope="whu:")
    is_refused(page, "请从列表中选择。")
    pass_on(page, colleague, days=41)
    is_refused(page, f"不能超过您自己的任期：{day(40)}。")
    look(page)
    pass_on(page, colleague, days=9)
    page.get_by_text("已委托 代小红 代行：学院教学秘书。").wait_for()
    look(page, PHONE, DESK)

    theirs = sees_why_and_decides(page.context, sign_in_browser, colleague, live_server, look)
    assert Claim.objects.get(pk=claims[0].pk).stage == "office"
    sign_in_browser(auditor)
    audit_names_both(page, live_server, look)

    sign_in_browser(secretary)
    page.goto(f"{live_server.url}/powers/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="收回").click()
    page.get_by_text("委托已结束，立即生效。").wait_for()
    assert "已收回" in page.get_by_role("region", name="我委托他人的权限").inner_text()

    sign_in_browser(colleague)
    is_stopped(theirs, live_server, look)
    assert [Claim.objects.get(pk=claim.pk).stage for claim in claims] == ["office", "college", "college"]
    assert ClaimEvent.objects.filter(actor=colleague).count() == 1


def sees_why_and_decides(context, sign_in_browser, colleague, live_server, look):
    """Read who passed what on, clear the first of the queue; return the page on which the second one stands."""
    sign_in_browser(colleague)
    page = context.new_page()
    page.goto(f"{live_server.url}/powers/")
    mine = page.get_by_role("region", name="我持有的权限").inner_text()
    for words in ("何丽华 委托", "休假", "学科竞赛", "计算机学院", f"{day(9)}", "审核本学院的申报"):
        assert words in mine, words
    assert page.get_by_role("link", name=re.compile("委托.*学院教学秘书")).count() == 0
    look(page, PHONE, DESK)
    page.goto(f"{live_server.url}/desk/")
    page.keyboard.press("s")
    page.wait_for_url("**/desk/claims/*/")
    look(page)
    page.keyboard.press("a")
    page.locator(".undo button").wait_for()
    assert page.locator("main").get_by_text("第 2 条申报").count()  # the one of another category is not theirs
    page.wait_for_load_state("networkidle")
    return page


def audit_names_both(page, live_server, look):
    """Find the decision under both names, and the appointment under which it was made."""
    page.goto(f"{live_server.url}/audit/?of=claims&verb=approve")
    assert page.get_by_role("rowheader", name=SIGNED).count() == 1
    look(page, PHONE, DESK)
    page.get_by_role("link", name="详情").click()
    page.get_by_role("heading", name="通过").wait_for()
    facts = page.locator("dl.facts").inner_text()
    for words in (SIGNED, "何丽华 委托", "学科竞赛", "计算机学院", f"{day(0)} – {day(9)}"):
        assert words in facts, words
    look(page)


def is_stopped(page, live_server, look):
    """Press on the page that was still open: nothing is decided, and each page says why."""
    page.wait_for_timeout(500)  # faster presses are slips
    page.keyboard.press("a")
    page.get_by_text("决定没有执行，这条申报保持原样。").wait_for()
    page.goto(f"{live_server.url}/desk/")
    assert "内容已不对您开放" in page.locator("main").inner_text()
    page.goto(f"{live_server.url}/powers/")
    assert "已收回" in page.get_by_role("region", name="我持有的权限").inner_text()
    look(page)
    page.goto(f"{live_server.url}/notices/")
    page.get_by_text("何丽华 结束了这项委托。").wait_for()

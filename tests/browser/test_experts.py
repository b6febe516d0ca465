"""An expert scores a small pile with the keyboard, on a desk and on a phone; assigning shows who gets what first."""

import pytest

from portal.enums import Role
from review.models import Assignment
from tests.builders import fresh
from tests.experts import WIDE, assigned, make_expert, make_experts, scoring_claim
from tests.whu import whu_staff, whu_student

SIZES = {"desk": (1440, 900), "phone": (390, 844)}


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def pile(number):
    """Bring several claims to the stage that scores."""
    return [
        scoring_claim(facts={**WIDE, "doi": f"10.1/{n}"}, student=whu_student(f"学生{n}"), content=f"第 {n} 篇论文")
        for n in range(number)
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.expects_browser_errors("status of 422")
def test_a_pile_is_scored_by_keyboard(transactional_db, sign_in_browser, live_server, check_accessible, size):
    expert, office = make_expert(), whu_staff(Role.OFFICE)
    tasks = [assigned(claim, [expert], office=office)[0] for claim in pile(3)]
    page = sign_in_browser(fresh(expert))
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.goto(f"{live_server.url}/desk/experts/")
    check_accessible(page)
    fits(page)
    page.keyboard.press("s")
    page.wait_for_url(f"**/desk/experts/{tasks[0].pk}/")
    check_accessible(page)
    fits(page)

    page.keyboard.press("s")
    page.keyboard.type("9")
    page.get_by_text("超出可评范围。").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("评分应在 1 到 4 之间。").first.wait_for()
    check_accessible(page)
    page.get_by_role("textbox", name="评分").fill("3")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/experts/{tasks[1].pk}/")
    page.get_by_role("status").get_by_text("第 0 篇论文").wait_for()

    page.keyboard.press("s")
    page.keyboard.type("2.5")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.type("方法扎实 sjk")  # letters that are commands elsewhere
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/desk/experts/{tasks[2].pk}/")

    page.keyboard.press("x")
    page.get_by_label("回避理由").fill("与申报人有利益关系")
    page.get_by_role("button", name="回避", exact=True).click()
    page.get_by_role("heading", name="全部评完").wait_for()
    check_accessible(page)
    found = Assignment.objects.order_by("pk").values_list("state", "comment")
    assert list(found) == [("scored", ""), ("scored", "方法扎实 sjk"), ("abstained", "与申报人有利益关系")]


def test_the_office_deals_after_a_preview(transactional_db, sign_in_browser, live_server, check_accessible):
    make_experts(4)
    pile(2)
    page = sign_in_browser(whu_staff(Role.OFFICE))
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{live_server.url}/desk/assigning/")
        check_accessible(page)
        fits(page)
    page.get_by_role("link", name="自动分配").click()
    page.get_by_role("heading", name="将分配 2 条申报，共 6 个评审任务").wait_for()
    check_accessible(page)
    fits(page)
    assert not Assignment.objects.exists()
    page.get_by_role("button", name="确认分配 6 个任务").click()
    page.get_by_role("heading", name="没有等待您分配的申报").wait_for()
    assert Assignment.objects.count() == 6
    page.get_by_role("link", name="评分中").click()
    page.get_by_role("link", name="第 0 篇论文").click()
    page.get_by_role("heading", name="可以选择的专家").wait_for()
    check_accessible(page)
    fits(page)

"""The achievement library in the browser: chosen inside the form, on a page of its own, kept by the office."""

import pytest
from django.urls import reverse

from credits.models import Claim, LibraryEntry, LibraryRequest
from portal.enums import Role
from portal.pinyin import initials
from tests.builders import get_version
from tests.whu import CONTEST, NATIONAL, make_entry, whu_claim, whu_round, whu_staff, whu_student

pytestmark = pytest.mark.django_db(transaction=True)
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}
SEARCH, CHOSEN = "[data-library-search] input", "[data-library-chosen]"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


def entry(name, **facts):
    return make_entry(name, initials=initials(name), **facts)


@pytest.fixture
def student():
    get_version("whu")
    return whu_student("李明")


def sized(page, size):
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    return page


@pytest.mark.parametrize("size", SIZES)
def test_an_entry_is_found_by_its_initials_and_taken_into_the_form(
    student, sign_in_browser, live_server, check_accessible, size
):
    entry("全国大学生数学建模竞赛", organiser="中国工业与应用数学学会")
    entry("全国大学生电子设计竞赛")
    claim = whu_claim("draft", student=student, category="competition", facts=SOLO, points="3")
    page = sized(sign_in_browser(student.person), size)
    page.goto(live_server.url + reverse("credits:claim_edit", args=[claim.pk]))

    page.locator(SEARCH).fill("sxjm")
    page.locator("[data-take]").wait_for()
    assert page.locator("[data-take]").count() == 1
    check_accessible(page)
    page.locator("[data-take]").click()

    page.locator(CHOSEN).wait_for()
    assert "国家级竞赛获奖" in page.locator(CHOSEN).inner_text()
    assert page.evaluate("document.activeElement.matches('[data-library-chosen]')")
    assert page.locator("[data-take]").count() == 0
    page.locator("[data-adopt]").click()
    assert page.locator("[name=claimed_points]").input_value() == "6.5"
    check_accessible(page)
    page.get_by_role("button", name="保存").last.click()
    page.get_by_text("已保存").wait_for()
    claim.refresh_from_db()
    assert (claim.library_entry.name, claim.facts["level"]) == ("全国大学生数学建模竞赛", NATIONAL)


def test_looking_something_up_neither_saves_nor_sends_the_form(student, sign_in_browser, live_server):
    entry("全国大学生数学建模竞赛")
    claim = whu_claim("draft", student=student, category="competition", facts=SOLO)
    page = sign_in_browser(student.person)
    page.goto(live_server.url + reverse("credits:claim_edit", args=[claim.pk]))
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url.partition("?")[0].rsplit("/", 2)[-2])))

    page.locator(SEARCH).fill("全国")
    page.locator("[data-take]").wait_for()
    page.locator(SEARCH).press("Enter")
    page.locator(SEARCH).press("Escape")

    assert page.locator("[data-take]").count() == 0
    assert {row for row in asked if row[0] == "POST"} == set()
    assert "suggestion" not in {name for _method, name in asked}


def test_without_a_script_the_choice_is_a_page(student, browser, live_server):
    kept = entry("全国大学生数学建模竞赛")
    claim = whu_claim("draft", student=student, category="competition", facts=SOLO)
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('credits:claim_edit', args=[claim.pk])}")
    page.fill("[name=username]", student.person.number)
    page.fill("[name=password]", "a long enough password")
    page.press("[name=password]", "Enter")

    assert not page.locator(SEARCH).is_visible()
    page.get_by_role("button", name="从创新成果库选择").click()
    page.get_by_label("搜索").fill("数学建模")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="选用").click()
    assert "全国大学生数学建模竞赛" in page.locator(CHOSEN).inner_text()
    page.get_by_role("button", name="保存").last.click()

    assert Claim.objects.get(pk=claim.pk).library_entry == kept
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_the_library_are_accessible(student, sign_in_browser, live_server, check_accessible, size):
    rows = [entry("全国大学生数学建模竞赛", organiser="学会"), entry("全国大学生数学建模大赛")]
    scheme = get_version("whu").scheme
    asked = LibraryRequest.objects.create(
        scheme=scheme, student=student, name="数学建模挑战赛", year=2024, reason="二十所高校参加"
    )
    page = sized(sign_in_browser(whu_staff(Role.OFFICE)), size)
    one = [rows[0].pk]
    places = [
        reverse("review:library"),
        reverse("review:library_new"),
        reverse("review:library_duplicates"),
        reverse("review:library_import"),
        reverse("review:library_requests"),
        reverse("review:library_answer", args=[asked.pk]),
        *(reverse(f"review:library_{name}", args=one) for name in ("entry", "level", "withdraw", "merge")),
    ]
    for place in places:
        page.goto(live_server.url + place)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
        check_accessible(page)


@pytest.mark.parametrize("size", SIZES)
def test_a_student_asks_for_what_is_missing(student, sign_in_browser, live_server, check_accessible, size):
    whu_round()
    entry("全国大学生数学建模竞赛")
    page = sized(sign_in_browser(student.person), size)
    page.goto(live_server.url + reverse("credits:library") + "?q=没有的竞赛")
    check_accessible(page)
    page.get_by_role("link", name="申请补充入库").click()
    page.get_by_label("名称").fill("大学生无人机竞赛")
    page.get_by_label("说明").fill("二十所高校参加")
    check_accessible(page)
    page.get_by_role("button", name="提交").click()
    page.get_by_text("入库申请已提交").wait_for()
    check_accessible(page)
    assert LibraryRequest.objects.get().name == "大学生无人机竞赛"
    assert LibraryEntry.objects.count() == 1

"""The office at work: a workbook with an error, its correction, the import, and back again."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from credits.models import Claim
from portal.enums import Role, Status
from tests.builders import cover, get_version, make_course, make_offering, make_round, make_staff, make_student
from tests.publicity import waiting_claims
from tests.workbooks import XLSX, read_back, workbook

pytestmark = pytest.mark.django_db(transaction=True)
HEADING = ("学号*", "姓名*", "具体内容*", "项目级别", "结题结果", "角色", "认定积分")
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


def sheet(*names):
    rows = [
        (f"112022000{place}", name, "智能小车", "校级", "合格", "负责人", "") for place, name in enumerate(names, 1)
    ]
    upload = workbook("大创项目", HEADING, rows)
    return {"name": "大创项目.xlsx", "mimeType": XLSX, "buffer": upload.read()}


@pytest.fixture
def office():
    scheme = get_version().scheme
    for place, name in enumerate(("李明", "王芳"), 1):
        cover(scheme, make_student(name, number=f"112022000{place}").college)
    return make_staff(Role.OFFICE)


def upload(page, live_server, file):
    page.goto(live_server.url + reverse("review:import_new"))
    page.get_by_label("申请类别").select_option(label="大创项目")
    page.get_by_label("学年").fill("2025-2026")
    page.get_by_label("公示结束日期").fill((timezone.localdate() - datetime.timedelta(days=1)).isoformat())
    page.get_by_label("工作簿").set_input_files(file)
    page.get_by_role("button", name="核对").click()


def records_two(page, live_server, check_accessible):
    """Upload a workbook with a wrong name, read where it is wrong, and record the corrected one."""
    upload(page, live_server, sheet("李明", "王方"))
    problems = page.get_by_role("region", name="需要改正的内容")
    assert "B3" in problems.inner_text()
    check_accessible(page)
    assert recorded() == []

    page.get_by_role("link", name="重新上传").click()
    upload(page, live_server, sheet("李明", "王芳"))
    page.get_by_role("button", name="导入 2 条记录").click()
    page.get_by_text("已录入", exact=True).wait_for()
    assert recorded() == [Status.RECOGNISED] * 2
    check_accessible(page)


def rolls_back(page, check_accessible):
    """Take the batch that the page shows back, with the reason that is asked for."""
    page.get_by_role("link", name="撤回本批").click()
    page.get_by_role("button", name="撤回本批").click()
    assert page.get_by_role("alert").count() == 1
    page.get_by_label("撤回理由").fill("工作簿用错了")
    check_accessible(page)
    page.get_by_role("button", name="撤回本批").click()
    page.get_by_text("已撤回 2 条记录。").wait_for()
    assert recorded() == [Status.REVOKED] * 2


def recorded():
    """Return the states of what came by workbook."""
    return list(Claim.objects.filter(category__code="innovation").values_list("status", flat=True))


@pytest.mark.expects_browser_errors("422")  # the reason is left out once, and asked for
def test_an_import_is_corrected_applied_and_rolled_back_on_a_phone(
    office, sign_in_browser, phone, live_server, check_accessible
):
    sign_in_browser(office)
    records_two(phone, live_server, check_accessible)
    rolls_back(phone, check_accessible)


def shown(page):
    """Return the columns of the page's table by title."""
    heading, *rows = page.locator("table.grid tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
    )
    return columns(heading, rows)


def taken(page):
    """Press the export of the page; return the workbook's columns by title."""
    with page.expect_download() as found:
        page.get_by_role("button", name="导出", exact=True).click()
    heading, *rows = read_back(found.value.path().read_bytes())
    return columns(heading, rows)


def columns(heading, rows):
    return {title: [figure(row[place]) for row in rows] for place, title in enumerate(heading)}


def figure(cell):
    """Return a number as one, a dash as nothing: the page and the workbook write them differently."""
    text = str(cell)
    return float(text) if text.replace(".", "", 1).isdigit() else text.replace("—", "")


def agree(one, other, *titles):
    assert {title: one[title] for title in titles} == {title: other[title] for title in titles}


@pytest.mark.expects_browser_errors("422")  # as above
def test_an_office_imports_publishes_exports_and_rolls_back(office, sign_in_browser, live_server, check_accessible):
    waiting_claims(2, office=office)
    page, points = sign_in_browser(office), f"{live_server.url}{reverse('review:points')}?scheme=bit"
    records_two(page, live_server, check_accessible)
    batch = page.url

    page.goto(live_server.url + reverse("review:publicity_lists"))
    page.get_by_role("link", name="新建公示").click()
    page.get_by_role("button", name="下一步：核对名单").click()
    check_accessible(page)
    page.get_by_role("button", name="发布 2 条").click()
    page.get_by_text("公示中").first.wait_for()
    check_accessible(page)
    listed = shown(page)
    page.goto(f"{live_server.url}{reverse('review:report', args=['publicity'])}?scheme=whu")
    agree(taken(page), listed, "序号", "姓名", "学号", "年级", "项目", "分值", "状态")
    assert listed["姓名"] == ["林一鸣", "陈思远"]

    page.goto(points)
    book, now = taken(page), shown(page)
    agree(book, now, "学号", "姓名", "年级", "班级", "大创项目", "总积分")
    assert (book["姓名"], book["大创项目"]) == (["李明", "王芳"], [0.5, 0.5])

    page.goto(batch)
    rolls_back(page, check_accessible)
    page.goto(points)
    assert (taken(page)["大创项目"], shown(page)["总积分"]) == (["", ""], [0.0, 0.0])


def test_rows_come_and_go_with_the_script(office, sign_in_browser, live_server):
    page = sign_in_browser(office)
    page.goto(live_server.url + reverse("review:round_new"))
    page.get_by_role("button", name="添加一行").click()
    page.get_by_role("button", name="添加一行").click()
    assert page.locator("[data-row]").count() == 3
    page.locator('[name="windows-2-role"]').select_option("office")
    page.get_by_role("button", name="移除").nth(1).click()
    assert page.locator('[name="windows-1-role"]').input_value() == "office"
    assert page.locator('[name="windows-TOTAL_FORMS"]').input_value() == "2"


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_clean_and_accessible(office, sign_in_browser, live_server, check_accessible, size):
    round_, course = make_round(), make_course()
    offering = make_offering(course)
    page = sign_in_browser(office)
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    places = [
        reverse("review:rounds"),
        reverse("review:round_edit", args=[round_.pk]),
        reverse("review:round_publish", args=[round_.pk]),
        reverse("review:courses"),
        reverse("review:course_edit", args=[course.pk]),
        reverse("review:offering_edit", args=[offering.pk]),
        reverse("review:terms"),
        reverse("review:imports"),
        reverse("review:import_new"),
        reverse("review:course_import"),
        reverse("review:points"),
        reverse("review:grades"),
        reverse("people"),
        reverse("people_import"),
        reverse("password_change"),
    ]
    for place in places:
        page.goto(live_server.url + place)
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], place

"""A secretary decides in a spreadsheet: out, in, every difference, carried out, and the refused rows again."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from credits.models import Claim
from credits.services.decisions import refuse_claim
from portal.enums import Role, Status
from tests.builders import get_version, make_claim, make_college, make_staff
from tests.workbooks import XLSX

pytestmark = pytest.mark.django_db(transaction=True)


def filled(path, decisions):
    """Write decisions into a downloaded workbook: content → (decision, points, reason)."""
    book = load_workbook(io.BytesIO(path.read_bytes()))
    sheet = book["审核"]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        typed = decisions.get(sheet.cell(row, places["具体内容"]).value, (None, None, None))
        for title, value in zip(("审核决定", "认定积分", "理由或意见"), typed, strict=True):
            sheet.cell(row, places[title]).value = value
    out = io.BytesIO()
    book.save(out)
    return {"name": "审核.xlsx", "mimeType": XLSX, "buffer": out.getvalue()}


def test_a_queue_goes_out_comes_back_and_what_was_refused_once_more(sign_in_browser, live_server, check_accessible):
    get_version()
    secretary, colleague = (
        make_staff(Role.SECRETARY, college=make_college(), name=name) for name in ("何丽华", "孙建平")
    )
    passed, lowered, silent, gone = (make_claim(Status.IN_REVIEW, content=f"数学建模竞赛{n}") for n in range(4))
    page = sign_in_browser(secretary)
    page.goto(live_server.url + reverse("review:claims"))
    page.get_by_role("link", name="用表格审核").click()
    check_accessible(page)
    with page.expect_download() as found:
        page.get_by_role("button", name="导出审核工作簿").click()
    decisions = {
        passed.content: ("通过", None, None),
        lowered.content: ("通过", 1.5, "排名靠后"),
        silent.content: ("退回修改", None, None),
        gone.content: ("通过", None, None),
    }
    refuse_claim(gone, colleague, reason="重复", revision=None)
    page.get_by_label("填好的审核工作簿").set_input_files(filled(found.value.path(), decisions))
    page.get_by_role("button", name="核对").click()
    page.get_by_role("heading", name="2 行被拒绝，保持原样").wait_for()
    assert "孙建平" in page.locator("#main").inner_text()
    check_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="执行 2 条决定").click()
    page.get_by_text("已执行 2 条，被拒绝 2 条。").wait_for()
    assert Claim.objects.filter(stage="office").count() == 2
    with page.expect_download() as again:
        page.get_by_role("button", name="下载被拒绝的行").click()
    page.goto(live_server.url + reverse("review:sheets"))
    corrected = filled(again.value.path(), {silent.content: ("退回修改", None, "请补材料")})
    page.get_by_label("填好的审核工作簿").set_input_files(corrected)
    page.get_by_role("button", name="核对").click()
    page.get_by_role("button", name="执行 1 条决定").click()
    page.get_by_text("已执行 1 条，被拒绝 0 条。").wait_for()
    silent.refresh_from_db()
    assert silent.status == Status.RETURNED

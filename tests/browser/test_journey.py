"""The whole way in real Chromium: claim → college → office → query → conversion → printed form → filed.

Every page on the way is accessible, fits its screen and leaves the console empty (the fixture ``page`` sees to that).
"""

import re
import shutil
import subprocess

import pytest
from PIL import Image
from playwright.sync_api import expect

from conversion.models import Application, Filing, Form
from credits.models import Claim
from portal.enums import Role, Status
from tests.builders import (
    BANDS,
    PASSWORD,
    cover,
    get_version,
    jpeg,
    make_course,
    make_offering,
    make_round,
    make_staff,
    make_student,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed"),
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
NAME = "王㛃"  # the second character is in few fonts
REASON = "校内认定时按细则折算为 3.5。"


@pytest.fixture
def cast():
    """Return the student, the secretary and the office of one college, with a round and a course that are open."""
    student = make_student(NAME)
    scheme = get_version().scheme
    cover(scheme, student.college)
    make_round(name="秋季积分认定")
    make_offering(make_course("02000012", "素质教育实践模块Ⅰ", bands=BANDS))
    secretary = make_staff(Role.SECRETARY, college=student.college, name="何丽华")
    return student, secretary, make_staff(Role.OFFICE, scheme=scheme.code, name="梁志远")


@pytest.fixture
def looks_right(page, check_accessible):
    """Give a check of the page as it stands."""

    def check():
        page.wait_for_load_state("networkidle")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
        check_accessible(page)

    return check


def claims(page, address, student, looks_right, picture):
    """Sign in by the form and claim with a certificate."""
    page.goto(f"{address}/claims/new/")
    looks_right()
    page.fill("[name=username]", student.person.number)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.click("a[href*='category=competition']")
    for name, label in (
        ("competition", "全国大学生数学建模竞赛"),
        ("level", "国家级"),
        ("basis", "奖项等次"),
        ("award", "一等奖"),
        ("form", "个人"),
    ):
        page.select_option(f"[name=fact_{name}]", label=label)
    page.fill("[name=content]", "全国大学生数学建模竞赛国家级一等奖")
    page.click("[data-adopt='4.0']")
    page.set_input_files("#id_files_certificate", picture)
    page.wait_for_selector("#files-certificate .file")
    looks_right()
    page.click("button[value=submit]")
    page.wait_for_url("**/receipt/")
    looks_right()


def college_changes_points(page, address, looks_right):
    """Recognise less than claimed: refused without a reason, with the number kept, then done."""
    page.goto(f"{address}/desk/")
    looks_right()
    page.get_by_role("link", name="开始审核").click()
    page.get_by_label("认定积分").fill("3.5")
    page.get_by_role("button", name=re.compile("^通过")).click()
    expect(page.get_by_label("认定积分")).to_have_value("3.5")
    looks_right()
    page.get_by_label("意见或理由").fill(REASON)
    page.get_by_role("button", name=re.compile("^通过")).click()
    expect(page.get_by_role("heading", name="全部审核完毕")).to_be_visible()
    looks_right()


def office_confirms(page, address, looks_right):
    page.goto(f"{address}/desk/claims/")
    looks_right()
    page.get_by_role("link", name="全国大学生数学建模竞赛").click()
    expect(page.get_by_label("认定积分")).to_have_value("3.5")
    looks_right()
    page.get_by_role("button", name=re.compile("^通过")).click()
    expect(page.get_by_role("heading", name="全部审核完毕")).to_be_visible()


def student_reads_the_points(page, address, looks_right):
    page.goto(f"{address}/points/")
    expect(page.locator(".tile").first).to_contain_text("3.5")
    page.locator(".explain summary").first.click()
    expect(page.locator(".steps").first).to_be_visible()
    looks_right()
    page.get_by_role("link", name="全国大学生数学建模竞赛国家级一等奖").click()
    expect(page.locator("main")).to_contain_text(REASON)
    looks_right()


def student_converts(page, address, looks_right):
    page.goto(f"{address}/conversion/")
    looks_right()
    page.get_by_label("学科竞赛(3.50)").check()
    page.get_by_role("button", name=re.compile("申请")).click()
    page.get_by_role("checkbox", name="全国大学生数学建模竞赛国家级一等奖").check()
    expect(page.locator("#reckoning [aria-current]")).to_contain_text("中等")
    page.get_by_label("联系电话").fill("13800000000")
    page.get_by_label("email").fill("wang@example.org")
    page.get_by_label("申请理由").fill("竞赛内容与课程目标一致。")
    looks_right()
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("审核中")


def college_approves_the_conversion(page, address, looks_right):
    page.goto(f"{address}/desk/applications/start/")
    looks_right()
    page.get_by_role("button", name=re.compile("^通过")).click()
    expect(page.get_by_role("heading", name="全部审核完毕")).to_be_visible()


def student_prints(page, address, looks_right):
    """Return the form as the student's printer gets it."""
    page.goto(f"{address}/my/")
    looks_right()
    page.goto(f"{address}{Application.objects.get().get_absolute_url()}")
    looks_right()
    link = page.get_by_role("link", name="打印申请表")
    answer = page.request.get(f"{address}{link.get_attribute('href')}")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def read_back(content, form, tmp_path):
    """Read the form's words, and look at the picture of its page where the name stands."""
    path = tmp_path / "form.pdf"
    path.write_bytes(content)
    words = run("pdftotext", "-layout", path, "-").replace(" ", "")
    for wanted in (form.number, "素质教育积分转换申请表", "素质教育实践模块Ⅰ", "3.5", "中等", "何丽华"):
        assert wanted in words, wanted
    run("pdftoppm", "-r", "144", "-f", "1", "-l", "1", "-singlefile", "-png", path, tmp_path / "form")
    picture = Image.open(tmp_path / "form.png").convert("L")
    assert 0.005 < ink(picture) < 0.4
    # Each character has its own box; a character without a glyph leaves an empty one.
    box = re.search(
        rf'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">{NAME}', run("pdftotext", "-bbox", path, "-")
    )
    left, top, right, bottom = (float(edge) * 2 for edge in box.groups())
    middle = (left + right) / 2
    for half in ((left, top, middle, bottom), (middle, top, right, bottom)):
        assert 0.05 < ink(picture.crop(tuple(map(round, half)))) < 0.6


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, check=True).stdout.decode()


def ink(picture):
    """Return which part of a picture is dark."""
    dark = sum(picture.histogram()[:128])
    return dark / (picture.width * picture.height)


def college_files(page, address, form, looks_right):
    page.goto(f"{address}/desk/filing/")
    looks_right()
    page.get_by_label("表单编号或二维码").fill(f"{address}/verify/{form.code}/")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="确认备案").click()
    expect(page.get_by_text("已备案：")).to_be_visible()
    looks_right()


@pytest.mark.expects_browser_errors("422")
@pytest.mark.parametrize("size", SIZES)
def test_from_a_certificate_to_the_filed_form(page, live_server, cast, sign_in_browser, looks_right, tmp_path, size):
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    student, secretary, office = cast
    address = live_server.url
    certificate = tmp_path / "获奖证书.jpg"
    certificate.write_bytes(jpeg().read())

    claims(page, address, student, looks_right, certificate)
    sign_in_browser(secretary)
    college_changes_points(page, address, looks_right)
    sign_in_browser(office)
    office_confirms(page, address, looks_right)
    claim = Claim.objects.get()
    assert (claim.status, str(claim.recognised_points)) == (Status.RECOGNISED, "3.50")

    sign_in_browser(student.person)
    student_reads_the_points(page, address, looks_right)
    student_converts(page, address, looks_right)
    sign_in_browser(secretary)
    college_approves_the_conversion(page, address, looks_right)

    sign_in_browser(student.person)
    content = student_prints(page, address, looks_right)
    form = Form.objects.get()
    read_back(content, form, tmp_path)
    page.context.clear_cookies()
    page.goto(f"{address}/verify/{form.code}/")
    expect(page.get_by_role("status")).to_contain_text("有效")
    assert NAME not in page.inner_text("main")
    looks_right()

    sign_in_browser(secretary)
    college_files(page, address, form, looks_right)
    assert Filing.objects.get().filed_by == secretary
    sign_in_browser(student.person)
    page.goto(f"{address}{Application.objects.get().get_absolute_url()}")
    expect(page.locator("main")).to_contain_text("留存备案 何丽华")
    looks_right()

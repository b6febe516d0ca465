"""The printed form: what it says, how it looks, that it is the same file twice, and what it refuses."""

import io
import shutil
import subprocess

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from PIL import Image, ImageChops

from conversion.models import Form
from conversion.pdf import file_name, form_pdf, verify_address
from credits.explaining import telling_steps
from credits.models import Lot
from portal.enums import Role, Status
from portal.pdf import UnprintableText, places_of
from tests.builders import (
    OTHER_COLLEGE,
    cover,
    get_version,
    make_application,
    make_college,
    make_course,
    make_offering,
    make_recognised,
    make_staff,
    make_student,
)

pytestmark = pytest.mark.django_db
FOUR_CREDITS = {"[4,6)": "合格", "[6,7)": "中等", "[7,9)": "良好", "≥9": "优秀"}
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def example(name="李明", *amounts):
    """Approve the manual's conversion: 1 + 3 + 3.6, the last one a competition with its calculation."""
    student = make_student(name)
    cover(get_version().scheme, student.college)
    for points in amounts or ("1", "3"):
        make_recognised(points, student=student, category="lab", content=f"开放实验 {points}")
    make_recognised("3.6", student=student, content="数学建模竞赛一等奖")
    offering = make_offering(make_course("100050415", "创新创业实践A", credits=4, bands=FOUR_CREDITS))
    uses = {lot.pk: lot.recognised for lot in Lot.objects.of(student)}
    make_application(Status.RECOGNISED, student=student, offering=offering, uses=uses)
    return Form.objects.get()


def text_of(content):
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()


def pages_of(content, tmp_path, name="form"):
    (tmp_path / f"{name}.pdf").write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "60", "-png", f"{name}.pdf", name], cwd=tmp_path, check=True)
    return [Image.open(path).convert("L") for path in sorted(tmp_path.glob(f"{name}-*.png"))]


@needs_poppler
def test_the_paper_says_what_was_approved():
    form = example()
    text = text_of(form_pdf(form)).replace(" ", "")
    said = form.snapshot
    for word in (
        said["title"],
        form.number,
        *[said["student"][key] for key in ("number", "name", "college", "cohort", "major", "class", "phone", "email")],
        "100050415",
        "创新创业实践A",
        "7.6",
        "良好",
        "[7,9)良好",
        "≥9优秀",
        "第五条",
        "由教务部认定并录入",
        "学生签字",
        "学院盖章",
        "公章",
        "电子审核记录",
        "赵老师",
        said["opinions"][0]["at"].replace(" ", ""),
        said["reason"],
    ):
        assert word in text, word


def test_printing_twice_gives_the_same_file():
    form = example()
    first = form_pdf(form)
    assert first.startswith(b"%PDF")
    assert form_pdf(Form.objects.get()) == first
    with override("en"):
        assert form_pdf(Form.objects.get()) == first


def test_the_paper_does_not_follow_later_changes():
    form = example()
    first = form_pdf(form)
    person = form.application.student.person
    person.name, person.phone = "改名之后", "000"
    person.save()
    form.application.course.name = "改名的课程"
    form.application.course.save()
    assert form_pdf(Form.objects.get()) == first


@needs_poppler
def test_the_normal_case_is_one_page_and_not_blank(tmp_path):
    (page,) = pages_of(form_pdf(example()), tmp_path)
    ink = sum(page.histogram()[:128])
    assert page.size[0] < page.size[1]
    assert 0.02 < ink / (page.width * page.height) < 0.3


@needs_poppler
def test_forty_records_flow_over_pages_and_keep_their_sum(tmp_path):
    form = example()
    form.snapshot["lines"] *= 14
    content = form_pdf(form)
    assert len(pages_of(content, tmp_path)) > 1
    assert "转换积分合计" in text_of(content)


@needs_poppler
@pytest.mark.parametrize("name", ["李㛃", "王䶮", "𠮷野", "刘𬭎", "买买提·阿不都热合曼·吐尔逊江"])
def test_rare_characters_print_as_glyphs(name, tmp_path):
    form = example()
    form.snapshot["student"]["name"] = name
    content = form_pdf(form)
    assert name[:8] in text_of(content).replace(" ", "")
    # A missing glyph draws the same box for every character: the real ones differ from another name's picture.
    form.snapshot["student"]["name"] = name[:-1] + "口"
    pair = [pages_of(item, tmp_path, f"n{place}")[0] for place, item in enumerate((content, form_pdf(form)))]
    assert ImageChops.difference(*pair).getbbox() is not None


def test_a_character_that_no_font_has_is_refused_and_named():
    form = example()
    form.snapshot["student"]["name"] = "李\ue863"
    with pytest.raises(UnprintableText):
        form_pdf(form)
    assert places_of(form.snapshot, ["\ue863"]) == [{"character": "\ue863", "code": "U+E863", "text": "李\ue863"}]


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def test_the_student_prints_the_form(signed_in):
    form = example()
    answer = signed_in(form.application.student.person).get(reverse("conversion:form_pdf", args=[form.application_id]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert file_name(form) in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")


def test_the_page_names_what_cannot_be_printed(signed_in):
    form = example("李\ue863")
    answer = signed_in(form.application.student.person).get(reverse("conversion:form_pdf", args=[form.application_id]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "U+E863" in page
    assert "重新出具" in page


def test_the_college_prints_it_another_does_not(signed_in):
    form = example()
    address = reverse("conversion:form_pdf", args=[form.application_id])
    own = make_staff(Role.SECRETARY, college=form.application.college)
    assert signed_in(own).get(address).status_code == 200
    stranger = make_staff(Role.SECRETARY, college=make_college(*OTHER_COLLEGE))
    assert signed_in(stranger).get(address).status_code == 404


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.REFUSED])
def test_without_an_approval_there_is_no_form(signed_in, status):
    row = make_application(status)
    address = reverse("conversion:form_pdf", args=[row.pk])
    assert signed_in(row.student.person).get(address).status_code == 404


def test_the_code_holds_the_absolute_address():
    form = example()
    assert verify_address(form) == f"{settings.SITE_URL}/verify/{form.code}/"


def step(output, formula="", **inputs):
    return {"label": "步骤", "clause": "", "output": output, "formula": formula or output, "inputs": inputs}


def test_a_step_that_only_passes_the_figure_on_stays_off_the_paper():
    steps = [step("2", 级别="省级"), step("4", a="2", b="2"), step("4", 积分="4"), step("3", 积分="4")]
    assert [row["output"] for row in telling_steps(steps)] == ["2", "4", "3"]


@needs_poppler
def test_the_picture_is_drawn_from_the_file(tmp_path):
    """The control of the tests above: a blank page is noticed."""
    blank = Image.new("L", (100, 140), 255)
    buffer = io.BytesIO()
    blank.save(buffer, "PDF")
    (page,) = pages_of(buffer.getvalue(), tmp_path)
    assert sum(page.histogram()[:128]) == 0

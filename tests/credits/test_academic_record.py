"""The academic record: what counts of what was recognised, by category, since when, by which notice; page and files."""

import datetime
import io
import shutil
import subprocess
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from credits.academic_record import academic_records
from credits.services.counting import join_projects
from credits.services.decisions import revoke_claim
from portal.enums import Role, Status
from tests.builders import make_claim, make_recognised, make_student
from tests.sanctions import fed_offset, sanctioned
from tests.whu import CONTEST, PAPER, make_entry, whu_claim, whu_staff, whu_student

pytestmark = pytest.mark.django_db
PAGE = reverse("credits:record")
XLSX = reverse("credits:record_export", args=["xlsx"])
PDF = reverse("credits:record_export", args=["pdf"])
SOLO = {key: value for key, value in CONTEST.items() if key not in {"team_size", "rank"}} | {"form": "个人"}
NOTICE = "武大本字〔2026〕1号"
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


@pytest.fixture
def office():
    return whu_staff(Role.OFFICE)


def contest(student, entry, office, *, score, award):
    facts = {**SOLO, "award": award, "competition": entry.name, "level": entry.level}
    told = {"facts": facts, "entry": entry, "score": score, "points": score, "content": f"数学建模{award}"}
    return whu_claim("recognised", student=student, category="competition", office=office, **told)


def record_of(student):
    found = academic_records(student)
    assert len(found) == 1
    return found[0]


def test_what_was_recognised_stands_by_category_with_day_and_notice(office):
    student = whu_student()
    whu_claim("recognised", student=student, score="7", points="7", office=office)
    contest(student, make_entry(), office, score="6.5", award="一等奖")
    record = record_of(student)
    assert record.title == "武汉大学创新学分记录"
    assert [(section.name, section.counted) for section in record.sections] == [
        ("学术论文类", Decimal("7.00")),
        ("学科竞赛类", Decimal("6.50")),
    ]
    item = record.items[0]
    assert (item.title, item.points, item.counted) == ("城市内涝的遥感监测", Decimal(7), Decimal(7))
    assert (item.effective_on, item.notice, item.why) == (timezone.localdate(), NOTICE, "")
    assert record.total == Decimal("13.50")


def test_only_what_is_recognised_is_on_record(office):
    student = whu_student()
    for stage in ("college", "publicity"):
        facts = {**PAPER, "doi": f"10.1000/{stage}", "title": stage}
        whu_claim(stage, student=student, facts=facts, office=office)
    gone = whu_claim(
        "recognised", student=student, facts={**PAPER, "doi": "10.1000/gone", "title": "gone"}, office=office
    )
    assert len(record_of(student).items) == 1
    revoke_claim(gone, office, reason="证书有误。", revision=None)
    assert academic_records(student) == []


def test_a_lower_award_counts_nothing_and_says_why(office):
    student, entry = whu_student(), make_entry()
    contest(student, entry, office, score="6.5", award="一等奖")
    contest(student, entry, office, score="5.5", award="二等奖")
    higher, lower = record_of(student).items
    assert (higher.counted, higher.why) == (Decimal("6.50"), "")
    assert (lower.points, lower.counted) == (Decimal("5.50"), Decimal(0))
    assert "已计入“数学建模一等奖” 6.5" in lower.why
    assert "第九条" in lower.why
    assert record_of(student).total == Decimal("6.50")


def test_a_later_higher_award_adds_the_difference_and_says_so(office):
    student, entry = whu_student(), make_entry()
    contest(student, entry, office, score="5.5", award="二等奖")
    contest(student, entry, office, score="6.5", award="一等奖")
    first, second = record_of(student).items
    assert (first.counted, second.counted) == (Decimal("5.50"), Decimal("1.00"))
    assert "“数学建模二等奖”已计入 5.5，这里补计差额" in second.why


def test_a_replaced_award_is_shown_with_nothing(office):
    student = whu_student()
    first = whu_claim("recognised", student=student, score="7", points="7", office=office)
    other = {**PAPER, "doi": "10.1000/other", "title": "另一题目"}
    second = whu_claim("recognised", student=student, facts=other, score="6", office=office, content="另一题目")
    join_projects(second, first, office, reason="同一论文的中文版", revision=None)
    counted = {item.title: (item.counted, bool(item.why)) for item in record_of(student).items}
    assert counted == {"城市内涝的遥感监测": (Decimal("7.00"), False), "另一题目": (Decimal("0.00"), True)}


def test_what_was_offset_and_what_is_applied_for_are_told(office):
    claim = whu_claim("recognised", score="8", points="8", office=office)
    fed_offset(claim, "2", Status.RECOGNISED)
    fed_offset(claim, "1", code="G2")
    record = record_of(claim.student)
    assert (record.used_label, record.used, record.held) == ("已冲抵", Decimal(2), Decimal(1))
    assert record.total == Decimal(8)


def test_a_cancelled_claim_leaves_the_record(office):
    claim = whu_claim("recognised", office=office)
    sanctioned(claim, office=office)
    assert academic_records(claim.student) == []


def test_schemes_without_notices_have_none():
    student = make_student()
    make_claim(Status.RECOGNISED, student=student, recognised="1.5", reason="按规则")
    make_recognised("0.5", student=student, category="innovation")
    record = record_of(student)
    assert (record.title, record.used_label, record.has_notices) == ("认定记录", "已转换", False)
    assert record.total == Decimal("2.00")
    assert {item.effective_on for item in record.items} == {timezone.localdate()}


def test_two_schemes_are_two_records(office):
    student = whu_student()
    whu_claim("recognised", student=student, office=office)
    make_recognised("0.5", student=student, category="innovation")
    assert sorted(record.scheme.code for record in academic_records(student)) == ["bit", "whu"]


def test_the_day_of_effect_is_the_day_here_not_in_greenwich(office):
    claim = whu_claim("recognised", office=office)
    late = datetime.datetime(2026, 12, 31, 17, 30, tzinfo=datetime.UTC)
    type(claim).objects.filter(pk=claim.pk).update(decided_at=late)
    assert record_of(claim.student).items[0].effective_on == datetime.date(2027, 1, 1)


# --- Page and files ---


def test_the_page_shows_totals_rows_and_reasons(sign_in, office):
    student, entry = whu_student(), make_entry()
    contest(student, entry, office, score="6.5", award="一等奖")
    contest(student, entry, office, score="5.5", award="二等奖")
    html = sign_in(student).get(PAGE).content.decode()
    for words in ("武汉大学创新学分记录", "学科竞赛类", "6.5", NOTICE, "已计入“数学建模一等奖”", "已冲抵", XLSX, PDF):
        assert words in html, words


def test_the_menu_leads_to_it_in_the_schemes_words(sign_in):
    html = sign_in(whu_student()).get(reverse("credits:claims")).content.decode()
    assert f'href="{PAGE}"' in html
    assert "武汉大学创新学分记录" in html


def test_an_empty_record_says_what_will_stand_there(sign_in):
    student = whu_student()
    html = sign_in(student).get(PAGE).content.decode()
    assert "还没有认定记录" in html
    assert sign_in(student).get(PDF).status_code == 404
    assert sign_in(student).get(XLSX).status_code == 404


def test_staff_have_no_record_of_their_own(sign_in, office):
    client = sign_in(office)
    assert "还没有认定记录" in client.get(PAGE).content.decode()
    assert client.get(PDF).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_every_length(sign_in, office, django_assert_num_queries, rows):
    student = whu_student()
    for place in range(rows):
        facts = {**PAPER, "doi": f"10.1000/{place}", "title": f"论文{place}"}
        whu_claim("recognised", student=student, facts=facts, office=office)
    client = sign_in(student)
    client.get(PAGE)
    with django_assert_num_queries(12):
        client.get(PAGE)


def test_the_workbook_has_a_row_per_item(sign_in, office):
    student, entry = whu_student("=1+1"), make_entry()
    contest(student, entry, office, score="6.5", award="一等奖")
    contest(student, entry, office, score="5.5", award="二等奖")
    answer = sign_in(student).get(XLSX)
    heading, *rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    found = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [(row["认定学分"], row["计入"], row["文号"]) for row in found] == [(6.5, 6.5, NOTICE), (5.5, 0, NOTICE)]
    assert found[0]["姓名"] == "=1+1"
    assert found[0]["生效日期"].date() == timezone.localdate()
    assert "第九条" in found[1]["说明"]


@needs_poppler
def test_the_document_says_the_same(sign_in, office):
    student, entry = whu_student(), make_entry()
    contest(student, entry, office, score="6.5", award="一等奖")
    contest(student, entry, office, score="5.5", award="二等奖")
    answer = sign_in(student).get(PDF)
    assert answer["Content-Type"] == "application/pdf"
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    said = "".join(text.stdout.decode().split())
    for words in (
        "武汉大学创新学分记录",
        student.person.number,
        "学科竞赛类",
        "数学建模一等奖",
        "小计6.5",
        "已冲抵0.0",
        "6.5",
    ):
        assert words in said, words
    assert sign_in(student).get(PDF).content == answer.content


def test_a_name_that_cannot_be_printed_is_named(sign_in, office):
    student = whu_student("李\ue863")
    whu_claim("recognised", student=student, office=office)
    answer = sign_in(student).get(PDF, follow=True)
    assert "\ue863" in answer.content.decode()
    assert answer.redirect_chain[0][0] == PAGE

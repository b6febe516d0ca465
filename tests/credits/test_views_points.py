"""The query page: what counts, what each number is made of, the statement, and the same rows as files."""

import io
from decimal import Decimal

import pikepdf
import pytest
from django.urls import reverse
from openpyxl import load_workbook

from credits.models import LedgerEntry
from credits.services.ledger import book
from portal.enums import Status
from tests.builders import get_version, make_claim, make_recognised, make_student

pytestmark = pytest.mark.django_db
PAGE = reverse("credits:points")
STATEMENT = reverse("credits:points_statement")
XLSX = reverse("credits:points_export", args=["xlsx"])
PDF = reverse("credits:points_export", args=["pdf"])
COLUMNS = """序号 学年 学院名称 年级 专业名称 班级 学号 姓名
申请类别 具体内容 申请积分 认定积分 证明材料 审核状态""".split()  # noqa: SIM905 - fourteen words, as the manual prints them


def cells(html):
    return " ".join(html.split())


def sheet_of(response):
    return [list(row) for row in load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True)]


def test_the_page_has_the_manuals_columns_and_breadcrumb(sign_in):
    claim = make_claim()
    html = sign_in(claim.student).get(PAGE).content.decode()
    head = html[html.index("<thead>") : html.index("</thead>")]
    assert [cell.split(">")[-1] for cell in head.split("</th>")[:-1]] == COLUMNS
    assert get_version().data.wording["query_crumb"] in html


def test_only_what_is_recognised_counts(sign_in):
    student = make_student()
    make_recognised("0.5", student=student, category="innovation")
    make_recognised("3.6", student=student, category="practice")
    make_claim(Status.RECOGNISED, student=student, recognised="1.5", reason="按规则")
    for status in (Status.DRAFT, Status.IN_REVIEW, Status.RETURNED, Status.REFUSED, Status.REVOKED):
        make_claim(status, student=student)
    response = sign_in(student).get(PAGE)
    assert response.context["total"] == Decimal("5.60")
    assert {row["category__code"]: str(row["points"]) for row in response.context["by_category"]} == {
        "competition": "1.50",
        "innovation": "0.50",
        "practice": "3.60",
    }
    assert response.content.decode().count('class="uncounted"') == 5


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_every_length(sign_in, django_assert_num_queries, rows):
    student = make_student()
    for _ in range(rows):
        make_recognised("0.5", student=student, category="innovation")
    client = sign_in(student)
    client.get(PAGE)
    with django_assert_num_queries(9):
        assert client.get(PAGE).content.decode().count('class="explain"') == rows


def test_filters_narrow_the_rows_and_never_the_total(sign_in):
    student = make_student()
    make_recognised("0.5", student=student, category="innovation")
    make_recognised("3.6", student=student, category="practice")
    response = sign_in(student).get(PAGE, {"category": "practice"})
    assert len(response.context["listing"].rows) == 1
    assert response.context["total"] == Decimal("4.10")


def test_a_number_opens_its_steps(sign_in):
    claim = make_claim(Status.RECOGNISED)
    html = sign_in(claim.student).get(reverse("credits:explanation", args=[claim.pk])).content.decode()
    assert "clause-univ.5" in html
    assert html.count("<li>") == len(claim.trace["steps"])


def test_a_record_explains_itself_by_its_office(sign_in):
    claim = make_recognised("0.5", category="innovation")
    html = sign_in(claim.student).get(reverse("credits:explanation", args=[claim.pk])).content.decode()
    assert claim.category.recorder in html


def test_the_statement_follows_the_usable_points_of_each_record(sign_in):
    student = make_student()
    lot = make_recognised("3", student=student, category="practice").lot
    for number, kind in enumerate(["hold", "consume", "refund"]):
        book(lot, kind, Decimal(1), None, key=f"test:{number}")
    response = sign_in(student).get(STATEMENT)
    (account,) = response.context["accounts"]
    assert [(b.entry.kind, str(b.change), str(b.usable)) for b in account.bookings] == [
        ("award", "3.00", "3.00"),
        ("hold", "-1.00", "2.00"),
        ("consume", "0.00", "2.00"),
        ("refund", "1.00", "3.00"),
    ]
    assert account.bookings[-1].usable == lot.usable == response.context["usable"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_statement_costs_the_same_for_every_length(sign_in, django_assert_num_queries, rows):
    student = make_student()
    for _ in range(rows):
        make_recognised("0.5", student=student, category="innovation")
    client = sign_in(student)
    client.get(STATEMENT)
    with django_assert_num_queries(7):
        assert len(client.get(STATEMENT).context["accounts"]) == rows


def test_nobody_reads_somebody_elses_statement(sign_in):
    make_recognised("3", category="practice")
    assert LedgerEntry.objects.exists()
    get_version()
    assert sign_in(make_student()).get(STATEMENT).context["accounts"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_workbook_holds_the_rows_of_the_page(sign_in, django_assert_num_queries, rows):
    student = make_student()
    for number in range(rows):
        make_recognised("0.5", student=student, category="innovation", content=f"=项目{number}")
    client = sign_in(student)
    client.get(PAGE)
    with django_assert_num_queries(7):
        response = client.get(XLSX)
    head, *body = sheet_of(response)
    assert head == COLUMNS
    listed = client.get(PAGE).context["listing"].rows
    assert [row[9] for row in body] == [row["content"] for row in listed]
    assert [row[11] for row in body] == [0.5] * rows
    assert [row[0] for row in body] == list(range(1, rows + 1))
    kinds = {cell.data_type for cell in load_workbook(io.BytesIO(response.content)).active["J"]}
    assert kinds == {"s"}, "a text that begins with = stays text"


def test_a_filtered_page_gives_a_filtered_workbook_without_points_that_do_not_count(sign_in):
    student = make_student()
    make_recognised("0.5", student=student, category="innovation")
    make_claim(Status.IN_REVIEW, student=student, stage="office")
    body = sheet_of(sign_in(student).get(XLSX, {"status": "in_review"}))[1:]
    assert [(row[10], row[11]) for row in body] == [(2, None)]


def test_the_document_holds_the_rows_the_total_and_the_calculation(sign_in):
    student = make_student()
    make_claim(Status.RECOGNISED, student=student)
    make_recognised("3.6", student=student, category="practice", content="暑期实践")
    response = sign_in(student).get(PDF)
    assert response["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as document:
        assert len(document.pages) == 1
    html = sign_in(student).get(PAGE).context
    assert html["total"] == Decimal("5.60")


def test_the_statements_workbook_holds_its_bookings(sign_in):
    student = make_student()
    lot = make_recognised("3", student=student, category="practice", content="=暑期实践").lot
    book(lot, "hold", Decimal("0.5"), None, key="test:hold")
    body = sheet_of(sign_in(student).get(reverse("credits:statement_export")))[1:]
    assert [(row[0], row[3], row[4], row[5], row[6]) for row in body] == [
        ("=暑期实践", "认定", 3, 3, 3),
        ("=暑期实践", "占用", 0.5, -0.5, 2.5),
    ]


def test_somebody_without_a_roll_entry_has_no_download(sign_in):
    from tests.builders import make_person  # noqa: PLC0415 - only here

    get_version()
    assert sign_in(make_person()).get(XLSX).status_code == 404

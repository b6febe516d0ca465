"""Reviewing in a spreadsheet (X11): what goes out, what each bad row is answered, what is carried out."""

import io
from decimal import Decimal

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from credits.models import Claim, ClaimEvent, LedgerEntry
from credits.services.decisions import approve_claim, refuse_claim
from portal.enums import Role, Status
from portal.jobs.services import run_job
from portal.models import Event, Job, Notice
from portal.spreadsheets import XLSX
from review.models import DecisionSheet, SheetState
from review.roundtrip import sheet as sheet_module
from review.roundtrip import views
from review.roundtrip.tokens import row_token
from review.services.roundtrip import apply_sheet
from tests.builders import OTHER_COLLEGE, make_claim, make_college, make_student
from tests.review.conftest import client_of
from tests.whu import whu_claim, whu_staff
from tests.workbooks import formulas, workbook

EXPORT, SHEETS = reverse("review:sheet_export"), reverse("review:sheets")
OPEN = ("审核决定", "认定积分", "理由或意见")


class Book:
    """A workbook as a person has it open."""

    def __init__(self, content):
        self.book = load_workbook(io.BytesIO(content))
        self.sheet = self.book["审核"]
        self.columns = {cell.value: cell.column for cell in self.sheet[1]}

    def row_of(self, claim):
        """Return the number of the row that holds a claim."""
        column = self.columns["具体内容"]
        rows = range(2, self.sheet.max_row + 1)
        return next(row for row in rows if self.sheet.cell(row, column).value == claim.content)

    def cell(self, row, title):
        row = row if isinstance(row, int) else self.row_of(row)
        return self.sheet.cell(row, self.columns[title])

    def decide(self, row, decision, points=None, reason=None):
        for title, value in zip(OPEN, (decision, points, reason), strict=True):
            self.cell(row, title).value = value

    def upload(self):
        out = io.BytesIO()
        self.book.save(out)
        return SimpleUploadedFile("审核.xlsx", out.getvalue(), XLSX)


def claims(number=3, **facts):
    return [make_claim(Status.IN_REVIEW, content=f"竞赛{index}", **facts) for index in range(number)]


def export(client, **query):
    response = client.post(f"{EXPORT}?{'&'.join(f'{key}={value}' for key, value in query.items())}")
    assert response.status_code == 200
    return Book(response.content)


def send(client, book):
    """Upload, and return the staged sheet."""
    response = client.post(SHEETS, {"workbook": book.upload()})
    assert response.status_code == 302, response.content.decode()
    return DecisionSheet.objects.latest("pk")


def carry_out(client, sheet):
    assert client.post(reverse("review:sheet_apply", args=[sheet.pk])).status_code == 302
    sheet.refresh_from_db()
    return sheet


def refusal(client, book, row=None):
    """Return why the only asking row is refused; nothing else is to be done."""
    sheet = send(client, book)
    assert (sheet.decided, sheet.refused) == (0, 1)
    line = sheet.lines[0]
    assert row is None or line["row"] == row
    page = client.get(reverse("review:sheet", args=[sheet.pk])).content.decode()
    assert line["why"].split("（")[0] in page
    return line["why"]


def world():
    return (
        list(Claim.objects.order_by("pk").values_list("pk", "status", "stage", "revision", "recognised_points")),
        ClaimEvent.objects.count(),
        LedgerEntry.objects.count(),
        Notice.objects.count(),
    )


# --- Out ---


def test_the_workbook_holds_what_waits_with_three_open_columns_and_lists(staff, secretary):
    mine, _other = claims(2)
    make_claim(Status.IN_REVIEW, content="外院的", student=make_student(college=make_college(*OTHER_COLLEGE)))
    make_claim(Status.IN_REVIEW, content="已到教务部", stage="office")
    book = export(secretary)
    sheet = book.sheet
    assert sorted(sheet.cell(row, book.columns["具体内容"]).value for row in (2, 3)) == ["竞赛0", "竞赛1"]
    assert sheet.max_row == 3
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "C2"
    unlocked = {cell.column for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {book.columns[title] for title in OPEN}
    kinds = {rule.type: (rule.formula1, str(rule.sqref)) for rule in sheet.data_validations.dataValidation}
    letter = sheet.cell(1, book.columns["审核决定"]).column_letter
    assert kinds["list"] == ('"通过,退回修改,不予通过"', f"{letter}2:{letter}3")
    assert set(kinds) == {"list", "decimal", "textLength"}
    assert book.cell(mine, "学号").value == mine.student.person.number
    assert book.cell(mine, "版本").value == mine.revision
    assert book.cell(mine, "具体内容").hyperlink.target.endswith(reverse("review:claim", args=[mine.pk]))
    event = Event.objects.get(verb="export")
    assert (event.subject_kind, event.actor, event.after["rows"]) == ("decision_sheet", staff.secretary, 2)


def test_the_filters_of_the_list_narrow_the_workbook(staff, secretary):
    claims(2)
    assert export(secretary, q="竞赛1").sheet.max_row == 2
    assert secretary.post(f"{EXPORT}?q=没有").status_code == 302


def test_text_that_looks_like_a_formula_stays_text_there_and_back(staff, secretary):
    claim = make_claim(Status.IN_REVIEW, content="=1+1")
    response = secretary.post(EXPORT)
    assert formulas(response.content) == []
    book = Book(response.content)
    assert book.cell(claim, "具体内容").quotePrefix
    book.decide(claim, "退回修改", reason="@请补材料")
    assert send(secretary, book).decided == 1


def test_a_queue_longer_than_one_workbook_is_cut_and_says_so(staff, secretary, monkeypatch):
    monkeypatch.setattr("review.roundtrip.queue.MOST", 2)
    claims(3)
    book = export(secretary)
    assert book.sheet.max_row == 3
    assert any("最前面的部分" in str(cell.value) for cell in book.book["填写说明"]["A"])


def test_who_decides_nothing_has_no_such_pages(staff):
    make_claim(Status.IN_REVIEW)
    for role in ("counsellor", "auditor", "student"):
        client = staff.client(role)
        assert client.get(SHEETS).status_code == client.post(EXPORT).status_code == 404, role


# --- Back: what is carried out ---


def test_every_decision_is_carried_out_with_its_own_event(staff, secretary):
    passed, lowered, returned, refused, left = claims(5)
    book = export(secretary)
    book.decide(passed, "通过")
    book.decide(lowered, "通过", 1.5, "排名靠后")
    book.decide(returned, "退回修改", reason="请补材料")
    book.decide(refused, "不予通过", reason="不属于范围")
    before = world()
    sheet = send(secretary, book)
    assert world() == before
    assert (sheet.rows, sheet.decided, sheet.refused, sheet.same) == (5, 4, 0, 1)
    cells = {
        line["claim"]: [(cell["title"], cell["old"], cell["new"]) for cell in line["cells"]] for line in sheet.lines
    }
    assert cells[lowered.pk] == [("审核决定", "", "通过"), ("认定积分", "", "1.5"), ("理由或意见", "", "排名靠后")]
    sheet = carry_out(secretary, sheet)
    assert (sheet.state, sheet.decided, sheet.refused) == (SheetState.APPLIED, 4, 0)
    found = {claim.pk: claim for claim in Claim.objects.all()}
    assert (found[passed.pk].stage, found[passed.pk].recognised_points) == ("office", Decimal("2.00"))
    assert (found[lowered.pk].recognised_points, found[lowered.pk].recognised_reason) == (Decimal("1.50"), "排名靠后")
    assert found[returned.pk].status == Status.RETURNED
    assert found[refused.pk].status == Status.REFUSED
    assert (found[left.pk].stage, found[left.pk].revision) == ("college", left.revision)
    acted = ClaimEvent.objects.filter(actor=staff.secretary).order_by("subject_id")
    assert list(acted.values_list("verb", flat=True)) == ["approve", "approve", "return", "refuse"]
    kept = Event.objects.filter(subject_kind="decision_sheet", subject_key=str(sheet.pk)).order_by("pk")
    assert [(event.verb, event.after["decided"]) for event in kept] == [("stage", 4), ("apply", 4)]
    assert Notice.objects.filter(text__contains="请补材料").count() == 1
    kept_file = secretary.get(reverse("review:sheet_workbook", args=[sheet.pk]))
    assert b"".join(kept_file.streaming_content)[:2] == b"PK"
    kept_file.close()


def test_resorted_and_deleted_rows_are_fine(staff, secretary):
    first, _second, third = claims(3)
    book = export(secretary)
    book.decide(third, "通过")
    book.decide(first, "通过")
    book.sheet.delete_rows(3)
    rows = [[cell.value for cell in row] for row in book.sheet.iter_rows(min_row=2)]
    for number, values in enumerate(reversed(rows), start=2):
        for column, value in enumerate(values, start=1):
            book.sheet.cell(number, column).value = value
    carry_out(secretary, send(secretary, book))
    assert set(Claim.objects.filter(stage="office").values_list("pk", flat=True)) == {first.pk, third.pk}


def test_a_stage_that_gives_an_opinion_takes_no_points(db):
    claim = whu_claim()
    client = client_of(whu_staff(Role.SECRETARY, college=claim.college))
    book = export(client)
    points = next(title for title in book.columns if title.startswith("认定"))
    assert book.cell(2, points).protection.locked
    book.cell(2, "审核决定").value = "通过"
    book.cell(2, points).value = 3
    assert "只给意见" in refusal(client, book)
    book.cell(2, points).value = None
    carry_out(client, send(client, book))
    claim.refresh_from_db()
    assert claim.stage != "college"
    assert claim.recognised_points is None


# --- Back: what is refused ---


def test_what_changed_meanwhile_is_refused_by_name_and_the_rest_carried_out(staff, secretary):
    stale, decided, good = claims(3)
    book = export(secretary)
    for claim in (stale, decided, good):
        book.decide(claim, "通过")
    approve_claim(stale, staff.colleague, points=Decimal(2), revision=None)
    refuse_claim(decided, staff.colleague, reason="重复", revision=None)
    sheet = send(secretary, book)
    why = {line["claim"]: line["why"] for line in sheet.lines if line["outcome"] == "refused"}
    assert set(why) == {stale.pk, decided.pk}
    assert "已有变化" in why[stale.pk]
    assert "孙建平" in why[stale.pk]
    assert "审核未通过" in why[decided.pk]
    assert carry_out(secretary, sheet).decided == 1
    assert ClaimEvent.objects.filter(actor=staff.secretary).count() == 1


def test_what_changes_between_preview_and_press_is_refused_too(staff, secretary):
    moved, good = claims(2)
    book = export(secretary)
    book.decide(moved, "退回修改", reason="请补材料")
    book.decide(good, "通过")
    sheet = send(secretary, book)
    refuse_claim(moved, staff.colleague, reason="重复", revision=None)
    sheet = carry_out(secretary, sheet)
    assert (sheet.decided, sheet.refused) == (1, 1)
    line = next(line for line in sheet.lines if line["outcome"] == "refused")
    assert line["claim"] == moved.pk
    assert "孙建平" in line["why"]
    moved.refresh_from_db()
    assert moved.status == Status.REFUSED


def tamper(book, claim, staff):
    token = book.cell(claim, "行凭证")
    token.value = token.value[:-1] + ("A" if token.value[-1] != "A" else "B")


def other_purpose(book, claim, staff):
    text = f"{claim.pk}-{claim.revision}-{staff.secretary.pk}"
    book.cell(claim, "行凭证").value = signing.Signer(salt="another").sign(text)


def foreign(book, claim, staff):
    book.cell(claim, "行凭证").value = row_token(claim, staff.colleague)


def out_of_reach(book, claim, staff):
    other = make_claim(Status.IN_REVIEW, student=make_student(college=make_college(*OTHER_COLLEGE)))
    book.cell(claim, "行凭证").value = row_token(other, staff.secretary)


def formula(book, claim, staff):
    book.cell(claim, "认定积分").value = "=1+1"


def renamed(book, claim, staff):
    book.cell(claim, "姓名").value = "李四"


def more_points(book, claim, staff):
    book.cell(claim, "申请积分").value = 9


def another_version(book, claim, staff):
    book.cell(claim, "版本").value = claim.revision + 1


def without_token(book, claim, staff):
    book.cell(claim, "行凭证").value = None


def words_only(book, claim, staff):
    book.decide(claim, None, reason="请补材料")


def no_reason(book, claim, staff):
    book.decide(claim, "退回修改")


def refused_silently(book, claim, staff):
    book.decide(claim, "不予通过", reason="  ")


def too_much(book, claim, staff):
    book.decide(claim, "通过", 9999, "特别突出")


def nothing(book, claim, staff):
    book.decide(claim, "通过", 0, "无")


def unexplained(book, claim, staff):
    book.decide(claim, "通过", 1)


def unknown_decision(book, claim, staff):
    book.decide(claim, "同意")


def three_places(book, claim, staff):
    book.decide(claim, "通过", 1.234, "按比例")


BAD = (
    (tamper, "行凭证被改动"),
    (other_purpose, "行凭证被改动"),
    (foreign, "为别人导出"),
    (out_of_reach, "不在您的审核范围"),
    (formula, "是公式"),
    (renamed, "锁定的内容被改动（姓名）"),
    (more_points, "锁定的内容被改动（申请积分）"),
    (another_version, "锁定的内容被改动（版本）"),
    (without_token, "没有行凭证"),
    (words_only, "没有选择审核决定"),
    (no_reason, "请填写理由"),
    (refused_silently, "请填写理由"),
    (too_much, "不能超过"),
    (nothing, "必须大于 0"),
    (unexplained, "请说明理由"),
    (unknown_decision, "没有这一选项"),
    (three_places, "小数最多 2 位"),
)


def test_each_bad_row_is_refused_with_its_reason_and_only_the_good_one_carried_out(staff, secretary):
    good, *rows = claims(1 + len(BAD))
    book = export(secretary)
    book.decide(good, "通过")
    expected = {}
    for claim, (spoil, said) in zip(rows, BAD, strict=True):
        book.decide(claim, "通过")
        spoil(book, claim, staff)
        expected[book.row_of(claim)] = said
    sheet = send(secretary, book)
    found = {line["row"]: line["why"] for line in sheet.lines if line["outcome"] == "refused"}
    assert found.keys() == expected.keys()
    assert {row: expected[row] for row in found if expected[row] not in found[row]} == {}
    page = secretary.get(reverse("review:sheet", args=[sheet.pk])).content.decode()
    assert all(said in page for said in expected.values())
    before = dict(Claim.objects.exclude(pk=good.pk).values_list("pk", "revision"))
    assert carry_out(secretary, sheet).decided == 1
    assert dict(Claim.objects.exclude(pk=good.pk).values_list("pk", "revision")) == before
    assert ClaimEvent.objects.filter(actor=staff.secretary).count() == 1


def test_an_added_row_is_refused(staff, secretary):
    claims(1)
    book = export(secretary)
    book.sheet.append([None] * (book.columns["审核决定"] - 1) + ["通过"])
    assert "没有行凭证" in refusal(secretary, book, 3)


def test_a_claim_that_differs_from_the_suggestion_needs_its_points_written(staff, secretary):
    claim = make_claim(Status.IN_REVIEW, points="1.5", content="少报的")
    book = export(secretary)
    book.decide(claim, "通过")
    assert "写明分值" in refusal(secretary, book)
    book.decide(claim, "通过", 1.5)
    assert send(secretary, book).decided == 1


def test_a_row_that_was_copied_is_refused_each_time(staff, secretary):
    claim, _other = claims(2)
    book = export(secretary)
    book.decide(claim, "通过")
    book.sheet.append([cell.value for cell in book.sheet[book.row_of(claim)]])
    sheet = send(secretary, book)
    assert [line["outcome"] for line in sheet.lines] == ["refused", "refused"]
    assert "多次" in sheet.lines[0]["why"]


@pytest.mark.parametrize("kind", ["other_sheet", "no_workbook", "empty", "formulas"])
def test_a_workbook_that_is_none_of_ours_is_refused_whole(staff, secretary, kind):
    upload = {
        "other_sheet": workbook("别的", ["学号"], [["1"]]),
        "no_workbook": SimpleUploadedFile("a.xlsx", b"no workbook", XLSX),
        "empty": workbook("审核", [column.title for column in columns()], []),
        "formulas": workbook(
            "审核",
            [column.title for column in columns()],
            [["=1"] * 12 + ["通过", "", "", "", "x"] for _n in range(60)],
        ),
    }[kind]
    response = secretary.post(SHEETS, {"workbook": upload})
    assert response.status_code == 422
    assert not DecisionSheet.objects.exists()


def columns():
    from portal.wording import DEFAULT  # noqa: PLC0415 - the neutral words; titles of the test's scheme are the same

    return sheet_module.decision_sheet(DEFAULT).columns


# --- Afterwards ---


def test_refused_rows_come_as_a_workbook_that_can_be_corrected(staff, secretary):
    silent, stale, moved, gone = claims(4)
    book = export(secretary)
    book.decide(silent, "退回修改")
    book.decide(stale, "通过", 1, "排名靠后")
    book.decide(moved, "通过", 1, "排名靠后")
    book.decide(gone, "通过")
    Claim.objects.filter(pk=stale.pk).update(revision=stale.revision + 1)
    refuse_claim(gone, staff.colleague, reason="重复", revision=None)
    book.cell(moved, "姓名").value = "李四"
    sheet = send(secretary, book)
    assert sheet.refused == 4
    content = secretary.post(reverse("review:sheet_refused_export", args=[sheet.pk])).content
    copy = Book(content)
    assert copy.sheet.max_row == 4
    typed = {claim: [copy.cell(claim, title).value for title in OPEN] for claim in (silent, stale, moved)}
    assert typed == {
        silent: ["退回修改", None, None],
        stale: [None, 1, "排名靠后"],
        moved: [None, None, None],
    }
    assert "请填写理由" in copy.cell(silent, "上次被拒绝的原因").value
    assert [row[1].value for row in copy.book["不能再处理的行"].iter_rows(min_row=2)] == [
        f"{gone.student.person.name} · {gone.content}"
    ]
    copy.decide(silent, "退回修改", reason="请补材料")
    copy.decide(stale, "通过", 1, "排名靠后")
    again = carry_out(secretary, send(secretary, copy))
    assert (again.decided, again.refused) == (2, 0)


def test_a_workbook_is_carried_out_once_and_only_by_its_person(staff, secretary):
    (claim,) = claims(1)
    book = export(secretary)
    book.decide(claim, "通过")
    sheet = send(secretary, book)
    colleague = staff.client("colleague")
    for name in ("sheet", "sheet_workbook"):
        assert colleague.get(reverse(f"review:{name}", args=[sheet.pk])).status_code == 404
    for name in ("sheet_apply", "sheet_discard", "sheet_refused_export"):
        assert colleague.post(reverse(f"review:{name}", args=[sheet.pk])).status_code == 404
    carry_out(secretary, sheet)
    events = ClaimEvent.objects.count()
    carry_out(secretary, sheet)
    secretary.post(reverse("review:sheet_discard", args=[sheet.pk]))
    sheet.refresh_from_db()
    assert sheet.state == SheetState.APPLIED
    assert ClaimEvent.objects.count() == events


def test_a_discarded_workbook_does_nothing_any_more(staff, secretary):
    (claim,) = claims(1)
    book = export(secretary)
    book.decide(claim, "通过")
    sheet = send(secretary, book)
    secretary.post(reverse("review:sheet_discard", args=[sheet.pk]))
    before = world()
    assert carry_out(secretary, sheet).state == SheetState.DISCARDED
    assert world() == before


def test_many_rows_are_a_job_that_can_run_twice(staff, secretary, monkeypatch):
    monkeypatch.setattr(views, "JOB_FROM_ROWS", 1)
    book_claims = claims(2)
    book = export(secretary)
    for claim in book_claims:
        book.decide(claim, "通过")
    sheet = send(secretary, book)
    place = reverse("review:sheet_apply", args=[sheet.pk])
    secretary.post(place)
    secretary.post(place)
    job = Job.objects.get()
    assert "正在执行" in secretary.get(reverse("review:sheet", args=[sheet.pk])).content.decode()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.kind, job.done, job.state, job.error) == ("decide_sheet", 2, "done", "")
    assert Claim.objects.filter(stage="office").count() == 2


def test_a_fault_in_the_middle_leaves_nothing(staff, secretary, monkeypatch):
    book_claims = claims(2)
    book = export(secretary)
    for claim in book_claims:
        book.decide(claim, "通过")
    sheet, before = send(secretary, book), world()
    monkeypatch.setattr("review.services.roundtrip._name_the_faster", lambda _lines: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        apply_sheet(sheet, staff.secretary)
    assert world() == before
    sheet.refresh_from_db()
    assert sheet.state == SheetState.PREVIEWED


# --- What it costs ---


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_whatever_the_workbook_holds(staff, secretary, django_assert_num_queries, number):
    rows = claims(number)
    book = export(secretary)
    for claim in rows:
        book.decide(claim, "通过")
    # session, person, appointments, roll; claims, windows; the event
    with django_assert_num_queries(7):
        secretary.post(EXPORT)
    with django_assert_num_queries(14):
        sheet = send(secretary, book)
    place = reverse("review:sheet", args=[sheet.pk])
    with django_assert_num_queries(7):
        secretary.get(place)
    with django_assert_num_queries(8):
        secretary.get(SHEETS)

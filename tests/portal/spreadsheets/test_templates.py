import io

import openpyxl
import pytest

from portal.spreadsheets import Column, SheetSpec, read_workbook, write_template

SPEC = SheetSpec(
    "名单",
    (
        Column("number", "学号", "code", required=True, width=20, help="十位学号。"),
        Column("kind", "类别", "choice", choices={"开放实验": 1, "=国际交流": 2}),
        Column("day", "日期", "date"),
    ),
)


@pytest.fixture
def book():
    made = write_template(
        SPEC, notes=["=1+1", "请勿改动表头。"], examples=[{"number": "1120210001", "kind": "开放实验"}]
    )
    return openpyxl.load_workbook(io.BytesIO(made))


def test_heading_marks_what_is_required_and_explains(book):
    sheet = book["名单"]

    assert [cell.value for cell in sheet[1]] == ["学号*", "类别", "日期"]
    assert "十位学号" in sheet["A1"].comment.text
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 20
    assert sheet["A2"].number_format == "@"


def test_choices_are_offered_and_nothing_else_is_taken(book):
    (rule,) = book["名单"].data_validations.dataValidation
    title, _sign, area = rule.formula1.partition("!")
    offered = [cell.value for (cell,) in book[title.strip("'")][area.replace("$", "")]]

    assert offered == ["开放实验", "=国际交流"]
    assert str(rule.sqref) == "B2:B50001"
    assert book["_lists"].sheet_state == "hidden"


def test_notes_and_examples_stand_apart_and_are_no_formulas(book):
    cells = [cell for row in book["填写说明"].rows for cell in row if cell.value is not None]

    assert "=1+1" in [cell.value for cell in cells]
    assert "1120210001" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.rows for cell in row)


def test_untouched_template_reads_as_empty():
    reading = read_workbook(io.BytesIO(write_template(SPEC, examples=[{"number": "1"}])), SPEC)

    assert reading.ok
    assert (reading.rows, reading.total) == ([], 0)


def test_filled_template_is_read(book):
    book["名单"].append(["1120210001", "=国际交流", "2026-01-31"])
    book["名单"].cell(book["名单"].max_row, 2).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    reading = read_workbook(out, SPEC)

    assert reading.problems == []
    assert reading.rows[0]["kind"] == 2


def test_several_sheets_in_one_template():
    other = SheetSpec("教师", (Column("number", "工号", "code", required=True),))
    book = openpyxl.load_workbook(io.BytesIO(write_template([SPEC, other])))

    assert book.sheetnames[:2] == ["名单", "教师"]

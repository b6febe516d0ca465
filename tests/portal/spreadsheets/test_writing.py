import csv
import datetime as dt
import io
import tracemalloc
import zipfile
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import python_calamine

from portal.spreadsheets import ExportColumn, TooManyRows, write_csv, write_xlsx, writing

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")']
MOMENT = dt.datetime(2026, 1, 31, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def _written(rows, *columns, title="导出"):
    out = io.BytesIO()
    write_xlsx(out, columns or [ExportColumn("值", lambda row: row)], rows, title=title)
    return out


def _openpyxl(out):
    return openpyxl.load_workbook(out).active


def _calamine(out):
    return python_calamine.load_workbook(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("kind", ["auto", "text", "number", "decimal", "date", "datetime"])
@pytest.mark.parametrize("text", DANGEROUS)
def test_text_never_becomes_a_formula(text, kind):
    out = _written([text], ExportColumn(text, lambda row: row, kind))
    sheet = _openpyxl(out)

    assert [cell.data_type for (cell,) in sheet.rows] == ["s", "s"]
    assert [cell.value for (cell,) in sheet.rows] == [text, text]
    assert _calamine(out) == [[text], [text]]
    assert b"<f>" not in out.getvalue()
    assert sheet["A2"].quotePrefix


@pytest.mark.parametrize(
    "text",
    [
        "甲",
        "a<b>&\"'",
        " 两端 ",
        "行一\n行二",
        "㛃䶮𠮷𬭎",
        "买买提·阿不都热合曼·吐尔逊江",
        "😀",
        "0012",
        "1E5",
    ],
)
def test_text_comes_back_as_it_was(text):
    out = _written([text])

    assert _openpyxl(out)["A2"].value == text
    assert _calamine(out)[1] == [text]


def test_excels_own_escape_is_taken_literally():
    with zipfile.ZipFile(_written(["_x0041_"])) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()

    assert ">_x005F_x0041_<" in sheet


def test_text_that_xml_cannot_hold_is_cleaned():
    out = _written(["a\0b\x0bc\ud800d"])

    assert _openpyxl(out)["A2"].value == "abcd"


def test_overlong_text_is_cut_where_excel_would_fail():
    assert len(_openpyxl(_written(["甲" * 40_000]))["A2"].value) == 32_767


@pytest.mark.parametrize(
    ("value", "kind", "back"),
    [
        (3, "number", 3),
        (3, "auto", 3),
        (Decimal("3.50"), "decimal", 3.5),
        (Decimal("3.50"), "auto", 3.5),
        (Decimal("1E+2"), "auto", 100),
        (2.5, "auto", 2.5),
        (True, "auto", True),
        (None, "text", None),
        (None, "decimal", None),
        ("", "auto", None),
        (dt.date(2026, 1, 31), "date", dt.datetime(2026, 1, 31)),  # noqa: DTZ001 - sheets know no zones
        (MOMENT, "datetime", dt.datetime(2026, 1, 31, 23, 30)),  # noqa: DTZ001 - sheets know no zones
        (MOMENT.astimezone(dt.UTC), "date", dt.datetime(2026, 1, 31)),  # noqa: DTZ001 - sheets know no zones
        (1120210001234567890, "auto", "1120210001234567890"),
        (float("nan"), "auto", "nan"),
        (Decimal("Infinity"), "decimal", "Infinity"),
    ],
)
def test_values_keep_their_type(value, kind, back):
    cell = _openpyxl(_written([value], ExportColumn("值", lambda row: row, kind)))["A2"]

    assert cell.value == back
    assert isinstance(cell.value, type(back))


def test_points_are_shown_with_two_places_and_dates_as_dates():
    sheet = _openpyxl(
        _written(
            [(Decimal(3), dt.date(2026, 1, 31))],
            ExportColumn("积分", lambda row: row[0], "decimal"),
            ExportColumn("日期", lambda row: row[1], "date"),
        )
    )

    assert sheet["A2"].number_format == "0.00"
    assert sheet["B2"].number_format.replace("\\", "") == "yyyy-mm-dd"


def test_rows_are_asked_by_key_path_or_function():
    class College:
        name = "计算机学院"

    class Student:
        college = College()
        number = "1"

        def get_state_display(self):
            return "在读"

    columns = [
        ExportColumn("学院", "college__name"),
        ExportColumn("状态", "get_state_display"),
        ExportColumn("学号", lambda s: s.number),
    ]
    assert _calamine(_written([Student()], *columns))[1] == ["计算机学院", "在读", "1"]
    assert _calamine(_written([{"a__b": "x"}], ExportColumn("x", "a__b")))[1] == ["x"]


def test_heading_is_frozen_filtered_and_wide():
    sheet = _openpyxl(_written(["x"], ExportColumn("学号", lambda row: row, width=30)))

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:A2"
    assert sheet.column_dimensions["A"].width == 30
    assert sheet["A1"].font.b


@pytest.mark.parametrize(("title", "shown"), [("a/b[1]:*?", "a b 1"), ("长" * 40, "长" * 31), ("", "Sheet1")])
def test_sheet_title_is_made_acceptable(title, shown):
    assert openpyxl.load_workbook(_written([], title=title)).sheetnames == [shown]


def test_same_rows_make_the_same_bytes():
    assert _written(range(100)).getvalue() == _written(range(100)).getvalue()


def test_no_rows_make_a_valid_workbook():
    assert _calamine(_written([])) == [["值"]]


def test_more_rows_than_a_sheet_holds(monkeypatch):
    monkeypatch.setattr(writing, "MAX_ROWS", 10)

    with pytest.raises(TooManyRows):
        _written(range(11))


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(rows):
        with (tmp_path / "x.xlsx").open("wb") as out:
            tracemalloc.start()
            write_xlsx(out, [ExportColumn("值", lambda n: f"文字{n}")] * 5, range(rows), title="x")
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return highest

    peak(10)
    assert peak(20_000) < 1.5 * peak(2_000)


def test_csv_is_disarmed_and_opens_in_excel():
    out = io.BytesIO()
    rows = [{"a": text, "b": Decimal("-1.50"), "c": MOMENT, "d": None} for text in DANGEROUS]
    count = write_csv(out, [ExportColumn("=甲", "a"), *(ExportColumn(key, key) for key in "bcd")], rows)
    text = out.getvalue()

    assert count == len(DANGEROUS)
    assert text.startswith(b"\xef\xbb\xbf")
    heading, *lines = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))
    assert heading[0] == "'=甲"
    assert [line[0] for line in lines] == [f"'{text}" for text in DANGEROUS]
    assert lines[0][1:] == ["-1.50", "2026-01-31 23:30:00", ""]

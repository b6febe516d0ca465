import datetime as dt
from decimal import Decimal

import openpyxl
import pytest

from portal.spreadsheets import Column, SheetSpec, read_workbook
from tests.portal.spreadsheets import workbooks as made

SPEC = SheetSpec(
    "名单",
    (
        Column("number", "学号", "code", required=True, aliases=("学生学号",)),
        Column("name", "姓名", required=True, max_length=10),
        Column("cohort", "年级", "number"),
        Column("points", "认定积分", "decimal"),
        Column("day", "日期", "date"),
        Column("kind", "类别", "choice", choices={"开放实验": "open", "国际交流": "exchange"}),
    ),
    unique=("number", "kind"),
    max_rows=5,
)
HEADING = ["学号*", "姓名*", "年级", "认定积分", "日期", "类别"]
ROW = ["1120210001", "甲", 2021, 3.5, dt.date(2026, 1, 31), "开放实验"]


def _read(*rows, heading=HEADING, spec=SPEC, **options):
    return read_workbook(made.book(heading, *rows, **options), spec)


def _with(**changes):
    keys = [column.key for column in SPEC.columns]
    return [changes.get(key, value) for key, value in zip(keys, ROW, strict=True)]


def test_reads_a_good_row():
    reading = _read(ROW)

    assert reading.ok
    assert reading.rows[0].number == 2
    assert reading.rows[0].values == {
        "number": "1120210001",
        "name": "甲",
        "cohort": 2021,
        "points": Decimal("3.50"),
        "day": dt.date(2026, 1, 31),
        "kind": "open",
    }


GOOD_CELLS = [
    ("number", 1120210001, "1120210001"),
    ("number", 1120210001.0, "1120210001"),
    ("number", "1120210001.0", "1120210001"),
    ("number", " 1120210001 ", "1120210001"),
    ("number", "１１２０２１０００１", "1120210001"),
    ("number", "0012", "0012"),
    ("number", "X-2021.5", "X-2021.5"),
    ("name", "  买买提·阿不都 ", "买买提·阿不都"),
    ("name", 2021, "2021"),
    ("cohort", "2021", 2021),
    ("cohort", None, None),
    ("cohort", "  ", None),
    ("points", 0.1 + 0.2, Decimal("0.30")),
    ("points", "3.5", Decimal("3.50")),
    ("points", -1, Decimal("-1.00")),
    ("points", "1,234.5", Decimal("1234.50")),
    ("day", "2026-1-31", dt.date(2026, 1, 31)),
    ("day", "2026/01/31", dt.date(2026, 1, 31)),
    ("day", "2026年1月31日", dt.date(2026, 1, 31)),
    ("day", "2026.1.31", dt.date(2026, 1, 31)),
    ("day", 20260131, dt.date(2026, 1, 31)),
    ("day", dt.datetime(2026, 1, 31, 23, 59), dt.date(2026, 1, 31)),  # noqa: DTZ001 - sheets know no zones
    ("kind", " 国际交流", "exchange"),
]


@pytest.mark.parametrize(("key", "cell", "value"), GOOD_CELLS)
def test_understands_a_cell(key, cell, value):
    reading = _read(_with(**{key: cell}))

    assert reading.problems == []
    assert reading.rows[0][key] == value


BAD_CELLS = [
    ("number", None, "必须填写"),
    ("number", "1.12021E+09", "科学计数"),
    ("number", 11202100010001234, "丢失末位"),
    ("number", 11.5, "丢失末位"),
    ("number", True, "应为编号"),
    ("number", dt.date(2026, 1, 1), "应为编号"),
    ("name", "甲" * 11, "不能超过 10 个字"),
    ("name", "甲\u0378", "无法显示"),
    ("cohort", 2021.5, "整数"),
    ("cohort", "二零二一", "数字"),
    ("cohort", "NaN", "数字"),
    ("cohort", "9" * 20, "数字"),
    ("points", 3.555, "最多 2 位"),
    ("points", "三", "数字"),
    ("points", "Infinity", "数字"),
    ("points", dt.date(2026, 1, 1), "数字"),
    ("day", "2026-02-30", "日期不存在"),
    ("day", 46053, "应为日期"),
    ("day", "昨天", "应为日期"),
    ("kind", "国际交换", "是否要填“国际交流”"),
    ("kind", "其他", "可填：开放实验、国际交流"),
]


@pytest.mark.parametrize(("key", "cell", "message"), BAD_CELLS)
def test_names_the_cell_and_what_to_do(key, cell, message):
    reading = _read(ROW, _with(number="1120210002"), _with(**{"number": "1120210003", key: cell}))
    (problem,) = reading.problems

    assert message in problem.message
    assert (problem.row, problem.title) == (4, SPEC.column(key).title)
    assert problem.place == f"{'ABCDEF'[[c.key for c in SPEC.columns].index(key)]}4"
    assert [row.number for row in reading.rows] == [2, 3]


def test_every_cell_of_a_row_is_reported():
    reading = _read(_with(number="1E5", cohort="x", kind="y"))

    assert [problem.column for problem in reading.problems] == ["A", "C", "F"]


def test_formulas_and_errors_are_refused_where_they_stand():
    book = openpyxl.load_workbook(made.book(HEADING, ROW, _with(number="1120210002")))
    book.active["D2"] = "=1+1"
    book.active["C3"] = "#N/A"
    reading = read_workbook(made.saved(book), SPEC)

    assert [(problem.place, problem.message[:6]) for problem in reading.problems] == [
        ("D2", "单元格是公式"),
        ("C3", "单元格是错误"),
    ]


def test_a_row_of_formulas_alone_is_not_skipped():
    book = openpyxl.load_workbook(made.book(HEADING))
    book.active["A2"] = "=A1"
    reading = read_workbook(made.saved(book), SPEC)

    assert "A2" in [problem.place for problem in reading.problems]


def test_formula_outside_our_columns_does_not_matter():
    book = openpyxl.load_workbook(made.book(HEADING, ROW))
    book.active["J2"] = "=1+1"

    assert read_workbook(made.saved(book), SPEC).ok


def test_duplicate_rows_name_the_first():
    reading = _read(ROW, _with(kind="国际交流"), ROW)
    (problem,) = reading.problems

    assert (problem.row, problem.column, problem.message) == (4, "A", "与第 2 行重复。")
    assert [row.number for row in reading.rows] == [2, 3]


def test_missing_column_is_named():
    reading = _read(ROW[1:], heading=HEADING[1:])

    assert [problem.message for problem in reading.problems] == ["缺少列“学号”。请使用下载的模板填写。"]
    assert not reading.rows


def test_renamed_column_is_recognised_and_asked_about():
    reading = _read(ROW, heading=["学号", "姓名", "年级", "认定的积分", "日期", "类别"])
    (problem,) = reading.problems

    assert "是否就是“认定的积分”" in problem.message
    assert problem.column == "D"


def test_repeated_column_is_refused():
    reading = _read([*ROW, "x"], heading=[*HEADING, "姓名"])

    assert "出现了两次" in reading.problems[0].message
    assert reading.problems[0].column == "G"


def test_optional_columns_may_be_absent_and_strange_ones_are_ignored():
    reading = _read([*ROW[:2], "x"], heading=[*HEADING[:2], "备注"])

    assert reading.ok
    assert reading.ignored == ["备注"]
    assert reading.rows[0]["points"] is None


def test_alias_and_order_do_not_matter():
    reading = _read(["甲", "1120210001"], heading=["姓 名", "学生学号"])

    assert reading.ok
    assert reading.rows[0]["number"] == "1120210001"


def test_heading_may_stand_lower_and_the_table_further_right():
    book = openpyxl.Workbook()
    book.active.title = "名单"
    book.active["B1"] = "素质教育积分登记"
    for column, (heading, value) in enumerate(zip(HEADING, ROW, strict=True), start=3):
        book.active.cell(3, column, heading)
        book.active.cell(6, column, value)
    book.active.cell(7, 3, "1E5")
    reading = read_workbook(made.saved(book), SPEC)

    assert [row.number for row in reading.rows] == [6]
    assert [problem.place for problem in reading.problems] == ["C7", "D7"]


def test_no_heading_at_all():
    reading = _read(["a", "b"], heading=["x", "y"])

    assert "找不到表头" in reading.problems[0].message


def test_wrong_sheet_names_what_is_there():
    reading = _read(ROW, title="Sheet1")

    assert "没有名为“名单”的工作表（现有：Sheet1）" in reading.problems[0].message


def test_row_limit():
    rows = [_with(number=str(n)) for n in range(6)]
    assert _read(*rows[:5]).ok
    reading = _read(*rows)

    assert "超过 5 行" in reading.problems[-1].message
    assert not reading.ok


def test_fifty_thousand_rows_and_one_more():
    spec = SheetSpec("名单", (Column("number", "学号", "code", required=True),), unique=("number",))
    from portal.spreadsheets import ExportColumn, write_xlsx  # noqa: PLC0415 - only here

    def book(rows):
        import io  # noqa: PLC0415 - only here

        out = io.BytesIO()
        write_xlsx(out, [ExportColumn("学号", lambda n: f"11{n:08}")], range(rows), title="名单")
        return out

    assert len(read_workbook(book(50_000), spec).rows) == 50_000
    assert "超过 50000 行" in read_workbook(book(50_001), spec).problems[-1].message


def test_problem_found_later_takes_its_row_out():
    reading = _read(ROW, _with(number="1120210002"))
    reading.refuse(3, "number", "1120210002", "学号不存在。")

    assert [row.number for row in reading.rows] == [2]
    assert (reading.problems[0].place, reading.problems[0].title) == ("A3", "学号")


def test_problems_beyond_a_thousand_are_counted():
    spec = SheetSpec("名单", (Column("number", "学号", "number"),))
    reading = _read(*[["x"]] * 1200, heading=["学号"], spec=spec)

    assert (len(reading.problems), reading.more_problems) == (1000, 200)


def test_empty_rows_between_are_skipped():
    reading = _read(ROW, [None] * 6, _with(number="1120210002"))

    assert [row.number for row in reading.rows] == [2, 4]

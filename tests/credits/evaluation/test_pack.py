import datetime
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.evaluation import PackError, parse_pack, run_examples
from tests.packs import SMALL, small, small_text


def problems_of(*changes):
    with pytest.raises(PackError) as caught:
        small(*changes)
    return caught.value.problems


def line_of(text, part):
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_small_pack_is_sound():
    data = small()

    assert (data.code, data.institution, data.rounding.places) == ("small", "Somewhere", 1)
    assert data.category("prize").rule_text_for("north") == (
        "Rules-one　What counts.",
        "North-one　What counts in the north.",
    )
    assert data.clauses["own.1"].cite == "North-one"
    with pytest.raises(KeyError):
        data.category("nothing")


def test_a_college_is_known_by_code_and_by_name():
    data = small()

    assert [data.college_code(each) for each in ("north", "North College", "South", None)] == [
        "north",
        "north",
        None,
        None,
    ]


def test_the_pack_as_json_keeps_every_number_exactly():
    data = small(('institution = "Somewhere"', 'institution = "Somewhere"\neffective_from = 2024-09-01'))

    plain = json.loads(json.dumps(data.as_json()))

    assert plain["limits"]["min_points"] == "0.1"
    assert plain["scheme"]["effective_from"] == "2024-09-01"
    assert data.effective_from == datetime.date(2024, 9, 1)


def test_a_file_with_windows_line_ends_reads_the_same():
    assert parse_pack(SMALL.replace("\n", "\r\n"), "small.toml").plain == small().plain


ROWS = 'rows = [["high", 3], ["low", 1]]'
# One change each: old text, new text, dotted key, part of the message; the line is where the new text stands.
WRONG = [
    ('name = "Small"', 'nam = "Small"', "scheme.nam", "是否应为“name”"),
    ('institution = "Somewhere"', "institution = 7", "scheme.institution", "应为文字"),
    ('institution = "Somewhere"', 'institution = " "', "scheme.institution", "不能为空"),
    ("format = 1", "format = 2", "format", "应为 1"),
    ("files_per_claim = 2", "files_per_claim = 2.5", "limits.files_per_claim", "整数"),
    ("files_per_claim = 2", "files_per_claim = 0", "limits.files_per_claim", "不能小于 1"),
    ("max_points = 9", "max_points = true", "limits.max_points", "应为数字"),
    ("max_points = 9", "max_points = 1e99", "limits.max_points", "过大"),
    ("max_points = 9", "max_points = inf", "limits.max_points", "应为数字"),
    ("min_points = 0.1", "min_points = 10", "limits.min_points", "大于 max_points"),
    ("min_points = 0.1", "min_points = -1", "limits.min_points", "不能小于"),
    ("places = 1", "places = 3", "rounding.places", "至多 2 位"),
    ('mode = "half_up"', 'mode = "half_op"', "rounding.mode", "是否应为“half_up”"),
    ('file_types = ["application/pdf"]', 'file_types = "pdf"', "limits.file_types", "应为列表"),
    ('file_types = ["application/pdf"]', "file_types = []", "limits.file_types", "至少要有 1 项"),
    ('college = "north"', 'college = "nort"', "document[2].college", "是否应为“north”"),
    ('text = "What counts."', 'text = "What counts."\nassumed = 1', "document[1].article[1].assumed", "true 或 false"),
    ('channel = "student"', 'channel = "students"', "category[1].channel", "是否应为“student”"),
    ('kind = "choice"', 'kind = "choise"', "category[1].field[1].kind", "是否应为“choice”"),
    ('choices = ["high", "low"]', 'choices_from = "wort"', "category[1].field[1].choices_from", "是否应为“worth”"),
    (
        'choices = ["high", "low"]',
        'choices_from = "worth.size"',
        "category[1].field[1].choices_from",
        "没有“size”这一列",
    ),
    ("min = 1\n", "min = 1\nmax = 0\n", "category[1].field[3].min", "min 大于 max"),
    (
        "min = 1\n",
        'min = 1\nshown_when = { field = "leve", is = ["low"] }\n',
        "category[1].field[3].shown_when.field",
        "是否应为“level”",
    ),
    (
        "min = 1\n",
        'min = 1\nshown_when = { field = "level", is = ["lo"] }\n',
        "category[1].field[3].shown_when.is[1]",
        "是否应为“low”",
    ),
    ('at_most = "size"', 'at_most = "level"', "category[1].check[1].at_most", "没有数字项"),
    ('by = ["level"]', 'by = ["levle"]', "category[1].table.worth.by[1]", "是否应为“level”"),
    (ROWS, 'rows = [["high", 3], ["lo", 1]]', "category[1].table.worth.rows[2][1]", "是否应为“low”"),
    (ROWS, 'rows = [["high", 3], ["high", 1]]', "category[1].table.worth.rows[2]", "出现了两次"),
    (ROWS, 'rows = [["high", 3], ["low"]]', "category[1].table.worth.rows[2]", "这里有 1 格"),
    (ROWS, 'rows = [["high", 3], ["low", 2, 1]]', "category[1].table.worth.rows[2]", "最低分值大于最高分值"),
    (ROWS, 'rows = [["high", 3], ["low", -1]]', "category[1].table.worth.rows[2][2]", "不能小于 0"),
    (ROWS, 'rows = [["high", "3"], ["low", 1]]', "category[1].table.worth.rows[1][2]", "应为数字"),
    (
        "[category.table.worth.college.north]",
        "[category.table.worth.college.nord]",
        "category[1].table.worth.college.nord",
        "没有学院“nord”",
    ),
    ('rule = "cap"', 'rule = "cup"', "category[1].step[2].rule", "是否应为“cap”"),
    ('table = "worth"', 'table = "wort"', "category[1].step[1].table", "是否应为“worth”"),
    ("limit = 2.5", "limit = 2.55", "category[1].step[2].limit", "小数位"),
    ("limit = 2.5", 'limit = 2.5\nof = "A"', "category[1].step[2]", "在它之前不存在"),
    ("limit = 2.5", 'limit = 2.5\ninto = "rank"', "category[1].step[2].into", "已是填写项的名字"),
    ("limit = 2.5", "limit = 2.5\nlimits = 3", "category[1].step[2].limits", "是否应为“limit”"),
    ("whole_records = true", 'whole_records = true\ninforms = ["ofice"]', "conversion.informs", "是否应为“office”"),
    ('["[2,4]", "B"]', '["2~4", "B"]', "conversion.bands.all.rows[2]", "不是区间"),
    ('["[2,4]", "B"]', '["[3,4]", "B"]', "conversion.bands.all.rows", "空缺"),
    ('bands = "all"', 'bands = "al"', "conversion.course[1].bands", "是否应为“all”"),
    ("credits = 2", 'credits = "2"', "conversion.course[1].credits", "应为数字"),
    ('course = "C1"', 'course = "C2"', "example[2].course", "没有课程"),
    ("points = 1", "point = 1", "example[1].point", "是否应为“points”"),
    (
        'facts = { level = "low", size = 1, rank = 1 }',
        'facts = { levl = "low" }',
        "example[1].facts.levl",
        "是否应为“level”",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "message"), WRONG, ids=[f"{row[2]} {row[3]}" for row in WRONG])
def test_an_error_names_file_line_and_key(old, new, key, message):
    change = (context(old), context(old).replace(old, new))

    found = {problem.key: problem for problem in problems_of(change)}

    assert key in found, found
    assert message in found[key].message
    assert found[key].file == "small.toml"
    assert found[key].line in changed_lines(small_text(change))


def context(old):
    """The first place of a text that occurs more than once, with enough around it to be unique."""
    start = SMALL.index(old)
    end = start + len(old)
    while SMALL.count(SMALL[start:end]) > 1:
        start -= 1
    return SMALL[start:end]


def changed_lines(text):
    """The lines that differ from the sound pack, with the header just above them."""
    sound = SMALL.splitlines()
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if number >= len(sound) or line != sound[number])
    headers = [number for number in range(first + 1) if lines[number].startswith("[")]
    return {*(number + 1 for number in headers[-1:]), *range(first, first + 3)}


def test_a_missing_key_is_placed_at_its_table():
    (problem,) = problems_of(('name = "Course"\n', ""))

    text = small_text(('name = "Course"\n', ""))
    assert (problem.key, problem.line) == ("conversion.course[1].name", line_of(text, "[[conversion.course]]"))


def test_a_missing_part_is_named():
    found = problems_of(("[limits]\n", "[limit]\n"))

    assert {"limits", "limit"} <= {problem.key for problem in found}


def test_several_errors_are_reported_at_once_in_the_order_of_the_file():
    found = problems_of(("places = 1", "place = 1"), ("credits = 2", "credits = -2"), ("limit = 2.5", "limit = 'x'"))

    assert [problem.key for problem in found] == [
        "rounding.places",
        "rounding.place",
        "category[1].step[2].limit",
        "conversion.course[1].credits",
    ]
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_a_syntax_error_has_its_line():
    (problem,) = problems_of(('label = "1"', "label = "))

    assert problem.line == line_of(SMALL, 'label = "1"')
    assert "TOML" in problem.message
    assert str(problem).startswith(f"small.toml:{problem.line}: ")


def test_an_unfinished_file_is_placed_at_its_end():
    (problem,) = problems_of(('grade = "B"\n', 'grade = """B\n'))

    assert problem.line >= SMALL.count("\n")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('[[category.evidence]]\ncode = "proof"\nname = "Proof"\n', "", "category[1].evidence"),
        ('channel = "student"', 'channel = "office"', "category[1].unit"),
        ('[[category.step]]\nrule = "round"\nlabel = "Round"\nclause = "rules.1"\n', "", "category[1].step[2]"),
        ("points = 1\n[[example]]", "[[example]]", "example[1].points"),
        ('name = "sum"', 'name = "low"', "example[2].name"),
    ],
)
def test_a_pack_that_cannot_work_is_refused(old, new, key):
    assert key in {problem.key for problem in problems_of((old, new))}


def test_numbers_stay_decimal():
    assert small().limits.min_points == Decimal("0.1")
    assert isinstance(small().limits.min_points, Decimal)


LINES = SMALL.splitlines()
VALUES = ["", "0", "-1", "1.5", "true", '"x"', "[]", "[1]", '[["a"]]', "{}", "{ a = 1 }", "2024-01-01", "nan", "1e99"]


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from([None, *VALUES])), min_size=1, max_size=3))
def test_whatever_is_wrong_is_reported_and_nothing_else_is_raised(edits):
    lines = list(LINES)
    for number, value in edits:
        key, equals, _old = lines[number].partition(" = ")
        lines[number] = f"{key}{equals}{value}" if equals and value is not None else ""

    for problem in problems_in("\n".join(lines)):
        assert problem.message
        assert 1 <= problem.line <= len(lines) + 1


def problems_in(text):
    """What is wrong with a pack; anything but a PackError comes through as the failure it is."""
    try:
        run_examples(parse_pack(text, "broken.toml"))
    except PackError as error:
        return error.problems
    return []

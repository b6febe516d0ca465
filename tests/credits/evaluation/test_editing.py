"""Small changes to a pack's text: what was asked for, where it belongs, and nothing else."""

import datetime
import difflib
import tomllib
from decimal import Decimal

import pytest

from credits.evaluation import parse_pack, run_examples
from credits.evaluation.pack.editing import NoPlace, toml, with_example, with_row, with_scheme_facts
from credits.evaluation.pack.positions import KeyLines
from tests.packs import PACKS, SMALL, small_text

NAMES = ["bit", "whu", "whu-2010"]


def text_of(name):
    return (PACKS / f"{name}.toml").read_text(encoding="utf-8")


def changed(old, new):
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and not line.startswith(("+++", "---"))]


# --- Places ---


@pytest.mark.parametrize("name", NAMES)
def test_every_value_stands_where_the_scanner_says(name):
    text = text_of(name)
    places, document = KeyLines(text), tomllib.loads(text, parse_float=Decimal)

    def walk(value, path):
        span = places.span(path)
        if span is not None:
            assert tomllib.loads(f"x = {text[span[0] : span[1]]}", parse_float=Decimal)["x"] == value, path
        if isinstance(value, dict):
            for key, each in value.items():
                walk(each, (*path, key))
        elif isinstance(value, list):
            for position, each in enumerate(value):
                walk(each, (*path, position))
        else:
            assert span is not None, path

    walk(document, ())


# --- Facts of the scheme ---


def test_label_day_and_cohorts_are_written_into_the_text():
    old = text_of("bit")
    new = with_scheme_facts(
        old,
        {"label": "2027", "effective_from": datetime.date(2027, 9, 1), "cohort_from": 2026, "cohort_to": 2030},
    )
    data = parse_pack(new, "new.toml")
    assert (data.label, data.effective_from) == ("2027", datetime.date(2027, 9, 1))
    assert (data.cohort_from, data.cohort_to) == (2026, 2030)
    assert len(changed(old, new)) == 7


def test_a_cohort_is_taken_out_again():
    new = with_scheme_facts(text_of("bit"), {"cohort_from": None})
    assert parse_pack(new, "new.toml").cohort_from is None
    assert changed(text_of("bit"), new) == ["-cohort_from = 2016"]


def test_writing_what_is_there_changes_nothing():
    assert with_scheme_facts(text_of("whu"), {"label": "2019", "cohort_to": None}) == text_of("whu")


def test_comments_beside_a_fact_stay():
    old = small_text(('label = "1"', 'label = "1" # first'))
    assert 'label = "2" # first' in with_scheme_facts(old, {"label": "2"})


def test_quotes_and_backslashes_of_a_label_survive():
    label = 'a "b" \\ c'
    assert tomllib.loads(with_scheme_facts(SMALL, {"label": label}))["scheme"]["label"] == label


@pytest.mark.parametrize("text", ["[scheme", 'scheme = { code = "x" }\n'])
def test_a_text_without_the_place_is_refused(text):
    with pytest.raises(NoPlace):
        with_scheme_facts(text, {"effective_from": datetime.date(2027, 9, 1)})


# --- Rows ---


@pytest.mark.parametrize("name", NAMES)
def test_a_row_goes_to_the_end_of_any_table_and_nothing_else_changes(name):
    text = text_of(name)
    for category in tomllib.loads(text, parse_float=Decimal)["category"]:
        for table, facts in category.get("table", {}).items():
            cells = [*(f"key {n}" for n in range(len(facts["by"]))), Decimal("1.5"), Decimal(3)]
            new = with_row(text, category["code"], table, cells)
            rows = next(
                c["table"][table]["rows"]
                for c in tomllib.loads(new, parse_float=Decimal)["category"]
                if c["code"] == category["code"]
            )
            assert rows == [*facts["rows"], cells]
            assert len(changed(text, new)) <= 2


def rows_of(layout):
    return small_text(('rows = [["high", 3], ["low", 1]]', f"rows = {layout}"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[["high", 3], ["low", 1]]', '[["high", 3], ["low", 1], ["new", 2]]'),
        ('[["high", 3], ["low", 1],]', '[["high", 3], ["low", 1], ["new", 2]]'),
        ('[\n  ["high", 3],\n  ["low", 1],\n]', '[\n  ["high", 3],\n  ["low", 1],\n  ["new", 2],\n]'),
        ('[\n  ["high", 3],\n  ["low", 1]\n]', '[\n  ["high", 3],\n  ["low", 1],\n  ["new", 2],\n]'),
        ('[\n  ["high", 3],\n  ["low", 1]]', '[\n  ["high", 3],\n  ["low", 1],\n  ["new", 2],]'),
        (
            '[\n\t["high", 3], # best\n\t["low", 1], # last\n\t# the end\n]',
            '[\n\t["high", 3], # best\n\t["low", 1], # last\n\t["new", 2],\n\t# the end\n]',
        ),
        ('[\n\t["high", 3],\n\t["low", 1] # last\n]', '[\n\t["high", 3],\n\t["low", 1], # last\n\t["new", 2],\n]'),
        ('[\n  ["high", 3], ["low", 1],\n]', '[\n  ["high", 3], ["low", 1],\n  ["new", 2],\n]'),
        ('[["high]", 3], ["low # ,", 1]]', '[["high]", 3], ["low # ,", 1], ["new", 2]]'),
    ],
)
def test_a_row_keeps_the_layout_and_the_comments_around_it(before, after):
    assert with_row(rows_of(before), "prize", "worth", ["new", Decimal(2)]) == rows_of(after)


@pytest.mark.parametrize(("category", "table"), [("nothing", "worth"), ("prize", "nothing")])
def test_a_row_without_its_table_is_refused_with_a_sentence(category, table):
    with pytest.raises(NoPlace, match=r"找不到|没有类别"):
        with_row(SMALL, category, table, ["new", Decimal(2)])


def test_an_empty_table_has_no_place_to_go_by():
    with pytest.raises(NoPlace):
        with_row(rows_of("[]"), "prize", "worth", ["new", Decimal(2)])


# --- Examples ---


def test_an_example_is_added_and_runs():
    facts = {"level": "high", "size": 2, "rank": 1}
    new = with_example(SMALL, {"name": 'the "best"', "category": "prize", "facts": facts, "points": Decimal("2.5")})
    assert new.startswith(SMALL.rstrip("\n"))
    results = run_examples(parse_pack(new, "new.toml"))
    assert [row.ok for row in results] == [True, True, True]
    assert results[-1].name == 'the "best"'


@pytest.mark.parametrize(
    ("value", "written"),
    [(True, "true"), (3, "3"), (Decimal("3.50"), "3.5"), (datetime.date(2026, 1, 2), "2026-01-02"), ("文", '"文"')],
)
def test_values_are_written_as_toml(value, written):
    assert toml(value) == written
    assert tomllib.loads(f"x = {written}", parse_float=Decimal)["x"] == value

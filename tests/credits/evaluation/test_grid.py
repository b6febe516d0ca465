"""Tables as regulations print them: what repeats stands once, and tables inside articles are found."""

from credits.evaluation.grid import Cell, merged
from credits.evaluation.passages import passages
from tests.packs import pack


def drawn(lines):
    return [[(cell.text, cell.rows, cell.columns) for cell in line] for line in lines]


def test_a_key_that_repeats_takes_the_rows_below_it():
    lines = [("papers", "zone 1", "6–8"), ("papers", "zone 2", "4–6"), ("patents", "granted", "6")]
    assert drawn(merged(lines)) == [
        [("papers", 2, 1), ("zone 1", 1, 1), ("6–8", 1, 1)],
        [("zone 2", 1, 1), ("4–6", 1, 1)],
        [("patents", 1, 1), ("granted", 1, 1), ("6", 1, 1)],
    ]


def test_only_equal_keys_before_it_join_a_key():
    lines = [("a", "x", "1", "2"), ("b", "x", "1", "2"), ("b", "x", "2", "2")]
    assert drawn(merged(lines))[1] == [("b", 2, 1), ("x", 2, 1), ("1", 1, 1), ("2", 1, 1)]
    assert drawn(merged(lines))[2] == [("2", 1, 1), ("2", 1, 1)]


def test_a_key_alone_takes_the_empty_columns_after_it():
    assert drawn(merged([("EI", "", "1–4"), ("A", "", "1–4")])) == [
        [("EI", 1, 2), ("1–4", 1, 1)],
        [("A", 1, 2), ("1–4", 1, 1)],
    ]


def test_figures_are_never_merged():
    assert drawn(merged([("one", "3"), ("two", "3")])) == [
        [("one", 1, 1), ("3", 1, 1)],
        [("two", 1, 1), ("3", 1, 1)],
    ]


def test_a_table_inside_an_article_is_found_with_its_title_and_its_notes():
    text = (
        "What counts.\nScores\nitem　level　score\nall kinds\npaper　one　6\npaper　two　4\nbook　3\nNote: published."
    )
    before, table, after = passages(text)
    assert (before.text, after.text) == ("What counts.", "Note: published.")
    assert (table.title, table.headers) == ("Scores", ("item", "level", "score"))
    assert drawn(table.cells) == [
        [("all kinds", 1, 3)],
        [("paper", 2, 1), ("one", 1, 1), ("6", 1, 1)],
        [("two", 1, 1), ("4", 1, 1)],
        [("book", 1, 2), ("3", 1, 1)],
    ]


def test_a_line_with_a_wide_space_alone_is_no_table():
    (only,) = passages("Article one　What counts.\nAnd what does not.")
    assert not only.is_table
    assert only.text == "Article one　What counts.\nAnd what does not."


def test_no_word_of_any_article_is_lost():
    for name in ("bit", "whu", "whu-2010"):
        for clause in pack(name).clauses.values():
            shown = "".join(words for passage in passages(clause.text) for words in words_of(passage))
            kept = {word for word in clause.text.split() if word not in shown}
            assert not kept, clause.id


def words_of(passage):
    yield passage.text
    yield from passage.headers
    for line in passage.cells:
        yield from (cell.text for cell in line)


def test_every_score_table_of_the_second_regulation_is_laid_out():
    tables = [p for clause in pack("whu").clauses.values() for p in passages(clause.text) if p.is_table]
    assert len(tables) == 7
    figures = [line for table in tables for line in table.cells if len(line) > 1]
    assert len(figures) == 36
    assert Cell("专利", rows=2, heads=True) in [cell for line in figures for cell in line]

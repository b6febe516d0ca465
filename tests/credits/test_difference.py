"""What differs between two texts of a regulation."""

from credits.difference import compared_articles, compared_figures, compared_lines
from tests.packs import PACKS, SMALL, small_text

OTHER = small_text(
    ('text = "What counts."', 'text = "What counts most."'),
    ('rows = [["high", 3], ["low", 1]]', 'rows = [["high", 3, 4], ["middle", 2]]'),
    ('rows = [["low", 2]]', 'rows = [["low", 2.5]]'),
)


def test_equal_texts_do_not_differ():
    assert compared_lines(SMALL, SMALL) == []
    assert compared_articles(SMALL, SMALL) == []
    assert compared_figures(SMALL, SMALL) == []


def test_lines_carry_their_numbers_in_both_texts():
    lines = compared_lines("a\nb\nc\nd\ne\nf\ng\nh\ni\n", "a\nb\nc\nd\nE\nf\ng\nh\ni\nj\n")
    assert [(line.kind, line.text, line.old, line.new) for line in lines] == [
        ("gap", "", None, None),
        ("same", "b", 2, 2),
        ("same", "c", 3, 3),
        ("same", "d", 4, 4),
        ("removed", "e", 5, None),
        ("added", "E", None, 5),
        ("same", "f", 6, 6),
        ("same", "g", 7, 7),
        ("same", "h", 8, 8),
        ("same", "i", 9, 9),
        ("added", "j", None, 10),
    ]


def test_an_article_shows_the_words_that_differ():
    (change,) = compared_articles(SMALL, OTHER)
    assert (change.document, change.number, change.kind) == ("The Rules", "one", "changed")
    assert "".join(piece.text for piece in change.before) == "What counts."
    assert "".join(piece.text for piece in change.after) == "What counts most."
    assert [piece.text for piece in change.after if piece.own] == [" most"]
    assert not any(piece.own for piece in change.before)


def test_articles_that_came_and_went_are_told():
    extra = '[[document.article]]\nid = "2"\nnumber = "two"\ntext = "More."\n'
    more = small_text(('categories = ["prize"]\n\n[[document]]', f'categories = ["prize"]\n{extra}\n[[document]]'))
    assert [(row.number, row.kind) for row in compared_articles(SMALL, more)] == [("two", "added")]
    assert [(row.number, row.kind) for row in compared_articles(more, SMALL)] == [("two", "removed")]


def test_every_figure_that_changed_is_named_with_its_row():
    found = {row.keys: (row.kind, row.before, row.after) for row in compared_figures(SMALL, OTHER)}
    assert found == {
        ("high",): ("changed", "3", "3–4"),
        ("middle",): ("added", "", "2"),
        ("low",): ("removed", "1", ""),
        ("north", "low"): ("changed", "2", "2.5"),
    }


def test_a_text_that_is_no_toml_is_compared_by_lines_alone():
    broken = SMALL.replace("[scheme]", "[scheme", 1)
    assert [line.kind for line in compared_lines(SMALL, broken)].count("added") == 1
    assert all(row.kind == "removed" for row in compared_articles(SMALL, broken))


def test_senseless_shapes_are_no_crash():
    for text in ("document = 3", "document = [3]", '[[category]]\ntable = 3\nname = "x"', "[[document]]\narticle = 1"):
        assert compared_figures(SMALL, text) is not None
        assert compared_articles(text, SMALL) is not None


def test_the_two_regulations_of_one_scheme_differ_in_every_way():
    old, new = ((PACKS / f"{name}.toml").read_text(encoding="utf-8") for name in ("whu-2010", "whu"))
    changes = {(row.category, row.keys): (row.before, row.after) for row in compared_figures(old, new)}
    assert changes["学术论文类", ("SCI、SSCI", "一区")] == ("5–8", "6–8")
    assert {row.kind for row in compared_articles(old, new)} == {"added", "removed"}

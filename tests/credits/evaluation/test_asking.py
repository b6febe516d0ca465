"""What is asked of whom: options that depend on an earlier answer, facts of reviewers and of the library."""

import pytest

from credits.evaluation import PackError, evaluate, fields_for
from tests.packs import choice, field, step, table, with_category

ITEM = field("item", "choice", 'choices_from = "worth"')
LEVEL = field("level", "choice", 'choices_from = "worth"\nwithin = "item"')
ROWS = [["paper", "first", 8], ["paper", "second", 4], ["talk", "", 1], ["book", "", 2], ["book", "thick", 3]]
LOOKUP = step("lookup", 'table = "worth"')
CASCADE = ITEM + LEVEL + table("worth", ["item", "level"], ROWS) + LOOKUP


def asked(body, facts=None, asked_of=("student",)):
    fields = fields_for(with_category(body), "extra", facts=facts, asked_of=asked_of)
    return {each.name: [choice.value for choice in each.choices] for each in fields}


def run(body, **facts):
    return evaluate(with_category(body), "extra", facts, college=None)


def refused(result):
    return [problem.field for problem in result.problems]


def test_without_facts_every_option_of_the_column_is_offered():
    assert asked(CASCADE) == {"item": ["paper", "talk", "book"], "level": ["first", "second", "thick"]}


@pytest.mark.parametrize(
    ("facts", "levels"),
    [
        ({"item": "paper"}, ["first", "second"]),
        ({"item": "book"}, ["thick"]),
        ({"item": " paper "}, ["first", "second"]),
    ],
)
def test_with_facts_only_what_fits_is_offered(facts, levels):
    assert asked(CASCADE, facts)["level"] == levels


@pytest.mark.parametrize("facts", [{"item": "talk"}, {"item": ""}, {}, {"item": "unheard of"}, {"item": None}])
def test_what_has_nothing_to_offer_is_not_asked(facts):
    assert [*asked(CASCADE, facts)] == ["item"]


def test_a_level_that_may_be_missing_is_optional():
    def level(item):
        return fields_for(with_category(CASCADE), "extra", facts={"item": item})[1]

    assert (level("book").required, level("paper").required) == (False, True)


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({"item": "paper", "level": "second"}, 4),
        ({"item": "talk"}, 1),
        ({"item": "talk", "level": "first"}, 1),  # typed before the item changed
        ({"item": "book"}, 2),
        ({"item": "book", "level": "thick"}, 3),
    ],
)
def test_the_rules_read_the_options_that_the_facts_leave(facts, points):
    assert run(CASCADE, **facts).points == points


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        ({}, ["item"]),
        ({"level": "first"}, ["item"]),
        ({"item": "paper"}, ["level"]),
        ({"item": "paper", "level": "thick"}, ["level"]),
        ({"item": "unheard of", "level": "first"}, ["item"]),
    ],
)
def test_a_level_that_does_not_fit_is_a_problem(facts, problems):
    assert refused(run(CASCADE, **facts)) == problems


def test_a_trace_names_no_empty_key():
    assert run(CASCADE, item="talk").steps[0].formula == "Worth（talk）= 1"


STATES = (
    CASCADE
    + field("state", "choice", 'choices_from = "states"\nwithin = "level"')
    + table(
        "states", ["level", "state"], [["first", "new", 1], ["", "old", 1], ["second", "new", 1], ["second", "old", 1]]
    )
)


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        ({"item": "paper", "level": "first"}, ["new"]),
        ({"item": "paper", "level": "second"}, ["new", "old"]),
        ({"item": "talk"}, ["old"]),
        ({"item": "talk", "level": "first"}, ["old"]),
        ({"item": "paper"}, None),
    ],
)
def test_dependence_goes_on_through_what_is_not_divided(facts, states):
    assert asked(STATES, facts).get("state") == states


def test_what_a_hidden_field_once_said_offers_nothing():
    hidden = field("item", "choice", 'choices_from = "worth"\nshown_when = { field = "gate", is = ["open"] }')
    body = choice("gate", "open", "shut") + hidden + LEVEL + table("worth", ["item", "level"], ROWS) + LOOKUP

    assert "level" in asked(body, {"gate": "open", "item": "paper"})
    assert "level" not in asked(body, {"gate": "shut", "item": "paper"})


def test_a_college_has_its_own_levels():
    own = '[category.table.worth.college.north]\nclause = "own.1"\nrows = [["talk", "long", 2]]\n'
    data = with_category(CASCADE.replace(LOOKUP, own + LOOKUP))
    levels = [
        [each.value for each in fields_for(data, "extra", college, {"item": "talk"})[-1].choices]
        for college in (None, "north")
    ]

    assert levels == [["paper", "talk", "book"], ["long"]]


LIBRARY = (
    "library = true\n"
    'library_award = "award"\n'
    '[[category.identity]]\nkind = "library"\nfacts = ["award"]\n'
    + field("entry", "library")
    + field("level", "choice", 'choices_from = "worth"\nasked_of = "library"')
    + choice("award", "gold", "silver")
    + field("score", "decimal", 'required = false\nasked_of = "reviewer"')
    + table("worth", ["level"], [["high", 3], ["low", 1]])
    + LOOKUP
)


def test_everybody_is_asked_their_own():
    assert [*asked(LIBRARY)] == ["entry", "award"]
    assert [*asked(LIBRARY, asked_of=("library",))] == ["level"]
    assert [*asked(LIBRARY, asked_of=("reviewer",))] == ["score"]
    assert [*asked(LIBRARY, asked_of=("student", "library"))] == ["entry", "level", "award"]


def test_facts_count_whoever_gave_them():
    assert run(LIBRARY, entry="Cup", level="high", award="gold").points == 3


@pytest.mark.parametrize("facts", [{"entry": "Cup"}, {"entry": "Cup", "level": "odd"}, {"level": "high"}, {}])
def test_what_the_library_should_have_given_is_a_problem_of_the_entry_once(facts):
    assert refused(run(LIBRARY, award="gold", **facts)) == ["entry"]


def test_the_category_says_what_makes_a_project_the_same():
    (identity,) = with_category(LIBRARY).category("extra").identity

    assert (identity.kind, identity.facts) == ("library", ("award",))


DATED = 'date = "on"\n' + field("on", "date") + step("open_range", "low = 1\nhigh = 1")
TEAM = 'team = { field = "form", is = ["many"] }\n' + choice("form", "one", "many") + field("rank") + field("team_size")
TEAM += step("open_range", "low = 1\nhigh = 1")


@pytest.mark.parametrize("body", [DATED, TEAM, LIBRARY, CASCADE, STATES])
def test_these_are_sound(body):
    assert with_category(body)


@pytest.mark.parametrize(
    ("body", "key", "message"),
    [
        (LEVEL + ITEM + CASCADE.removeprefix(ITEM + LEVEL), "field[1].within", "前面没有“item”"),
        (CASCADE.replace('within = "item"', 'within = "itme"'), "field[2].within", "是否应为“item”"),
        (
            CASCADE.replace(LEVEL, field("level", "choice", 'choices = ["first"]\nwithin = "item"')),
            "field[2].within",
            "choices_from",
        ),
        (DATED.replace('date = "on"', 'date = "no"'), "date", "是否应为“on”"),
        (DATED.replace('"date"\n', '"text"\n'), "date", "没有日期项"),
        (TEAM.replace('"many"] }', '"some"] }'), "team.is[1]", "不在选项中"),
        (TEAM.replace('field = "form"', 'field = "from"'), "team.field", "是否应为“form”"),
        (TEAM.replace('"team_size"', '"size"'), "team", "“team_size”"),
        (TEAM.replace(field("rank"), field("rank", "text")), "team", "“rank”"),
        (LIBRARY.replace("library = true\n", ""), "field[1]", "成果库"),
        (LIBRARY.replace("library = true\n", ""), "identity[1].kind", "成果库"),
        (LIBRARY.replace('kind = "library"\n\n', 'kind = "text"\n\n'), "library", "有且只有一项"),
        (LIBRARY.replace('"award"\n[[', '"reward"\n[['), "library_award", "是否应为“award”"),
        (LIBRARY.replace('facts = ["award"]', 'facts = ["yaer"]'), "identity[1].facts[1]", "没有“yaer”"),
        (
            LIBRARY.replace('kind = "library"\nfacts', 'kind = "librarian"\nfacts'),
            "identity[1].kind",
            "是否应为“library”",
        ),
        (LIBRARY.replace('kind = "library"\nfacts = ["award"]', 'kind = "doi"'), "identity[1].facts", "缺少"),
        ("off_table = true\n" + CASCADE, "off_table", "不能有分值表"),
    ],
)
def test_what_does_not_fit_together_is_refused(body, key, message):
    with pytest.raises(PackError) as caught:
        with_category(body)

    found = {problem.key.partition("].")[2]: problem.message for problem in caught.value.problems}
    assert key in found, found
    assert message in found[key]

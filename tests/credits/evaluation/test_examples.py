import json

import pytest

from credits.evaluation import run_examples
from portal.pdf.fonts import unprintable
from tests.packs import pack, small


def failed(*changes):
    return [result for result in run_examples(small(*changes)) if not result.ok]


def test_a_sound_pack_passes_and_carries_the_traces():
    first, second = run_examples(small())

    assert (first.ok, first.expected, first.got, first.difference) == (True, "1", "1", "")
    assert first.trace.steps
    assert (second.ok, second.trace) == (True, None)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (('rows = [["high", 3], ["low", 1]]', 'rows = [["high", 3], ["low", 1.5]]'), "算例“low”：应为 1，算得 1.5"),
        (("limit = 2.5", "limit = 0.5"), "算例“low”：应为 1，算得 0.5"),
        (("points = 1\n[[ex", "minimum = 1\nmaximum = 2\n[[ex"), "算例“low”：应为 1–2，算得 1"),
        (('facts = { level = "low", size = 1', 'facts = { level = "low", size = 0'), "算例“low”：应为 1，算得 rank"),
        (('grade = "B"\n', 'grade = "A"\n'), "应为 1 + 1.5 → 2.5 → A，算得 1 + 1.5 → 2.5 → B"),
        (("total = 2.5", "total = 2.6"), "应为 1 + 1.5 → 2.6 → B，算得 1 + 1.5 → 2.5 → B"),
        (('["[2,4]", "B"]', '["[2,4]", "D"]'), "算得 1 + 1.5 → 2.5 → D"),
        (("records = [1, 1.5]\ntotal = 2.5", "records = [0.5]\ntotal = 0.5"), "算得 0.5 → 0.5 → —"),
    ],
)
def test_a_changed_figure_fails_with_the_difference(change, difference):
    (result,) = failed(change)

    assert difference in result.difference


@pytest.mark.parametrize(
    ("facts", "ok"), [("level = 'low', size = 1, rank = 2", True), ("level = 'low', size = 2, rank = 2", False)]
)
def test_an_example_may_promise_a_refusal(facts, ok):
    change = ('name = "low"\ncategory', 'name = "low"\nkind = "refused"\nfield = "rank"\ncategory')
    swap = ('facts = { level = "low", size = 1, rank = 1 }\npoints = 1', f"facts = {{ {facts} }}")

    assert run_examples(small(change, swap))[0].ok is ok


def test_an_example_speaks_for_a_college():
    (result,) = failed(('category = "prize"\nfacts', 'category = "prize"\ncollege = "north"\nfacts'))

    assert result.got == "2"


@pytest.mark.parametrize("name", ["bit", "whu", "whu-2010"])
def test_every_step_can_be_printed(name):
    said = [result.trace.as_json() for result in run_examples(pack(name)) if result.trace]

    assert said
    assert unprintable(json.dumps(said, ensure_ascii=False)) == []

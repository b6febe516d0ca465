"""What a scheme demands before graduation: reading it, its worked examples, and the verdict at its edges."""

from decimal import Decimal

import pytest

from credits.evaluation import PackError, run_examples
from credits.evaluation.describe import describe_scheme
from credits.evaluation.minima import Amounts, judge_minimum
from credits.evaluation.pack.minima import STUDENT_KINDS
from portal.enums import StudentKind
from tests.packs import pack, small

MINIMUM = """[[minimum]]
code = "all"
name = "All"
cohort_from = 2020
student_kinds = ["full_time"]
total = 4
clause = "rules.1"
[[minimum.part]]
label = "Prizes"
categories = ["prize"]
least = 2

"""
PLACE = '[[example]]\nname = "low"'
SECOND = '[[minimum]]\ncode = "old"\nname = "Old"\nclause = "rules.1"\ntotal = 1\n'


def with_minimum(text=MINIMUM):
    return small((PLACE, text + PLACE))


def verdict(cohort, kind="full_time", name="bit", **points):
    data = pack(name)
    minimum = data.minimum_for(cohort, kind)
    return minimum and judge_minimum(data, minimum, {code: Amounts(Decimal(each)) for code, each in points.items()})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (MINIMUM.replace("rules.1", "rules.9"), "没有条款“rules.9”"),
        (MINIMUM.replace('"full_time"', '"fulltime"'), "“fulltime”不是可用的值（full_time、exchange、part_time）"),
        (MINIMUM.replace('["prize"]', '["price"]'), "没有类别“price”；是否应为“prize”？"),
        (MINIMUM.replace("total = 4", "total = 4.005"), "至多 2 位小数"),
        (MINIMUM.replace("least = 2", "least = 0"), "不能小于 0.01"),
        (MINIMUM.replace("cohort_from = 2020", "cohort_from = 2020\ncohort_to = 2019"), "cohort_from 大于 cohort_to"),
        (MINIMUM.replace("total = 4", 'counts = "all"'), "“all”不是可用的值（recognised、unused、usable）"),
        (MINIMUM.replace("total = 4", "sum = 4"), "不认识的键"),
        (SECOND.replace("total = 1", ""), "要写明 total 或至少一个 part"),
        (MINIMUM + SECOND, "与“All”适用于同一批学生"),
        (MINIMUM + '[[minimum.part]]\nlabel = "Again"\nleast = 1\n', "类别“prize”已经计入另一项"),
        (MINIMUM + SECOND.replace('"old"', '"all"') + "cohort_to = 2019\n", "“all”出现了两次"),
    ],
)
def test_what_does_not_fit_together_is_named(text, problem):
    with pytest.raises(PackError) as error:
        with_minimum(text)

    assert problem in str(error.value)


def test_minima_of_other_cohorts_or_other_kinds_stand_beside_each_other():
    old = SECOND + "cohort_to = 2019\n"
    other = SECOND.replace("old", "kind") + 'cohort_from = 2020\nstudent_kinds = ["exchange"]\n'

    data = with_minimum(MINIMUM + old + other)

    assert [data.minimum_for(*who).code for who in ((2020, "full_time"), (2019, "part_time"), (2020, "exchange"))] == [
        "all",
        "old",
        "kind",
    ]
    assert data.minimum_for(2020, "part_time") is None


def test_the_kinds_of_students_are_those_of_the_roll():
    assert list(STUDENT_KINDS) == StudentKind.values


@pytest.mark.parametrize(("points", "missing"), [("4", "0"), ("3.99", "0.01"), ("4.01", "0"), ("0", "4")])
def test_exactly_the_minimum_is_enough_and_one_step_below_is_not(points, missing):
    found = verdict(2022, competition=points)

    assert (found.reached, found.missing) == (missing == "0", Decimal(missing))


def test_points_that_fill_a_part_count_for_the_total_as_well():
    found = verdict(2022, competition="1", practice="1", lecture="1")

    assert [(each.label, each.missing) for each in found.lacking] == [("总积分", Decimal(1)), ("任意一类", Decimal(1))]
    assert found.missing == Decimal(1)


def test_what_two_parts_lack_adds_up():
    found = verdict(2021, name="whu", offtable="9")

    assert [each.missing for each in found.lacking] == [Decimal(1), Decimal(2)]
    assert found.missing == Decimal(3)


@pytest.mark.parametrize(("cohort", "kind"), [(2015, "full_time"), (2022, "exchange"), (2022, "part_time")])
def test_a_cohort_without_a_rule_and_a_kind_that_is_exempt_have_no_verdict(cohort, kind):
    assert verdict(cohort, kind) is None


def test_the_verdict_cites_its_clause_and_shows_the_sum():
    first, second = verdict(2022, competition="1.5", practice="2").steps

    assert (first.formula, first.output) == ("1.5 + 2 = 3.5 < 4", "还差 0.5")
    assert (second.formula, second.output) == ("取最高(1.5, 2) = 2 ≥ 2", "已达到")
    assert {first.clause, second.clause} == {"《认定与转换办法》第二十一条"}


@pytest.mark.parametrize(("counts", "there"), [("recognised", 5), ("unused", 3), ("usable", 2)])
def test_a_scheme_says_whether_used_and_held_points_count(counts, there):
    data = with_minimum(MINIMUM.replace("total = 4", f'total = 4\ncounts = "{counts}"'))

    found = judge_minimum(data, data.minima[0], {"prize": Amounts(Decimal(5), held=Decimal(1), consumed=Decimal(2))})

    assert [each.there for each in found.demands] == [Decimal(there), Decimal(there)]


def test_a_version_whose_minimum_does_not_come_out_fails_with_the_difference():
    example = '[[example]]\nname = "short"\nkind = "minimum"\ncohort = {}\nrecognised = {{ prize = 2 }}\n{}\n'
    wrong, exempt = example.format(2020, "missing = 1"), example.format(2019, "").replace('"short"', '"exempt"')

    failed = [each.difference for each in run_examples(with_minimum(MINIMUM + wrong + exempt)) if not each.ok]

    assert failed == ["算例“short”：应为 差 1，算得 差 2"]


def test_an_example_of_a_minimum_names_known_categories():
    example = '[[example]]\nname = "x"\nkind = "minimum"\ncohort = 2020\nrecognised = { price = 2 }\nmissing = 2\n'

    with pytest.raises(PackError, match="没有类别“price”"):
        with_minimum(MINIMUM + example)


@pytest.mark.parametrize(
    ("name", "title", "text", "row"),
    [
        ("bit", "2020级起的毕业最低要求", "2020 级起 全日制本科生", ("总积分", "全部类别", "4")),
        ("whu", "2016级起的毕业最低要求", "2016 级起 全日制本科生", ("实践类", "文艺体育类、社会实践及其他", "2")),
    ],
)
def test_the_public_page_states_the_minimum_with_its_clause(name, title, text, row):
    (section,) = [each for each in describe_scheme(pack(name)) if each.code == "minima"]
    block = section.blocks[0]

    assert (section.title, block.title, block.assumed) == ("毕业最低要求", title, True)
    assert text in block.text
    assert row in block.rows
    assert block.article in {"univ.21", "detail.9"}

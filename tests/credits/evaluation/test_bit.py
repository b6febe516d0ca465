"""The first regulation, figure by figure: what its pack must give, independently of the examples inside it."""

from decimal import Decimal

import pytest

from credits.evaluation import evaluate, fields_for, run_examples
from credits.evaluation.bands import grade_for, next_band
from tests.packs import pack

MODELLING = "全国大学生数学建模竞赛"
LEVELS = ["国际级", "国家级", "省部级", "校级"]
AWARDS = ["一等奖", "二等奖", "三等奖"]
# Rows: level; columns: first, second, third award. None: the regulation has no such award.
FACTOR_A = {
    "国际级": ("5", "3.5", None),
    "国家级": ("4", "3", "2"),
    "省部级": ("3", "2", "1.5"),
    "校级": ("2", "1.5", "1"),
}


@pytest.fixture
def bit():
    return pack("bit")


def points(data, category, college=None, **facts):
    return evaluate(data, category, facts, college=college).points


def contest(data, college=None, **facts):
    usual = {"competition": MODELLING, "level": "国家级", "basis": "奖项等次", "award": "一等奖", "form": "个人"}
    return evaluate(data, "competition", {**usual, **facts}, college=college)


def team(data, rank, size=50, **facts):
    return contest(data, form="团队", team_size=size, rank=rank, **facts)


def test_every_worked_example_comes_out(bit):
    results = run_examples(bit)

    assert len(results) >= 45
    assert [result.difference for result in results if not result.ok] == []


def test_every_category_has_a_worked_example(bit):
    exemplified = {example.category for example in bit.examples if example.kind == "points"}

    assert exemplified == {category.code for category in bit.categories}


def test_students_claim_three_categories_and_offices_record_six(bit):
    channels = {category.name: (category.channel, category.unit) for category in bit.categories}

    assert channels == {
        "学科竞赛": ("student", ""),
        "学术论文": ("student", ""),
        "科技成果": ("student", ""),
        "大创项目": ("office", "创新创业实践中心"),
        "开放实验": ("office", "教务部"),
        "国际交流": ("office", "教务部"),
        "社会实践": ("office", "校团委"),
        "艺术实践": ("office", "校团委"),
        "延河讲堂": ("office", "教务部"),
    }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("award", AWARDS)
def test_the_table_of_level_and_award(bit, level, award):
    expected = FACTOR_A[level][AWARDS.index(award)]
    result = contest(bit, level=level, award=award)

    if expected is None:
        assert [problem.field for problem in result.problems] == ["award"]
    else:
        assert result.points == Decimal(expected)


@pytest.mark.parametrize(
    ("rank", "factor"), [(1, "1"), (2, "1"), (3, "1"), (4, "0.8"), (5, "0.8"), (6, "0.6"), (10, "0.6"), (11, "0")]
)
def test_the_first_three_members_share_the_maximum(bit, rank, factor):
    assert team(bit, rank).points == 4 * Decimal(factor)


def test_a_rank_beyond_the_team_is_impossible(bit):
    assert team(bit, 3, size=3).points == 4
    assert [problem.field for problem in team(bit, 4, size=3).problems] == ["rank"]


@pytest.mark.parametrize(
    ("basis", "facts", "award"),
    [
        ("获奖比例", {"percent": "3"}, "一等奖"),
        ("获奖比例", {"percent": "3.01"}, "二等奖"),
        ("获奖比例", {"percent": "10"}, "二等奖"),
        ("获奖比例", {"percent": "10.01"}, "三等奖"),
        ("获奖比例", {"percent": "20"}, "三等奖"),
        ("名次", {"place": 1}, "一等奖"),
        ("名次", {"place": 2}, "二等奖"),
        ("名次", {"place": 3}, "二等奖"),
        ("名次", {"place": 4}, "三等奖"),
        ("名次", {"place": 8}, "三等奖"),
    ],
)
def test_shares_and_places_become_awards(bit, basis, facts, award):
    assert contest(bit, basis=basis, award=None, **facts).points == contest(bit, award=award).points


def test_the_impact_factor_multiplies_and_a_college_sets_its_own(bit):
    name = "中国大学生程序设计竞赛"

    assert contest(bit, competition=name, award="三等奖").points == 2
    assert contest(bit, "计算机学院", competition=name, award="三等奖").points == Decimal("2.4")
    assert contest(bit, "机电学院", competition=name, award="三等奖").points == 2
    step = contest(bit, "计算机学院", competition=name).steps[3]
    assert (step.label, step.output, step.clause) == ("影响系数 C", "1.2", "《计算机学院积分细则》第一条")


def test_no_item_earns_more_than_five(bit):
    result = contest(bit, competition="国际大学生程序设计竞赛", level="国际级")

    assert result.points == 5
    assert [step.output for step in result.steps][-3:] == ["6", "5", "5"]


def test_the_trace_reads_as_the_regulation_does(bit):
    result = team(bit, 4, size=5, competition="全国大学生电子设计竞赛", level="省部级")

    assert [(step.label, step.output, step.clause) for step in result.steps] == [
        ("奖项等次归一", "一等奖", "《认定与转换办法》第六条"),
        ("获奖分值 A", "3", "《认定与转换办法》第五条"),
        ("排名系数 B", "0.8", "《认定与转换办法》第七条"),
        ("影响系数 C", "1.1", "《认定与转换办法》第八条"),
        ("积分 = A × B × C", "2.64", "《认定与转换办法》第五条"),
        ("单项上限", "2.64", "《认定与转换办法》第四条"),
        ("保留两位小数", "2.64", "《认定与转换办法》第四条"),
    ]
    assert result.steps[4].formula == "A × B × C = 3 × 0.8 × 1.1 = 2.64"


@pytest.mark.parametrize(
    ("category", "facts", "expected"),
    [
        ("paper", {"index": "SCI/SSCI 一区", "rank": 1}, "5"),
        ("paper", {"index": "SCI/SSCI 一区", "rank": 2}, "3"),
        ("paper", {"index": "SCI/SSCI 一区", "rank": 2, "supervisor_first": True}, "5"),
        ("paper", {"index": "SCI/SSCI 一区", "rank": 5}, "1"),
        ("paper", {"index": "SCI/SSCI 一区", "rank": 6}, "0"),
        ("paper", {"index": "其他正式期刊", "rank": 3}, "0.2"),
        ("achievement", {"type": "发明专利", "state": "已授权或登记", "rank": 3}, "4"),
        ("achievement", {"type": "发明专利", "state": "已授权或登记", "rank": 4}, "2"),
        ("achievement", {"type": "软件著作权", "state": "已转化", "rank": 6}, "0"),
        ("innovation", {"level": "校级", "result": "合格", "role": "负责人"}, "0.5"),
        ("innovation", {"level": "国家级", "result": "优秀", "role": "成员"}, "2.4"),
        ("lab", {"hours": 15}, "0"),
        ("lab", {"hours": 16}, "0.5"),
        ("lab", {"hours": 31, "carried": 1}, "1"),
        ("exchange", {"type": "境外短期课程", "weeks": "4"}, "1.5"),
        ("exchange", {"type": "境外短期课程", "weeks": "4.1"}, "2"),
        ("practice", {"project": "校级重点团队", "result": "合格"}, "3"),
        ("practice", {"project": "校级重点团队", "result": "校级优秀"}, "3.6"),
        ("practice", {"project": "校级重点团队", "result": "省部级及以上优秀"}, "5.4"),
        ("art", {"level": "国家级", "role": "主创或主演"}, "3"),
        ("lecture", {"attended": 7}, "0"),
        ("lecture", {"attended": 8}, "1"),
        ("lecture", {"attended": 15}, "1"),
        ("lecture", {"attended": 9, "carried": 7}, "2"),
    ],
)
def test_the_other_categories(bit, category, facts, expected):
    around = {"journal": "期刊", "authors": 10, "number": "1", "owners": 10}

    assert points(bit, category, **{**around, **facts}) == Decimal(expected)


def test_the_form_asks_only_what_the_category_needs(bit):
    names = [field.name for field in fields_for(bit, "competition")]

    assert names == [
        "competition", "level", "basis", "award", "percent", "place", "form", "team_size", "rank", "certificate"
    ]  # fmt: skip
    assert {field.name for field in fields_for(bit, "paper")}.isdisjoint({"competition", "team_size"})


def test_a_college_offers_its_own_contests(bit):
    def contests(college):
        return {choice.value for choice in fields_for(bit, "competition", college)[0].choices}

    assert contests("计算机学院") - contests(None) == {"全国大学生软件测试大赛"}
    assert len(contests(None)) >= 25


def test_both_texts_of_the_rules_are_at_hand(bit):
    university, college = bit.category("competition").rule_text_for("cs")

    assert "第五条" in university
    assert "《计算机学院积分细则》第一条" in college
    assert bit.category("competition").rule_text_for(None)[1] == ""


@pytest.mark.parametrize(
    ("course", "records", "grade"),
    [
        ("100050415", ["1", "3", "3.6"], "良好"),
        ("100050415", ["3.99"], None),
        ("100050415", ["4"], "合格"),
        ("100050415", ["6"], "中等"),
        ("100050415", ["7"], "良好"),
        ("100050415", ["9"], "优秀"),
        ("02000012", ["1.99"], None),
        ("02000012", ["2"], "合格"),
        ("02000012", ["2.01"], "中等"),
        ("02000012", ["4"], "中等"),
        ("01710207", ["4.01"], "良好"),
        ("01710207", ["5.99"], "良好"),
        ("01710207", ["6"], "优秀"),
    ],
)
def test_converted_points_earn_the_courses_grade(bit, course, records, grade):
    band = grade_for(bit.conversion.course(course).bands, sum(map(Decimal, records)))

    assert (band.grade if band else None) == grade


def test_the_manuals_conversion_knows_how_far_the_next_grade_is(bit):
    missing, band = next_band(bit.conversion.course("02000012").bands, Decimal("5.6"))

    assert (missing, band.grade) == (Decimal("0.4"), "优秀")


def test_the_modules_take_the_seven_categories_of_the_manual(bit):
    names = {category.code: category.name for category in bit.categories}
    course = bit.conversion.course("02000012")

    assert [names[code] for code in course.categories] == [
        "艺术实践", "学术论文", "学科竞赛", "大创项目", "开放实验", "社会实践", "科技成果"
    ]  # fmt: skip
    assert (course.credits, bit.conversion.whole_records, bit.conversion.informs) == (2, True, ("office",))


def test_what_no_regulation_states_says_so(bit):
    figures = [table for category in bit.categories for table in category.tables.values() if not table.assumed]

    assert [table.label for table in figures] == ["时长系数 B"]  # the only figures that the reference states
    assert not bit.conversion.templates["module"].assumed
    assert bit.conversion.templates["practice"].assumed
    assert all(document.example for document in bit.documents)


def test_two_stages_judge_a_claim_and_one_a_conversion(bit):
    assert [(stage.name, stage.role) for stage in bit.stages.claims] == [
        ("学院审核", "secretary"),
        ("教务部复核", "office"),
    ]
    assert [stage.name for stage in bit.stages.conversions] == ["学院审核"]

"""The second university's pack against its published regulation: figures are written here a second time, on purpose."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credits.evaluation import evaluate, fields_for, run_examples
from tests.packs import pack

DESIGN = "外观设计专利、与学生专业紧密相关的实用新型专利"
PRAISED = "《中国社会科学》、《新华文摘》论文转载、《中国社会科学文摘》论文转载等武汉大学人文社会科学奖励期刊"
PROJECTS = "大学生科学研究和创新性实验项目"
SOCIAL = "社会实践、调查报告、公益活动等"
ROWS = [
    ("paper", "SCI、SSCI", "一区", 6, 8),
    ("paper", "SCI、SSCI", "二区", 4, 6),
    ("paper", "SCI、SSCI", "其他", 1, 4),
    ("paper", "EI期刊", "", 1, 4),
    ("paper", "A&HCI", "", 1, 4),
    ("paper", "人文社科中文期刊", PRAISED, 6, 8),
    ("paper", "人文社科中文期刊", "CSSCI(核心版)", 4, 6),
    ("paper", "人文社科中文期刊", "CSSCI(扩展版)", 1, 4),
    ("paper", "人文社科中文期刊", "中文核心期刊", 1, 4),
    ("research", "成果获奖", "省级以上科研成果奖", 6, 10),
    ("research", "成果获奖", "省级科研成果奖", 3, 5),
    ("research", "成果应用", "重大应用价值", 8, 10),
    ("research", "成果应用", "较大应用价值", 5, 7),
    ("research", "成果应用", "一般应用价值", 1, 4),
    ("research", PROJECTS, "全国大学生创新创业年会入选、获奖项目", 3, 5),
    ("research", PROJECTS, "国家项目结题优秀", 1, 1),
    ("invention", "专利", "发明专利", 6, 10),
    ("invention", "专利", DESIGN, 1, 6),
    ("invention", "软件著作权", "", 3, 5),
    ("venture", "创业竞赛", "省级以上创业竞赛获奖或一次性融资300-500万以上", 5, 7),
    ("venture", "创业竞赛", "省级创业竞赛获奖或一次性融资100万以上", 3, 5),
    ("venture", "创业竞赛", "创业竞赛获奖或一次性融资10万以上", 1, 3),
    ("venture", "创业实践", "创业二年及以上且吸纳就业人数5人以上的法定代表人", 3, 5),
    ("venture", "创业实践", "创业一年及以上且吸纳就业人数5人以上的法定代表人", 1, 3),
    ("competition", "学科竞赛获奖", "国际竞赛获奖", 8, 10),
    ("competition", "学科竞赛获奖", "国家级竞赛获奖", 5, 7),
    ("competition", "学科竞赛获奖", "省部级竞赛获奖", 2, 4),
    ("competition", "学科竞赛获奖", "其他", 1, 2),
    ("arts", "创作、设计", "省级及以上文化教育主管部门、专业委员会、学会评定或表彰", 1, 5),
    ("arts", "文体竞赛", "世界大学生运动会获奖或同级别文体竞赛", 4, 6),
    ("arts", "文体竞赛", "全国大学生运动会获奖或同级别文体竞赛", 2, 4),
    ("arts", "文体竞赛", "湖北省大学生运动会获奖或同级别文体竞赛", 1, 2),
    ("practice", SOCIAL, "国家级获奖、权威媒体报道", 4, 6),
    ("practice", SOCIAL, "省部级获奖、省级及以上主流媒体报道", 2, 4),
    ("practice", SOCIAL, "武汉大学一等奖、主流媒体报道", 1, 2),
    ("practice", "国际组织实习", "", 1, 6),
]
CATEGORIES = ("paper", "research", "invention", "venture", "competition", "arts", "practice", "offtable")
whu = pack("whu")
PACK_ROWS = [
    (code, *row.keys, row.value) for code in CATEGORIES[:7] for row in whu.category(code).tables["standard"].rows
]
# What the rules have fixed, so that nothing is judged: states of patents, and the one row that is no range.
STATES = {
    ("专利", "发明专利"): {"只获得专利授权": 6, "专利正在转换": 8, "专利转换为成果": 10},
    ("专利", DESIGN): {"只获得专利授权": 1, "专利转换为成果": 6},
    ("软件著作权", ""): {"开发推广": 3, "技术转让": 5},
}
VALUES = {"text": "示例", "library": "示例竞赛", "date": "2024-05-01", "integer": "5", "decimal": "400"}
OWN = {"form": None, "year": "2024", "years": "2", "weeks": "12", "first_affiliation": "true", "related": "是"}
REVIEWERS = ("team_method", "ratio", "score", "beyond_range")


def sheet(category, item="", level="", **own):
    """Facts as a student and the library would give them: everything that is asked, alone unless said otherwise."""
    facts = {"item": item, "level": level, **own}
    for _pass in range(2):  # some fields show only once others are filled
        for field in fields_for(whu, category, facts=facts, asked_of=("student", "library")):
            facts.setdefault(field.name, value_of(field))
    return facts


def value_of(field):
    if OWN.get(field.name):
        return OWN[field.name]
    return field.choices[0].value if field.choices else VALUES.get(field.kind, "")


def outcome(category, item="", level="", **own):
    return evaluate(whu, category, sheet(category, item, level, **own), college=None)


def refused(evaluation):
    return [problem.field for problem in evaluation.problems]


def test_the_pack_holds_the_thirty_six_rows_and_no_other():
    found = [(*row[:3], row[3].low, row[3].high) for row in PACK_ROWS]

    assert found == ROWS
    assert len(found) == 36


RANGES = [row for row in ROWS if row[0] != "invention" and row[3] != row[4]]


@pytest.mark.parametrize("row", RANGES, ids=lambda row: f"{row[0]} {row[1]} {row[2]}")
def test_a_row_leaves_its_range_to_experts(row):
    category, item, level, low, high = row
    result = outcome(category, item, level)

    assert result.problems == ()
    assert (result.points, result.minimum, result.maximum, result.range) == (None, low, high, (low, high))


@pytest.mark.parametrize("row", RANGES, ids=lambda row: f"{row[0]} {row[1]} {row[2]}")
def test_both_edges_of_a_range_are_inside_and_a_cent_beyond_is_not(row):
    category, item, level, low, high = row
    cent = Decimal("0.01")

    assert [outcome(category, item, level, score=score).points for score in (low, high)] == [low, high]
    assert outcome(category, item, level, score=low - cent).problems[0].field == "score"
    assert outcome(category, item, level, score=high + cent).problems[0].field == "score"


@pytest.mark.parametrize(
    ("keys", "state", "points"),
    [(keys, state, points) for keys, states in STATES.items() for state, points in states.items()],
)
def test_the_state_of_an_invention_fixes_its_points(keys, state, points):
    result = outcome("invention", *keys, state=state)

    assert (result.points, result.range) == (points, None)
    assert outcome("invention", *keys, state=state, score=points).points == points
    assert refused(outcome("invention", *keys, state=state, score=points + Decimal("0.5"))) == ["score"]


def test_each_invention_offers_its_own_states():
    for (item, level), states in STATES.items():
        fields = fields_for(whu, "invention", facts={"item": item, "level": level})
        assert [choice.value for field in fields if field.name == "state" for choice in field.choices] == [*states]


def test_a_finished_national_project_is_one_point_exactly():
    result = outcome("research", PROJECTS, "国家项目结题优秀")

    assert (result.points, result.range) == (1, None)


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_first_affiliation_must_be_the_university(category):
    _code, item, level, *_span = next((row for row in ROWS if row[0] == category), ("", "", ""))

    assert refused(outcome(category, item, level, first_affiliation="")) == ["first_affiliation"]
    assert refused(outcome(category, item, level, first_affiliation="false")) == ["first_affiliation"]


TEAM = {"team_size": "4", "rank": "3"}


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize(
    ("method", "points"),
    [
        ({"team_method": "按全额"}, 1),
        ({"team_method": "按人数均分"}, "0.25"),
        ({"team_method": "按排位"}, "0.33"),
        ({"team_method": "按比例", "ratio": "62.5"}, "0.62"),
        ({}, 1),
    ],
)
def test_a_teams_result_is_shared_by_the_chosen_method(category, method, points):
    """One point: the committee decided so where the range lies higher."""
    _code, item, level, *_span = next((row for row in ROWS if row[0] == category), ("", "", ""))
    many = whu.category(category).team.values[0]
    judged = {"score": "1", "beyond_range": "true"}
    result = outcome(category, item, level, form=many, **TEAM, **judged, **method)

    assert (result.points, result.problems) == (Decimal(points), ())
    shared = next(step for step in result.steps if step.rule == "team_share")
    assert (shared.clause, shared.article) == ("《创新学分认定办法》第九条", "whu.9")


def test_what_reviewers_chose_before_the_team_dissolved_does_not_count():
    result = outcome("paper", "EI期刊", form="独立完成", **TEAM, score="4", team_method="按人数均分")

    assert result.points == 4


def test_without_a_ratio_there_is_no_share_by_ratio():
    assert refused(outcome("paper", "EI期刊", form="合作完成", **TEAM, score="4", team_method="按比例")) == ["ratio"]


@pytest.mark.parametrize("ratio", ["100.01", "-1", "half"])
def test_a_ratio_is_a_percentage(ratio):
    facts = {**TEAM, "score": "4", "team_method": "按比例", "ratio": ratio}

    assert refused(outcome("paper", "EI期刊", form="合作完成", **facts)) == ["ratio"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_nobody_ranks_beyond_the_size_of_the_team(category):
    if "rank" in {field.name for field in whu.category(category).fields}:
        _code, item, level, *_span = next((row for row in ROWS if row[0] == category), ("", "", ""))
        many = whu.category(category).team.values[0]
        assert refused(outcome(category, item, level, form=many, team_size="3", rank="4")) == ["rank"]


@pytest.mark.parametrize(
    ("rank", "supervisor", "points"),
    [
        ("1", "", 4),
        ("2", "", 2),
        ("2", "true", 4),  # behind the supervisor the second author is first
        ("3", "true", "1.33"),  # the third stays third
        ("5", "", "0.8"),
        ("5", "true", "0.8"),
        ("6", "", 0),
        ("6", "true", 0),
    ],
)
def test_authors_count_by_the_rank_after_promotion(rank, supervisor, points):
    facts = {"form": "合作完成", "team_size": "9", "score": "4", "team_method": "按排位"}
    result = outcome("paper", "EI期刊", **facts, rank=rank, supervisor_first=supervisor)

    assert result.points == Decimal(points)
    if supervisor:
        assert result.steps[1].formula == f"{rank} → {1 if rank == '2' else rank}"


@pytest.mark.parametrize("method", ["按全额", "按人数均分", "按排位", "按比例"])
def test_a_papers_sixth_author_gets_nothing_whatever_the_method(method):
    facts = {"form": "合作完成", "team_size": "9", "score": "4", "team_method": method, "ratio": "50"}

    assert outcome("paper", "EI期刊", **facts, rank="5").points > 0
    sixth = outcome("paper", "EI期刊", **facts, rank="6")
    assert sixth.points == 0
    assert next(step.formula for step in sixth.steps if step.rule == "first_count") == "6 > 5 → 0"


def test_nobody_is_the_first_author_together_with_the_supervisor():
    facts = {"form": "合作完成", "team_size": "2", "rank": "1", "supervisor_first": "true"}

    assert refused(outcome("paper", "EI期刊", **facts)) == ["rank"]


CONTESTS = [row[2] for row in ROWS if row[1] == "创业竞赛"]


@pytest.mark.parametrize(("level", "least"), [*zip(CONTESTS, (300, 100, 10), strict=True)])
def test_financing_must_reach_its_threshold(level, least):
    def financed(amount):
        return outcome("venture", "创业竞赛", level, basis="一次性融资", amount=amount)

    assert financed(str(least)).problems == ()
    (problem,) = financed(str(least - Decimal("0.01"))).problems
    assert problem.field == "amount"
    assert f"{least - Decimal('0.01')}" in problem.message
    assert f"至少 {least}" in problem.message


@pytest.mark.parametrize("level", CONTESTS)
def test_a_prize_needs_no_financing(level):
    result = outcome("venture", "创业竞赛", level, basis="竞赛获奖")

    assert result.problems == ()
    assert [step.output for step in result.steps if step.rule == "at_least"] == ["不要求"] * 3


@pytest.mark.parametrize(
    ("level", "facts", "field"),
    [
        ("创业二年及以上且吸纳就业人数5人以上的法定代表人", {"years": "2", "jobs": "5"}, None),
        ("创业二年及以上且吸纳就业人数5人以上的法定代表人", {"years": "1.99", "jobs": "5"}, "years"),
        ("创业二年及以上且吸纳就业人数5人以上的法定代表人", {"years": "2", "jobs": "4"}, "jobs"),
        ("创业一年及以上且吸纳就业人数5人以上的法定代表人", {"years": "1", "jobs": "5"}, None),
        ("创业一年及以上且吸纳就业人数5人以上的法定代表人", {"years": "0.99", "jobs": "5"}, "years"),
        ("创业一年及以上且吸纳就业人数5人以上的法定代表人", {"years": "1", "jobs": "4"}, "jobs"),
        (
            "创业一年及以上且吸纳就业人数5人以上的法定代表人",
            {"years": "9", "jobs": "9", "legal_representative": "否"},
            "legal_representative",
        ),
    ],
)
def test_a_company_must_be_old_and_large_enough_and_the_claimants_own(level, facts, field):
    result = outcome("venture", "创业实践", level, **facts)

    assert refused(result) == ([field] if field else [])


@pytest.mark.parametrize(("related", "problems"), [("是", []), ("否", ["related"])])
def test_a_utility_model_must_belong_to_the_major(related, problems):
    assert refused(outcome("invention", "专利", DESIGN, state="只获得专利授权", related=related)) == problems


def test_an_invention_patent_is_not_asked_for_its_relation_to_the_major():
    result = outcome("invention", "专利", "发明专利", state="只获得专利授权", related="否")

    assert result.points == 6


def test_the_level_of_a_competition_comes_from_the_library_and_its_lack_is_the_entrys():
    asked = {field.name for field in fields_for(whu, "competition")}
    facts = sheet("competition")
    del facts["level"]

    assert {"item", "level"}.isdisjoint(asked)
    assert refused(evaluate(whu, "competition", facts, college=None)) == ["competition"]
    assert refused(evaluate(whu, "competition", {**facts, "level": "宇宙级"}, college=None)) == ["competition"]
    assert evaluate(whu, "competition", {**facts, "level": "国际竞赛获奖"}, college=None).range == (8, 10)


def test_off_the_table_the_committee_decides():
    result = outcome("offtable")

    assert (whu.category("offtable").off_table, result.range) == (True, (1, 10))
    assert next(step.article for step in outcome("offtable", score="3").steps if step.rule == "judged") == "whu.12"


@pytest.mark.parametrize("category", CATEGORIES)
def test_what_reviewers_decide_stands_on_no_claim_form(category):
    asked = [field.name for field in fields_for(whu, category)]
    by_reviewers = [field.name for field in fields_for(whu, category, asked_of=("reviewer",))]

    assert by_reviewers == [*REVIEWERS]
    assert set(asked).isdisjoint(REVIEWERS)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_step_of_every_trace_cites_its_clause(category):
    for example in (each for each in whu.examples if each.category == category):
        result = evaluate(whu, category, example.facts, college=None)
        assert all(step.clause == whu.clauses[step.article].cite for step in result.steps), example.name


def test_every_worked_example_comes_out():
    assert [row.difference for row in run_examples(whu) if not row.ok] == []


def test_every_row_has_an_example_at_both_of_its_ends():
    shown = {
        (row.category, row.facts.get("item", "学科竞赛获奖"), row.facts.get("level", ""), row.points)
        for row in whu.examples
    }
    wanted = {(*row[:3], end) for row in ROWS for end in row[3:]}

    assert wanted <= shown


@given(st.sampled_from(RANGES), st.decimals(0, 10, places=2), st.booleans())
def test_only_the_committee_leaves_the_range(row, score, beyond):
    category, item, level, low, high = row
    result = outcome(category, item, level, score=str(score), beyond_range="true" if beyond else "")

    if beyond or low <= score <= high:
        assert result.points == score
    else:
        assert refused(result) == ["score"]


def test_the_procedure_is_the_regulations():
    assert (whu.counting.highest_only, whu.counting.clause) == (True, "whu.9")
    assert whu.eligibility.student_kinds == ("full_time",)
    assert (whu.eligibility.on_roll, whu.eligibility.during_studies, whu.eligibility.claim_once) == (True, True, True)
    assert (whu.scoring.least, whu.scoring.spread_parts, whu.scoring.assumed) == (3, 3, True)
    assert (whu.publicity.days, whu.publicity.counting, whu.publicity.clause) == (7, "calendar", "whu.10")
    assert whu.sanction.appeal_days == 10
    assert [office.phone for office in whu.service.offices] == ["68755986"]
    assert [(stage.code, stage.role, stage.acts, stage.skips_exact) for stage in whu.stages.claims] == [
        ("college", "secretary", "opinion", False),
        ("office", "office", "opinion", False),
        ("experts", "expert", "score", True),
        ("committee", "committee", "confirm", False),
    ]
    assert [stage.role for stage in whu.stages.conversions] == ["secretary", "office"]


def test_offsets_are_capped_and_major_electives_take_research_and_competitions_only():
    conversion = whu.conversion
    takes = {kind.code: [code for code in CATEGORIES if kind.takes(code)] for kind in conversion.kinds}

    assert (conversion.offsets, conversion.rate, conversion.cap, conversion.grade) == (True, 1, 10, "冲抵")
    assert (conversion.whole_records, conversion.publicity.days) == (False, 7)
    assert takes["elective"] == takes["practice"] == [*CATEGORIES]
    assert takes["major_elective"] == ["paper", "research", "invention", "competition"]
    assert [kind.judged for kind in conversion.kinds] == [False, False, True]


def test_the_regulation_has_its_fifteen_articles_and_seven_tables():
    ids = [clause.id for clause in whu.documents[0].clauses]

    numbers = [f"whu.{number}" for number in range(1, 16)]
    assert [each for each in ids if each.count(".") == 1] == numbers
    assert [each for each in ids if each.count(".") == 2] == [f"whu.6.{number}" for number in range(1, 8)]
    assert not any(clause.assumed for clause in whu.documents[0].clauses)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]} {row[2]}")
def test_the_article_prints_the_row(row):
    category, item, level, low, high = row
    span = f"{low}分" if low == high else f"{low}-{high}分"
    line = "　".join(part for part in (item, level, span) if part)

    assert line in whu.clauses[f"whu.6.{CATEGORIES.index(category) + 1}"].text


def test_what_the_regulation_does_not_say_is_marked():
    assert all(clause.assumed for clause in whu.documents[2].clauses)
    assert [step.assumed for step in whu.category("offtable").steps if step.rule.kind == "open_range"] == [True]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_claim_can_be_recognised_dated_and_proved(category):
    rules = whu.category(category)

    assert rules.date
    assert rules.identity
    assert any(item.required for item in rules.evidence)
    assert rules.library == (category == "competition")


def test_the_superseded_version_reads_the_same_facts():
    old = pack("whu-2010")
    facts = {**sheet("paper", "SCI、SSCI", "一区"), "score": "8"}

    assert (old.code, old.effective_from < whu.effective_from) == (whu.code, True)
    assert all(clause.assumed for clause in old.clauses.values())
    assert {category.code for category in old.categories} < set(CATEGORIES)
    assert evaluate(old, "paper", facts, college=None).points == 8
    assert evaluate(old, "paper", {**facts, "score": ""}, college=None).range == (5, 8)
    for category in old.categories:
        mine = {field.name for field in category.fields}
        assert mine <= {field.name for field in whu.category(category.code).fields}

import pytest

from credits.evaluation.describe import describe_category, describe_scheme
from tests.packs import PACKS, pack, small


def blocks_of(data, category):
    return {block.title: block for block in describe_category(data, category)}


def test_a_table_by_two_keys_is_a_grid():
    block = blocks_of(pack("bit"), "competition")["获奖分值 A"]

    assert block.headers == ("竞赛级别", "一等奖", "二等奖", "三等奖")
    assert block.rows[0] == ("国际级", "5", "3.5", "—")
    assert block.rows[1] == ("国家级", "4", "3", "2")
    assert (block.clause, block.assumed) == ("《认定与转换办法》第五条", True)


def test_a_stepped_table_names_its_stretches():
    block = blocks_of(pack("bit"), "competition")["排名系数 B"]

    assert block.rows == (("≤ 3", "1"), ("(3, 5]", "0.8"), ("(5, 10]", "0.6"), ("> 10", "0"))


def test_a_colleges_own_rows_stand_in_a_block_of_their_own():
    block = blocks_of(small(), "prize")["Worth：North College另有规定"]

    assert (block.rows, block.college, block.clause) == ((("low", "2"),), "North College", "North-one")


def test_steps_are_told_in_words_with_their_clause():
    rows = blocks_of(pack("bit"), "competition")["计算步骤"].rows

    assert ("积分 = A × B × C", "获奖分值 A × 排名系数 B × 影响系数 C", "《认定与转换办法》第五条") in rows
    assert ("单项上限", "积分至多 5", "《认定与转换办法》第四条") in rows


@pytest.mark.parametrize(
    ("name", "category", "start"),
    [
        ("bit", "lab", "由 教务部 录入，不需要申报。"),
        ("bit", "paper", "由学生申报。"),
        ("whu", "arts", "由学生申报，归口 校团委 评审。"),
        ("whu", "offtable", "由学生申报。"),
    ],
)
def test_a_category_says_who_enters_and_who_reviews_it(name, category, start):
    assert blocks_of(pack(name), category)["说明"].text.startswith(start)


def test_proofs_are_listed():
    assert blocks_of(small(), "prize")["证明材料"].items == ("Proof",)
    assert "团队成员与排名证明（如有）" in blocks_of(pack("bit"), "competition")["证明材料"].items


def test_the_whole_scheme_has_its_categories_its_conversion_and_its_text():
    sections = {section.code: section for section in describe_scheme(pack("bit"))}

    assert list(sections)[:3] == ["competition", "paper", "achievement"]
    courses, module, practice = sections["conversion"].blocks
    assert courses.rows[2][:3] == ("100050415", "创新创业实践A", "4")
    assert module.rows == (("2", "合格"), ("(2,4]", "中等"), ("(4,6)", "良好"), ("≥6", "优秀"))
    assert practice.assumed
    assert sections["document-univ"].assumed
    assert sections["document-cs"].blocks[0].title == "《计算机学院积分细则》第一条"


def test_a_table_that_some_rows_do_not_divide_is_a_list():
    block = blocks_of(pack("whu"), "paper")["学术论文类创新学分评定标准"]

    assert block.headers == ("收录类别", "类别及等级条件", "创新学分值")
    assert block.rows[0] == ("SCI、SSCI", "一区", "6–8")
    assert block.rows[3] == ("EI期刊", "—", "1–4")
    assert len(block.rows) == 9


def test_conditions_judgement_and_shares_are_told_in_words():
    rows = {label: rule for label, rule, _clause in blocks_of(pack("whu"), "venture")["计算步骤"].rows}

    assert rows["第一作者单位"].startswith("要求“第一作者单位（完成单位）是武汉大学”")
    assert rows["融资金额"] == "一次性融资金额须达到“融资下限”"
    assert rows["评定分值"] == "学分由评审在范围内确定"
    assert rows["团队计分"] == "按全额：全额；按人数均分：1 ÷ 团队人数；按排位：1 ÷ 本人排位；按比例：本人比例"
    off = {label: rule for label, rule, _clause in blocks_of(pack("whu"), "offtable")["计算步骤"].rows}
    assert off["审定范围"] == "在 1–10 之间评定"


def test_offsets_are_described_by_kind_of_course():
    sections = {section.code: section for section in describe_scheme(pack("whu"))}
    (block,) = sections["conversion"].blocks

    assert block.text == "每 1 学分冲抵 1 课程学分。累计至多 10 学分。"
    assert block.rows[0] == ("选修课程", "全部类别", "不需要")
    assert block.rows[2] == ("专业选修课", "学术论文类、科研成果类、发明创造类、学科竞赛类", "由学院认定是否相关")
    assert block.article == "whu.8"


@pytest.mark.parametrize("name", [path.stem for path in PACKS.glob("*.toml")])
def test_every_block_of_every_category_can_be_rendered_from_plain_data(name):
    for section in describe_scheme(pack(name)):
        for block in section.blocks:
            assert all(len(row) == len(block.headers) for row in block.rows), block.title
            assert all(isinstance(cell, str) and cell for row in block.rows for cell in row), block.title

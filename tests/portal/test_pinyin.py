"""Initials by which people look for a name."""

import pytest

from credits.names import near_name, same_name
from portal.pinyin import as_initials, initials


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("全国大学生数学建模竞赛", "QGDXSSXJMJS"),
        ("ACM-ICPC 国际大学生程序设计竞赛", "ACMICPCGJDXSCXSJJS"),
        ("ＡＢＣ杯２０２４", "ABCB2024"),
        # The reading that the word gives: 重 is C in 重庆 and Z in 重点, 行 H in 银行 and X in 行程, 长 Z in 校长.
        ("重庆", "CQ"),
        ("重点项目", "ZDXM"),
        ("银行业务", "YHYW"),
        ("行程码", "XCM"),
        ("校长杯", "XZB"),
        ("长跑", "CP"),
        ("会计", "KJ"),
        ("音乐", "YY"),
        ("“”，。", ""),
        ("㛃杯", "JB"),
        # A character that the dictionary does not read leaves a gap, not a wrong letter.
        ("𠮷祥杯", "XB"),
    ],
)
def test_a_name_gives_one_letter_per_character_in_the_reading_of_its_word(name, found):
    assert initials(name) == found


def test_initials_fit_their_column():
    assert len(initials("赛" * 200)) == 128


def test_what_is_typed_is_read_like_what_is_kept():
    assert as_initials(" sx-Jm ") == "SXJM"
    assert as_initials("数学") == ""


@pytest.mark.parametrize("other", ["甲杯 大赛", "“甲杯”大赛", "甲杯大赛。"])
def test_punctuation_tells_no_two_names_apart(other):
    assert same_name(other) == same_name("甲杯大赛")


@pytest.mark.parametrize(
    "other", ["第十五届甲杯大赛", "2024年甲杯大赛", "甲杯竞赛", "第3届甲杯比赛", "甲杯大赛（2023-2024学年）"]
)
def test_editions_and_words_for_contest_make_no_other_competition(other):
    assert near_name(other) == near_name("甲杯大赛")


@pytest.mark.parametrize("other", ["乙杯大赛", "甲杯大赛湖北赛区", "2024"])
def test_other_names_stay_others(other):
    assert near_name(other) != near_name("甲杯大赛")

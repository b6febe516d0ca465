"""Masks: what is left of a student number, and what a line of text loses before it is made public."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.masking import masked, scrubbed


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("2021302110123", "2021*******23"),
        ("1120220001", "1120****01"),
        ("20220001", "2022****"),
        ("12345", "1****"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_a_number_keeps_its_ends(number, shown):
    assert masked(number) == shown


@given(st.from_regex(r"[0-9A-Z]{0,20}", fullmatch=True))
def test_at_least_four_characters_are_hidden_and_the_length_stays(number):
    shown = masked(number)
    assert len(shown) == len(number)
    assert shown.count("*") >= min(4, len(number))


@pytest.mark.parametrize(
    "told",
    [
        "13912345678",
        "139 1234 5678",
        "139-1234-5678",
        "+86 13912345678",
        "110101200001011234",
        "11010120000101123X",
        "6222021234567890123",
        "6222 0212 3456 7890",
        "li.ming@example.edu.cn",
    ],
)
def test_telephones_cards_and_mail_are_taken_out_of_a_text(told):
    text = scrubbed(f"数学建模竞赛一等奖（联系{told}）")
    assert told not in text
    assert text == "数学建模竞赛一等奖（联系***）"


@pytest.mark.parametrize(
    "text",
    [
        "发明专利 ZL202110123456.7",
        "发明专利 202110123456X",
        "DOI 10.1016/j.cell.2021.01.001",
        "证书编号 CUMCM202201301234567",
        "全国大学生数学建模竞赛 2022 年一等奖",
        "融资 13900000000000 元",
    ],
)
def test_patents_papers_and_certificates_keep_their_numbers(text):
    assert scrubbed(text) == text


def test_what_is_known_of_the_person_is_taken_out_wherever_it_stands():
    text = scrubbed("第2021302110123号，电话 027-68755986，Li@WHU.EDU", "2021302110123", "027-68755986", "li@whu.edu")
    assert text == "第***号，电话 ***，***"
    assert scrubbed("照旧", "", "") == "照旧"

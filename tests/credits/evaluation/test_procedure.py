"""The optional parts of a pack: who may claim, how experts score, publicity, sanction, the service page, offsets."""

from decimal import Decimal

import pytest

from credits.evaluation import PackError
from tests.packs import small

PROCEDURE = """[counting]
highest_only = true
clause = "rules.1"

[eligibility]
student_kinds = ["full_time"]
on_roll = true
claim_once = true
clause = "rules.1"
clause_once = "rules.1"

[scoring]
least = 3
spread_parts = 2.5
clause = "rules.1"

[publicity]
days = 5
counting = "working"
clause = "rules.1"

[sanction]
appeal_days = 10
clause = "rules.1"

[service]
description = "What it is."
conditions = ["On the roll"]
[[service.step]]
title = "Claim"
text = "In the portal."
[[service.office]]
name = "Office"
phone = "123"
hours = "9-5"

"""
OFFSET = """[conversion]
mode = "offset"
rate = 0.5
cap = 10
grade = "Offset"
clause = "rules.1"
[conversion.publicity]
days = 7
counting = "calendar"
clause = "rules.1"
[[conversion.kind]]
code = "free"
name = "Elective"
[[conversion.kind]]
code = "major"
name = "Major"
categories = ["prize"]
judged = true
"""
GRADE = """[conversion]
whole_records = true
clause = "rules.1"
[conversion.bands.all]
label = "All"
clause = "rules.1"
rows = [["[1,2)", "C"], ["[2,4]", "B"], [">4", "A"]]
[[conversion.course]]
code = "C1"
name = "Course"
credits = 2
bands = "all"
categories = ["prize"]
"""
GRADED = """[[example]]
name = "sum"
kind = "grade"
course = "C1"
records = [1, 1.5]
total = 2.5
grade = "B"
"""
STAGE = '[[stages.claim]]\ncode = "first"\nname = "First"\nrole = "secretary"\nscope = "college"\n'


def with_procedure(procedure=PROCEDURE):
    return small(("[[stages.claim]]", procedure + "[[stages.claim]]"))


def with_offset(offset=OFFSET):
    return small((GRADE, offset), (GRADED, ""))


def problems(make, text):
    with pytest.raises(PackError) as caught:
        make(text)
    return {problem.key: problem.message for problem in caught.value.problems}


def test_a_scheme_does_without_any_of_it():
    data = small()

    assert (data.eligibility, data.scoring, data.publicity, data.sanction, data.service) == (None,) * 5
    assert (data.counting.highest_only, data.conversion.offsets, data.conversion.publicity) == (False, False, None)
    assert [(stage.acts, stage.skips_exact) for stage in data.stages.claims] == [("points", False)]


def test_every_part_is_read():
    data = with_procedure()

    assert (data.counting.highest_only, data.eligibility.during_studies, data.eligibility.on_roll) == (
        True,
        False,
        True,
    )
    assert (data.eligibility.student_kinds, data.eligibility.claim_once) == (("full_time",), True)
    assert (data.scoring.least, data.scoring.spread_parts) == (3, Decimal("2.5"))
    assert (data.publicity.days, data.publicity.counting, data.sanction.appeal_days) == (5, "working", 10)
    assert (data.service.description, data.service.conditions) == ("What it is.", ("On the roll",))
    assert [(step.title, step.text) for step in data.service.steps] == [("Claim", "In the portal.")]
    assert [(office.phone, office.place, office.hours) for office in data.service.offices] == [("123", "", "9-5")]


def test_stages_say_what_is_decided_there():
    scored = STAGE + 'acts = "score"\nskips_exact = true\n'
    data = small((STAGE, PROCEDURE + scored))

    assert [(stage.acts, stage.skips_exact) for stage in data.stages.claims] == [("score", True)]


def test_offsets_need_no_course():
    conversion = with_offset().conversion

    assert (conversion.offsets, conversion.rate, conversion.cap, conversion.grade) == (
        True,
        Decimal("0.5"),
        10,
        "Offset",
    )
    assert (conversion.courses, conversion.whole_records, conversion.publicity.days) == ((), False, 7)
    assert [(kind.code, kind.takes("prize"), kind.takes("other")) for kind in conversion.kinds] == [
        ("free", True, True),
        ("major", True, False),
    ]
    assert conversion.kind("major").judged
    assert conversion.kind("none") is None


def test_words_that_only_some_have_may_be_missing():
    given = small(("[wording]\n", '[wording]\nrecord_title = "Record"\n'))

    assert given.wording["record_title"] == "Record"
    assert "record_title" not in small().wording


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("highest_only = true\n", "highest = true\n", "counting.highest", "是否应为“highest_only”"),
        ('highest_only = true\nclause = "rules.1"', 'clause = "rules.2"', "counting.clause", "是否应为“rules.1”"),
        ('clause_once = "rules.1"\n', "", "eligibility.clause_once", "缺少"),
        ('clause_once = "rules.1"', 'clause_once = "rule.1"', "eligibility.clause_once", "是否应为“rules.1”"),
        ("least = 3", "least = 0", "scoring.least", "不能小于 1"),
        ("spread_parts = 2.5", "spread_parts = 0.5", "scoring.spread_parts", "不能小于 1"),
        ("days = 5", "days = 0", "publicity.days", "不能小于 1"),
        ('counting = "working"', 'counting = "workday"', "publicity.counting", "是否应为“working”"),
        ("appeal_days = 10", "appeal_day = 10", "sanction.appeal_day", "是否应为“appeal_days”"),
        ('description = "What it is."\n', "", "service.description", "缺少"),
        ('text = "In the portal."\n', "", "service.step[1].text", "缺少"),
        ('phone = "123"', 'fone = "123"', "service.office[1].fone", "是否应为“phone”"),
    ],
)
def test_an_error_in_the_procedure_names_its_key(old, new, key, message):
    assert old in PROCEDURE

    assert message in problems(with_procedure, PROCEDURE.replace(old, new, 1))[key]


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('mode = "offset"', 'mode = "ofset"', "conversion.mode", "是否应为“offset”"),
        ("rate = 0.5", "rate = 0", "conversion.rate", "大于 0"),
        ("cap = 10", "cap = -1", "conversion.cap", "不能小于 0"),
        ('grade = "Offset"\n', "", "conversion.grade", "缺少"),
        ('code = "major"', 'code = "free"', "conversion.kind[2].code", "出现了两次"),
        ('categories = ["prize"]', 'categories = ["price"]', "conversion.kind[2].categories[1]", "是否应为“prize”"),
        ("judged = true", 'judged = true\nclause = "x"', "conversion.kind[2].clause", "没有条款"),
        ("days = 7", "", "conversion.publicity.days", "缺少"),
        ('mode = "offset"\n', "", "conversion.course", "缺少"),
    ],
)
def test_an_error_in_offsets_names_its_key(old, new, key, message):
    assert old in OFFSET

    assert message in problems(with_offset, OFFSET.replace(old, new, 1))[key]


def test_offsets_need_a_kind():
    without = OFFSET.partition("[[conversion.kind]]")[0]

    assert "conversion.kind" in problems(with_offset, without)


def test_experts_need_to_know_how_scores_become_one():
    with pytest.raises(PackError) as caught:
        small((STAGE, STAGE + 'acts = "score"\n'))

    assert [problem.key for problem in caught.value.problems] == ["stages.claim[1].acts"]

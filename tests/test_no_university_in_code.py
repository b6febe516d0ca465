"""No university stands in the code: institutions, categories, courses, grades and figures live in packs only."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKS = ROOT / "credits" / "packs"
PLACES = ("portal", "credits", "conversion", "review", "templates", "static/js")
KINDS = {".py", ".html", ".txt", ".js", ".toml", ".json"}
EXCEPT = (
    "credits/packs/",
    "portal/locale/",
    # The demo is made of the first regulation on purpose: its people, claims and examples name it.
    "portal/demo/",
    "credits/demo/",
    "conversion/demo/",
    "review/demo/",
    # The page of components shows invented samples, in the demo and in debugging only.
    "portal/views/design.py",
    "templates/portal/design/",
)
# Migrations repeat what labels were once called; they are written by makemigrations and never edited.
EXCEPT_NAMES = re.compile(r"/migrations/|(^|/)(load_demo|demo_[a-z]+|demo)\.py$")
# A grade or level of two characters can be part of ordinary words; it counts only where it stands alone.
ALONE = 2
# Words of packs that name a thing of the product itself, in the glossary's sense, not one institution's.
ORDINARY = {
    "成员",  # a member of a team, in every regulation
    "负责人",  # the person in charge
    "个人",  # alone, as opposed to a team
    "团队",  # a team
    "名次",  # a place in a ranking
    "其他",  # other
}


def words_of(document):
    """Everything in a pack that names this university rather than any."""
    words = {document["scheme"]["institution"], document["scheme"]["name"], document["wording"]["form_title"]}
    words |= {document["wording"]["points"], document["wording"]["menu"]}
    words |= {college["name"] for college in document.get("college", ())}
    words |= {each["short"] for each in document["document"]} | {each["title"] for each in document["document"]}
    words |= {alias["term"] for alias in document.get("alias", ())}
    for category in document["category"]:
        words |= {category["name"], category.get("unit", "")}
        words |= {choice for field in category.get("field", ()) for choice in field.get("choices", ())}
        words |= set(table_keys(category))
    words |= {document["wording"].get(key, "") for key in ("claim_form_title", "record_title", "notice_title")}
    for office in document.get("service", {}).get("office", ()):
        words |= {office["name"], office.get("phone", "")}
    for course in document["conversion"].get("course", ()):
        words |= {course["code"], course["name"]}
    for bands in document["conversion"].get("bands", {}).values():
        words |= {cell for row in bands["rows"] for cell in row if not cell.isdigit()}
    return {word for word in words if len(word) >= ALONE} - ORDINARY


def table_keys(category):
    for table in category.get("table", {}).values():
        own = table.get("college", {}).values()
        for row in [*table["rows"], *(row for each in own for row in each["rows"])]:
            yield from (cell for cell in row if isinstance(cell, str) and cell != "*" and not cell.isdigit())


def pack_words():
    packs = [tomllib.loads(path.read_text(encoding="utf-8")) for path in PACKS.glob("*.toml")]
    return {word for document in packs for word in words_of(document)}


def is_code(path):
    name = path.relative_to(ROOT).as_posix()
    return path.suffix in KINDS and not name.startswith(EXCEPT) and not EXCEPT_NAMES.search(name)


def code_files():
    return [path for place in PLACES for path in sorted((ROOT / place).rglob("*")) if is_code(path)]


def found_in(text, words):
    """The words that the text holds; short ones only where no other Chinese character touches them."""
    chinese = "\u4e00-\u9fff"
    return {
        word
        for word in words
        if word in text and (len(word) > ALONE or re.search(rf"(?<![{chinese}]){re.escape(word)}(?![{chinese}])", text))
    }


def test_no_university_stands_in_the_code():
    words = pack_words()
    found = {
        path.relative_to(ROOT).as_posix(): sorted(hits)
        for path in code_files()
        if (hits := found_in(path.read_text(encoding="utf-8"), words))
    }

    assert found == {}


def test_the_search_knows_what_to_look_for():
    """Guard: a list that misses these would find nothing."""
    expected = {
        "北京理工大学",
        "学科竞赛",
        "100050415",
        "创新创业实践A",
        "优秀",
        "(2,4]",
        "计算机学院",
        "国家级",
        "素质教育积分",
    }

    assert expected <= pack_words()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('title = "北京理工大学"', {"北京理工大学"}),
        ("# 优秀 from 6", {"优秀"}),
        ('if grade == "优秀":', {"优秀"}),
        ("优秀的学生", set()),
        ("COURSE = 100050415", {"100050415"}),
    ],
)
def test_the_search_finds_what_is_planted(text, found):
    assert found_in(text, {"北京理工大学", "优秀", "100050415"}) == found


def test_the_search_reads_the_code():
    names = {path.relative_to(ROOT).as_posix() for path in code_files()}

    assert {"credits/evaluation/engine.py", "portal/settings.py"} <= names
    assert len(names) > 40
    assert not any(name.startswith("credits/packs/") for name in names)


# Numbers that are structure, not regulation: identities, halves of a pair, a line before, hundredths.
STRUCTURAL = {0, 1, 2, -1}


def numbers_in(source):
    """Numeric literals and numbers inside Decimal texts."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            yield node.value
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Decimal":
            yield from (float(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "credits" / "evaluation" / "kinds").glob("*.py")), ids=lambda path: path.stem
)
def test_the_rules_hold_no_figure(path):
    assert set(numbers_in(path.read_text(encoding="utf-8"))) <= STRUCTURAL


def test_a_planted_figure_is_found():
    assert set(numbers_in('limit = 5\nfactor = Decimal("0.8")\nrest = 1')) == {5, 0.8, 1}

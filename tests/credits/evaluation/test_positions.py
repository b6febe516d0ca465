import tomllib

import pytest

from credits.evaluation.pack.positions import KeyLines
from tests.packs import PACKS, SMALL

TRICKY = '''# comment with [brackets] and "quotes"
top = 1

[plain] # header comment
"quoted.key" = "a = b # no comment"
dotted.inner = """
[not.a.header]
x = 1
"""
literal = \'\'\'
y = ["]"]
\'\'\'
when = 2024-09-01T10:00:00
numbers = [
    1, # one ]
    [2, "]"],
    { a = 1, b = [
        3,
    ] },
]

[[list]]
name = "first"
[list.child]
value = "\\\\"
[[list.child.grand]]
z = 1
[[list.child.grand]]
z = 2

[[list]]
name = "second"
[list.child]
value = '\\'
after = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("plain",), 4),
        (("plain", "quoted.key"), 5),
        (("plain", "dotted", "inner"), 6),
        (("plain", "literal"), 10),
        (("plain", "when"), 13),
        (("plain", "numbers", 0), 15),
        (("plain", "numbers", 1, 1), 16),
        (("plain", "numbers", 2, "a"), 17),
        (("plain", "numbers", 2, "b", 0), 18),
        (("list", 0, "name"), 23),
        (("list", 0, "child", "value"), 25),
        (("list", 0, "child", "grand", 1, "z"), 29),
        (("list", 1), 31),
        (("list", 1, "child", "value"), 34),
        (("list", 1, "child", "after"), 35),
    ],
)
def test_each_key_has_its_line(path, line):
    tomllib.loads(TRICKY)

    assert KeyLines(TRICKY).line(path) == line


def test_a_missing_key_is_placed_at_what_surrounds_it():
    lines = KeyLines(TRICKY)

    assert lines.line(("list", 1, "child", "missing", 7)) == 33
    assert lines.line(("nowhere",)) == 1


def paths_of(value, path=()):
    """Every path of parsed data, with the last key where it is one."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths_of(inner, (*path, key))


@pytest.mark.parametrize("text", [SMALL, *(path.read_text(encoding="utf-8") for path in PACKS.glob("*.toml"))])
def test_every_key_of_a_pack_is_found_on_a_line_that_holds_it(text):
    lines, source = KeyLines(text), text.splitlines()
    keys = [path for path in paths_of(tomllib.loads(text)) if isinstance(path[-1], str)]

    assert len(keys) > 50
    for path in keys:
        assert str(path[-1]) in source[lines.line(path) - 1], path

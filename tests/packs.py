"""Packs for tests: the real ones by name, and a small one that is easy to break in one place."""

from functools import cache
from pathlib import Path

from credits.evaluation import evaluate, parse_pack
from credits.evaluation.wording import WORDING_KEYS

PACKS = Path(__file__).parent.parent / "credits" / "packs"


@cache
def pack(name):
    """Return a pack of the project, parsed once."""
    path = PACKS / f"{name}.toml"
    return parse_pack(path.read_text(encoding="utf-8"), path.name)


WORDS = "\n".join(f'{key} = "{key}"' for key in WORDING_KEYS)

SMALL = f"""format = 1

[scheme]
code = "small"
label = "1"
name = "Small"
institution = "Somewhere"

[wording]
{WORDS}

[limits]
files_per_claim = 2
file_bytes = 1000
file_types = ["application/pdf"]
min_points = 0.1
max_points = 9

[rounding]
places = 1
mode = "half_up"

[[stages.claim]]
code = "first"
name = "First"
role = "secretary"
scope = "college"

[[stages.conversion]]
code = "first"
name = "First"
role = "secretary"
scope = "college"

[[college]]
code = "north"
name = "North College"

[[document]]
code = "rules"
title = "The Rules"
short = "Rules-"
[[document.article]]
id = "1"
number = "one"
text = "What counts."
categories = ["prize"]

[[document]]
code = "own"
title = "North's Rules"
short = "North-"
college = "north"
[[document.article]]
id = "1"
number = "one"
text = "What counts in the north."
categories = ["prize"]

[[category]]
code = "prize"
name = "Prize"
channel = "student"
[[category.field]]
name = "level"
label = "Level"
kind = "choice"
choices = ["high", "low"]
[[category.field]]
name = "size"
label = "Size"
kind = "integer"
max = 9
[[category.field]]
name = "rank"
label = "Rank"
kind = "integer"
min = 1
[[category.check]]
number = "rank"
at_most = "size"
message = "rank beyond size"
[category.table.worth]
label = "Worth"
by = ["level"]
clause = "rules.1"
rows = [["high", 3], ["low", 1]]
[category.table.worth.college.north]
clause = "own.1"
rows = [["low", 2]]
[[category.step]]
rule = "lookup"
label = "Worth"
clause = "rules.1"
table = "worth"
[[category.step]]
rule = "cap"
label = "Cap"
clause = "rules.1"
limit = 2.5
[[category.step]]
rule = "round"
label = "Round"
clause = "rules.1"
[[category.evidence]]
code = "proof"
name = "Proof"

[conversion]
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

[[example]]
name = "low"
category = "prize"
facts = {{ level = "low", size = 1, rank = 1 }}
points = 1
[[example]]
name = "sum"
kind = "grade"
course = "C1"
records = [1, 1.5]
total = 2.5
grade = "B"
"""


def small_text(*changes):
    """Return the small pack's text with each (old, new) replaced; every old text must occur exactly once."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
        text = text.replace(old, new)
    return text


def small(*changes):
    """Return the small pack, parsed."""
    return parse_pack(small_text(*changes), "small.toml")


def with_category(body):
    """Return a scheme that has, besides the small one's, the category `extra` with this body."""
    extra = f'[[category]]\ncode = "extra"\nname = "Extra"\nchannel = "office"\nunit = "Unit"\n{body}\n'
    end = '[[category.step]]\nrule = "round"\nlabel = "Round"\nclause = "rules.1"\n'
    return parse_pack(SMALL.replace("[conversion]\n", f"{extra}{end}\n[conversion]\n", 1), "small.toml")


def field(name, kind="integer", extra=""):
    """Return a field of a category; `extra` holds further lines."""
    return f'[[category.field]]\nname = "{name}"\nlabel = "{name.title()}"\nkind = "{kind}"\n{extra}\n'


def choice(name, *choices):
    """Return a field with these options."""
    return field(name, "choice", f"choices = {list(choices)}")


def table(code, by, rows, extra=""):
    """Return a table of a category."""
    return f'[category.table.{code}]\nlabel = "{code.title()}"\nby = {by}\nclause = "rules.1"\nrows = {rows}\n{extra}\n'


def step(rule, keys=""):
    """Return a step of a category; `keys` holds the rule's own lines."""
    return f'[[category.step]]\nrule = "{rule}"\nlabel = "{rule}"\nclause = "rules.1"\n{keys}\n'


def run(body, **facts):
    """Return what comes of facts in a category that has, besides rounding, this body."""
    return evaluate(with_category(body), "extra", facts, college=None)

import ast
import re

from portal.catalogue import KEYWORDS, collect, read, sources, untranslated

CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
VARIABLES = re.compile(r"%\(\w+\)[.\d]*[sdf]|%[sd]|\{\w+\}")
OWN_NAMES = {"中文", "简体中文"}


def ids(catalogue):
    return {(m.id if isinstance(m.id, str) else m.id[0], m.context) for m in catalogue if m.id}


def entries():
    for message in read():
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[0]
            forms = [message.string] if isinstance(message.string, str) else list(message.string)
            yield source, forms


def test_every_text_has_an_english_entry():
    assert ids(collect()) - ids(read()) == set(), "run: ./run manage catalogue, then translate the new entries"


def test_no_entry_is_empty_fuzzy_or_left_over():
    assert untranslated(read()) == []
    assert ids(read()) - ids(collect()) == set()


def test_english_entries_hold_no_chinese():
    assert [text for _, forms in entries() for text in forms if CJK.search(text) and text not in OWN_NAMES] == []


def test_english_entries_keep_their_variables():
    """The last form (the plural) has them all; a singular may say "the record" for its number."""
    wrong = [
        source
        for source, forms in entries()
        if set(VARIABLES.findall(forms[-1])) != set(VARIABLES.findall(source))
        or any(set(VARIABLES.findall(text)) - set(VARIABLES.findall(source)) for text in forms)
    ]
    assert wrong == []


def calls_out_of_reach(source):
    """Return the lines whose texts the collector cannot see: another name for gettext, or a call inside an f-string."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names = {a.asname or a.name for a in node.names if "gettext" in a.name}
            if names - set(KEYWORDS):
                yield node.lineno
        if isinstance(node, ast.JoinedStr):
            called = {getattr(n.func, "id", "") for n in ast.walk(node) if isinstance(n, ast.Call)}
            if called & set(KEYWORDS):
                yield node.lineno


def test_the_collector_sees_every_marked_text():
    found = {name: list(calls_out_of_reach(text)) for name, text in sources() if name.endswith(".py")}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_texts_out_of_reach_are_found():
    assert list(calls_out_of_reach("from django.utils.translation import gettext as t")) == [1]
    assert list(calls_out_of_reach("name = f\"{_('x')}.xlsx\"")) == [1]

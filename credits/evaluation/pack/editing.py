"""Small changes to a pack's text that leave everything else as its author wrote it: comments, layout, order.

Each change is read back: a text in which the place cannot be found, or in which more than the place would change, is
refused (`NoPlace`).
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from credits.evaluation.pack.positions import KeyLines, Path
from credits.evaluation.spans import plain

Value = str | int | bool | Decimal | datetime.date
_AFTER_ELEMENT = re.compile(r"([ \t]*,)?([ \t]*#[^\n]*)?")


class NoPlace(Exception):  # noqa: N818 - the sentence people read
    """The change cannot be made in this text; the message says why."""


def toml(value: Value) -> str:
    """Write a value as TOML does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def with_scheme_facts(text: str, facts: Mapping[str, Value | None]) -> str:
    """Write facts of `[scheme]` into the text: a key that is there is replaced, None takes it out."""
    wanted = _load(text)
    for key, value in facts.items():
        text = _with_scheme_fact(text, key, value)
        if value is None:
            wanted["scheme"].pop(key, None)
        else:
            wanted["scheme"][key] = value
    _confirm(text, wanted)
    return text


def with_row(text: str, category: str, table: str, cells: Sequence[Value]) -> str:
    """Put one more row at the end of a table of a category, indented like its last one."""
    wanted = _load(text)
    index = _category(wanted, category)
    rows = wanted["category"][index].get("table", {}).get(table, {}).get("rows")
    path: Path = ("category", index, "table", table, "rows")
    places = KeyLines(text)
    whole = places.span(path)
    last = places.span((*path, len(rows) - 1)) if rows else None
    if whole is None or last is None:
        raise NoPlace(_("在文本中找不到表“%(table)s”的行，请手工添加。") % {"table": table})
    row = "[" + ", ".join(map(toml, cells)) + "]"
    rows.append(list(cells))
    text = _with_element(text, whole, last, row)
    _confirm(text, wanted)
    return text


def with_example(text: str, example: Mapping[str, Value | Mapping[str, Value]]) -> str:
    """Put one more worked example at the end of the text."""
    wanted = _load(text)
    lines = ["[[example]]"]
    for key, value in example.items():
        if isinstance(value, Mapping):
            inner = ", ".join(f"{name} = {toml(each)}" for name, each in value.items())
            lines.append(f"{key} = {{ {inner} }}")
        else:
            lines.append(f"{key} = {toml(value)}")
    wanted.setdefault("example", []).append(_as_read(example))
    text = text.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n"
    _confirm(text, wanted)
    return text


def _with_scheme_fact(text: str, key: str, value: Value | None) -> str:
    places = KeyLines(text)
    found = places.span(("scheme", key))
    if found is not None and value is not None:
        return text[: found[0]] + toml(value) + text[found[1] :]
    if found is not None:
        start, end = text.rfind("\n", 0, found[0]) + 1, text.find("\n", found[1])
        return text[:start] + ("" if end < 0 else text[end + 1 :])
    if value is None:
        return text
    label = places.span(("scheme", "label"))
    end = text.find("\n", label[1]) if label else -1
    if end < 0:
        raise NoPlace(_("在文本中找不到 [scheme] 的 label，无法写入 %(key)s。") % {"key": key})
    return f"{text[:end]}\n{key} = {toml(value)}{text[end:]}"


def _with_element(text: str, whole: tuple[int, int], last: tuple[int, int], element: str) -> str:
    """Put an element after the last one of an array; on a line of its own when the array has several."""
    after = _AFTER_ELEMENT.match(text, last[1])
    comma, comment = (after[1], after[2]) if after else (None, None)
    start = last[1]
    if "\n" not in text[whole[0] : whole[1]]:
        return text[:start] + ", " + element + text[start + len(comma or "") :]
    head = text[text.rfind("\n", 0, last[0]) + 1 : last[0]]
    indent = head[: len(head) - len(head.lstrip())]
    end = after.end() if after else start
    return text[:start] + "," + (comment or "") + f"\n{indent}{element}," + text[end:]


def _category(document: Mapping[str, Any], code: str) -> int:
    for index, category in enumerate(document.get("category", ())):
        if category.get("code") == code:
            return index
    raise NoPlace(_("文本中没有类别“%(code)s”。") % {"code": code})


def _load(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise NoPlace(_("文本有语法错误，请先改正：%(error)s") % {"error": error}) from error


def _confirm(text: str, wanted: Mapping[str, Any]) -> None:
    """Raise when the text does not say exactly what it should: better no change than a wrong one."""
    try:
        found = _load(text)
    except NoPlace:
        found = {}
    if found != wanted:
        raise NoPlace(_("文本的写法比较特殊，无法自动改写，请手工修改。"))


def _as_read(value: Any) -> Any:
    return {key: _as_read(each) for key, each in value.items()} if isinstance(value, Mapping) else value

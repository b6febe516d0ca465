"""The texts of notices and mails: the portal's own words, in whose place a scheme's office may put others.

A text holds placeholders in braces. They are stored by name (``{status}``) and shown to the office by their label
(``{状态}``); a line whose placeholders are all empty is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.models import NoticeText

CACHE_SECONDS = 300
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True, slots=True)
class Word:
    """One placeholder: its name, what the office calls it, and what the preview shows in its place."""

    name: str
    label: str | Promise
    sample: str | Promise


@dataclass(frozen=True, slots=True)
class TextKind:
    """One text that may be worded otherwise, with the portal's own words and its placeholders."""

    code: str
    label: str | Promise
    title: str | Promise
    text: str | Promise
    words: tuple[Word, ...]

    @property
    def samples(self) -> dict[str, str]:
        """The preview's data."""
        return {word.name: str(word.sample) for word in self.words}


_kinds: dict[str, TextKind] = {}


def offer_texts(*kinds: TextKind) -> None:
    """Let offices word these texts; apps above bring theirs along."""
    _kinds.update({kind.code: kind for kind in kinds})


def text_kinds() -> list[TextKind]:
    """Return what may be worded."""
    return list(_kinds.values())


def text_kind(code: str) -> TextKind | None:
    """Return one of them."""
    return _kinds.get(code)


def worded(scheme_id: int, code: str, words: Mapping[str, str]) -> tuple[str, str]:
    """Return title and text as the scheme's office words them; warm, it costs no query.

    Where nothing is left of the office's title, because its placeholders are empty this time, the portal's own stands.
    """
    title, text = current(scheme_id, code)
    return filled(title, words) or filled(str(_kinds[code].title), words), filled(text, words)


def current(scheme_id: int, code: str) -> tuple[str, str]:
    """Return the scheme's title and text with their placeholders by name: the office's, or the portal's own."""
    own = cache.get_or_set(_key(scheme_id), lambda: _stored(scheme_id), CACHE_SECONDS) or {}
    kind = _kinds[code]
    return own.get(code) or (str(kind.title), str(kind.text))


def forget_texts(scheme_id: int) -> None:
    """Drop what is kept: the office changed a text. Other processes follow within five minutes."""
    cache.delete(_key(scheme_id))


def filled(text: str, words: Mapping[str, str]) -> str:
    """Put the words in; they are taken as they are, braces included."""
    return "\n".join(line for part in text.splitlines() if (line := _line(part, words)) is not None)


def shown(kind: TextKind, text: str) -> str:
    """Return a stored text as the office edits it: placeholders by their labels."""
    labels = {word.name: str(word.label) for word in kind.words}
    return PLACEHOLDER.sub(lambda found: "{" + labels.get(found[1], found[1]) + "}", text)


def stored(kind: TextKind, text: str) -> tuple[str, str]:
    """Return what the office typed with placeholders by name, and what is wrong with it (or nothing)."""
    names = {str(word.label): word.name for word in kind.words} | {word.name: word.name for word in kind.words}
    unknown = [found for found in PLACEHOLDER.findall(text) if found.strip() not in names]
    if unknown:
        told = {"unknown": "、".join(f"{{{name}}}" for name in unknown)}
        return text, _t("没有这样的占位符：%(unknown)s。可用的列在下方。") % told
    if set(PLACEHOLDER.sub("", text)) & {"{", "}"}:
        return text, _t("花括号只用于占位符，并且须成对。")
    return PLACEHOLDER.sub(lambda found: "{" + names[found[1].strip()] + "}", text), ""


def _line(part: str, words: Mapping[str, str]) -> str | None:
    names = PLACEHOLDER.findall(part)
    if names and not any(words.get(name) for name in names):
        return None
    return PLACEHOLDER.sub(lambda found: words.get(found[1], ""), part)


def _stored(scheme_id: int) -> dict[str, tuple[str, str]]:
    rows = NoticeText.objects.filter(scheme=scheme_id).values_list("code", "title", "text")
    return {code: (title, text) for code, title, text in rows}


def _key(scheme_id: int) -> str:
    return f"notice-texts-{scheme_id}"


ROUND = Word("round", _("活动名称"), _("本学年第一批认定"))
offer_texts(
    TextKind(
        "claim",
        _("申报的审核进展"),
        _("{category}申报：{status}"),
        _("{content}\n{points}\n{reason}"),
        (
            Word("category", _("类别"), _("示例类别")),
            Word("status", _("审核状态"), _("退回修改")),
            Word("content", _("具体内容"), _("示例成果")),
            Word("points", _("认定结果"), _("认定结果：2.00")),
            Word("reason", _("审核意见"), _("证书缺少盖章页，请补充。")),
        ),
    ),
    TextKind(
        "drafts",
        _("草稿未提交的提醒"),
        _("还有 {number} 份草稿没有提交，{until} 截止"),
        _("{round}\n{drafts}"),
        (
            Word("number", _("份数"), "2"),
            Word("until", _("截止时间"), "03-09 17:00"),
            ROUND,
            Word("drafts", _("草稿"), _("示例成果")),
        ),
    ),
    TextKind(
        "waiver",
        _("准许延期申报"),
        _("可以延期申报至 {until}"),
        _("活动：{round}。\n理由：{reason}"),
        (Word("until", _("延期至"), "2026-03-16 17:00"), ROUND, Word("reason", _("理由"), _("住院"))),
    ),
)

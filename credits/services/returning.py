"""The flags of a return: what was pointed at, checked against the claim, kept with the event, and put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pikepdf
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from credits.enums import FlagKind
from credits.models import ReturnFlag
from credits.models.returns import WORDS_LENGTH
from credits.places import is_proof, label_of, places_of
from portal.files.storing import private_storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.evaluation import SchemeData
    from credits.models import Claim, ClaimEvent, Evidence
    from portal.models import StoredFile

MOST = 40


@dataclass(frozen=True, slots=True)
class Flag:
    """What a reviewer points at and why: a place of the form, a file and perhaps its page, or the whole."""

    place: str = ""
    evidence: int | None = None
    page: int | None = None
    code: str = ""
    words: str = ""

    @property
    def kind(self) -> FlagKind:
        """Return what it points at."""
        if self.evidence is not None:
            return FlagKind.FILE
        return FlagKind.FIELD if self.place else FlagKind.WHOLE


def check_flags(claim: Claim, flags: Sequence[Flag]) -> dict[int, Evidence]:
    """Return the flagged files by id; raises ``ValidationError`` keyed ``flags`` with everything that is wrong.

    That is a place that the form does not have, a file that is not this claim's, a page that the file does not have, a
    reason that the scheme does not list, none at all, or the same thing twice.
    """
    if not flags:
        return {}
    places = places_of(claim)
    files = {row.pk: row for row in claim.evidence.kept().select_related("file")}
    problems = [text for flag in flags for text in _problems(claim, flag, places, files)]
    if len({(flag.kind, flag.place, flag.evidence) for flag in flags}) < len(flags):
        problems.append(_("同一项不能重复标注。"))
    if len(flags) > MOST:
        problems.append(_("标注过多，请改为整份退回。"))
    if problems:
        raise ValidationError({"flags": list(dict.fromkeys(problems))})
    return files


def _problems(claim: Claim, flag: Flag, places: dict[str, str], files: dict[int, Evidence]) -> list[str]:
    if flag.kind == FlagKind.FIELD and flag.place not in places:
        return [_("表单中没有“%(name)s”这一项。") % {"name": flag.place[:64]}]
    if flag.kind == FlagKind.FILE and flag.evidence not in files:
        return [_("标注的文件不是这份申报的材料。")]
    file = files[flag.evidence].file if flag.evidence is not None else None
    name = file.name if file is not None else places.get(flag.place, _("整份申报"))
    return [text % {"name": name, "most": WORDS_LENGTH} for text in _wordless(claim, flag)] + _pageless(
        flag, file, name
    )


def _wordless(claim: Claim, flag: Flag) -> list[str]:
    """Return what is wrong with why."""
    problems = []
    if not flag.code and not flag.words.strip():
        problems.append(_("“%(name)s”：请选择或填写理由。"))
    if flag.code and flag.code not in {reason.code for reason in claim.scheme_version.data.return_reasons}:
        problems.append(_("“%(name)s”：办法没有列出这个退回理由。"))
    if len(flag.words) > WORDS_LENGTH:
        problems.append(_("“%(name)s”：说明不能超过 %(most)s 字。"))
    return problems


def _pageless(flag: Flag, file: StoredFile | None, name: str) -> list[str]:
    """Return what is wrong with the page."""
    if flag.page is None:
        return []
    if file is None:
        return [_("“%(name)s”：只有文件有页码。") % {"name": name}]
    last = pages_of(file)
    if 1 <= flag.page <= last:
        return []
    return [_("“%(name)s”：共 %(last)s 页，没有第 %(page)s 页。") % {"name": name, "last": last, "page": flag.page}]


def pages_of(file: StoredFile) -> int:
    """Return how many pages a stored file has: a picture is one."""
    if not file.is_pdf:
        return 1
    with private_storage().open(file.path) as stored, pikepdf.open(cast("BinaryIO", stored)) as document:
        return len(document.pages)


def keep_flags(event: ClaimEvent, flags: Sequence[Flag]) -> None:
    """Store checked flags with the event of their return, in its transaction."""
    ReturnFlag.objects.bulk_create(
        ReturnFlag(
            event=event,
            kind=flag.kind,
            field=flag.place,
            evidence_id=flag.evidence,
            page=flag.page,
            code=flag.code,
            words=flag.words.strip(),
        )
        for flag in flags
    )


def on_the_trail(flags: Sequence[Flag], files: dict[int, Evidence]) -> list[dict[str, Any]]:
    """Return the flags as the event's after says them, without what is empty."""
    rows = [
        {
            "kind": str(flag.kind),
            "field": flag.place,
            "evidence": flag.evidence,
            "file": files[flag.evidence].file.name if flag.evidence is not None else "",
            "page": flag.page,
            "code": flag.code,
            "words": flag.words.strip(),
        }
        for flag in flags
    ]
    return [{key: value for key, value in row.items() if value not in ("", None)} for row in rows]


def in_words(claim: Claim, reason: str, flags: Sequence[Flag], files: dict[int, Evidence]) -> str:
    """Return the reason as everybody reads it: the reviewer's words, then a line for each flag."""
    lines = [reason.strip()] if reason.strip() else []
    for flag in flags:
        file = files[flag.evidence].file.name if flag.evidence is not None else ""
        lines.append(
            _("%(place)s：%(why)s")
            % {
                "place": place_words(claim, flag.place, file, flag.page),
                "why": why_words(claim.scheme_version.data, flag.code, flag.words),
            }
        )
    return "\n".join(lines)


def place_words(claim: Claim, place: str, file: str, page: int | None) -> str:
    """Return what a flag points at, in words."""
    if file:
        return _("%(file)s 第 %(page)s 页") % {"file": file, "page": page} if page else file
    return label_of(claim, place) if place else _("整份申报")


def why_words(data: SchemeData, code: str, words: str) -> str:
    """Return why: the scheme's reason, the reviewer's words, or both."""
    listed = next((reason.text for reason in data.return_reasons if reason.code == code), code)
    return "；".join(part for part in (listed, words.strip()) if part)


def reasons_about(data: SchemeData, place: str, evidence: int | None) -> list[tuple[str, str]]:
    """Return code and text of the reasons that suit what is pointed at."""
    about = "file" if evidence is not None or is_proof(place) else "field" if place else "whole"
    return [(each.code, each.text) for each in data.return_reasons if not each.about or about in each.about]

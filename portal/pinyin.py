"""Pinyin initials (拼音首字母) of names, by which people look for them with a Latin keyboard."""

from __future__ import annotations

import unicodedata

LONGEST = 128
#: Family names whose character is read in another way elsewhere, which is the way that the dictionary gives it.
FAMILY_NAMES = {
    "曾": "Z",
    "单": "S",
    "仇": "Q",
    "解": "X",
    "查": "Z",
    "覃": "Q",
    "区": "O",
    "翟": "Z",
    "种": "C",
    "召": "S",
    "隗": "W",
    "郇": "X",
    "乜": "N",
    "繁": "P",
}


def initials(name: str) -> str:
    """Return one capital per ideograph and the Latin letters and digits as they are; punctuation is left out.

    A character with several readings takes the one it has in its word: 银行 gives YH, 行程 XC.
    """
    # The dictionary of words takes 60 MB and a moment; only the verbs that keep names ever need it.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - as above

    plain = unicodedata.normalize("NFKC", name)
    return as_initials("".join(lazy_pinyin(plain, style=Style.FIRST_LETTER)))[:LONGEST]


def person_initials(name: str) -> str:
    """Return the initials of a person's name, its first character read as a family name: 单晓明 gives SXM."""
    found = initials(name)
    family = FAMILY_NAMES.get(name[:1])
    return f"{family}{found[1:]}" if family and found else found


def as_initials(typed: str) -> str:
    """Return what somebody typed the way initials are kept: capitals and digits of the Latin alphabet, no gaps."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in plain if character.isascii() and character.isalnum())

"""Pinyin initials (拼音首字母) of names, by which people look for them with a Latin keyboard."""

from __future__ import annotations

import unicodedata

LONGEST = 128


def initials(name: str) -> str:
    """Return one capital per ideograph and the Latin letters and digits as they are; punctuation is left out.

    A character with several readings takes the one it has in its word: 银行 gives YH, 行程 XC.
    """
    # The dictionary of words takes 60 MB and a moment; only the verbs that keep names ever need it.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - as above

    plain = unicodedata.normalize("NFKC", name)
    return as_initials("".join(lazy_pinyin(plain, style=Style.FIRST_LETTER)))[:LONGEST]


def as_initials(typed: str) -> str:
    """Return what somebody typed the way initials are kept: capitals and digits of the Latin alphabet, no gaps."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in plain if character.isascii() and character.isalnum())

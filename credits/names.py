"""Names of competitions as people write them: which two are one name, and which two look like one."""

from __future__ import annotations

import re
import unicodedata

# 第十五届, 第15届, 2024年, 2023-2024学年: an edition, not another competition.
_EDITION = re.compile(r"第[0-9〇零一二三四五六七八九十百]+[届次]|(?:19|20)\d\d(?:-(?:19|20)?\d\d)?(?:学年|年度|年)?")
_PARTICLES = re.compile(r"[的之暨与和及]")
_KIND = re.compile(r"(?:竞赛|大赛|比赛|赛)$")


def same_name(name: str) -> str:
    """Return one writing for a name however it was typed: width, letter case, quotes and spaces tell nothing apart."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def near_name(name: str) -> str:
    """Return one writing for names that look alike: without edition, joining words, and the last word for contest.

    Two entries with the same one are worth a look; whether they are one competition is for people to say.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    bare = same_name(_PARTICLES.sub("", _EDITION.sub("", plain)))
    return _KIND.sub("", bare) or bare

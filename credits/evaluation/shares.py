"""Parts of a team's result: in full, equal parts, 1/N by rank, or agreed ratios. Exact fractions until they are dealt.

The regulations know all four and let reviewers choose; which names they go by is the pack's. Equal parts and ratios
divide the whole between the members; in full and by rank they do not, so only the former two are bound to sum to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from django.utils.translation import gettext as _

from credits.evaluation.spans import WIDE, plain

FULL, EQUAL, RANK, RATIO = "full", "equal", "rank", "ratio"
SHARES = (FULL, EQUAL, RANK, RATIO)
WHOLE = Fraction(1)
PERCENT = 100


@dataclass(frozen=True, slots=True)
class ShareProblem:
    """What is wrong with a team's sheet; `member` is the position in the list, None where it is the whole."""

    member: int | None
    field: str
    message: str


def share_of(share: str, *, size: int = 1, rank: int = 1, ratio: Decimal | None = None) -> Fraction:
    """One member's part of the whole, by one of `SHARES`; ValueError for a size, rank or ratio that allows none.

    `rank` is the one that counts (after a supervisor's promotion), `ratio` a percentage.
    """
    if size < 1 or rank < 1:
        raise ValueError(f"no share of a team of {size} at rank {rank}")
    if share == EQUAL:
        return WHOLE / size
    if share == RANK:
        return WHOLE / rank
    if share == RATIO:
        if ratio is None or not 0 <= ratio <= PERCENT:
            raise ValueError(f"no share by the ratio {ratio}")
        return Fraction(ratio) / PERCENT
    if share != FULL:
        raise ValueError(f"no way to share called {share!r}")
    return WHOLE


def shares(
    share: str, ranks: Sequence[int], ratios: Sequence[Decimal | None] = (), *, size: int | None = None
) -> list[Fraction]:
    """Every member's part, in the order of `ranks`; `size` is the number of members where not all are listed."""
    given = ratios or [None] * len(ranks)
    return [
        share_of(share, size=size or len(ranks), rank=rank, ratio=ratio)
        for rank, ratio in zip(ranks, given, strict=True)
    ]


def dealt(share: str, whole: Decimal, part: Fraction, *, rank: int = 1, places: int) -> Decimal:
    """What one member gets of the `whole`, with so many places: parts that divide it never sum above it.

    Equal parts are cut and what remains of the whole is dealt one by one from the first `rank` on; a ratio's part is
    cut. In full and by rank nothing is divided, and the exact part is returned. `part` is `share_of`'s.
    """
    if share not in {EQUAL, RATIO}:
        return WIDE.divide(WIDE.multiply(whole, Decimal(part.numerator)), Decimal(part.denominator))
    units = Fraction(whole) * 10**places
    if share == RATIO:
        return Decimal(floor(units * part)).scaleb(-places)
    each, left = divmod(floor(units), part.denominator)
    return Decimal(each + (rank <= left)).scaleb(-places)


def check_shares(
    share: str, ranks: Sequence[int], ratios: Sequence[Decimal | None] = (), *, size: int | None = None
) -> list[ShareProblem]:
    """Everything wrong with a team's sheet: ranks beyond its size or given twice, more members than its size, ratios.

    `size` is the number of members that the claim states; without it, those listed are all.
    """
    problems = [*_check_ranks(ranks, size or len(ranks))]
    return [*problems, *_check_ratios(ranks, ratios)] if share == RATIO else problems


def _check_ranks(ranks: Sequence[int], size: int) -> list[ShareProblem]:
    problems = []
    if len(ranks) > size:
        message = _("成员有 %(listed)s 人，多于所填的 %(size)s 人")
        problems.append(ShareProblem(None, "size", message % {"listed": len(ranks), "size": size}))
    often = Counter(ranks)
    for member, rank in enumerate(ranks):
        if not 1 <= rank <= size:
            message = _("排名 %(rank)s 不在 1 到 %(size)s 之间")
            problems.append(ShareProblem(member, "rank", message % {"rank": rank, "size": size}))
        elif often[rank] > 1:
            problems.append(ShareProblem(member, "rank", _("排名 %(rank)s 填写了不止一次") % {"rank": rank}))
    return problems


def _check_ratios(ranks: Sequence[int], ratios: Sequence[Decimal | None]) -> list[ShareProblem]:
    problems = []
    given = [*ratios, *[None] * (len(ranks) - len(ratios))]
    for member, ratio in enumerate(given):
        if ratio is None:
            problems.append(ShareProblem(member, "ratio", _("请填写比例")))
        elif not 0 <= ratio <= PERCENT:
            message = _("比例 %(ratio)s%% 不在 0%% 到 100%% 之间")
            problems.append(ShareProblem(member, "ratio", message % {"ratio": plain(ratio)}))
    total = sum((ratio for ratio in given if ratio is not None), Decimal(0))
    if total > PERCENT:
        message = _("比例合计 %(total)s%%，超过 100%%")
        problems.append(ShareProblem(None, "ratio", message % {"total": plain(total)}))
    return problems

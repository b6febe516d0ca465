"""A team as its claim states it: who is named, what they said, and whether ranks and ratios fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credits.enums import MemberState
from credits.evaluation.facts import is_shown
from credits.models import Member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.models import Claim

COUNTED = (MemberState.LEAD, MemberState.CONFIRMED, MemberState.WAITING, MemberState.DISPUTED, MemberState.OUTSIDER)


def is_team(claim: Claim) -> bool:
    """Whether the claim's facts say that a team achieved it: then the others are named with their ranks."""
    when = claim.scheme_version.data.category(claim.category.code).team
    return when is not None and is_shown(when, claim.facts)


def members_of(claim: Claim) -> list[Member]:
    """Return everybody who is named, by rank, the lead included; one query, empty when nobody is named yet."""
    found = Member.objects.filter(achievement__lead=claim).order_by("rank")
    return list(found.select_related("student__person", "student__college", "claim"))


def own_rank(claim: Claim) -> int:
    """Return the rank that the claim's facts state, 1 when they state none."""
    return _whole(claim, "rank") or 1


def team_size(claim: Claim) -> int:
    """Return N, the number of members that the claim's facts state; 0 when they state none."""
    return _whole(claim, "team_size")


def team_problems(claim: Claim) -> dict[str, list[str]]:
    """Return by form field what keeps a team's claim from being handed in; empty for what one person did alone."""
    if claim.follows_lead or not is_team(claim):
        return {}
    others = [row for row in members_of(claim) if row.state != MemberState.LEAD]
    size, rank = team_size(claim), own_rank(claim)
    problems = [
        *([_("请填写团队其他成员及其排位。")] if size > 1 and not others else []),
        *rank_problems([row.rank for row in others], own=rank, size=size),
        *[
            _("%(name)s 对团队信息有异议：%(answer)s") % {"name": row.name, "answer": row.answer}
            for row in _disputing(others)
        ],
    ]
    return {"team": problems} if problems else {}


def rank_problems(ranks: Sequence[int], *, own: int, size: int) -> list[str]:
    """Say which ranks of the others cannot be: beyond the team's size, the lead's own, or given twice."""
    problems = []
    for rank in sorted(set(ranks)):
        if size and not 1 <= rank <= size:
            problems.append(_("排位 %(rank)s 超出团队人数 %(size)s。") % {"rank": rank, "size": size})
        elif rank == own:
            problems.append(_("排位 %(rank)s 是你自己的排位。") % {"rank": rank})
        elif ranks.count(rank) > 1:
            problems.append(_("排位 %(rank)s 填写了两次。") % {"rank": rank})
    return problems


def _disputing(rows: Sequence[Member]) -> list[Member]:
    return [row for row in rows if row.state == MemberState.DISPUTED]


def _whole(claim: Claim, name: str) -> int:
    text = str(claim.facts.get(name, "") or "")
    return int(text) if text.isdecimal() else 0

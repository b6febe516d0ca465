"""The opinions on a claim's form, stage by stage, from the trail: experts only together, committees without names."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from credits.moves import CLAIM_MOVES
from credits.stages import stages
from portal.enums import Role, Status
from portal.points import format_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credits.evaluation.scheme import Stage
    from credits.models import Claim, ClaimEvent

AFTERWARDS = ("correct", "strike", "effect", "cancel", "restore", "revoke")


def opinions_of(lead: Claim, claim: Claim) -> list[dict[str, str]]:
    """Return one row per stage of the last handing-in (blank where nobody has decided), then what followed the review.

    ``lead`` is the claim that is reviewed, ``claim`` the one that is printed: a mate's, or the same.
    """
    events = list(lead.events.order_by("pk"))
    last = max((place for place, event in enumerate(events) if event.verb == "submit"), default=-1)
    now = events[last + 1 :]
    rows = [row for stage in stages(lead.scheme_version) if (row := _stage(stage, now, lead))]
    own = now if claim.pk == lead.pk else claim.events.order_by("pk")
    return [*rows, *(_later(event, lead) for event in own if event.verb in AFTERWARDS)]


def _stage(stage: Stage, events: Sequence[ClaimEvent], lead: Claim) -> dict[str, str] | None:
    """Return what was decided at a stage; None for one that this claim skips."""
    mine = [event for event in events if event.from_state == f"{Status.IN_REVIEW.value}:{stage.code}"]
    if stage.acts == "score":
        return _scores(stage, [event for event in mine if event.verb == "score"], lead)
    decided = next(
        (event for event in reversed(mine) if event.verb in {"approve", "confirm", "return", "refuse"}), None
    )
    if decided is None:
        return _row(stage.name, by=_office(lead, stage.role))
    said, points = _words(decided), decided.after.get("score") or _given(stage, decided, events)
    result = _("%(said)s %(points)s") % {"said": said, "points": format_points(Decimal(points))} if points else said
    by = str(Role(decided.actor_role).label) if stage.acts == "confirm" else _signed(decided, lead)
    return _row(stage.name, result, decided.reason, by, decided)


def _scores(stage: Stage, events: Sequence[ClaimEvent], lead: Claim) -> dict[str, str] | None:
    """Return the experts' result as one row: how many scored, and their median."""
    settled = next((event for event in reversed(events) if event.after.get("score")), None)
    if settled is None:
        here = lead.status == Status.IN_REVIEW and lead.stage == stage.code
        return _row(stage.name, by=_("专家组")) if here else None
    number = settled.after.get("experts") or len({event.actor_id for event in events})
    words = {"number": number, "score": format_points(Decimal(settled.after["score"]))}
    result = _("%(number)s 位专家评分，中位数 %(score)s") % words
    return _row(stage.name, result, lead.escalated, _("专家组"), settled)


def _later(event: ClaimEvent, lead: Claim) -> dict[str, str]:
    notice = event.after.get("notice", "")
    result = _("%(said)s：%(notice)s") % {"said": _words(event), "notice": notice} if notice else _words(event)
    return _row("", result, event.reason, _signed(event, lead), event)


def _given(stage: Stage, decided: ClaimEvent, events: Sequence[ClaimEvent]) -> str:
    """Return the points that a stage left standing; an event says only what it changed, so an earlier one may tell."""
    if stage.acts != "points" or decided.verb != "approve":
        return ""
    told = (event.after.get("recognised_points") for event in reversed(events) if event.pk <= decided.pk)
    return next((points for points in told if points), "")


def _words(event: ClaimEvent) -> str:
    return str(CLAIM_MOVES[event.verb].label)


def _signed(event: ClaimEvent, lead: Claim) -> str:
    return f"{_office(lead, event.actor_role)} {event.signed_name}".strip()


def _office(lead: Claim, role: str) -> str:
    """Return as whom somebody signs: the academic office under the scheme's own name."""
    if role == Role.OFFICE:
        return lead.scheme_version.data.wording["office"]
    return str(dict(Role.choices).get(role, ""))


def _row(stage: str, result: str = "", text: str = "", by: str = "", event: ClaimEvent | None = None) -> dict[str, Any]:
    at = f"{timezone.localtime(event.at):%Y-%m-%d %H:%M}" if event is not None else ""
    return {"stage": stage, "result": result, "text": text, "by": by, "at": at}

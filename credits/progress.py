"""Where a claim stands on its way, for the row of stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from credits.stages import stages
from portal.enums import Status

if TYPE_CHECKING:
    from credits.models import Claim

ENDED = {Status.REFUSED, Status.REVOKED}
REVIEWED = {Status.PUBLICITY, Status.RECOGNISED}


def stage_rows(claim: Claim) -> list[dict[str, str]]:
    """Return the way of a claim: handing in, its version's stages, publicity, the end; empty for a record."""
    if not claim.is_claimable:
        return []
    chain = stages(claim.scheme_version)
    codes = [stage.code for stage in chain]
    reached = codes.index(claim.stage) if claim.stage in codes else -1
    rows = [_first(claim)]
    for place, stage in enumerate(chain):
        if claim.status in REVIEWED or (claim.status == Status.IN_REVIEW and place < reached):
            state = "done"
        else:
            state = "current" if claim.status == Status.IN_REVIEW and place == reached else ""
        rows.append({"name": stage.name, "state": state, "note": _("等待审核") if state == "current" else ""})
    return [*rows, *_publicity(claim), _last(claim)]


def _first(claim: Claim) -> dict[str, str]:
    if claim.status == Status.RETURNED:
        return {"name": _("修改后重新提交"), "state": "current", "note": ""}
    if claim.status in {Status.DRAFT, Status.WITHDRAWN}:
        return {"name": _("填写并提交"), "state": "current" if claim.status == Status.DRAFT else "", "note": ""}
    return {"name": _("已提交"), "state": "done", "note": ""}


def _publicity(claim: Claim) -> list[dict[str, str]]:
    """Return the publicity, where the scheme has one; the page says where a list stands."""
    if claim.scheme_version.data.publicity is None:
        return []
    state = {Status.PUBLICITY: "current", Status.RECOGNISED: "done"}.get(Status(claim.status), "")
    return [{"name": _("公示"), "state": state, "note": _("公示无异议后生效") if state == "current" else ""}]


def _last(claim: Claim) -> dict[str, str]:
    if claim.status in ENDED or claim.status == Status.WITHDRAWN:
        return {"name": claim.get_status_display(), "state": "bad", "note": ""}
    state = "done" if claim.status == Status.RECOGNISED else ""
    return {"name": str(Status.RECOGNISED.label), "state": state, "note": ""}

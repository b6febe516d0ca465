"""What the application form of a claim (申请表) says, as plain data: nothing in it depends on who prints it.

A claim that is being written again prints as it was handed in last; what reviewers wrote stands with a team's lead.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.enums import MemberState
from credits.evaluation import Evaluation, evaluate, fields_for
from credits.explaining import telling_steps
from credits.facts import ITEM_FACTS
from credits.form_opinions import opinions_of
from credits.models import Achievement, Submission
from credits.services.judging import lead_of
from credits.teams import is_team, members_of
from portal.enums import Status
from portal.points import format_points
from portal.remarks import remarks_on

if TYPE_CHECKING:
    import datetime

    from credits.models import Claim

DIGITS = 16
SHORT = 24  # letters that fit half a line; an ideograph is as wide as two
ANSWERABLE = (Status.PUBLICITY, Status.RECOGNISED)


def form_of(claim: Claim) -> dict[str, Any]:
    """Return everything the form prints; a handful of queries. Worded in the language that is active."""
    data, lead = claim.scheme_version.data, lead_of(claim)
    submission = Submission.objects.filter(claim=lead).order_by("-pk").first()
    handed_in = submission.content if submission is not None and claim.is_editable else {}
    facts = handed_in.get("facts", claim.facts)
    item, rest = _facts(claim, facts)
    return {
        "institution": data.institution,
        "title": data.wording.get("claim_form_title") or data.wording["claim_form"],
        "words": {name: data.wording[name] for name in ("unit", "category", "content", "claimed", "recognised")},
        "number": lead.receipt_number,
        "submitted_at": moment(submission.submitted_at if submission else claim.submitted_at),
        "sha256": submission.sha256 if submission else "",
        "status": str(claim.get_status_display()),
        "version": str(claim.scheme_version),
        "student": _student(claim),
        "category": claim.category.name,
        "round": claim.round.name if claim.round else "",
        "academic_year": claim.academic_year,
        "item": item,
        "content": handed_in.get("content", claim.content),
        "facts": in_pairs(rest),
        "claimed": _points(handed_in.get("claimed_points", claim.claimed_points)),
        "points_reason": handed_in.get("points_reason", claim.points_reason),
        **_reckoning(claim, facts, written_again=bool(handed_in)),
        "team": _team(lead),
        "opinions": opinions_of(lead, claim),
        "publicity": [remark.text for remark in remarks_on(claim, claim.student.person)]
        if claim.status in ANSWERABLE
        else [],
        "files": _files(lead, submission),
    }


def _student(claim: Claim) -> dict[str, str]:
    student = claim.student
    return {
        "number": student.person.number,
        "name": student.person.name,
        "college": claim.college.name,
        "cohort": str(claim.cohort),
        "major": student.major.name,
        "class": student.class_group.name,
    }


def _facts(claim: Claim, facts: dict[str, Any]) -> tuple[list[list[str]], list[list[str]]]:
    """Return item and level, then the other facts that the student stated or the library gave, labelled, in order."""
    asked = fields_for(
        claim.scheme_version.data, claim.category.code, claim.college.code, facts, ("student", "library")
    )
    item: list[list[str]] = []
    rest: list[list[str]] = []
    for field in asked:
        value = str(facts.get(field.name, "") or "")
        if not value:
            continue
        labels = {choice.value: choice.label for choice in field.choices}
        if field.kind == "boolean":
            labels = {"true": _("是"), "false": _("否")}
        row = [field.label, f"{labels.get(value, value)}{field.unit}"]
        (item if field.name in ITEM_FACTS else rest).append(row)
    return item, rest


def in_pairs(rows: list[list[str]]) -> list[list[list[str]]]:
    """Set short facts two to a line; a long one keeps its line to itself."""
    lines: list[list[list[str]]] = []
    for row in rows:
        last = lines[-1] if lines else []
        if len(last) == 1 and max(_width(row[1]), _width(last[0][1])) <= SHORT:
            lines[-1].append(row)
        else:
            lines.append([row])
    return lines


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _reckoning(claim: Claim, facts: dict[str, Any], *, written_again: bool) -> dict[str, Any]:
    """Return the calculation as it is kept with the claim, or anew for the facts that were handed in last."""
    data = claim.scheme_version.data
    if written_again:
        result = evaluate(data, claim.category.code, facts, college=claim.college.name)
    else:
        result = Evaluation.from_json(claim.trace or {})
    steps = telling_steps([step.as_json() for step in result.steps])
    low, high = (format_points(end) for end in result.range) if result.range else ("", "")
    decided = claim.status in ANSWERABLE
    return {
        "steps": [{name: step[name] for name in ("label", "formula", "output", "clause")} for step in steps],
        "range": f"{low}–{high}" if low else "",
        "score": _points(facts.get("score")) if decided else "",
        "recognised": format_points(claim.recognised_points) if decided else "",
        "counted": format_points(claim.counted) if claim.counts and claim.counted != claim.recognised_points else "",
        "recognised_reason": claim.recognised_reason if decided else "",
    }


def _team(lead: Claim) -> dict[str, Any]:
    """Return the team as its members answered; empty for what one person did alone."""
    if not is_team(lead):
        return {}
    method = Achievement.objects.filter(lead=lead).first()
    return {
        "method": method.method if method else "",
        "reason": method.method_reason if method else "",
        "members": [
            {
                "rank": member.rank,
                "name": member.name,
                "place": member.student.college.name if member.student else _("校外"),
                "state": str(MemberState(member.state).label),
                "ratio": f"{format_points(member.ratio)}%" if member.ratio is not None else "",
            }
            for member in members_of(lead)
        ],
    }


def _files(lead: Claim, submission: Submission | None) -> list[dict[str, str]]:
    """Return the attachments that were handed in, each under its item of the checklist."""
    items = {item.code: item.name for item in lead.scheme_version.data.category(lead.category.code).evidence}
    rows = submission.content.get("files", []) if submission else []
    return [
        {
            "item": items.get(row["item"], ""),
            "name": row["name"],
            "size": filesizeformat(row["size"]).replace("\xa0", " "),
            "sha256": row["sha256"][:DIGITS],
        }
        for row in rows
    ]


def _points(value: Any) -> str:
    return format_points(Decimal(str(value))) if value not in (None, "") else ""


def moment(at: datetime.datetime | None) -> str:
    """Write a moment as the form prints it, in the portal's zone."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""

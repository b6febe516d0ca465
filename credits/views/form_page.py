"""The page of the claim form: form, suggestion, rules and files side by side."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from credits.assessing import assess
from credits.evaluation.facts import is_shown
from credits.explaining import explain
from credits.forms.claims import college_key, evidence_name
from credits.library import suggested_points
from credits.models import ClaimEvent
from credits.places import OTHER, TEAM
from credits.services.claims import write_facts
from credits.services.returning import place_words, why_words
from credits.teams import members_of
from credits.views.autosaving import conflict, form_urls, wants_autosave

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.forms import ClaimForm
    from credits.models import Claim, ReturnFlag
    from portal.requests import SignedInRequest


def show_form(request: SignedInRequest, form: ClaimForm, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the form with everything beside it."""
    return render(request, "credits/form.html", {**form_context(form), **more}, status=status)


def show_conflict(request: SignedInRequest, form: ClaimForm, present: Claim) -> HttpResponse:
    """Show what is saved beside what was typed; saving again from here is a decision, not an accident."""
    if wants_autosave(request):
        return conflict(present)
    typed = form.written()
    form.claim.revision = present.revision
    labels = {name: str(field.label) for name, field in form.fields.items()}
    pairs = [
        ("content", present.content, typed.content),
        ("claimed_points", present.claimed_points, typed.claimed_points),
        ("points_reason", present.points_reason, typed.points_reason),
        *((f"fact_{name}", present.facts.get(name, ""), value) for name, value in typed.facts.items()),
    ]
    rows = [{"label": labels.get(n, n), "before": old, "after": new} for n, old, new in pairs if old != new]
    last = ClaimEvent.objects.filter(subject=present).order_by("-pk").first()
    return show_form(request, form, status=409, conflict=rows, last=last)


def form_context(form: ClaimForm) -> dict[str, Any]:
    """Return what the form's template and its fragments read."""
    claim, evidence = form.claim, evidence_rows(form)
    return {
        "form": form,
        "claim": claim,
        "student": claim.student,
        "evidence": evidence,
        "explanation": suggestion(form),
        "rules": form.category.rule_text_for(form.version.college_code(college_key(claim))),
        "category": form.category,
        "returned": form.opened.event,
        "flagged": flagged(form),
        # The page's own first saving has a key of its own: sent twice, it still makes one draft.
        "autosave_key": "" if claim.pk else uuid.uuid4(),
        "urls": form_urls(claim) if claim.pk else new_urls(claim),
        "team": team_panel(form),
        "used": sum(len(row["files"]) for row in evidence),
    }


def new_urls(claim: Claim) -> dict[str, str]:
    """Return the addresses of a form whose draft does not exist yet."""
    query = f"round={claim.round_id}&category={claim.category.code}"
    return {
        "form": f"{reverse('credits:claim_new')}?{query}",
        "files": "",
        "suggestion": f"{reverse('credits:suggestion')}?{query}",
        "library_search": f"{reverse('credits:library_search')}?{query}",
    }


def suggestion(form: ClaimForm) -> Any:
    """Return what the rules make of the facts as they stand in the form."""
    claim = form.claim
    if form.is_bound:
        form.is_valid()
        write_facts(claim, form.written())
    result = assess(claim)
    explanation = explain(result, claim.scheme_version)
    return replace(explanation, suggested=suggested_points(claim, result)) if explanation.is_range else explanation


def evidence_rows(form: ClaimForm) -> list[dict[str, Any]]:
    """Return the checklist: each item with its field and files; files of items no longer asked stand under the last."""
    files: dict[str, list[dict[str, Any]]] = {}
    asked = [item.code for item in form.asked_items]
    if form.claim.pk:
        said = {flag.evidence_id: flag for flag in form.opened.flags if flag.evidence_id}
        for row in form.claim.evidence.kept().select_related("file"):
            files.setdefault(row.item if row.item in asked else OTHER, []).append(
                {
                    "pk": row.pk,
                    "file": row.file,
                    "free": form.opened.frees(row),
                    "remark": _remark(form, said.get(row.pk)),
                }
            )
    return [
        {"item": code, "field": form[evidence_name(code)], "files": files.get(code, [])} for code in [*asked, OTHER]
    ]


def _remark(form: ClaimForm, flag: ReturnFlag | None) -> str:
    """Return what was said of a file, its page first; empty when nothing was."""
    if flag is None:
        return ""
    page = [_("第 %(page)s 页") % {"page": flag.page}] if flag.page else []
    return "：".join([*page, why_words(form.version, flag.code, flag.words)])


def team_panel(form: ClaimForm) -> dict[str, Any] | None:
    """Return what the form says of the team: who is named; None for what one person did alone."""
    claim = form.claim
    if form.category.team is None or not is_shown(form.category.team, claim.facts):
        return None
    said = [why_words(form.version, flag.code, flag.words) for flag in form.opened.flags if flag.field == TEAM]
    return {
        "members": members_of(claim) if claim.pk else [],
        "errors": form.team_errors,
        "remark": "；".join(said),
        "locked": not form.opened.has(TEAM),
    }


def flagged(form: ClaimForm) -> list[dict[str, str]]:
    """Return what the reviewer pointed at, each with its place on the page and why."""
    return [
        {
            "label": place_words(form.claim, flag.field, flag.evidence.file.name if flag.evidence else "", flag.page),
            "href": _anchor(form, flag),
            "why": why_words(form.version, flag.code, flag.words),
        }
        for flag in form.opened.flags
    ]


def _anchor(form: ClaimForm, flag: ReturnFlag) -> str:
    if flag.field == TEAM:
        return "#team"
    if flag.evidence is None:
        return f"#div_id_{flag.field}" if flag.field in form.fields else ""
    return f"#file-{flag.evidence.pk}" if flag.evidence.removed_at is None else "#evidence"

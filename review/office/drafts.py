"""The office's pages of drafts: list, text, difference, worked examples, discard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credits.difference import compared_articles, compared_figures, compared_lines
from credits.drafting import read_draft
from credits.models import Scheme, SchemeDraft
from credits.querysets import schemes_of
from credits.rules import can_keep_drafts
from credits.services.drafts import KIND, discard_draft, save_draft, start_draft
from portal.enums import Role
from portal.listing import Listing, Sorts
from portal.models import Event
from portal.workflow import StaleRecord
from review.office.access import chosen_scheme, kept_schemes
from review.office.draft_forms import DraftForm, DraftStartForm, RevisionForm

if TYPE_CHECKING:
    from credits.models import SchemeVersion
    from portal.requests import SignedInRequest

SORTS = Sorts({"changed": ("changed_at", "pk"), "label": ("label", "pk")}, default="-changed")
OK, CONFLICT, REFUSED = 200, 409, 422
LINES_SHOWN = 1500
EVENTS_SHOWN = 12
VIEWS = ("articles", "lines")


@login_required
@require_safe
def drafts(request: SignedInRequest) -> HttpResponse:
    """List the drafts of the schemes that the person keeps or audits."""
    readers = schemes_of(request.user, [Role.OFFICE, Role.AUDITOR], path="")
    if not Scheme.objects.filter(readers).exists():
        raise Http404
    found = SchemeDraft.objects.visible_to(request.user).select_related("scheme", "created_by", "version")
    listing = Listing(request, found.defer("source", "version__source"), sorts=SORTS, keyset=False)
    may_start = request.user.standing.has(Role.OFFICE)
    return render(request, "review/office/drafts.html", {"listing": listing, "may_start": may_start})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_new(request: SignedInRequest) -> HttpResponse:
    """Begin a draft from a version or a file."""
    schemes = kept_schemes(request.user)
    scheme = chosen_scheme(request, schemes)
    form = DraftStartForm(
        scheme,
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"base": scheme.versions.defer("source").first()},
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            row = start_draft(scheme, request.user, source=facts["source"], note=facts["note"], label=facts["label"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("已建立草案“%(label)s”。") % {"label": row.label})
            return redirect("review:draft", pk=row.pk)
    context = {"form": form, "scheme": scheme, "schemes": schemes}
    return render(request, "review/office/draft_new.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the text with what is wrong with it, and keep what is typed."""
    row = draft_or_404(request, pk, to_change=request.method == "POST")
    start = {"source": row.source, "note": row.note, "revision": row.revision}
    form = DraftForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            save_draft(row, request.user, source=facts["source"], note=facts["note"], revision=facts["revision"])
        except StaleRecord:
            return _overtaken(request, row, facts)
        except ValidationError as error:
            form.add_error("source", error.messages)
        else:
            messages.success(request, _("已保存。"))
            return redirect("review:draft", pk=pk)
    context = {**draft_context(request, row, "text"), "form": form, "events": _events(row)}
    return render(request, "review/office/draft.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_safe
def draft_difference(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what the draft changes of any version: article by article with the figures, or line by line."""
    row = draft_or_404(request, pk)
    versions = list(row.scheme.versions.defer("source").order_by("-effective_from", "-pk"))
    against = _version_asked(request, row, versions)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    context = {**draft_context(request, row, "difference"), "versions": versions, "against": against, "view": view}
    if against is not None and view == "articles":
        context["articles"] = compared_articles(against.source, row.source)
        context["figures"] = compared_figures(against.source, row.source)
    elif against is not None:
        lines = compared_lines(against.source, row.source)
        context |= {"lines": lines[:LINES_SHOWN], "left_out": max(0, len(lines) - LINES_SHOWN)}
    return render(request, "review/office/draft_difference.html", context)


@login_required
@require_safe
def draft_examples(request: SignedInRequest, pk: int) -> HttpResponse:
    """Run the worked examples and show what they promised and what came out."""
    row = draft_or_404(request, pk)
    return render(request, "review/office/draft_examples.html", draft_context(request, row, "examples"))


@login_required
@require_safe
def draft_source(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand over the text as a file."""
    row = draft_or_404(request, pk)
    response = HttpResponse(row.source, content_type="text/plain; charset=utf-8")
    name = f"{row.scheme.code}-{row.label}.toml"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what discarding means, and do it."""
    row = draft_or_404(request, pk, to_change=True)
    form = RevisionForm(request.POST if request.method == "POST" else None, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        discard_draft(row, request.user, revision=form.cleaned_data["revision"])
        messages.success(request, _("已放弃草案“%(label)s”，文本仍可查看。") % {"label": row.label})
        return redirect("review:drafts")
    context = {**draft_context(request, row, ""), "form": form}
    return render(request, "review/office/draft_discard.html", context, status=REFUSED if form.is_bound else OK)


def draft_or_404(request: SignedInRequest, pk: int, *, to_change: bool = False) -> SchemeDraft:
    """Return a draft that the person may read, or change."""
    objects: Any = SchemeDraft.objects
    found = objects.kept_by(request.user) if to_change else objects.visible_to(request.user)
    row: SchemeDraft = get_object_or_404(found.select_related("scheme", "created_by", "version"), pk=pk)
    return row


def draft_context(request: SignedInRequest, row: SchemeDraft, tab: str) -> dict[str, Any]:
    """Return what every page of a draft shows."""
    may_keep = bool(can_keep_drafts(request.user, row.scheme))
    return {
        "draft": row,
        "scheme": row.scheme,
        "tab": tab,
        "reading": read_draft(row.source, row.scheme.code),
        "may_keep": may_keep,
        "may_change": may_keep and row.is_open,
    }


def _overtaken(request: SignedInRequest, row: SchemeDraft, typed: dict[str, Any]) -> HttpResponse:
    """Give the typed text back beside what somebody else kept meanwhile; saving again puts it in that one's place."""
    row.refresh_from_db()
    form = DraftForm(initial={**typed, "revision": row.revision})
    lines = compared_lines(row.source, typed["source"].replace("\r\n", "\n"))
    context = {
        **draft_context(request, row, "text"),
        "form": form,
        "events": _events(row),
        "overtaken": _events(row)[:1],
        "lines": lines[:LINES_SHOWN],
    }
    return render(request, "review/office/draft.html", context, status=CONFLICT)


def _events(row: SchemeDraft) -> list[Event]:
    found = Event.objects.filter(subject_kind=KIND, subject_key=str(row.pk)).order_by("-pk")
    return list(found[:EVENTS_SHOWN])


def _version_asked(request: SignedInRequest, row: SchemeDraft, versions: list[SchemeVersion]) -> SchemeVersion | None:
    """Return the version to compare with: the one that the address names, else the newest other than the own."""
    asked = request.GET.get("against", "")
    others = [version for version in versions if version.pk != row.version_id]
    chosen = next((version for version in versions if version.label == asked), None) or next(iter(others), None)
    return row.scheme.versions.get(pk=chosen.pk) if chosen else None

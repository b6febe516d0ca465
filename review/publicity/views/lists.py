"""The office's pages of publicity lists: what waits, a draft with its preview, publish, one list, withdraw, its PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credits.querysets import WHOLE_SCHEME
from portal.moments import deciding_moment
from review.models import ListKind, ListState, PublicityList
from review.office.access import chosen_scheme, kept_schemes
from review.publicity import pdf
from review.publicity.calendar import closing
from review.publicity.forms import ListForm, PublishForm, ReasonForm, plan_initial
from review.publicity.listings import kept_lists, office_lines, waiting_results
from review.publicity.snapshot import version_in_force
from review.publicity.subjects import subjects_of
from review.publicity.views.documents import document
from review.services.notices import running_job
from review.services.publicity import change_list, draft_list, preview, publish_list, withdraw_list

if TYPE_CHECKING:
    from credits.models import Round, Scheme
    from portal.requests import SignedInRequest

OK, REFUSED, CHANGED = 200, 422, 409


@login_required
@require_safe
def publicity_lists(request: SignedInRequest) -> HttpResponse:
    """List what waits for publicity and every list with where it stands."""
    if not request.user.standing.has(*WHOLE_SCHEME):
        raise Http404
    context = {"listing": kept_lists(request), "waiting": waiting_results(request), "now": timezone.now()}
    return render(request, "review/publicity/lists.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publicity_new(request: SignedInRequest) -> HttpResponse:
    """Begin a list for the results of a round, or for offsets."""
    scheme = chosen_scheme(request, kept_schemes(request.user))
    kind = request.GET.get("kind", ListKind.CLAIMS)
    if kind not in ListKind.values:
        raise Http404
    round_ = _round(request, scheme) if kind == ListKind.CLAIMS else None
    form = ListForm(request.POST or None, initial=_initial(scheme, round_, kind))
    if request.method == "POST" and form.is_valid():
        try:
            row = draft_list(request.user, scheme, round_, kind, form.plan())
        except ValidationError as error:
            form.reject(error)
        else:
            return redirect("review:publicity_publish", pk=row.pk)
    context = {"form": form, "scheme": scheme, "round": round_, "kind": ListKind(kind), "list": None}
    return render(request, "review/publicity/form.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_safe
def publicity_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one list: its period, its lines with what became of each, its notice."""
    seen = PublicityList.objects.visible_to(request.user).select_related("scheme", "round", "notice__issued_by")
    row = get_object_or_404(seen.defer("snapshot", "notice__snapshot"), pk=pk)
    notice = getattr(row, "notice", None)
    job = running_job(notice) if notice and notice.effective_at is None else None
    listing = office_lines(request, row)
    context = {
        "list": row,
        "notice": notice,
        "job": job,
        "listing": listing,
        "form": listing.form,
        "closing": closing(row),
        "now": timezone.now(),
        "keeps": PublicityList.objects.kept_by(request.user).filter(pk=pk).exists(),
        "is_over": row.closes_at is not None and row.closes_at <= timezone.now(),
    }
    return render(request, "review/publicity/page.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publicity_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a list that was not published yet."""
    row = kept(request, pk)
    if elsewhere := moved_on(request, row, ListState.DRAFT):
        return elsewhere
    form = ListForm(request.POST or None, initial=plan_initial(row, "", None))
    if request.method == "POST" and form.is_valid():
        try:
            change_list(row, request.user, form.plan(), revision=_revision(request))
        except ValidationError as error:
            form.reject(error)
        else:
            return redirect("review:publicity_publish", pk=pk)
    context = {"form": form, "scheme": row.scheme, "round": row.round, "kind": ListKind(row.kind), "list": row}
    return render(request, "review/publicity/form.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publicity_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show exactly what will be public and until when, and publish that."""
    row = kept(request, pk)
    if elsewhere := moved_on(request, row, ListState.DRAFT):
        return elsewhere
    problems: list[str] = []
    if request.method == "POST":
        form = PublishForm(request.POST)
        facts: dict[str, Any] = form.cleaned_data if form.is_valid() else {"revision": -1, "seen": ""}
        try:
            publish_list(row, request.user, revision=facts["revision"], seen=facts["seen"], at=deciding_moment())
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, _("“%(title)s”已发布。") % {"title": row.title})
            return redirect("review:publicity_list", pk=pk)
    seen = preview(row)
    form = PublishForm(initial={"revision": row.revision, "seen": seen.digest})
    context = {"list": row, "preview": seen, "form": form, "closing": closing(row), "problems": problems}
    return render(request, "review/publicity/publish.html", context, status=CHANGED if problems else OK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publicity_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a list down with the reason, or put a draft away."""
    row = kept(request, pk)
    if elsewhere := moved_on(request, row, ListState.DRAFT, ListState.PUBLISHED):
        return elsewhere
    form = ReasonForm(request.POST or None, initial={"revision": row.revision})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            withdraw_list(row, request.user, reason=facts["reason"], revision=facts["revision"])
        except ValidationError as error:
            form.reject(error)
        else:
            messages.success(request, _("“%(title)s”已撤下。") % {"title": row.title})
            return redirect("review:publicity_lists")
    context = {"list": row, "form": form}
    return render(request, "review/publicity/withdraw.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_safe
def publicity_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print the list for the notice board, from the snapshot."""
    row = get_object_or_404(PublicityList.objects.visible_to(request.user).exclude(sha256=""), pk=pk)
    return document(request, lambda: pdf.list_pdf(row), f"{row.title}.pdf", row)


def kept(request: SignedInRequest, pk: int) -> PublicityList:
    """Return a list of the person's office; for everybody else there is no such page."""
    found = PublicityList.objects.kept_by(request.user).select_related("scheme", "round")
    return get_object_or_404(found, pk=pk)


def moved_on(request: SignedInRequest, row: PublicityList, *states: str) -> HttpResponse | None:
    """Lead to the list's own page when its form is opened in a state that the form is not for."""
    late = request.method != "POST" and row.state not in states
    return redirect("review:publicity_list", pk=row.pk) if late else None


def _round(request: SignedInRequest, scheme: Scheme) -> Round | None:
    wanted = request.GET.get("round", "")
    if not wanted:
        return None
    return get_object_or_404(scheme.rounds, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0)  # noqa: PLR2004 - int32


def _initial(scheme: Scheme, round_: Round | None, kind: str) -> dict[str, Any]:
    version = version_in_force(scheme)
    said = subjects_of(kind).publicity(version.data) if version else None
    title = _("%(what)s公示") % {"what": joined(round_.name if round_ else "", str(ListKind(kind).label))}
    return plan_initial(None, title[:100], said)


def joined(first: str, second: str) -> str:
    """Put two names together, what ends the one and begins the other once: 学分认定 and 认定结果 make 学分认定结果."""
    for length in range(len(second), 0, -1):
        if first.endswith(second[:length]):
            return first + second[length:]
    return first + second


def _revision(request: SignedInRequest) -> int:
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else -1  # noqa: PLR2004 - int32

"""Objecting to one line of a list, and the objector's own tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.files import FileRefused, serve
from portal.moments import deciding_moment
from portal.workflow import NotAllowed
from review.models import ListState, Objection, ObjectionFile, PublicityEntry
from review.publicity.forms import ObjectionForm, TakeBackForm
from review.publicity.listings import own_objections
from review.publicity.rules import can_object, can_take_back
from review.publicity.views.public import closed, unkept
from review.services.objections import file_policy, object_to, take_back

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from portal.requests import SignedInRequest

OK, REFUSED, LATE = 200, 422, 403


@unkept
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_new(request: SignedInRequest, code: str, position: int) -> HttpResponse:
    """Object to a line; outside the period nothing of it is shown, but what was typed is given back."""
    published = PublicityEntry.objects.exclude(list__state=ListState.DRAFT).select_related("list__scheme")
    entry = get_object_or_404(published.defer("list__snapshot"), list__code=code, position=position)
    arrived = deciding_moment()
    if request.method != "POST" and not can_object(request.user, entry, arrived):
        return closed(request, code, arrived)
    policy, most = file_policy(entry.list)
    form = ObjectionForm(request.POST or None, request.FILES or None, policy=policy, most=most)
    if request.method == "POST":
        try:
            if objection := _object(request, entry, form):
                return redirect("review:my_objection", number=objection.number)
        except NotAllowed as late:
            context = {"list": entry.list, "verdict": late.verdict, "typed": request.POST.get("reason", "")}
            return render(request, "review/publicity/late.html", context, status=LATE)
    context = {"entry": entry, "list": entry.list, "form": form, "most": most}
    return render(request, "review/publicity/object.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_safe
def my_objections(request: SignedInRequest) -> HttpResponse:
    """List the person's own objections."""
    return render(request, "review/publicity/mine.html", {"listing": own_objections(request)})


@login_required
@require_safe
def my_objection(request: SignedInRequest, number: str) -> HttpResponse:
    """Show one's own ticket: what was said, where it stands, how it was decided."""
    row = _own(request, number)
    context = {
        "objection": row,
        "files": row.files.select_related("file"),
        "may_take_back": bool(can_take_back(request.user, row)),
        "form": TakeBackForm(initial={"revision": row.revision}),
    }
    return render(request, "review/publicity/ticket.html", context)


@login_required
@require_POST
def objection_take_back(request: SignedInRequest, number: str) -> HttpResponse:
    """Take one's own objection back."""
    row, form = _own(request, number), TakeBackForm(request.POST)
    revision = form.cleaned_data["revision"] if form.is_valid() else -1
    take_back(row, request.user, revision=revision)
    messages.success(request, _("异议 %(number)s 已撤回。") % {"number": number})
    return redirect("review:my_objection", number=number)


@login_required
@require_safe
def objection_file(request: SignedInRequest, key: str) -> HttpResponseBase:
    """Hand a file to the objector or to the office."""
    seen = Objection.objects.visible_to(request.user).values("pk")
    found = get_object_or_404(ObjectionFile.objects.select_related("file"), file__key=key, objection__in=seen)
    return serve(request, found.file, inline=True)


def _object(request: SignedInRequest, entry: PublicityEntry, form: ObjectionForm) -> Objection | None:
    """Carry the objection out, or leave what is wrong on the form; whoever comes late is not bothered with errors."""
    verdict = can_object(request.user, entry, deciding_moment())
    if not verdict:
        raise NotAllowed(verdict)
    if not form.is_valid():
        return None
    facts = form.cleaned_data
    try:
        return object_to(
            entry, request.user, reason=facts["reason"], uploads=facts.get("files") or [], at=deciding_moment()
        )
    except ValidationError as error:
        form.reject(error)
    except FileRefused as refusal:
        form.add_error("files", refusal.message)
    return None


def _own(request: SignedInRequest, number: str) -> Objection:
    found = Objection.objects.owned_by(request.user).select_related("entry__list", "person", "handled_by")
    return get_object_or_404(found.defer("entry__list__snapshot"), number=number)

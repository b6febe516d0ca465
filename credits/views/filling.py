"""Writing a claim: choosing what to claim, the form, saving, handing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credits.choosing import offers_for, recorded_for, rounds_for
from credits.forms import ClaimForm
from credits.models import Claim
from credits.rules import can_claim, can_edit
from credits.services.claims import (
    attach_evidence,
    blank_claim,
    detach_evidence,
    save_claim,
    start_claim,
    submit_claim,
)
from credits.views.autosaving import autosave, wants_autosave
from credits.views.form_page import show_conflict, show_form
from credits.views.presetting import preset
from portal.files import FileRefused
from portal.verdict import Verdict
from portal.workflow import NotAllowed, StaleSubject

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Category, Round
    from portal.models import Student
    from portal.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "POST"])
def claim_new(request: SignedInRequest) -> HttpResponse:
    """Let the student choose a round and a category, then write the claim; nothing is stored before the first save."""
    student = getattr(request.user, "student", None)
    if student is None:
        raise NotAllowed(Verdict.no(_("只有在籍学生可以申报。")))
    round_, category = _asked(request, student)
    if round_ is None or category is None:
        return _choose(request, student)
    verdict = can_claim(request.user, round_, category)
    if not verdict and request.method == "GET":
        messages.warning(request, str(verdict.reason))
        return redirect("credits:claim_new")
    return fill(request, blank_claim(round_, category, student))


@login_required
@require_http_methods(["GET", "POST"])
def claim_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the owner go on writing a draft or amend what was returned."""
    claim = own_claim(request, pk)
    if request.method == "GET" and not (claim.is_editable and can_edit(request.user, claim)):
        return redirect(claim)
    return fill(request, claim)


@login_required
@require_POST
def claim_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand in what was saved; what is missing is shown in the form."""
    return hand_in(request, ClaimForm(own_claim(request, pk)))


def own_claim(request: SignedInRequest, pk: int) -> Claim:
    """Return one of the student's own claims with everything that a form reads, or 404."""
    roll = ("student__person", "student__major", "student__class_group")
    related = ("scheme", "scheme_version__scheme", "category", "college", "round", "library_entry", *roll)
    mine = Claim.objects.owned_by(request.user).select_related(*related)
    claim: Claim = get_object_or_404(mine, pk=pk)
    return claim


def fill(request: SignedInRequest, claim: Claim) -> HttpResponse:
    """Show the form, or do what its button says."""
    if request.method != "POST":
        preset(request, claim)
        return show_form(request, ClaimForm(claim))
    form = ClaimForm(claim, request.POST, request.FILES)
    action, is_new = request.POST.get("action", "save"), claim.pk is None
    if action in {"refresh", "adopt"}:
        return show_form(request, form.renewed(adopt=action == "adopt"))
    try:
        store(request, form)
    except (NotAllowed, ValidationError) as refusal:  # a library entry can go between the form's look and the saving
        return _refuse(request, form, refusal)
    except StaleSubject as stale:
        if not isinstance(stale.subject, Claim) or not stale.subject.is_editable:
            raise
        return show_conflict(request, form, stale.subject)
    if wants_autosave(request):
        return redirect("credits:claim_saved", pk=form.claim.pk) if is_new else autosave(form)
    return _go_on(request, form, action)


def store(request: SignedInRequest, form: ClaimForm) -> None:
    """Keep what was typed: a first time as a new draft, then under the revision that the page showed."""
    form.is_valid()
    claim = form.claim
    if claim.pk is None:
        assert claim.round is not None  # noqa: S101 - a form is only shown for a round; narrows the type
        form.claim = start_claim(claim.round, claim.category, request.user, form.written())
        return
    save_claim(claim, request.user, form.written(), revision=seen_revision(request))


def _go_on(request: SignedInRequest, form: ClaimForm, action: str) -> HttpResponse:
    attach(request, form)
    if action.startswith("remove:"):
        _remove(request, form, action.removeprefix("remove:"))
    if form.errors:
        return show_form(request, form, status=422)
    if action == "submit":
        return hand_in(request, form)
    if action == "library":
        return HttpResponseRedirect(f"{reverse('credits:library_choose')}?claim={form.claim.pk}")
    if action == "team":
        return redirect("credits:team", pk=form.claim.pk)
    messages.success(request, _("已保存。提交前可以随时修改。"))
    return HttpResponseRedirect(reverse("credits:claim_edit", args=[form.claim.pk]))


def attach(request: SignedInRequest, form: ClaimForm) -> None:
    """Store the files that came with the form; a bad one is named beside its field, the others stay."""
    for name, item, upload in list(form.uploads()):
        try:
            attach_evidence(form.claim, request.user, upload, item=item)
        except FileRefused as refusal:
            form.add_error(name, f"{upload.name}：{refusal}")
        except ValidationError as error:
            form.add_error(name, error.messages)
            return


def _remove(request: SignedInRequest, form: ClaimForm, pk: str) -> None:
    claim = form.claim
    evidence = claim.evidence.kept().select_related("file", "claim").filter(pk=int(pk) if pk.isdecimal() else 0).first()
    if evidence is None:
        return
    try:
        detach_evidence(evidence, request.user)
    except ValidationError as error:
        form.take_errors(error)
    claim.refresh_from_db(fields=["revision"])


def hand_in(request: SignedInRequest, form: ClaimForm) -> HttpResponse:
    """Submit and show the receipt; otherwise show what is missing, with the draft kept."""
    claim = form.claim
    revision = claim.revision if form.is_bound else seen_revision(request)
    try:
        submit_claim(claim, request.user, revision=revision)
    except ValidationError as error:
        return show_form(request, form.refused(error), status=422)
    except NotAllowed as refusal:
        return _refuse(request, form, refusal)
    return HttpResponseRedirect(reverse("credits:receipt", args=[claim.pk]))


def seen_revision(request: SignedInRequest) -> int:
    """Return the revision that the page showed; nonsense is never the present one."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else -1


def _refuse(request: SignedInRequest, form: ClaimForm, refusal: NotAllowed | ValidationError) -> HttpResponse:
    """Say why, with everything typed still there; what was saved before stays saved."""
    error = refusal if isinstance(refusal, ValidationError) else ValidationError(str(refusal.verdict.reason))
    if wants_autosave(request):
        return autosave(form, refusal=Verdict.no(" ".join(error.messages)))
    return show_form(request, form.refused(error), status=422)


def _asked(request: SignedInRequest, student: Student) -> tuple[Round | None, Category | None]:
    """Return the round and the category that the address names, of those that the student may know."""
    number, code = request.GET.get("round", ""), request.GET.get("category", "")
    rounds = rounds_for(student) if number.isdecimal() else []
    round_ = next((row for row in rounds if row.pk == int(number)), None)
    if round_ is None:
        return None, None
    return round_, next((row for row in round_.scheme.categories.all() if row.code == code), None)


def _choose(request: SignedInRequest, student: Student) -> HttpResponse:
    context = {"offers": offers_for(student), "recorded": recorded_for(student)}
    return render(request, "credits/choose.html", context)

"""Fill in, hand in, read and take back one conversion application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from conversion.forms import ApplicationForm, form_for, read_amounts, typed_values
from conversion.history import history_of, progress_of
from conversion.holdings import version_in_force
from conversion.models import Application, Offering
from conversion.offset_sheet import OffsetSheet
from conversion.plans import kind_for
from conversion.rules import LIVE, can_apply, can_submit, is_open
from conversion.services.applications import (
    save_application,
    start_application,
    submit_application,
    withdraw_application,
)
from conversion.sheet import Sheet
from conversion.views.standing import own_student
from portal.enums import Status
from portal.remarks import remarks_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from conversion.services.applications import Wish
    from portal.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin an application for a course; ``?category=`` restricts the form to what was ticked in the list."""
    sheet = _new_sheet(request, pk)
    if request.method != "POST":
        verdict = can_apply(request.user, sheet.offering)
        if not verdict:
            messages.warning(request, str(verdict.reason))
            return redirect(_live(sheet) or "conversion:offerings")
        sheet.choose(sheet.proposed(request.GET.get("adopt", "")) or {})
    return _work(request, sheet, lambda wish: start_application(sheet.offering, request.user, wish))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a draft, or what was returned."""
    row = _own(request, pk)
    if request.method != "POST" and not row.is_editable:
        return redirect("conversion:application", pk=pk)
    sheet = _sheet_of(request, row)
    revision = _revision(request)
    return _work(request, sheet, lambda wish: save_application(row, request.user, wish, revision=revision))


@login_required
@require_GET
def reckon(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer with the total and the grade of the ticked records: the live part of the form."""
    sheet = _new_sheet(request, pk)
    sheet.choose(read_amounts(request.GET, sheet))
    template = "conversion/_offset_sum.html" if sheet.offsets else "conversion/_reckoning.html"
    return render(request, template, {"sheet": sheet, "is_fragment": True})


@login_required
@require_safe
def application(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one application: state, lines, explained numbers, record; to its student also what can be done."""
    row = get_object_or_404(_all(Application.objects.visible_to(request.user)), pk=pk)
    is_own = row.student_id == request.user.standing.student_id
    context = {
        "application": row,
        "is_own": is_own,
        "lines": row.lines.select_related("lot__claim", "lot__category").defer("lot__claim__facts"),
        "history": history_of(row),
        "progress": progress_of(row),
        "form": next((form for form in row.forms.all() if form.state == "valid"), None),
        "last": row.events.order_by("-pk").first(),
        "unit": row.scheme_version.data.wording["unit"],
        "words": row.scheme_version.data.wording,
        "remarks": remarks_on(row, request.user),
        "filing_words": row.scheme_version.data.wording["filing"],
        "may_apply_again": is_own and row.status not in LIVE and bool(can_apply(request.user, row.offering)),
        "bands": [(str(band), band.grade) for band in row.course.rule_bands] if row.is_editable else row.bands,
    }
    template = "conversion/offset.html" if row.offsets else "conversion/application.html"
    return render(request, template, context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what handing in will hold, and hand in on confirmation."""
    row = _own(request, pk)
    errors: list[str] = []
    if request.method == "POST":
        try:
            submit_application(row, request.user, revision=_revision(request))
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, _("申请已提交，等待审核。所选记录在审核期间被占用。"))
            return redirect("conversion:application", pk=pk)
    elif not row.is_editable:
        return redirect("conversion:application", pk=pk)
    sheet = _sheet_of(request, row)
    context = {
        "application": row,
        "sheet": sheet,
        "rows": [line for line in sheet.rows if line.is_chosen],
        "errors": errors,
        "verdict": can_submit(request.user, row),
        "stage": row.scheme_version.data.stages.conversions[0].name,
        "unit": row.scheme_version.data.wording["unit"],
        "words": row.scheme_version.data.wording,
    }
    template = "conversion/offset_confirm.html" if row.offsets else "conversion/confirm.html"
    return render(request, template, context, status=422 if errors else 200)


@login_required
@require_POST
def application_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the application back; what it held is free again."""
    row = _own(request, pk)
    withdraw_application(row, request.user, revision=_revision(request))
    messages.success(request, _("申请已撤回，占用的记录可以重新使用。"))
    return redirect("conversion:application", pk=pk)


def _work(request: SignedInRequest, sheet: Sheet, keep: Callable[[Wish], Application]) -> HttpResponse:
    """Show the form, or act on it: calculate anew, take over a proposal, save, go on to hand in."""
    blank = form_for(sheet)
    if request.method != "POST":
        return _show(request, sheet, blank(initial=_initial(sheet)))
    sheet.choose(read_amounts(request.POST, sheet))
    action = request.POST.get("action", "save")
    if action not in {"save", "next"}:
        proposal = sheet.proposed(action.removeprefix("adopt:"))
        if proposal is not None:
            sheet.adopt(proposal)
        return _show(request, sheet, blank(initial=typed_values(request.POST)))
    form = blank(request.POST, complete=action == "next")
    if form.is_valid():
        try:
            kept = keep(form.wish())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if action == "next":
                return redirect("conversion:application_submit", pk=kept.pk)
            messages.success(request, _("草稿已保存。"))
            return redirect("conversion:application_edit", pk=kept.pk)
    return _show(request, sheet, form, status=422)


def _show(request: SignedInRequest, sheet: Sheet, form: ApplicationForm, *, status: int = 200) -> HttpResponse:
    row = sheet.application
    context = {
        "sheet": sheet,
        "form": form,
        "application": row,
        "unit": sheet.version.data.wording["unit"],
        "words": sheet.version.data.wording,
        "returned": row.events.filter(verb="return").order_by("-pk").first() if row and row.revision else None,
        "closed": "" if row and row.status == Status.RETURNED else is_open(sheet.offering).reason,
    }
    template = "conversion/offset_form.html" if sheet.offsets else "conversion/form.html"
    return render(request, template, context, status=status)


def _initial(sheet: Sheet) -> dict[str, str]:
    """Return the first values: the draft's, else the contact from the last application or the roster."""
    row, person = sheet.application, sheet.student.person
    if row is not None:
        return {"phone": row.phone, "email": row.email, "reason": row.reason}
    last = Application.objects.filter(student=sheet.student).exclude(phone="").order_by("-pk").first()
    phone, email = (last.phone, last.email) if last else (person.phone, person.email)
    return {"phone": phone, "email": email, "reason": ""}


def _new_sheet(request: SignedInRequest, pk: int) -> Sheet:
    student = own_student(request)
    rows = Offering.objects.for_student(student).select_related("course__scheme", "term")
    offering = get_object_or_404(rows.prefetch_related("course__categories", "course__bands"), pk=pk)
    version = version_in_force(offering.course.scheme, student)
    if version is None:
        raise Http404
    if version.data.conversion.offsets:
        kind = kind_for(student, offering.course_id, version)
        if kind is None:
            raise Http404
        return OffsetSheet(student=student, offering=offering, version=version, kind=kind)
    only = frozenset(request.GET.getlist("category"))
    return Sheet(student=student, offering=offering, version=version, only=only)


def _sheet_of(request: SignedInRequest, row: Application) -> Sheet:
    sheet = Sheet(student=row.student, offering=row.offering, version=row.scheme_version, application=row)
    if row.kind is not None:
        sheet = OffsetSheet(row.student, row.offering, row.scheme_version, row, kind=row.kind)
    if request.method != "POST":
        sheet.choose(dict(row.lines.values_list("lot_id", "points")))
    return sheet


def _own(request: SignedInRequest, pk: int) -> Application:
    """Return one of the student's own applications; everybody else's is 404 here, staff has its own pages."""
    return get_object_or_404(_all(Application.objects.owned_by(request.user)), pk=pk)


def _all(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Fetch with the rows what every page of an application shows."""
    return rows.select_related(
        "scheme_version__scheme",
        "course__scheme",
        "offering__course__scheme",
        "offering__term",
        "student__person",
        "student__college",
        "student__major",
        "student__class_group",
    ).prefetch_related("course__bands", "course__categories", "forms__filing")


def _live(sheet: Sheet) -> str:
    found = Application.objects.filter(student=sheet.student, course=sheet.offering.course, status__in=LIVE).first()
    return reverse("conversion:application", args=[found.pk]) if found else ""


def _revision(request: SignedInRequest) -> int:
    """Return the revision that the page showed; a form without one is stale by definition."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() else -1

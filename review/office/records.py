"""The pages of students' academic records for scholarship and recommendation: the list, one record, their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credits.academic_record import AcademicRecord, academic_records
from credits.models import Claim
from credits.views.record import document
from portal.enums import Status
from portal.models import Student
from portal.pdf import UnprintableText
from review.office.record_list import RecordList
from review.summaries.access import reported_schemes
from review.views.exports import answer, taken

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.requests import SignedInRequest


@login_required
@require_safe
def records(request: SignedInRequest) -> HttpResponse:
    """List the students of a scheme who have something on record, with what counts by category and in all."""
    found = RecordList(request)
    if not found.schemes:
        raise Http404
    context = {"records": found, "listing": found.listing, "form": found.form, "rows": found.rows()}
    return render(request, "review/office/records.html", context)


@login_required
@taken
def records_export(request: SignedInRequest, kind: str) -> HttpResponse:
    """Hand out the students that the filters show: a row per student, or a row per record."""
    if not RecordList(request).schemes:
        raise Http404
    return answer(request, kind)


@login_required
@require_safe
def student_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one student's records under the schemes whose figures the person reads."""
    student, found = _records(request, pk)
    return render(request, "review/office/student_record.html", {"student": student, "records": found})


@login_required
@require_safe
def student_record_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print them."""
    student, found = _records(request, pk)
    try:
        return document(student, found)
    except UnprintableText as error:
        rare = "、".join(error.characters)
        messages.error(request, _("这些字符无法打印：%(characters)s。请联系管理员。") % {"characters": rare})
        return redirect("review:student_record", pk=pk)


def _records(request: SignedInRequest, pk: int) -> tuple[Student, list[AcademicRecord]]:
    """Return the student and the records; who has none there does not exist for the person."""
    schemes = reported_schemes(request.user)
    mine = Claim.objects.filter(scheme__in=schemes, status=Status.RECOGNISED).values("student_id")
    roll = Student.objects.select_related("person", "college", "major", "class_group").filter(pk__in=mine)
    student: Student = get_object_or_404(roll, pk=pk)
    codes = {scheme.code for scheme in schemes}
    return student, [record for record in academic_records(student) if record.scheme.code in codes]

"""The office's pages of courses: list, form with bands, offerings per term, terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from conversion.models import Course, Offering
from conversion.plans import offsets_courses
from conversion.services.courses import save_course, save_offering
from conversion.services.terms import save_term
from credits.querysets import schemes_of
from portal.enums import Role
from portal.listing import FilterForm, Listing, Sorts
from portal.models import Term
from review.office.access import chosen_scheme, kept_schemes
from review.office.course_forms import CourseEditor, OfferingForm, TermForm, offering_initial

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from credits.models import Scheme
    from portal.requests import SignedInRequest

SORTS = Sorts({"code": ("code", "pk"), "name": ("name", "pk"), "credits": ("credits", "code", "pk")}, default="code")
OK, REFUSED = 200, 422


class CourseFilter(FilterForm):
    """Which courses are listed."""

    text = forms.CharField(label=gettext_lazy("课程编号或名称"), required=False, max_length=64)
    active = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("1", gettext_lazy("启用")), ("0", gettext_lazy("停用"))],
    )

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        text, active = self.cleaned_data["text"], self.cleaned_data["active"]
        if text:
            queryset = queryset.filter(Q(code__contains=text) | Q(name__contains=text))
        return queryset.filter(is_active=active == "1") if active else queryset


@login_required
@require_safe
def courses(request: SignedInRequest) -> HttpResponse:
    """List the courses with their bands and the latest offering."""
    schemes = kept_schemes(request.user)
    listing = course_listing(request)
    modes = {offsets_courses(scheme) for scheme in schemes}
    context = {"listing": listing, "form": listing.form, "has_plans": True in modes, "has_bands": False in modes}
    return render(request, "review/office/courses.html", context)


def course_listing(request: SignedInRequest) -> Listing:
    """Return the courses that the person keeps, as the address asks for them."""
    found = _kept(request).prefetch_related("bands", "categories", "offerings__term")
    return Listing(request, found, sorts=SORTS, form=CourseFilter(request.GET), keyset=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request: SignedInRequest) -> HttpResponse:
    """Add a course."""
    return _course_page(request, chosen_scheme(request, kept_schemes(request.user)), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def course_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a course; its offerings stand below."""
    row = get_object_or_404(_kept(request).select_related("scheme"), pk=pk)
    return _course_page(request, row.scheme, row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offering_new(request: SignedInRequest, course_pk: int) -> HttpResponse:
    """Offer a course for conversion in a term."""
    course = get_object_or_404(_kept(request).select_related("scheme"), pk=course_pk)
    return _offering_page(request, course, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offering_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the dates or the cohorts of an offering."""
    found = Offering.objects.filter(course__in=_kept(request)).select_related("course__scheme", "term")
    row = get_object_or_404(found, pk=pk)
    return _offering_page(request, row.course, row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: SignedInRequest) -> HttpResponse:
    """List the terms and add one."""
    kept_schemes(request.user)
    form = TermForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        term = save_term(request.user, form.instance)
        messages.success(request, _("学期 %(code)s 已保存。") % {"code": term.code})
        return redirect("review:terms")
    context = {"form": form, "terms": Term.objects.all()[:60]}
    return render(request, "review/office/terms.html", context, status=REFUSED if form.is_bound else OK)


def _kept(request: SignedInRequest) -> QuerySet[Course]:
    return Course.objects.filter(schemes_of(request.user, [Role.OFFICE]))


def _course_page(request: SignedInRequest, scheme: Scheme, row: Course | None) -> HttpResponse:
    editor = CourseEditor(scheme, row, request.POST if request.method == "POST" else None)
    if editor.is_submitted and editor.is_valid():
        try:
            saved = save_course(request.user, scheme, row, editor.data())
        except ValidationError as error:
            editor.reject(error)
        else:
            messages.success(request, _("课程 %(name)s 已保存。") % {"name": saved})
            return redirect("review:course_edit", pk=saved.pk)
    offerings = row.offerings.select_related("term").order_by("-term__code") if row else []
    context = {"course": row, "scheme": scheme, "editor": editor, "form": editor.form, "offerings": offerings}
    return render(request, "review/office/course_form.html", context, status=REFUSED if editor.is_submitted else OK)


def _offering_page(request: SignedInRequest, course: Course, row: Offering | None) -> HttpResponse:
    form = OfferingForm(request.POST or None, initial=offering_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_offering(request.user, course, row, form.offering_data())
        except ValidationError as error:
            for field, found in error.message_dict.items():
                form.add_error(field, found)
        else:
            messages.success(request, _("%(term)s 的转换安排已保存。") % {"term": saved.term})
            return redirect("review:course_edit", pk=course.pk)
    context = {"course": course, "offering": row, "form": form}
    return render(request, "review/office/offering_form.html", context, status=REFUSED if form.is_bound else OK)

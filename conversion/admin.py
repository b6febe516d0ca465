"""Courses, applications and forms, to look at: they have verbs, so nothing is written here."""

from django.contrib import admin

from conversion.models import (
    Allowance,
    Application,
    ApplicationEvent,
    Course,
    Filing,
    Form,
    Offering,
    PlanCourse,
)
from portal.administration import ReadOnly


@admin.register(Course)
class CourseAdmin(ReadOnly):
    """Courses."""

    list_display = ("code", "name", "credits", "scheme", "is_active")
    list_select_related = ("scheme",)
    search_fields = ("code", "name")


@admin.register(Offering)
class OfferingAdmin(ReadOnly):
    """Offerings."""

    list_display = ("course", "term", "opens_at", "closes_at")
    list_select_related = ("course", "term")


@admin.register(PlanCourse)
class PlanCourseAdmin(ReadOnly):
    """Training plans."""

    list_display = ("major", "cohort", "course", "kind", "is_active")
    list_select_related = ("major", "course")
    search_fields = ("course__code", "major__code")


@admin.register(Allowance)
class AllowanceAdmin(ReadOnly):
    """Lifetime allowances of offsets."""

    list_display = ("student", "used", "cap", "scheme")
    list_select_related = ("student__person", "scheme")
    search_fields = ("=student__person__number",)


@admin.register(Application)
class ApplicationAdmin(ReadOnly):
    """Conversion applications."""

    list_display = ("id", "student", "course", "status", "stage", "total", "grade")
    list_select_related = ("student__person", "course")
    list_filter = ("status",)
    search_fields = ("=student__person__number",)


@admin.register(ApplicationEvent)
class ApplicationEventAdmin(ReadOnly):
    """The trail of applications."""

    list_display = ("at", "actor_name", "actor_role", "verb", "from_state", "to_state", "subject_id")
    search_fields = ("=subject__id",)


@admin.register(Form)
class FormAdmin(ReadOnly):
    """Issued forms."""

    list_display = ("number", "state", "issued_at", "application_id")
    search_fields = ("=number",)


@admin.register(Filing)
class FilingAdmin(ReadOnly):
    """Signed papers."""

    list_display = ("form", "filed_by", "filed_at", "shelf")
    list_select_related = ("form", "filed_by")
    search_fields = ("=form__number",)

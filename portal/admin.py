"""Accounts, units, the roll and appointments are kept here; files, jobs and events are only looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from portal.administration import ReadOnly, Technical
from portal.models import (
    Appointment,
    ClassGroup,
    College,
    Event,
    Holiday,
    Job,
    Major,
    Notice,
    Person,
    SheetImport,
    StoredFile,
    Student,
    Term,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

admin.site.unregister(Group)  # roles are appointments, never groups


@admin.register(Person)
class PersonAdmin(Technical, UserAdmin):
    """Accounts: found by number or name, given a first password, deactivated."""

    list_display = ("number", "name", "email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("number", "name")
    ordering = ("number",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("number", "password", "must_change_password")}),
        (_("个人信息"), {"fields": ("name", "email", "phone")}),
        (_("权限"), {"fields": ("is_active", "is_superuser")}),
        (_("时间"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("number", "name", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let only superusers make superusers."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Let a new account change the password that the administrator knows."""
        if not change and obj.has_usable_password():
            obj.must_change_password = True
        super().save_model(request, obj, form, change)


@admin.register(College)
class CollegeAdmin(Technical):
    """Colleges and units."""

    list_display = ("code", "name", "is_active")
    search_fields = ("code", "name")


@admin.register(Major)
class MajorAdmin(Technical):
    """Majors."""

    list_display = ("code", "name", "college")
    list_select_related = ("college",)
    search_fields = ("code", "name")


@admin.register(ClassGroup)
class ClassGroupAdmin(Technical):
    """Classes."""

    list_display = ("name", "major", "cohort")
    list_select_related = ("major",)
    search_fields = ("name",)
    autocomplete_fields = ("major",)


@admin.register(Student)
class StudentAdmin(Technical):
    """The roll."""

    list_display = ("person", "college", "class_group", "cohort", "on_roll")
    list_select_related = ("person", "college", "class_group")
    list_filter = ("on_roll", "cohort", "college")
    search_fields = ("person__number", "person__name")
    autocomplete_fields = ("person", "major", "class_group")


@admin.register(Appointment)
class AppointmentAdmin(Technical):
    """Who may act as what."""

    list_display = ("person", "role", "college", "scheme_code", "category_code", "starts_on", "ends_on")
    list_select_related = ("person", "college")
    list_filter = ("role", "college")
    search_fields = ("person__number", "person__name")
    autocomplete_fields = ("person", "class_group", "delegated_by")
    readonly_fields = ("source", "reason", "revoked_at")


@admin.register(Term)
class TermAdmin(Technical):
    """Terms."""

    list_display = ("code", "starts_on", "ends_on")


@admin.register(Holiday)
class HolidayAdmin(Technical):
    """Holidays; a whole year is kept on the office's page, where days can be taken out as well."""

    list_display = ("day", "name", "works")
    date_hierarchy = "day"


@admin.register(Event)
class EventAdmin(ReadOnly):
    """The trail of office-keeping."""

    list_display = ("at", "actor_name", "actor_role", "verb", "subject_kind", "subject_label")
    list_filter = ("subject_kind", "verb")
    search_fields = ("=subject_key", "=actor__number")


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnly):
    """Stored files: what is known of them, never their content."""

    list_display = ("name", "media_type", "size", "uploaded_at")
    search_fields = ("=sha256",)


@admin.register(SheetImport)
class SheetImportAdmin(ReadOnly):
    """Imports of workbooks; what they changed has its own pages and events."""

    list_display = ("imported_at", "kind", "scheme_code", "name", "imported_by", "rolled_back_at")
    list_select_related = ("imported_by",)


@admin.register(Job)
class JobAdmin(ReadOnly):
    """Long work."""

    list_display = ("kind", "state", "owner", "created_at", "finished_at", "attempts")
    list_select_related = ("owner",)
    list_filter = ("state", "kind")


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    """Notices: to whom and when; what they say is between the portal and the person."""

    list_display = ("person", "kind", "created_at", "read_at")
    list_select_related = ("person",)
    fields = ("person", "kind", "created_at", "read_at")
    search_fields = ("=person__number",)

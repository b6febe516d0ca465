"""Django's admin, for the technical administrator only; what has verbs is read there, never written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.paginator import Paginator
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from portal.enums import Role

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

    from portal.models import Person


def is_administrator(person: Any) -> bool:
    """Whether the person keeps the accounts: a superuser, or somebody who is appointed."""
    if not person.is_authenticated or not person.is_active:
        return False
    return bool(person.is_superuser or person.standing.has(Role.ADMINISTRATOR))


class AdministrationSite(admin.AdminSite):
    """The site; ``is_staff`` alone opens nothing."""

    site_header = _("系统管理")
    site_title = _("系统管理")
    index_title = _("账号与技术数据")
    enable_nav_sidebar = False
    site_url = reverse_lazy("people")  # type: ignore[assignment]  # a lazy text is one

    def has_permission(self, request: HttpRequest) -> bool:
        """Let administrators in."""
        return is_administrator(request.user)


class AdministrationConfig(AdminConfig):
    """Makes the site above the one that ``admin.register`` fills."""

    default_site = "portal.administration.AdministrationSite"


class Technical(admin.ModelAdmin):
    """What the administrator keeps: added and changed, never deleted, each time with an event."""

    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Follow the site."""
        return is_administrator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Follow the site."""
        return is_administrator(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Follow the site."""
        return is_administrator(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - as above
        """Follow the site."""
        return is_administrator(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - as above
        """Delete nothing: records point at people and units for ever; they are deactivated or ended instead."""
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave the event with Django's own note, in the same transaction."""
        _record(request, "admin_add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Leave the event with Django's own note, in the same transaction; passwords are set through here, too."""
        _record(request, "admin_change", obj, message)
        return super().log_change(request, obj, message)


class LeanPaginator(Paginator):
    """Counts no further than anybody turns pages: a table may hold millions of rows."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        """Return how many rows can be reached."""
        rows: Any = self.object_list
        return int(rows[: self.MOST].count())


class ReadOnly(Technical):
    """What has verbs: looked at, never written."""

    paginator = LeanPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Write nothing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - as above
        """Write nothing."""
        return False


def _record(request: HttpRequest, verb: str, obj: Any, message: Any) -> None:
    from portal.trail import record  # noqa: PLC0415 - this module is loaded before the models are

    actor: Person = request.user  # type: ignore[assignment]  # the site let nobody else in
    changes = {"fields": message if isinstance(message, list) else str(message)}
    kind, label = obj._meta.model_name, str(obj)
    record(verb, actor, kind=kind, key=obj.pk, label=label, role=Role.ADMINISTRATOR, changes=({}, changes))

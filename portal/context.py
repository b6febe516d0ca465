"""What every page's shell needs, worked out only when a template asks for it: at most one query of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import get_script_prefix
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal import frame, navigation
from portal.enums import Role
from portal.wording import DEFAULT, Wording, wording_for

THEME_COOKIE = "portal_theme"
THEMES = ("light", "dark")
UNREAD_SHOWN = 99


class Shell:
    """The frame around a page for one request."""

    def __init__(self, request: HttpRequest) -> None:
        """Keep the request; ask it nothing yet, because many answers (htmx fragments, redirects) have no frame."""
        self.request = request

    @cached_property
    def user(self) -> Any:
        """The person, or None when nobody is signed in (error pages may come before the session)."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held today."""
        return self.user.standing.roles if self.user else frozenset()

    @cached_property
    def role_words(self) -> str:
        """The roles as a line for people."""
        return " · ".join(str(Role(role).label) for role in Role.values if role in self.roles)

    @cached_property
    def wording(self) -> Wording:
        """The words of the scheme that covers the person; neutral ones on pages that answer before anybody is known."""
        return wording_for(self.user) if hasattr(self.request, "user") else DEFAULT

    @cached_property
    def current(self) -> str:
        """The url name of the menu entry that the page belongs to."""
        return navigation.current_entry(self.request.path, self.roles) if self.user else ""

    @property
    def menu(self) -> SafeString:
        """The side menu."""
        return navigation.render_menu(self.roles, self.wording, self.current)

    @property
    def dock(self) -> SafeString:
        """The bottom bar of phones."""
        return navigation.render_dock(self.roles, self.wording, self.current)

    @property
    def trail(self) -> SafeString:
        """The breadcrumbs after the first."""
        if not self.current:
            return SafeString()
        return navigation.render_trail(
            self.wording, self.current, on_it=navigation.is_at(self.request.path, self.roles)
        )

    @cached_property
    def unread(self) -> int:
        """How many notices wait, capped: the bell shows 99+ beyond."""
        return frame.unread_notices(self.user, UNREAD_SHOWN + 1) if self.user else 0

    @cached_property
    def home(self) -> str:
        """The address of the first page."""
        return navigation.home_address(self.roles)

    @property
    def assets(self) -> SafeString:
        """Links of style sheets and scripts."""
        return frame.kept_part("components/assets.html", (("root", self.root),))

    @property
    def bar(self) -> SafeString:
        """The bar at the top, with this request's token and bell."""
        person = self.user
        facts = (
            ("person_name", person.name if person else ""),
            ("person_number", person.number if person else ""),
            ("role_words", self.role_words),
            ("product", str(self.wording["product"])),
            ("institution", str(self.wording["institution"])),
            ("home", self.home),
            ("language", self.language),
            ("root", self.root),
        )
        return frame.fill(
            frame.kept_part("components/bar.html", facts), token=get_token(self.request), bell=self._bell()
        )

    @property
    def foot(self) -> SafeString:
        """The foot of the page."""
        facts = (
            ("product", str(self.wording["product"])),
            ("institution", str(self.wording["institution"])),
            ("language", self.language),
        )
        return frame.kept_part("components/foot.html", facts)

    def _bell(self) -> SafeString:
        shown = f"{UNREAD_SHOWN}+" if self.unread > UNREAD_SHOWN else str(self.unread or "")
        return frame.kept_part("components/bell.html", (("shown", shown), ("language", self.language)))

    @property
    def theme(self) -> str:
        """The chosen appearance, empty to follow the system; from a cookie, so the first paint is right."""
        theme = self.request.COOKIES.get(THEME_COOKIE, "")
        return theme if theme in THEMES else ""

    @property
    def density(self) -> str:
        """Compact for those who work through lists, comfortable for everybody else."""
        return "compact" if self.roles - {Role.STUDENT.value} else "comfortable"

    @property
    def language(self) -> str:
        """The language tag of the page."""
        return "zh-Hans" if (get_language() or "").startswith("zh") else "en"

    @property
    def root(self) -> str:
        """Where the portal begins: / or a path prefix."""
        return get_script_prefix()

    @property
    def demo(self) -> bool:
        """Whether the data are invented."""
        return bool(settings.DEMO)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give templates ``shell``."""
    return {"shell": Shell(request)}

"""The menu: each app registers its entries, each role sees its own, the rendered menu is kept per process.

An app calls ``register`` in a ``navigation`` module imported from its ``AppConfig.ready``. Entries of one group stand
together; a group may name a section below it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.wording import Wording

DOCK_SIZE = 4


@dataclass(frozen=True, slots=True)
class Group:
    """One heading of the menu; ``section`` is the optional second one, ``crumb`` stands for both in breadcrumbs.

    Words may come from the scheme.
    """

    key: str
    label: str | Promise
    order: int
    section: str | Promise = ""
    label_word: str = ""
    section_word: str = ""
    crumb: str | Promise = ""
    crumb_word: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu, shown to those who hold any of the roles (to everybody signed in when none is named).

    ``needs`` names a word or a part of the scheme without which the menu does not offer the page.
    """

    url_name: str
    label: str | Promise
    icon: str
    group: Group
    order: int
    roles: frozenset[str] = frozenset()
    word: str = ""
    crumb_word: str = ""
    dock: bool = False
    short: str | Promise = ""  # what the dock has room for: five ideographs
    short_word: str = ""
    needs: str = ""

    def seen_by(self, roles: frozenset[str]) -> bool:
        """Whether a holder of these roles gets the entry."""
        return not self.roles or not self.roles.isdisjoint(roles)

    def belongs_to(self, wording: Wording) -> bool:
        """Whether the scheme has what the page is about; who works for several schemes gets every page."""
        return not self.needs or not wording.key or bool(wording.get(self.needs))


HOME = Group("home", "", 0)
ACCOUNT = Group("account", _("我的"), 900)
SYSTEM = Group("system", _("系统"), 950)
_entries: dict[str, Entry] = {}


def register(*entries: Entry) -> None:
    """Add pages to the menu; a page registered twice counts once."""
    _entries.update({entry.url_name: entry for entry in entries})
    for cached in (_places, _home, _menu, _dock, _trail):
        cached.cache_clear()


def unregister(*url_names: str) -> None:
    """Take pages out of the menu."""
    for name in url_names:
        _entries.pop(name, None)
    register()


def entries_for(roles: frozenset[str]) -> list[Entry]:
    """Return the entries in the order of the menu."""
    mine = (entry for entry in _entries.values() if entry.seen_by(roles))
    return sorted(mine, key=lambda entry: (entry.group.order, entry.group.key, entry.order, entry.url_name))


def desk_for(roles: frozenset[str]) -> str:
    """Return the url name of the first desk (an entry of the group HOME) for these roles, or an empty text."""
    return next((entry.url_name for entry in entries_for(roles) if entry.group == HOME), "")


def current_entry(path: str, roles: frozenset[str]) -> str:
    """Return the url name of the entry whose address begins the path (the longest wins), or an empty text."""
    for address, url_name in _places(get_script_prefix(), roles):
        if path.startswith(address):
            return url_name if address != get_script_prefix() or path == address else ""
    return ""


def home_address(roles: frozenset[str]) -> str:
    """Return where "home" leads: the desk itself where there is one, which saves a redirect."""
    return _home(roles, get_script_prefix())


def is_at(path: str, roles: frozenset[str]) -> bool:
    """Whether the path is an entry's own page, not one below it."""
    return any(path == address for address, _url_name in _places(get_script_prefix(), roles))


def render_menu(roles: frozenset[str], wording: Wording, current: str) -> SafeString:
    """Return the side menu as HTML."""
    return _menu(roles, wording, current, get_language() or "", get_script_prefix())


def render_dock(roles: frozenset[str], wording: Wording, current: str) -> SafeString:
    """Return the bottom bar of phones as HTML: the pages marked for it, then the whole menu."""
    return _dock(roles, wording, current, get_language() or "", get_script_prefix())


def render_trail(wording: Wording, current: str, *, on_it: bool) -> SafeString:
    """Return the breadcrumbs down to the current entry: a link, or plain text when the page is the entry itself."""
    return _trail(wording, current, on_it, get_language() or "", get_script_prefix())


@lru_cache(maxsize=256)
def _home(roles: frozenset[str], _prefix: str) -> str:
    return reverse(desk_for(roles) or "home")


@lru_cache(maxsize=256)
def _places(_prefix: str, roles: frozenset[str]) -> tuple[tuple[str, str], ...]:
    found = ((reverse(entry.url_name), entry.url_name) for entry in entries_for(roles))
    return tuple(sorted(found, key=lambda place: -len(place[0])))


def _link(entry: Entry, wording: Wording, current: str) -> dict[str, object]:
    label = wording.get(entry.word, entry.label) if entry.word else entry.label
    return {
        "href": reverse(entry.url_name),
        "label": label,
        "icon": entry.icon,
        "current": entry.url_name == current,
    }


def _short(entry: Entry, wording: Wording) -> dict[str, object]:
    label = wording.get(entry.short_word, entry.short) if entry.short_word else entry.short
    return {"label": label} if label else {}


def _headings(group: Group, wording: Wording) -> tuple[str, str]:
    label = wording.get(group.label_word, group.label) if group.label_word else group.label
    section = wording.get(group.section_word, group.section) if group.section_word else group.section
    return str(label), str(section)


def _crumbs(group: Group, wording: Wording) -> tuple[str, ...]:
    crumb = wording.get(group.crumb_word, group.crumb) if group.crumb_word else group.crumb
    return (str(crumb),) if crumb else _headings(group, wording)


@lru_cache(maxsize=1024)
def _menu(roles: frozenset[str], wording: Wording, current: str, _language: str, _prefix: str) -> SafeString:
    groups = []
    for group, members in groupby(entries_for(roles), key=lambda entry: entry.group):
        label, section = _headings(group, wording)
        links = [_link(entry, wording, current) for entry in members if entry.belongs_to(wording)]
        if links:
            groups.append({"key": group.key, "label": label, "section": section, "links": links})
    return mark_safe(render_to_string("components/menu.html", {"groups": groups}))  # noqa: S308 - our own template


@lru_cache(maxsize=1024)
def _dock(roles: frozenset[str], wording: Wording, current: str, _language: str, _prefix: str) -> SafeString:
    mine = (entry for entry in entries_for(roles) if entry.dock and entry.belongs_to(wording))
    entries: Iterable[Entry] = list(mine)[:DOCK_SIZE]
    links = [_link(entry, wording, current) | _short(entry, wording) for entry in entries]
    return mark_safe(render_to_string("components/dock.html", {"links": links}))  # noqa: S308 - our own template


@lru_cache(maxsize=1024)
def _trail(wording: Wording, current: str, on_it: bool, _language: str, _prefix: str) -> SafeString:  # noqa: FBT001 - part of the cache's key
    entry = _entries.get(current)
    if entry is None or entry.group == HOME:
        return mark_safe("")
    steps = [format_html("<li>{}</li>", text) for text in _crumbs(entry.group, wording) if text]
    link = _link(entry, wording, current)
    if entry.crumb_word:
        link["label"] = wording.get(entry.crumb_word, entry.label)
    if on_it:
        steps.append(format_html('<li aria-current="page">{}</li>', link["label"]))
    else:
        steps.append(format_html('<li><a href="{}">{}</a></li>', link["href"], link["label"]))
    return mark_safe("".join(steps))  # noqa: S308 - joined from escaped pieces

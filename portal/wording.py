"""The words that a scheme chooses: titles of menus, pages and units, and the institution's name.

The ground knows no scheme. An app above registers a provider; until one answers, the neutral words below stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEUTRAL: Mapping[str, str | Promise] = MappingProxyType(
    {"product": _("积分认定与转换"), "institution": "", "unit": _("分")}
)


@dataclass(frozen=True, slots=True)
class Wording:
    """One scheme version's words; two with the same key are the same words, so caches go by the key."""

    key: str
    texts: Mapping[str, str | Promise] = field(compare=False)

    def get(self, name: str, default: str | Promise = "") -> str | Promise:
        """Return the scheme's word, else the neutral one, else the default."""
        return self.texts.get(name) or NEUTRAL.get(name) or default

    def __getitem__(self, name: str) -> str | Promise:
        return self.get(name)


DEFAULT = Wording(key="", texts=MappingProxyType({}))
Provider = Callable[[Any], Wording]
_providers: list[Provider] = []


def provide_wording(provider: Provider) -> None:
    """Register who knows the words for a person (anonymous included); it must cost no query when warm."""
    _providers.append(provider)


def wording_for(user: object) -> Wording:
    """Return the words of the scheme that covers the person."""
    return _providers[-1](user) if _providers else DEFAULT

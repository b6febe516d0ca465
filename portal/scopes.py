"""Which schemes and categories an appointment may name. The ground knows none; an app above says them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Scopes = Mapping[str, frozenset[str]]
_providers: list[Callable[[], Scopes]] = []


def provide_scopes(provider: Callable[[], Scopes]) -> None:
    """Register who knows the schemes: code → codes of its categories."""
    _providers.append(provider)


def known_scopes() -> Scopes:
    """Return every scheme's code with the codes of its categories."""
    return {code: categories for provider in _providers for code, categories in provider().items()}

"""Which schemes and categories an appointment may name. The ground knows none; an app above says them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

Scopes = Mapping[str, frozenset[str]]
# What people call them: (scheme, "") and (scheme, category) to a name.
Names = Mapping[tuple[str, str], str]
_namers: list[Callable[[], Names]] = []
_covers: list[Callable[[Iterable[str]], frozenset[int]]] = []
_providers: list[Callable[[], Scopes]] = []


def provide_scopes(provider: Callable[[], Scopes]) -> None:
    """Register who knows the schemes: code → codes of its categories."""
    _providers.append(provider)


def known_scopes() -> Scopes:
    """Return every scheme's code with the codes of its categories."""
    return {code: categories for provider in _providers for code, categories in provider().items()}


def provide_names(namer: Callable[[], Names]) -> None:
    """Register who knows what schemes and categories are called."""
    _namers.append(namer)


def known_names() -> Names:
    """Return the names of schemes and categories."""
    return {key: name for namer in _namers for key, name in namer().items()}


def provide_covered(covered: Callable[[Iterable[str]], frozenset[int]]) -> None:
    """Register who knows the colleges that schemes cover."""
    _covers.append(covered)


def covered_colleges(codes: Iterable[str]) -> frozenset[int]:
    """Return the ids of the colleges that any of the schemes covers."""
    wanted = list(codes)
    return frozenset(pk for covered in _covers for pk in covered(wanted))

"""What apps above have to say about a subject on its own page: a claim's page does not know that lists are publicised.

A provider takes the subject and the person who reads and returns remarks; it asks nothing for subjects that cannot
have any, because it is asked at every page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.models import Person


@dataclass(frozen=True, slots=True)
class Remark:
    """One message on the page: a tone (info success warning error), a sentence, and where it leads."""

    tone: str
    text: str
    href: str = ""
    action: str = ""


Provider = Callable[[Any, "Person"], Iterable[Remark]]
_providers: list[Provider] = []


def provide_remarks(provider: Provider) -> None:
    """Register who else has something to say."""
    if provider not in _providers:
        _providers.append(provider)


def remarks_on(subject: object, reader: Person) -> list[Remark]:
    """Return what is to be said about a subject to a reader who may see it."""
    return [remark for provider in _providers for remark in provider(subject, reader)]

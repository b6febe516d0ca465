"""Whether a deputy is free to decide: who decides for somebody else must not be tied to the student themself.

What ties people to students is known above: apps that keep it say so here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.verdict import Verdict

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from portal.models import Person

# A person and a claim or an application → what ties the one to the other, in words; empty for nothing.
Ties = Callable[["Person", Any], "str | Promise"]
_providers: list[Ties] = []


def provide_ties(provider: Ties) -> None:
    """Register who knows what ties people to students; asked only for deputies."""
    if provider not in _providers:
        _providers.append(provider)


def free_as_deputy(person: Person, subject: Any) -> Verdict:
    """Whether nothing ties the person to the subject, where they reach it in some role by delegation alone.

    Raises no query for everybody else: the own office is judged by its own rules.
    """
    if not any(power.delegated_by_id for power in person.standing.powers):
        return Verdict.yes()
    reaching = sorted((p for p in person.standing.powers if subject.within(p)), key=attrgetter("role"))
    if not any(all(p.delegated_by_id for p in same) for _role, same in groupby(reaching, key=attrgetter("role"))):
        return Verdict.yes()
    for tie in (provider(person, subject) for provider in _providers):
        if tie:
            return Verdict.no(format_lazy(_("您与该申报有利益关系（{tie}），不能代他人审核。"), tie=tie))
    return Verdict.yes()

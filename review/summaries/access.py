"""Whose figures a person may read: those of the schemes for which the person is the office or audits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credits.models import Scheme
from credits.querysets import schemes_of
from portal.enums import Role

if TYPE_CHECKING:
    from portal.models import Person

REPORTERS = [Role.OFFICE, Role.AUDITOR]


def reported_schemes(person: Person) -> list[Scheme]:
    """Return the schemes whose figures the person reads."""
    return list(Scheme.objects.filter(schemes_of(person, REPORTERS, path="")))

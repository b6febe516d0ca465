"""Keeps the terms in which courses are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from portal.enums import Role
from portal.trail import record
from portal.verdict import Verdict
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from portal.models import Person, Term


def save_term(actor: Person, term: Term) -> Term:
    """Create or change a term; its academic year is the beginning of its code. Raises ``NotAllowed``."""
    verdict = can_keep_terms(actor)
    if not verdict:
        raise NotAllowed(verdict)
    with transaction.atomic():
        term.academic_year = term.code.rpartition("-")[0]
        term.save()
        facts = {"starts_on": str(term.starts_on), "ends_on": str(term.ends_on)}
        record("save", actor, kind="term", key=term.code, label=term.code, role=verdict.role, changes=({}, facts))
    return term


def can_keep_terms(person: Person) -> Verdict:
    """Whether the person may add terms: any office."""
    if person.standing.has(Role.OFFICE):
        return Verdict.yes(Role.OFFICE)
    return Verdict.no(_("只有主管部门可以管理学期。"))

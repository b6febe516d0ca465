"""Who may do what with a workbook of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portal.verdict import Verdict
from review.desk.queues import decides

if TYPE_CHECKING:
    from portal.models import Person
    from review.models import DecisionSheet


def can_review_by_sheet(person: Person) -> Verdict:
    """Whether the person decides any stage of claims at all; each row asks for itself again."""
    return Verdict.yes("") if decides(person, "claims") else Verdict.no(_("您没有需要审核的环节。"))


def can_use_sheet(person: Person, sheet: DecisionSheet) -> Verdict:
    """Whether the person may carry out or put away a workbook: only who uploaded it."""
    if sheet.created_by_id != person.pk:
        return Verdict.no(_("只有导入者本人可以处理这份工作簿。"))
    return can_review_by_sheet(person)

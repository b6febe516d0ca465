"""What the student's page of a sanction says to the office that opens it: where the appeal is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from credits.enums import AppealState
from credits.models import Sanction
from credits.rules import can_answer_appeal
from portal.remarks import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.models import Person


def sanction_remarks(subject: Any, reader: Person) -> Iterator[Remark]:
    """Lead the scheme's office from the public page of a sanction to its own."""
    if not isinstance(subject, Sanction) or not can_answer_appeal(reader, subject):
        return
    waits = subject.appeal_state == AppealState.FILED
    text = _("申诉待答复。") if waits else _("转换申请和团队成员的处理见办理页。")
    address = reverse("review:sanction", args=[subject.pk])
    yield Remark("warning" if waits else "info", text, address, _("去办理"))

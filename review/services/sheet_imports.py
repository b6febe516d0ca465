"""Takes back what a workbook of the achievement library created, as long as nothing stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credits.models import LibraryEntry, Scheme
from credits.rules import can_keep_library
from credits.services.library import remove_entries
from portal.models import SheetImport
from portal.models.imports import SheetKind
from portal.trail import record
from portal.verdict import Verdict
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from portal.models import Person


def can_roll_back(person: Person, row: SheetImport) -> Verdict:
    """Whether the person may take the new rows of an import back: the library's office, once."""
    if row.kind != SheetKind.LIBRARY:
        return Verdict.no(gettext_lazy("只有成果库的导入可以整体撤回，其他内容请逐项修改。"))
    if row.rolled_back_at is not None:
        return Verdict.no(gettext_lazy("这次导入已经撤回。"))
    if not row.created:
        return Verdict.no(gettext_lazy("这次导入没有新建条目，没有可以撤回的内容。"))
    return can_keep_library(person, Scheme.objects.get(code=row.scheme_code))


def roll_back_sheet(row: SheetImport, actor: Person, *, reason: str) -> int:
    """Remove the entries that the import created, and return how many; what it changed stays as it is.

    Raises ``NotAllowed``, then ``ValidationError`` without a reason, then ``EntriesInUse`` naming the entries that
    somebody refers to or has changed since: then nothing is removed. One event for the import, one for each entry.
    """
    with transaction.atomic():
        held = SheetImport.objects.select_for_update(of=("self",)).get(pk=row.pk)
        verdict = can_roll_back(actor, held)
        if not verdict:
            raise NotAllowed(verdict)
        if not reason.strip():
            raise ValidationError({"reason": _("请填写理由。")})
        scheme = Scheme.objects.get(code=held.scheme_code)
        entries = LibraryEntry.objects.filter(scheme=scheme, pk__in=held.created)
        count = remove_entries(actor, entries)
        held.rolled_back_at, held.rolled_back_by = timezone.now(), actor
        held.save(update_fields=["rolled_back_at", "rolled_back_by"])
        record(
            "roll_back",
            actor,
            kind="library",
            key=scheme.code,
            label=held.name,
            role=verdict.role,
            scheme=scheme.code,
            reason=reason.strip(),
            changes=({}, {"rows": count}),
        )
    return count

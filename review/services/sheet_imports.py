"""Takes back what a workbook did, as far as nothing stands on it and nobody changed it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversion.rules import can_keep_courses
from credits.models import Scheme
from credits.rules import can_keep_library
from portal.language import kept_language
from portal.models import SheetImport
from portal.models.imports import SheetKind
from portal.people_import.service import can_import_people, limits_of
from portal.people_import.taking_back import tables_of_people
from portal.taking_back import TakingBack
from portal.trail import record
from portal.verdict import Verdict
from portal.workflow import NotAllowed
from review.imports.tables import tables_of

if TYPE_CHECKING:
    from portal.models import Person

NAMED = 200


class PreviewMoved(Exception):  # noqa: N818 - the house's word for "somebody else was faster"
    """Other rows would be taken back by now than the preview showed; nothing was. ``numbers`` are those of now."""

    def __init__(self, numbers: tuple[int, int, int]) -> None:
        super().__init__(f"{numbers}")
        self.numbers = numbers


def can_roll_back(person: Person, row: SheetImport) -> Verdict:
    """Whether the person may take an import back: who may import the like, while any of its rows stands as imported."""
    kept = row.rows.filter(taken_back=False).exists()
    if not kept and row.rolled_back_at is not None:
        return Verdict.no(gettext_lazy("这次导入已经全部撤回。"))
    if not kept and not _did_anything(row):
        return Verdict.no(gettext_lazy("这次导入没有改变任何内容。"))
    if not kept:
        return Verdict.no(gettext_lazy("这次导入没有保存导入前的内容，不能整体撤回，请逐项修改。"))
    if row.kind == SheetKind.PEOPLE:
        return can_import_people(person)
    scheme = Scheme.objects.get(code=row.scheme_code)
    return can_keep_library(person, scheme) if row.kind == SheetKind.LIBRARY else can_keep_courses(person, scheme)


def _did_anything(row: SheetImport) -> bool:
    return row.kind == SheetKind.PEOPLE or any(row.report.get(name) for name in ("create", "change", "rule", "courses"))


def taking_back(row: SheetImport, actor: Person, *, lock: bool = False) -> TakingBack:
    """Return what taking the import back would do now: what goes, what returns, what stays and why. Changes nothing."""
    if row.kind == SheetKind.PEOPLE:
        tables = tables_of_people(limits_of(actor))
    else:
        tables = tables_of(row.kind, Scheme.objects.get(code=row.scheme_code))
    return TakingBack(row, tables, actor, lock=lock)


def roll_back_sheet(row: SheetImport, actor: Person, *, reason: str, seen: tuple[int, int, int]) -> TakingBack:
    """Remove what the import made and nobody uses, and put back what it changed and nobody changed since.

    ``seen`` are the numbers that the person confirmed: rows that go, return, stay. What stays can be taken back later.
    Raises ``NotAllowed``, then ``ValidationError`` without a reason, then ``PreviewMoved`` when the numbers are others
    by now, then ``ValidationError`` when a former value clashes with what is there. One event for the import; rows that
    have a history of their own leave theirs.
    """
    with transaction.atomic():
        held = SheetImport.objects.select_for_update(of=("self",)).get(pk=row.pk)
        verdict = can_roll_back(actor, held)
        if not verdict:
            raise NotAllowed(verdict)
        if not reason.strip():
            raise ValidationError({"reason": _("请填写理由。")})
        with kept_language():
            plan = taking_back(held, actor, lock=True)
        if plan.numbers != seen or not plan.taken:
            raise PreviewMoved(plan.numbers)
        try:
            with transaction.atomic():
                plan.carry_out()
        except IntegrityError:
            raise ValidationError(_("导入前的内容与现有内容冲突，什么都没有撤回。请逐项修改。")) from None
        removed, restored, left = plan.numbers
        facts = {"removed": removed, "restored": restored, "left": left}
        named = [[f"{line.table.title} {line.row.name}", line.why] for line in plan.left[:NAMED]]
        held.rolled_back_at, held.rolled_back_by = timezone.now(), actor
        held.report = held.report | {"back": facts | {"named": named}}
        held.save(update_fields=["rolled_back_at", "rolled_back_by", "report"])
        _tell(held, actor, verdict.role, reason.strip(), facts | {"named": [": ".join(pair) for pair in named]})
    return plan


def _tell(held: SheetImport, actor: Person, role: str, reason: str, facts: dict[str, Any]) -> None:
    record(
        "roll_back",
        actor,
        kind=held.kind,
        key=held.scheme_code,
        label=held.name,
        role=role,
        scheme=held.scheme_code,
        reason=reason,
        changes=({}, facts),
    )

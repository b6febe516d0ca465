"""Committee rulings on achievements off the table (W14): put on record, and put into a draft as a row of its table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from credits.drafting import read_draft
from credits.enums import DraftState
from credits.evaluation import evaluate
from credits.evaluation.pack.editing import NoPlace, Value, with_example, with_row
from credits.models import Claim, Ruling, SchemeDraft
from credits.rules import can_rule
from credits.services.drafts import KIND as DRAFT
from credits.services.drafts import held_draft, write_source
from portal.enums import Role
from portal.points import ZERO, as_points
from portal.trail import record
from portal.workflow import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credits.evaluation import SchemeData
    from credits.evaluation.scheme import Example, Table
    from credits.models import Category
    from portal.models import Person

KIND = "ruling"


@dataclass(frozen=True, slots=True)
class Adoption:
    """Where a ruling becomes a row: the category's and the table's code, and the keys of the row, in order."""

    category: str
    table: str
    keys: tuple[str, ...]


def record_ruling(
    claim: Claim, actor: Person, *, title: str, category: Category | None, low: Decimal, high: Decimal, reason: str
) -> Ruling:
    """Put on record what the committee decided on an achievement off the table; the same again is the one on record.

    Raises ``NotAllowed``, then ``ValidationError`` by field; once there is a ruling for the claim it stays.
    """
    verdict = can_rule(actor, claim)
    if not verdict:
        raise NotAllowed(verdict)
    facts = _checked(claim, title, category, low, high, reason)
    with transaction.atomic():
        row = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
        known = Ruling.objects.filter(claim=row).first()
        if known is not None:
            if all(getattr(known, name) == value for name, value in facts.items()):
                return known
            raise ValidationError({"title": _("这项申报的认定已登记为“%(title)s”。") % {"title": known.title}})
        ruling = Ruling.objects.create(
            scheme_id=row.scheme_id, claim=row, decided_at=timezone.now(), decided_by=actor, **facts
        )
        record(
            "rule",
            actor,
            kind=KIND,
            key=ruling.pk,
            label=ruling.title,
            role=verdict.role,
            scheme=row.scheme.code,
            reason=ruling.reason,
            changes=({}, _frozen(ruling)),
        )
    return ruling


def adopt_ruling(
    ruling: Ruling, draft: SchemeDraft, actor: Person, place: Adoption, *, revision: int | None
) -> tuple[SchemeDraft, bool]:
    """Put a ruling into a draft's text as a row of a table; return the draft, and whether an example came with it.

    The text keeps its comments and its layout. Raises as ``save_draft``, then ``ValidationError`` when the text has
    errors, the row is there already, or its place cannot be found.
    """
    with held_draft(draft, actor, revision) as row:
        if row.scheme_id != ruling.scheme_id:
            raise ValidationError({"draft": _("草案属于另一个办法。")})
        kept = Ruling.objects.select_for_update(of=("self",)).get(pk=ruling.pk)
        if kept.draft is not None and kept.draft.state != DraftState.DISCARDED:
            raise ValidationError({"draft": _("该认定已纳入草案“%(draft)s”。") % {"draft": kept.draft.label}})
        text, has_example = adopted_text(row.source, row.scheme.code, kept, place)
        write_source(row, text)
        kept.draft = row
        kept.save(update_fields=["draft"])
        # What was changed is the draft: its history tells which ruling came in, and where.
        after = {"ruling": kept.pk, "category": place.category, "table": place.table, "keys": list(place.keys)}
        record(
            "adopt",
            actor,
            kind=DRAFT,
            key=row.pk,
            label=str(row),
            role=Role.OFFICE,
            scheme=row.scheme.code,
            changes=({}, after),
        )
    return row, has_example


def adoptable_tables(data: SchemeData) -> list[tuple[str, Table]]:
    """Return the tables that a row can be put into, each with its category's code: a table of steps has no free row."""
    return [
        (category.code, table)
        for category in data.categories
        if not category.off_table
        for table in category.tables.values()
        if not table.stepped
    ]


def adopted_text(source: str, scheme_code: str, ruling: Ruling, place: Adoption) -> tuple[str, bool]:
    """Return the text with the row, and whether a worked example for it could be made from one that is there."""
    data = read_draft(source, scheme_code).data
    if data is None:
        raise ValidationError({"draft": _("草案文本还有错误，改正后才能纳入。")})
    tables = {(category, table.code): table for category, table in adoptable_tables(data)}
    table = tables.get((place.category, place.table))
    if table is None:
        raise ValidationError({"table": _("草案中没有这张表。")})
    _check_keys(table, place.keys)
    figures: Sequence[Value] = (ruling.low,) if ruling.low == ruling.high else (ruling.low, ruling.high)
    try:
        text = with_row(source, place.category, place.table, [*place.keys, *figures])
    except NoPlace as problem:
        raise ValidationError({"table": str(problem)}) from problem
    reading = read_draft(text, scheme_code)
    if reading.data is None:
        message = "；".join(str(problem) for problem in reading.problems)
        raise ValidationError({"table": _("加入这一行后文本有错误：%(message)s") % {"message": message}})
    example = _example(reading.data, table, ruling, place)
    return (with_example(text, example), True) if example else (text, False)


def _checked(
    claim: Claim, title: str, category: Category | None, low: Decimal, high: Decimal, reason: str
) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    low, high = as_points(low), as_points(high)
    if not title.strip():
        problems["title"] = _("请填写项目名称。")
    if low <= ZERO:
        problems["low"] = _("分值必须大于 0。")
    elif high < low:
        problems["high"] = _("最高分值不能低于最低分值。")
    elif high > claim.scheme_version.data.limits.max_points:
        problems["high"] = _("分值不能超过 %(max)s。") % {"max": claim.scheme_version.data.limits.max_points}
    if category is not None and category.scheme_id != claim.scheme_id:
        problems["category"] = _("类别属于另一个办法。")
    if not reason.strip():
        problems["reason"] = _("请填写认定的理由。")
    if problems:
        raise ValidationError(problems)
    return {"title": title.strip(), "category": category, "low": low, "high": high, "reason": reason.strip()}


def _check_keys(table: Table, keys: tuple[str, ...]) -> None:
    if len(keys) != len(table.by) or not keys[0].strip():
        raise ValidationError({"keys": _("请填写这一行的每个栏目。")})
    if any(row.keys == keys for row in table.rows):
        raise ValidationError({"keys": _("表中已有这一行。")})


def _example(data: SchemeData, table: Table, ruling: Ruling, place: Adoption) -> Mapping[str, Any] | None:
    """Make an example from one of the same category: with the row's keys its rules must give the ruling's figures."""
    names = {example.name for example in data.examples}
    if ruling.title in names:
        return None
    for example in data.examples:
        if example.kind != "points" or example.category != place.category:
            continue
        facts = _facts_with(example, table, place)
        result = evaluate(data, place.category, facts, college=example.college or None)
        if (result.minimum, result.maximum) == (ruling.low, ruling.high):
            college = {"college": example.college} if example.college else {}
            return {
                "name": ruling.title,
                "category": place.category,
                **college,
                "facts": facts,
                "minimum": ruling.low,
                "maximum": ruling.high,
            }
    return None


def _facts_with(example: Example, table: Table, place: Adoption) -> dict[str, Value]:
    facts: dict[str, Any] = dict(example.facts)
    return {**facts, **dict(zip(table.by, place.keys, strict=True))}


def _frozen(ruling: Ruling) -> dict[str, Any]:
    return {
        "claim": ruling.claim_id,
        "title": ruling.title,
        "category": ruling.category.code if ruling.category else "",
        "low": str(ruling.low),
        "high": str(ruling.high),
    }

"""What a student does with a conversion application: start, save, submit, withdraw."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversion.holdings import version_in_force
from conversion.models import Application, ApplicationEvent, Line
from conversion.plans import categories_for
from conversion.rules import can_apply, can_edit, can_submit, can_withdraw
from conversion.services.allowances import free_allowance, take_allowance
from conversion.services.offsets import earn_offset, kind_in_plan, offset_grade
from credits.enums import EntryKind
from credits.evaluation.bands import grade_for
from credits.models import Lot
from credits.services.ledger import NotEnoughPoints, book, lock_lots, revoke_freed
from credits.stages import stage_after
from portal.enums import Role, Status
from portal.points import ZERO, format_points
from portal.trail import write_event
from portal.workflow import NotAllowed, close, enter_stage, transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conversion.models import Offering
    from portal.models import Person


@dataclass(frozen=True, slots=True)
class Wish:
    """What the student wants: contact, reason, and the points to use of each lot (lot id → points)."""

    phone: str = ""
    email: str = ""
    reason: str = ""
    uses: Mapping[int, Decimal] = field(default_factory=dict)


def start_application(offering: Offering, actor: Person, wish: Wish) -> Application:
    """Open a draft for a course.

    Raises ``NotAllowed`` when the student may not apply, then ``ValidationError`` for impossible records.
    """
    verdict = can_apply(actor, offering)
    if not verdict:
        raise NotAllowed(verdict)
    student = actor.student
    version = version_in_force(offering.course.scheme, student)
    if version is None:
        raise ValidationError(_("该办法目前没有适用于你年级的版本，请联系教学管理部门。"))
    application = Application(
        scheme=offering.course.scheme,
        scheme_version=version,
        student=student,
        college_id=student.college_id,
        cohort=student.cohort,
        offering=offering,
        course=offering.course,
    )
    if version.data.conversion.offsets:
        application.course_kind = kind_in_plan(application)
    try:
        with transaction.atomic():
            _write(application, wish)
            application.save()
            _write_lines(application, wish)
            write_event(
                ApplicationEvent,
                "start",
                actor,
                role=Role.STUDENT,
                to_state=application.status,
                changes=({}, _facts(application, wish)),
                subject=application,
            )
    except IntegrityError:  # two browsers at once: the constraint lets one live application per course through
        raise ValidationError(_("你已有该课程的申请，请在原申请上操作。")) from None
    return application


def save_application(application: Application, actor: Person, wish: Wish, *, revision: int | None) -> Application:
    """Keep what was chosen and typed; the status stays. Nothing new means no event."""
    before = dict(application.lines.values_list("lot_id", "points"))
    words = (application.phone, application.email, application.reason)
    if before == dict(wish.uses) and words == (wish.phone, wish.email, wish.reason.strip()):
        return application
    with transition(application, "save", actor, may=can_edit, revision=revision) as (row, step):
        _write(row, wish)
        _write_lines(row, wish)
        step.after = {"uses": _uses(wish)}
    return application


def submit_application(application: Application, actor: Person, *, revision: int | None) -> Application:
    """Hand the application in: the records are held until it is decided.

    Raises ``ValidationError`` by field when a contact or the reason is missing, a record cannot be used any more, the
    total earns no grade, or (an offset) the total is not what the course wants or the allowance does not suffice.
    """
    with transition(application, "submit", actor, may=can_submit, revision=revision) as (row, step):
        lines = list(row.lines.order_by("lot_id"))
        _check_words(row)
        if row.offsets:
            row.course_kind = kind_in_plan(row)
        lots = lock_lots(line.lot_id for line in lines)
        _check_lines(row, lines, lots)
        row.total = sum((line.points for line in lines), ZERO)
        (earn_offset if row.offsets else _earn_grade)(row)
        for line in lines:
            _hold(row, line, lots[line.lot_id], actor)
        if row.offsets:
            take_allowance(row)
        first = stage_after(row.scheme_version, "", "conversions")
        assert first is not None  # noqa: S101 - a version without a stage is refused when it is loaded; narrows the type
        row.submitted_at, row.decided_at = timezone.now(), None
        enter_stage(row, first.code)
        step.after = {"uses": {str(line.lot_id): str(line.points) for line in lines}}
    return application


def withdraw_application(application: Application, actor: Person, *, revision: int | None) -> Application:
    """Take the application back; what it held is free again."""
    with transition(application, "withdraw", actor, may=can_withdraw, revision=revision) as (row, _step):
        if row.status == Status.IN_REVIEW:
            release(row, actor)
        close(row, Status.WITHDRAWN)
    return application


def release(application: Application, actor: Person | None) -> None:
    """Free what the application holds and took; in the caller's transaction, before its revision goes up."""
    settle(application, actor, EntryKind.RELEASE)


def settle(application: Application, actor: Person | None, kind: str) -> None:
    """Book one kind of entry for every line; the key names the revision, so each handing-in is settled once.

    What comes back to a record that was cancelled meanwhile is revoked at once, and a cancelled record is not consumed
    (``ValidationError``). Whatever comes back frees what the application took of the lifetime allowance.
    """
    lines = list(application.lines.order_by("lot_id"))
    lots = lock_lots(line.lot_id for line in lines)
    gives_back = kind in {EntryKind.RELEASE, EntryKind.REFUND}
    if not gives_back:
        refuse_cancelled(lots.values())
    for line in lines:
        lot, place = lots[line.lot_id], f"{application.pk}:{application.revision}:{line.lot_id}"
        book(lot, kind, line.points, actor, key=f"{kind}:{place}", reference=reference(application))
        if gives_back:
            revoke_freed(lot, actor, key=f"{EntryKind.REVOKE}:{place}")
    if gives_back:
        free_allowance(application)


def refuse_cancelled(lots: Iterable[Lot]) -> None:
    """Raise ``ValidationError`` naming a record whose recognition was cancelled: nothing may be approved with it."""
    for lot in lots:
        if lot.cancelled:
            text = _("所用记录“%(content)s”的认定已被取消，不能通过；请退回修改或不予通过。")
            raise ValidationError(text % {"content": lot.claim.content})


def reference(application: Application) -> str:
    """Return how the ledger names an application."""
    return f"application:{application.pk}"


def _hold(row: Application, line: Line, lot: Lot, actor: Person) -> None:
    key = f"{EntryKind.HOLD}:{row.pk}:{row.revision}:{line.lot_id}"
    try:
        book(lot, EntryKind.HOLD, line.points, actor, key=key, reference=reference(row))
    except NotEnoughPoints as error:
        raise ValidationError({"uses": used_message(error.lot)}) from None


def used_message(lot: Lot) -> str:
    """Say that a record is taken."""
    return _("“%(content)s”已被其他申请占用或使用，请重新选择。") % {"content": lot.claim.content}


def _check_words(row: Application) -> None:
    errors = {}
    if not row.phone.strip():
        errors["phone"] = _("请填写联系电话。")
    if not row.email.strip():
        errors["email"] = _("请填写 email。")
    if not row.reason.strip():
        errors["reason"] = _("请详细说明申请理由。")
    if errors:
        raise ValidationError(errors)


def _check_lines(row: Application, lines: list[Line], lots: Mapping[int, Lot]) -> None:
    """Refuse records of others, of categories the course does not take, used ones, and parts when only wholes count."""
    if not lines:
        raise ValidationError({"uses": _("请至少选择一条认定记录。")})
    allowed = _allowed(row)
    whole = row.scheme_version.data.conversion.whole_records
    for line in lines:
        lot = lots[line.lot_id]
        if lot.student_id != row.student_id or lot.scheme_id != row.scheme_id or lot.category_id not in allowed:
            raise ValidationError({"uses": _("所选记录不能用于该课程。")})
        if line.points > lot.usable or (whole and (lot.held or lot.consumed)):
            raise ValidationError({"uses": used_message(lot)})
        if whole and line.points != lot.recognised:
            raise ValidationError({"uses": _("每条记录须整条转换。")})


def _allowed(row: Application) -> set[int]:
    """Return the categories that count: the course's own, or those of its kind in the plan."""
    if row.kind is not None:
        return {category.pk for category in categories_for(row.kind, row.scheme_id)}
    return set(row.course.categories.values_list("pk", flat=True))


def _earn_grade(row: Application) -> None:
    """Set the grade that the total earns, and the bands it was judged by."""
    bands = row.course.rule_bands
    band = grade_for(bands, row.total)
    if band is None:
        text = _("合计 %(total)s 分尚未达到该课程的最低等级。") % {"total": format_points(row.total)}
        raise ValidationError({"uses": text})
    row.grade, row.bands = band.grade, [[str(item), item.grade] for item in bands]


def _write(row: Application, wish: Wish) -> None:
    row.phone, row.email, row.reason = wish.phone.strip(), wish.email.strip(), wish.reason.strip()
    row.total = sum(wish.uses.values(), ZERO)
    if row.offsets:
        row.grade = offset_grade(row)
    else:
        band = grade_for(row.course.rule_bands, row.total)
        row.grade = band.grade if band else ""


def _write_lines(row: Application, wish: Wish) -> None:
    mine = set(
        Lot.objects.filter(pk__in=wish.uses, student_id=row.student_id, scheme_id=row.scheme_id).values_list(
            "pk", flat=True
        )
    )
    if mine != set(wish.uses):
        raise ValidationError({"uses": _("所选记录不能用于该课程。")})
    row.lines.all().delete()
    Line.objects.bulk_create(
        Line(application=row, lot_id=lot, points=points) for lot, points in sorted(wish.uses.items())
    )


def _facts(row: Application, wish: Wish) -> dict[str, object]:
    return {**row.trail_facts(), "uses": _uses(wish)}


def _uses(wish: Wish) -> dict[str, str]:
    return {str(lot): str(points) for lot, points in wish.uses.items()}

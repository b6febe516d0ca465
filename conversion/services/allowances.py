"""Takes course credit out of a student's lifetime allowance when an offset is handed in, and gives it back.

The row is locked before it grows, and its CHECK is the last word: two offsets at once never exceed the cap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils.translation import gettext as _

from conversion.allowances import Room
from conversion.models import Allowance
from portal.points import LIMIT, ZERO, PointsField, format_number

if TYPE_CHECKING:
    from decimal import Decimal

    from conversion.models import Application


def take_allowance(application: Application) -> None:
    """Count the course's credits against the cap; in the caller's transaction, whose row is saved afterwards.

    Raises ``ValidationError`` when the student's offsets, pending ones included, would exceed the scheme's cap.
    """
    cap = _cap(application)
    wanted = application.course.credits
    allowance = lock_allowance(application)
    room = Room(cap, used=allowance.used, pending=ZERO)
    if not room.fits(wanted):
        raise ValidationError({"uses": exceeded(room, wanted)})
    try:
        with transaction.atomic():
            grow_allowance(allowance, wanted, cap=cap)
    except IntegrityError:
        raise ValidationError({"uses": exceeded(room, wanted)}) from None
    application.offset_credits = wanted


def free_allowance(application: Application) -> None:
    """Give back what the application took; nothing for one that took nothing."""
    if application.offset_credits == ZERO:
        return
    allowance = lock_allowance(application)
    grow_allowance(allowance, -application.offset_credits)
    application.offset_credits = ZERO


def lock_allowance(application: Application) -> Allowance:
    """Return the student's allowance, locked until the transaction ends; the first offset opens it."""
    key = {"scheme_id": application.scheme_id, "student_id": application.student_id}
    row, _created = Allowance.objects.get_or_create(**key, defaults={"cap": _cap(application)})
    return Allowance.objects.select_for_update(of=("self",)).get(pk=row.pk)


def grow_allowance(allowance: Allowance, by: Decimal, **more: Decimal) -> None:
    """Let what is used grow or shrink in the database itself, where the CHECK sees it."""
    used = F("used") + Value(by, output_field=PointsField())
    Allowance.objects.filter(pk=allowance.pk).update(used=used, **more)


def _cap(application: Application) -> Decimal:
    cap = application.scheme_version.data.conversion.cap
    return LIMIT if cap is None else cap


def exceeded(room: Room, wanted: Decimal) -> str:
    """Say by which figures a course would exceed the cap."""
    numbers = {"cap": room.cap, "used": room.taken, "wanted": wanted, "total": room.taken + wanted}
    text = _(
        "累计冲抵不能超过 %(cap)s 学分：已冲抵和审核中共 %(used)s 学分，加上本课程 %(wanted)s 学分将达 %(total)s 学分。"
    )
    return text % {name: format_number(value) for name, value in numbers.items()}

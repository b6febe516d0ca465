"""Whom a campus account stands for in the portal; accounts come from the roster, never from a sign-in."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.models import Person, Student


class Refusal(TextChoices):
    """Why a campus sign-in ends at a page instead of the portal; the label is that page's title."""

    UNKNOWN = "unknown", _("您还不在本系统的名单中")
    INACTIVE = "inactive", _("您在本系统的账户已停用")
    OFF_ROLL = "off_roll", _("您目前不在籍")
    NAMELESS = "nameless", _("统一身份认证没有提供学号/工号")
    TICKET = "ticket", _("登录凭证无效或已经用过")
    INTERRUPTED = "interrupted", _("登录没有完成")
    UNREACHABLE = "unreachable", _("统一身份认证暂时没有应答")

    @property
    def is_about_account(self) -> bool:
        """Whether another campus account would help, and another attempt with the same one would not."""
        return self in {Refusal.UNKNOWN, Refusal.INACTIVE, Refusal.OFF_ROLL, Refusal.NAMELESS}


def number_from(name: object) -> str:
    """Return the number that the campus gave, without the space around it; nothing unless it is one single text."""
    values = name if isinstance(name, list) else [name]
    texts = {value.strip() for value in values if isinstance(value, str) and value.strip()}
    return texts.pop() if len(texts) == 1 else ""


def person_with(number: str) -> Person | None:
    """Return whose number it is: the one written just so, else the only one that differs in the case of its letters.

    Other alphabets are compared as they are: some of their letters become Latin ones when their case changes.
    """
    if person := Person.objects.filter(number=number).first():
        return person
    alike: list[Any] = list(Person.objects.filter(number__iexact=number)[:2]) if number.isascii() else []
    return alike[0] if len(alike) == 1 else None


def refusal_of(person: Person | None) -> Refusal | None:
    """Say why the owner of a valid campus account may not enter; None when they may.

    Who has left the roll stays out, unless an appointment or the administration brings them here.
    """
    if person is None:
        return Refusal.UNKNOWN
    if not person.is_active:
        return Refusal.INACTIVE
    left = Student.objects.filter(person=person, on_roll=False).exists()
    if left and not person.is_superuser and not person.standing.is_staff:
        return Refusal.OFF_ROLL
    return None

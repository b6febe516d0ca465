"""Points are decimals with two places, stored as integer hundredths.

On SQLite a decimal column is a float, and ten times 0.10 then fails ``>= 1.00``; integers compare exactly on both
databases, so the CHECK constraints of the ledger mean the same everywhere.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

PLACES = Decimal("0.01")
ZERO = Decimal("0.00")
LIMIT = Decimal("9999.99")


def as_points(value: object) -> Decimal:
    """Return the value as a Decimal with two places.

    Raises ``ValidationError`` when it is no number or has more than two places: points are never rounded in silence.
    """
    try:
        text = str(value).strip()
        number = Decimal(text)
    except InvalidOperation:
        raise ValidationError(_("请输入数字，例如 1.5。"), code="invalid") from None
    if not number.is_finite() or "_" in text:  # to Python 1_5 is fifteen
        raise ValidationError(_("请输入数字，例如 1.5。"), code="invalid")
    if not -LIMIT <= number <= LIMIT:  # a comparison: arithmetic with 1e9999999 overflows
        raise ValidationError(_("数值过大，请检查。"), code="too_large")
    if number != number.quantize(PLACES):
        raise ValidationError(_("最多保留两位小数。"), code="places")
    return number.quantize(PLACES)


def format_points(value: Decimal | None) -> str:
    """Return the shortest honest writing, at least one place: ``3.0``, ``0.5``, ``1.25``; empty for None."""
    if value is None:
        return ""
    text = f"{value:.2f}"
    return text.removesuffix("0")


def format_number(value: Decimal | None) -> str:
    """Return a number without zeros that say nothing: ``2``, ``2.5``, ``0.25``; empty for None."""
    return format_points(value).removesuffix(".0")


class PointsField(models.BigIntegerField):
    """A Decimal of two places in Python, integer hundredths in the database; sums and comparisons stay exact."""

    description = _("积分（两位小数）")

    if TYPE_CHECKING:  # what the types of Django's stubs read
        _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]  # not a float
        _pyi_private_get_type: Decimal  # type: ignore[assignment]  # not an int

    def from_db_value(self, value: int | None, *_args: object) -> Decimal | None:
        """Turn hundredths into a Decimal."""
        return None if value is None else Decimal(value).scaleb(-2)

    def to_python(self, value: Any) -> Decimal | None:
        """Accept what people and fixtures write."""
        return None if value in (None, "") else as_points(value)

    def get_prep_value(self, value: Any) -> int | None:
        """Turn a number into hundredths; expressions pass through."""
        if value is None or hasattr(value, "resolve_expression"):
            return value  # type: ignore[no-any-return]  # an expression, or None
        return int(as_points(value).scaleb(2))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        """Prepare once."""
        return value if prepared else self.get_prep_value(value)

    @property
    def validators(self) -> list[Any]:
        """Leave out BigIntegerField's range check: it is about hundredths, the value is a Decimal."""
        return [*self.default_validators, *self._validators]  # type: ignore[attr-defined]  # set in Field.__init__, missing in the stubs

    def value_to_string(self, obj: models.Model) -> str:
        """Serialise as the decimal people read."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """Offer a decimal input with two places."""
        options = {"max_digits": 6, "decimal_places": 2, "min_value": ZERO, **kwargs}
        return models.Field.formfield(self, form_class=forms.DecimalField, **options)


def points_validators(maximum: Decimal) -> list[Any]:
    """Return the validators of an amount that a person types: above zero, at most ``maximum``."""
    return [
        MinValueValidator(PLACES, message=_("积分必须大于 0。")),
        MaxValueValidator(maximum, message=_("积分不能超过 %(limit_value)s。")),
    ]

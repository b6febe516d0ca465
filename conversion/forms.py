"""The application form of the student: contact, records, reason."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from conversion.offset_sheet import OffsetSheet
from conversion.services.allowances import exceeded
from conversion.services.applications import Wish
from conversion.services.offsets import check_total
from portal.points import ZERO, as_points, format_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import QueryDict

    from conversion.holdings import Holding
    from conversion.sheet import Sheet

PHONE = RegexValidator(r"^[0-9+()（） -]{5,32}$", _("联系电话只能含数字、空格、+、- 和括号。"))
REASON_LENGTH = 800


class ApplicationForm(forms.Form):
    """What the student fills in. ``complete`` asks for everything; a draft may have gaps, but nothing impossible.

    Records are the checkboxes ``uses`` (lot ids); where the scheme converts parts, ``points_<lot>`` is the amount.
    """

    use_required_attribute = False

    phone = forms.CharField(label=_("联系电话"), max_length=32, validators=[PHONE])
    email = forms.EmailField(label="email", max_length=254)
    reason = forms.CharField(
        label=_("申请理由"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("请详细说明：做了什么、取得什么成果、与课程有何关系。"),
    )
    uses = forms.MultipleChoiceField(label=_("转换积分"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        holdings: Sequence[Holding],
        whole_records: bool,
        complete: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.holdings = {row.pk: row for row in holdings if row.usable}
        self.whole_records = whole_records
        self.complete = complete
        self.fields["uses"].choices = [(str(pk), str(pk)) for pk in self.holdings]  # type: ignore[attr-defined]  # declared above as a choice field
        self.fields["uses"].error_messages.update(
            required=_("请至少选择一条认定记录。"),
            invalid_choice=_("所选记录已不能使用，请重新选择。"),
        )
        self.fields["phone"].widget.attrs.update(autocomplete="tel", inputmode="tel")
        self.fields["email"].widget.attrs.update(autocomplete="email")

    def _clean_fields(self) -> None:
        """Ask for gaps only when the form is to be handed in; the mark of a required field stays on the page."""
        marks = {name: field.required for name, field in self.fields.items()}
        for field in self.fields.values():
            field.required = field.required and self.complete
        super()._clean_fields()  # type: ignore[misc]  # django-stubs leaves the form's own steps out
        for name, field in self.fields.items():
            field.required = marks[name]

    def clean_uses(self) -> dict[int, Decimal]:
        """Return the points to use by lot."""
        chosen = [int(pk) for pk in self.cleaned_data["uses"]]
        if self.whole_records:
            return {pk: self.holdings[pk].usable for pk in chosen}
        return {pk: self._part(self.holdings[pk]) for pk in chosen}

    def _part(self, row: Holding) -> Decimal:
        amount = as_points(self.data.get(f"points_{row.pk}") or row.usable)
        if amount <= 0 or amount > row.usable:
            raise ValidationError(
                _("“%(content)s”的用量应大于 0 且不超过 %(usable)s。"),
                params={"content": row.claim.content, "usable": format_points(row.usable)},
            )
        return amount

    def wish(self) -> Wish:
        """Return what the services want."""
        data = self.cleaned_data
        return Wish(phone=data["phone"], email=data["email"], reason=data["reason"], uses=data["uses"])


class OffsetForm(ApplicationForm):
    """The form of an offset. Where parts of records count, there is nothing to tick: an amount says it all."""

    def __init__(self, *args: Any, sheet: OffsetSheet, **kwargs: Any) -> None:
        super().__init__(*args, holdings=sheet.holdings, whole_records=sheet.whole_records, **kwargs)
        self.sheet = sheet
        self.fields["uses"].label = sheet.version.data.wording["converted"]
        if not self.whole_records:
            self.fields["uses"].required = False

    def clean_uses(self) -> dict[int, Decimal]:
        """Return the points to use by lot; to hand in, exactly what the course wants and the cap allows."""
        uses = super().clean_uses() if self.whole_records else self._parts()
        if self.complete:
            if not uses:
                raise ValidationError(_("请填写至少一条记录的用量。"))
            check_total(sum(uses.values(), ZERO), self.sheet.wanted)
            if not self.sheet.fits:
                raise ValidationError(exceeded(self.sheet.room, self.sheet.offering.course.credits))
        return uses

    def _parts(self) -> dict[int, Decimal]:
        uses, errors = {}, []
        for pk, row in self.holdings.items():
            text = self.data.get(f"points_{pk}", "").strip()
            if not text:
                continue
            try:
                amount = self._part(row)
            except ValidationError as error:
                errors.append(error)
            else:
                uses[pk] = amount
        if errors:
            raise ValidationError(errors)
        return uses


def form_for(sheet: Sheet) -> Callable[..., ApplicationForm]:
    """Return the form that fits the sheet, still to be filled."""
    if isinstance(sheet, OffsetSheet):
        return partial(OffsetForm, sheet=sheet)
    return partial(ApplicationForm, holdings=sheet.holdings, whole_records=sheet.whole_records)


def read_amounts(data: QueryDict, sheet: Sheet) -> dict[int, Decimal]:
    """Return the amounts that a page sent, as far as they can be read; an offset's sheet keeps what was typed."""
    if not isinstance(sheet, OffsetSheet) or sheet.whole_records:
        return chosen_amounts(data, sheet.holdings, whole_records=sheet.whole_records)
    sheet.typed = {row.pk: data.get(f"points_{row.pk}", "").strip() for row in sheet.holdings if row.usable}
    found = {pk: _typed(text) for pk, text in sheet.typed.items()}
    return {pk: amount for pk, amount in found.items() if amount > ZERO}


def typed_values(data: QueryDict) -> dict[str, str]:
    """Return the words of a form that is shown again without being checked."""
    return {name: data.get(name, "") for name in ("phone", "email", "reason")}


def chosen_amounts(data: QueryDict, holdings: Sequence[Holding], *, whole_records: bool) -> dict[int, Decimal]:
    """Return the ticked amounts: what is not usable is left out, a bad number reads as the whole record."""
    ticked = set(data.getlist("uses"))
    rows = [row for row in holdings if str(row.pk) in ticked and row.usable]
    if whole_records:
        return {row.pk: row.usable for row in rows}
    return {row.pk: _readable(data.get(f"points_{row.pk}", ""), row.usable) for row in rows}


def _readable(text: str, usable: Decimal) -> Decimal:
    try:
        amount = as_points(text)
    except ValidationError:
        return usable
    return min(amount, usable) if amount > 0 else usable


def _typed(text: str) -> Decimal:
    """Return a typed amount, nothing for what is no amount."""
    try:
        return max(as_points(text), ZERO) if text else ZERO
    except ValidationError:
        return ZERO

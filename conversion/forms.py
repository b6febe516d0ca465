"""The application form of the student: contact, records, reason."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from conversion.services.applications import Wish
from portal.points import as_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from conversion.holdings import Holding

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
                _("“%(content)s”本次转换积分应大于 0 且不超过 %(usable)s。"),
                params={"content": row.claim.content, "usable": row.usable},
            )
        return amount

    def wish(self) -> Wish:
        """Return what the services want."""
        data = self.cleaned_data
        return Wish(phone=data["phone"], email=data["email"], reason=data["reason"], uses=data["uses"])


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

"""The team sheet: one row per mate; and the mate's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from credits.enums import MemberState
from credits.services.teams import Mate
from credits.teams import members_of
from portal.forms import Worded
from portal.row_forms import reshaped, row_formset, unjudged

if TYPE_CHECKING:
    from django.http import QueryDict

    from credits.models import Claim

PREFIX = "mates"


class MateForm(Worded, forms.Form):
    """One mate: the rank on the certificate, and a number (with or without the name) or an outsider's name."""

    rank = forms.IntegerField(
        label=_("排位"),
        min_value=1,
        max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-num"}),
    )
    number = forms.CharField(
        label=_("学号"), required=False, max_length=32, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(
        label=_("姓名"), required=False, max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_number(self) -> str:
        """Take the number as the roll writes it."""
        return str(self.cleaned_data["number"]).strip()


MateFormSet = row_formset(MateForm)


class TeamSheet:
    """The rows as they were sent, or as they stand."""

    def __init__(self, claim: Claim, data: QueryDict | None = None) -> None:
        """Draw the members who are named, or what was typed; a button may ask for a row more or less."""
        self.reshaping = reshaped(data, PREFIX) if data is not None else None
        shown = self.reshaping if self.reshaping is not None else data
        self.rows: Any = MateFormSet(shown, prefix=PREFIX, initial=None if data is not None else _named(claim))
        if self.reshaping is not None:
            unjudged(self.rows)

    @property
    def is_final(self) -> bool:
        """Whether the sheet was handed over, and every row is readable."""
        return self.reshaping is None and bool(self.rows.is_valid())

    def mates(self) -> list[Mate]:
        """Return the lines that were typed."""
        return [Mate(row["rank"], row["name"].strip(), row["number"]) for row in self.rows.rows]

    def refuse(self, error: ValidationError) -> None:
        """Show what the service found."""
        self.rows.reject(error.messages)


class AnswerForm(Worded, forms.Form):
    """What a mate says."""

    agrees = forms.ChoiceField(choices=[("yes", _("确认")), ("no", _("有异议"))])
    answer = forms.CharField(
        label=_("与事实不符之处"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("牵头人和审核人会看到。"),
    )


def _named(claim: Claim) -> list[dict[str, Any]]:
    rows = [row for row in members_of(claim) if row.state != MemberState.LEAD]
    return [
        {"rank": row.rank, "name": row.name, "number": row.student.person.number if row.student else ""} for row in rows
    ] or [{}]

"""Repeated rows in a form: added and removed by buttons that work with and without a script.

The buttons ``<prefix>-add`` and ``<prefix>-remove`` send the form to its own page, which draws it again with a row more
or less and changes nothing. ``static/js/rows.js`` does the same without the journey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT, BaseFormSet
from django.forms.utils import ErrorDict, ErrorList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

MAX_ROWS = 60


class RowFormSet(BaseFormSet):
    """Rows of one kind; a row left blank is not there."""

    def initial_form_count(self) -> int:
        """Take every sent row for a new one: what was there before is compared by the service, not by the form."""
        return 0 if self.is_bound else super().initial_form_count()

    def reject(self, messages: Iterable[str]) -> None:
        """Show what the service found about the rows together."""
        self.non_form_errors().extend(messages)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was typed, blank rows left out; only after ``is_valid``."""
        return [form.cleaned_data for form in self.forms if form.has_changed()]


def unjudged(*parts: Any) -> None:
    """Draw what was typed without errors: a row was added or removed, nothing was submitted yet."""
    for part in parts:
        if isinstance(part, RowFormSet):
            state: Any = part  # Django has no public "do not validate"
            state._errors = [ErrorDict() for _form in part.forms]  # noqa: SLF001 - as above
            state._non_form_errors = ErrorList()  # noqa: SLF001 - as above
            unjudged(*part.forms)
        else:
            part._errors = ErrorDict()  # noqa: SLF001 - as above


def row_formset(form: type[forms.Form]) -> type[RowFormSet]:
    """Return the formset class for rows of this form."""
    made: Any = forms.formset_factory(
        form, formset=RowFormSet, extra=0, max_num=MAX_ROWS, validate_max=True, absolute_max=MAX_ROWS + 1
    )
    return cast("type[RowFormSet]", made)


def reshaped(data: QueryDict, prefix: str) -> QueryDict | None:
    """Return the sent form with one row more or less when a button asked for that, None when the form was submitted."""
    adding, removing = f"{prefix}-add" in data, data.get(f"{prefix}-remove", "")
    if not adding and not removing.isdecimal():
        return None
    rows = _rows(data, prefix)
    if adding:
        rows.append({})
    elif int(removing) < len(rows):
        rows.pop(int(removing))
    changed = data.copy()
    for key in [key for key in changed if key.startswith(f"{prefix}-")]:
        del changed[key]
    changed[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(len(rows))
    changed[f"{prefix}-{INITIAL_FORM_COUNT}"] = "0"
    for index, row in enumerate(rows):
        for name, values in row.items():
            changed.setlist(f"{prefix}-{index}-{name}", values)
    return changed


def _rows(data: QueryDict, prefix: str) -> list[dict[str, list[str]]]:
    count = data.get(f"{prefix}-{TOTAL_FORM_COUNT}", "0")
    rows: list[dict[str, list[str]]] = [{} for _row in range(min(int(count) if count.isdecimal() else 0, MAX_ROWS))]
    for key, values in data.lists():
        index, _dash, name = key.removeprefix(f"{prefix}-").partition("-")
        if key.startswith(f"{prefix}-") and name and index.isdecimal() and int(index) < len(rows):
            rows[int(index)][name] = values
    return rows

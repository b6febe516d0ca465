"""The forms of the achievement library on the student's side: choosing an entry, looking for one, asking for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from credits.library import why_not_choosable
from credits.models import LibraryEntry, Scheme
from credits.services.library_requests import Wish
from portal.forms import Worded
from portal.listing import FilterForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from credits.models import Claim
    from credits.shelf import Shelf

FIRST_YEAR, LAST_YEAR = 1990, 2100


class EntryField(forms.Field):
    """The entry that a claim names, sent by its key: nobody types its name or its level."""

    picks_entry = True

    def __init__(self, claim: Claim, found: LibraryEntry | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.claim = claim
        self.found = found

    def clean(self, value: Any) -> LibraryEntry | None:
        """Return the entry. One that may not be chosen anew is refused, the one that was chosen before is kept."""
        if not str(value or "").strip():
            return None
        if self.found is None:
            raise ValidationError(_t("请从创新成果库中选择。"))
        if self.found.pk != self.claim.library_entry_id and (reason := why_not_choosable(self.found)):
            raise ValidationError(reason)
        return self.found


def sent_entry(claim: Claim, value: Any) -> LibraryEntry | None:
    """Return the entry of the claim's own scheme and category that a key names, None when there is none."""
    text = str(value or "").strip()
    if not text.isdecimal() or len(text) > 9:  # noqa: PLR2004 - more digits than a key has
        return None
    mine = LibraryEntry.objects.filter(scheme=claim.scheme_id, category=claim.category_id)
    return mine.select_related("merged_into").filter(pk=int(text)).first()


class EntryFilter(FilterForm):
    """What students look for in the library."""

    q = forms.CharField(
        label=_("搜索"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"type": "search", "size": 28, "placeholder": _("名称、拼音首字母、主办单位或年度")}
        ),
    )
    level = forms.ChoiceField(label=_("级别"), required=False)
    year = forms.IntegerField(label=_("年度"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)

    def __init__(self, levels: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["level"]
        choice.choices = [("", _("全部")), *((level, level) for level in dict.fromkeys(levels))]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        found: Any = queryset.matching(asked["q"])  # type: ignore[attr-defined]  # the library's own queryset
        if asked["level"]:
            found = found.filter(level=asked["level"])
        kept: QuerySet = found.holding_in(asked["year"]) if asked["year"] else found
        return kept


class WishForm(Worded, forms.Form):
    """What a student asks the office to take in."""

    scheme = forms.ModelChoiceField(
        Scheme.objects.none(), label=_("认定办法"), empty_label=_("请选择"), to_field_name="code"
    )
    name = forms.CharField(label=_("名称"), max_length=128, help_text=_("赛事全称，不写届次和年份。"))
    organiser = forms.CharField(label=_("主办单位"), max_length=128, required=False)
    year = forms.IntegerField(
        label=_("年度"), min_value=FIRST_YEAR, max_value=LAST_YEAR, help_text=_("取得成果的年度。")
    )
    reason = forms.CharField(
        label=_("说明"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("赛事的规模、往届情况、官方网址等，便于判断级别。"),
    )

    def __init__(self, shelves: Sequence[Shelf], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shelves = shelves
        self.fields["year"].widget.attrs["class"] = "w-num"
        if len(shelves) == 1:
            del self.fields["scheme"]
        else:
            choice: Any = self.fields["scheme"]
            choice.queryset = Scheme.objects.filter(pk__in=[shelf.scheme.pk for shelf in shelves])

    @property
    def chosen_scheme(self) -> Scheme:
        """Return the scheme: the only one, or the one that was chosen."""
        return self.shelves[0].scheme if len(self.shelves) == 1 else self.cleaned_data["scheme"]

    def wish(self) -> Wish:
        """Return what was typed, for the service."""
        typed = self.cleaned_data
        return Wish(name=typed["name"], year=typed["year"], reason=typed["reason"], organiser=typed["organiser"])

    def take_errors(self, error: ValidationError) -> None:
        """Show what the service refused beside its field; what has no field goes into the summary."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, found in error.message_dict.items():
            self.add_error(name if name in self.fields else None, found)

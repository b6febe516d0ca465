"""The forms of the achievement library: an entry, its level, why it is withdrawn, into which one it is merged."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from credits.enums import LibraryState
from credits.library import level_span, suggestion_for
from credits.models import LibraryEntry
from credits.shelf import EntryData, award_key
from portal.forms import Worded, give_words
from portal.points import format_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms.boundfield import BoundField

    from credits.models import Category, LibraryRequest
    from credits.shelf import Shelf

MAX_SCORE = Decimal(1000)


class YearField(forms.IntegerField):
    """A year of four digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1990, max_value=2100, **kwargs)
        self.widget.attrs["class"] = "w-num"


class ScoredForm(Worded, forms.Form):
    """What entries and rulings share: a suggested score for each award that the rules know."""

    def __init__(self, shelf: Shelf, entry: LibraryEntry | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shelf = shelf
        known = shelf.awards(entry.category) if entry else shelf.all_awards()
        self.awards = {f"score_{place}": award for place, award in enumerate(known)}
        for name, award in self.awards.items():
            self.fields[name] = forms.DecimalField(
                label=award, required=False, min_value=0, max_value=MAX_SCORE, decimal_places=2
            )
            self.fields[name].widget.attrs["class"] = "w-num"
            give_words(self.fields[name])

    @property
    def score_fields(self) -> list[BoundField]:
        """Return the fields of the scores, in the order of the awards."""
        return [self[name] for name in self.awards]

    def suggestions(self) -> tuple[tuple[str, Decimal], ...]:
        """Return the scores that were typed."""
        typed = self.cleaned_data
        return tuple((award, typed[name]) for name, award in self.awards.items() if typed[name] is not None)

    def take_errors(self, error: ValidationError) -> None:
        """Show what the service refused beside its field; what has no field goes into the summary."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        places = {award_key(award): name for name, award in self.awards.items()}
        for key, messages in error.message_dict.items():
            place = places.get(key, key)
            self.add_error(place if place in self.fields else None, messages)

    def _offer_levels(self, categories: list[Category]) -> None:
        options = {
            level: self._range_of(category, level) for category in categories for level in self.shelf.levels(category)
        }
        field: Any = self.fields["level"]
        field.choices = [("", _("请选择")), *options.items()]

    def _range_of(self, category: Category, level: str) -> str:
        span = level_span(self.shelf.rules[category.code], level)
        return f"{level}（{format_points(span.low)}–{format_points(span.high)}）" if span else level


class EntryForm(ScoredForm):
    """One entry; a new one is given its category, code and level here, and never again."""

    category = forms.ModelChoiceField(LibraryEntry.objects.none(), label=_("申请类别"), empty_label=_("请选择"))
    name = forms.CharField(label=_("名称"), max_length=128, help_text=_("全称，不写届次和年份。"))
    code = forms.CharField(label=_("编号"), max_length=32, required=False, help_text=_("空着由系统编号。"))
    organiser = forms.CharField(label=_("主办单位"), max_length=128, required=False)
    level = forms.ChoiceField(label=_("级别"), choices=())
    ruling = forms.CharField(
        label=_("级别认定依据"), max_length=128, required=False, help_text=_("专家委员会的会议或文件。")
    )
    valid_from = YearField(label=_("起始年度"), help_text=_("取得成果的年度。"))
    valid_to = YearField(label=_("截止年度"), required=False, help_text=_("空为长期有效。"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, shelf: Shelf, entry: LibraryEntry | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(shelf, entry, *args, **kwargs)
        self.entry = entry
        if entry is not None:
            for name in ("category", "code", "level", "ruling"):
                del self.fields[name]
            return
        self._offer_levels(shelf.categories)
        if len(shelf.categories) == 1:
            del self.fields["category"]
        else:
            choice: Any = self.fields["category"]
            choice.queryset = shelf.scheme.categories.filter(pk__in=[row.pk for row in shelf.categories])

    def entry_data(self) -> EntryData:
        """Return what was typed, for the service."""
        typed, entry = self.cleaned_data, self.entry
        return EntryData(
            category=entry.category if entry else typed.get("category") or self.shelf.categories[0],
            code=entry.code if entry else typed["code"].strip(),
            name=typed["name"],
            level=entry.level if entry else typed["level"],
            ruling=entry.ruling if entry else typed["ruling"],
            organiser=typed["organiser"],
            suggestions=self.suggestions(),
            valid_from=typed["valid_from"],
            valid_to=typed["valid_to"],
            note=typed["note"],
        )

    def differences(self, present: LibraryEntry) -> list[dict[str, Any]]:
        """Return what stands now beside what was typed, for the page that says that somebody was faster."""
        now = entry_initial(self.shelf, present)
        return [
            {"label": str(field.label), "before": _shown(now.get(name)), "after": _shown(self.cleaned_data.get(name))}
            for name, field in self.fields.items()
            if _shown(now.get(name)) != _shown(self.cleaned_data.get(name))
        ]


class RulingForm(ScoredForm):
    """The level that the committee ruled, and the scores that are suggested for it."""

    level = forms.ChoiceField(label=_("级别"), choices=())
    ruling = forms.CharField(
        label=_("级别认定依据"), max_length=128, help_text=_("专家委员会的会议或文件，例如会议名称与日期。")
    )

    def __init__(self, shelf: Shelf, entry: LibraryEntry, *args: Any, **kwargs: Any) -> None:
        super().__init__(shelf, entry, *args, **kwargs)
        self._offer_levels([entry.category])


class WithdrawForm(Worded, forms.Form):
    """Why an entry is no longer to be chosen."""

    reason = forms.CharField(label=_("停用原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class MergeForm(Worded, forms.Form):
    """Which entry stays, and why the two are one."""

    into = forms.CharField(label=_("并入的编号"), max_length=32, help_text=_("保留的条目，须在库。"))
    reason = forms.CharField(label=_("合并理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, entry: LibraryEntry, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry

    def clean_into(self) -> LibraryEntry:
        """Find the entry of the same scheme."""
        code = self.cleaned_data["into"].strip()
        found = LibraryEntry.objects.filter(scheme=self.entry.scheme, code=code).exclude(state=LibraryState.MERGED)
        row: LibraryEntry | None = found.first()
        if row is None:
            raise ValidationError(_("没有这个编号的条目。"))
        return row


def entry_initial(shelf: Shelf, entry: LibraryEntry) -> dict[str, Any]:
    """Return what the form of an entry begins with."""
    names = ("name", "organiser", "level", "ruling", "valid_from", "valid_to", "note")
    scores = {
        f"score_{place}": suggestion_for(entry, award) for place, award in enumerate(shelf.awards(entry.category))
    }
    return {name: getattr(entry, name) for name in names} | scores


def request_initial(asked: LibraryRequest | None) -> Mapping[str, Any]:
    """Return what the form of a new entry begins with when a student asked for it."""
    if asked is None:
        return {}
    return {"name": asked.name, "organiser": asked.organiser, "valid_from": asked.year}


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return format_points(value)
    return "" if value is None else str(value).strip()

"""The forms of rulings: what the committee decided, and which row of a draft it becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credits.drafting import read_draft
from credits.enums import DraftState
from credits.models import Category, SchemeDraft
from credits.services.rulings import Adoption, adoptable_tables
from portal.forms import Worded, give_words
from portal.points import PLACES

if TYPE_CHECKING:
    from credits.evaluation.scheme import Table
    from credits.models import Claim, Ruling

KEY = "key_"
LONGEST_KEY = 200


class RulingForm(Worded, forms.Form):
    """What the committee decided on an achievement off the table, as everybody will read it."""

    title = forms.CharField(
        label=_("项目"), max_length=200, help_text=_("写明是哪一类成果，不写学生姓名；同类成果今后参照。")
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("归入类别"), required=False, empty_label=_("不归入现有类别")
    )
    low = forms.DecimalField(label=_("最低分值"), min_value=PLACES, max_digits=6, decimal_places=2)
    high = forms.DecimalField(label=_("最高分值"), min_value=PLACES, max_digits=6, decimal_places=2)
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, claim: Claim, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        listed = [row.code for row in claim.scheme_version.data.categories if row.claimable and not row.off_table]
        category.queryset = claim.scheme.categories.filter(code__in=listed)


def ruling_initial(claim: Claim) -> dict[str, Any]:
    """Return what the form begins with: the score that was decided, and the category that the student found nearest."""
    score = claim.facts.get("score")
    figure = Decimal(score) if score else claim.recognised_points
    nearest = claim.scheme.categories.filter(name__in=[str(value) for value in claim.facts.values()]).first()
    return {"category": nearest, "low": figure, "high": figure, "reason": claim.recognised_reason}


class PlaceForm(Worded, forms.Form):
    """Into which draft, and which table of it, a ruling goes; the tables are those of the draft that was chosen."""

    draft = forms.ModelChoiceField(SchemeDraft.objects.none(), label=_("草案"), empty_label=_("请选择"))
    table = forms.ChoiceField(label=_("分值表"), choices=[("", _("请选择"))])

    def __init__(self, ruling: Ruling, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.ruling = ruling
        self.tables: dict[str, Table] = {}
        self.labels: dict[str, str] = {}
        drafts: Any = self.fields["draft"]
        drafts.queryset = ruling.scheme.drafts.filter(state=DraftState.OPEN)
        drafts.label_from_instance = lambda row: row.label
        number = str((data or {}).get("draft", ""))
        self.row = drafts.queryset.filter(pk=number).first() if number.isdecimal() else None
        self._offer_tables()

    @property
    def is_complete(self) -> bool:
        """Whether draft and table are chosen."""
        return self.is_bound and bool(self.data.get("table")) and self.is_valid()

    def _offer_tables(self) -> None:
        """Offer the tables of the chosen draft, those of the ruling's category first."""
        reading = read_draft(self.row.source, self.ruling.scheme.code) if self.row else None
        if reading is None or reading.data is None:
            return
        names = {category.code: category.name for category in reading.data.categories}
        own = self.ruling.category.code if self.ruling.category else ""
        rows = sorted(adoptable_tables(reading.data), key=lambda row: row[0] != own)
        self.tables = {f"{category}.{table.code}": table for category, table in rows}
        self.labels = {field.name: field.label for category in reading.data.categories for field in category.fields}
        choice: Any = self.fields["table"]
        choice.choices += [(f"{code}.{table.code}", f"{names[code]} · {table.label}") for code, table in rows]


class KeysForm(Worded, forms.Form):
    """The keys of the new row, one per column of the table that was chosen."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, place: PlaceForm, data: Any = None) -> None:
        super().__init__(data, initial={"revision": place.row.revision if place.row else 0})
        self.place = place.cleaned_data["table"]
        names = place.tables[self.place].by
        self.columns = [f"{KEY}{position}" for position in range(len(names))]
        for position, (column, name) in enumerate(zip(self.columns, names, strict=True)):
            self.fields[column] = forms.CharField(
                label=place.labels.get(name, name),
                max_length=LONGEST_KEY,
                required=position == 0,
                initial=place.ruling.title if position == len(names) - 1 else "",
                help_text=_("这一栏可以为空。") if position else "",
            )
            give_words(self.fields[column])

    @property
    def key_fields(self) -> list[Any]:
        """Return the bound fields of the keys, in the order of the table's columns."""
        return [self[column] for column in self.columns]

    def adoption(self) -> Adoption:
        """Return what was typed, for the service."""
        category, _dot, table = self.place.partition(".")
        return Adoption(category, table, tuple(self.cleaned_data[column].strip() for column in self.columns))

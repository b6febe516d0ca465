"""The forms of the desks: a decision, a batch, a filing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from conversion.models import Relevance
from conversion.services.offsets import REASON_LENGTH, Judgement
from credits.models import Claim
from credits.services.teams import method_field
from credits.teams import members_of
from portal.forms import Worded
from portal.points import as_points
from review.desk.clusters import beside, joinable
from review.experts.methods import present_method

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from portal.models import Person
    from portal.spreadsheets import ExportColumn


class ExportForm(Worded, forms.Form):
    """Which columns of a list are taken away: at least one."""

    column = forms.MultipleChoiceField(
        label=_("列"),
        error_messages={"required": _("请至少选择一列。"), "invalid_choice": _("列表没有这一列，请重新选择。")},
    )

    def __init__(self, columns: Sequence[ExportColumn], *args: Any, **kwargs: Any) -> None:
        """Offer the list's own columns, by their titles."""
        super().__init__(*args, **kwargs)
        column: Any = self.fields["column"]
        column.choices = [(str(one.title), str(one.title)) for one in columns]


class VerbForm(forms.Form):
    """What every decision carries: which verb, on which revision, with which words."""

    use_required_attribute = False
    verb = forms.ChoiceField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label=_("意见或理由"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    verbs: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Accept the form's own verbs only."""
        super().__init__(*args, **kwargs)
        field = self.fields["verb"]
        field.choices = [(verb, verb) for verb in self.verbs]  # type: ignore[attr-defined]  # a choice field

    def take(self, errors: dict[str, list[str]]) -> None:
        """Show a service's complaints beside the fields, those about no field of ours in the summary."""
        for name, texts in errors.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, text)


class ClaimDecision(VerbForm):
    """A reviewer's decision on a claim: points, and words where they are needed."""

    verbs = ("approve", "return", "refuse")
    points = forms.CharField(
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-key": "e"}),
    )
    field_order = ("points", "reason")

    def __init__(self, claim: Claim, *args: Any, **kwargs: Any) -> None:
        """Name the points as the claim's scheme names them."""
        super().__init__(*args, **kwargs)
        self.fields["points"].label = claim.scheme_version.data.wording["recognised"]

    def clean(self) -> dict[str, Any]:
        """Read the points when they matter: whoever returns or refuses need not tidy them first."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if asked.get("verb") == "approve":
            try:
                asked["points"] = as_points(asked.get("points", ""))
            except ValidationError as error:
                self.add_error("points", error)
        return asked


class ClaimOpinion(VerbForm):
    """A reviewer's decision where a stage gives an opinion and no points."""

    verbs = ("approve", "return", "refuse")


class ShareForm(Worded, forms.Form):
    """How a team's result is shared; ratios are asked by rank, where they are agreed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    method = forms.ChoiceField(label=_("计分方式"))
    method_reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.TextInput)

    def __init__(self, claim: Claim, *args: Any, **kwargs: Any) -> None:
        """Offer the scheme's ways, and one ratio for every member."""
        kwargs.setdefault("initial", {"revision": claim.revision, "method": present_method(claim)})
        super().__init__(*args, **kwargs)
        field, methods = method_field(claim), self.fields["method"]
        methods.choices = [(one.value, one.label) for one in field.choices] if field else []  # type: ignore[attr-defined]  # a choice field
        self.ranks = {f"ratio_{member.rank}": member for member in members_of(claim)}
        for name, member in self.ranks.items():
            label = _("%(rank)s. %(name)s 的比例（%%）") % {"rank": member.rank, "name": member.name}
            self.fields[name] = forms.DecimalField(
                label=label, required=False, max_digits=5, decimal_places=2, min_value=0, initial=member.ratio
            )

    @property
    def ratio_fields(self) -> list[forms.BoundField]:
        """Return the fields of the ratios, in the order of the ranks."""
        return [self[name] for name in self.ranks]

    @property
    def ratios(self) -> dict[int, Decimal]:
        """Return the ratios that were given, by rank; only after ``is_valid``."""
        given = {member.rank: self.cleaned_data.get(name) for name, member in self.ranks.items()}
        return {rank: ratio for rank, ratio in given.items() if ratio is not None}

    def take(self, errors: dict[str, list[str]]) -> None:
        """Show a service's complaints beside the fields, those about no field of ours in the summary."""
        for name, texts in errors.items():
            self.add_error(name if name in self.fields else None, texts)


class ExcludeForm(Worded, forms.Form):
    """Why a member is left out of the team."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    exclude_reason = forms.CharField(label=_("移出理由"), max_length=300)


class JoinForm(Worded, forms.Form):
    """Which other claim of the student is the same project, and why."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    other = forms.ModelChoiceField(Claim.objects.none(), label=_("另一项申报"), empty_label=_("请选择"))
    join_reason = forms.CharField(label=_("判定理由"), max_length=300, widget=forms.TextInput)

    def __init__(self, claim: Claim, person: Person, *args: Any, **kwargs: Any) -> None:
        """Offer the student's other claims of the scheme that the person may see.

        What somebody else has joined meanwhile is taken, so that the verb can tell who was faster.
        """
        kwargs.setdefault("initial", {"revision": claim.revision})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.queryset = beside(claim, person) if self.is_bound else joinable(claim, person)
        field.label_from_instance = lambda row: f"{row.content}（{row.academic_year}）"

    def take(self, errors: dict[str, list[str]]) -> None:
        """Show a service's complaints beside the fields."""
        for name, texts in errors.items():
            place = "join_reason" if name == "reason" else name
            self.add_error(place if place in self.fields else None, texts)


class DismissForm(Worded, forms.Form):
    """Why two claims that look alike are not the same."""

    dismiss_reason = forms.CharField(
        label=_("排除理由"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )


class ApplicationDecision(VerbForm):
    """A reviewer's decision on a conversion application; where the stage judges relevance, with that judgement."""

    verbs = ("approve", "return", "refuse")
    relevance = forms.ChoiceField(
        label=_("所用成果与学生专业"), required=False, choices=Relevance.choices, widget=forms.RadioSelect
    )
    relevance_reason = forms.CharField(
        label=_("相关性说明"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会印在申请表上。"),
    )
    field_order = ("relevance", "relevance_reason", "reason")

    def __init__(self, *args: Any, judges: bool = False, **kwargs: Any) -> None:
        """Ask for the relevance only where it is judged."""
        super().__init__(*args, **kwargs)
        self.judges = judges
        if not judges:
            del self.fields["relevance"], self.fields["relevance_reason"]

    def judgement(self) -> Judgement:
        """Return what was judged, for the service."""
        asked = self.cleaned_data
        return Judgement(asked.get("relevance", ""), asked.get("relevance_reason", ""))


class Undoing(VerbForm):
    """What an office takes back: a recognition, a conversion, a form. The reason reaches the student."""

    verbs = ("revoke", "reissue")
    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), required=False)


class BatchReturn(forms.Form):
    """One reason for many claims."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("退回理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请填写理由，学生会看到它。")},
    )


class ViewName(forms.Form):
    """What a person calls a view of the queue."""

    use_required_attribute = False
    name = forms.CharField(label=_("视图名称"), max_length=20)


class FindForm(forms.Form):
    """Find a printed form: its number, its code, or the address that the QR code holds."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("表单编号或二维码"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("扫描二维码，或输入表单编号")}),
    )

    def take_focus(self) -> FindForm:
        """Wait for the next scan; when a form was found, its confirmation waits for Enter instead."""
        self.fields["code"].widget.attrs["autofocus"] = True
        return self


class ShelfForm(forms.Form):
    """Where the signed paper is kept."""

    use_required_attribute = False
    shelf = forms.CharField(label=_("存放位置"), required=False, max_length=64)


class ScanForm(FindForm):
    """A pile of papers: what was scanned, and the shelf that all of them go to."""

    shelf = forms.CharField(
        label=_("存放位置"),
        required=False,
        max_length=64,
        help_text=_("设一次即可，之后扫的都放在这里。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Wait for the next scan."""
        super().__init__(*args, **kwargs)
        self.take_focus()


class UnfileForm(forms.Form):
    """Why a filing was a mistake."""

    use_required_attribute = False
    reason = forms.CharField(label=_("取消备案的理由"), max_length=500, required=False)

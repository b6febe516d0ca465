"""The forms of experts and of those who assign them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from credits.evaluation.spans import plain
from credits.models import Category, Round, Scheme
from credits.services.judging import score_range
from portal.enums import Role
from portal.forms import Worded
from portal.listing import FilterForm
from portal.models import Appointment, Person, Student
from portal.points import format_points
from portal.widgets import QuickInput, QuickSelect
from review.experts.methods import methods_of, present_method
from review.services.scoring import check_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from review.models import Assignment

WORDS = {"rows": 3}


class ScoreForm(Worded, forms.Form):
    """An expert's score: inside the range, with the scheme's places, and an opinion where one is due."""

    score = forms.CharField(
        label=_("评分"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-key": "s"}),
    )
    method = forms.ChoiceField(label=_("建议团队计分方式"), required=False)
    comment = forms.CharField(
        label=_("评审意见"), required=False, max_length=1000, widget=forms.Textarea(attrs={**WORDS, "data-key": "c"})
    )

    def __init__(self, task: Assignment, *args: Any) -> None:
        """Begin with what the expert said before; ask about the method only where a team shares."""
        self.claim = task.claim
        given = format_points(task.score) if task.score is not None else ""
        start = {"score": given, "method": task.method, "comment": task.comment}
        super().__init__(*args, initial=start)
        self._tell_range()
        self._offer_methods()

    def _tell_range(self) -> None:
        allowed = score_range(self.claim)
        if allowed is None:
            return
        self.fields["score"].help_text = _("可评 %(low)s 到 %(high)s，最多 %(places)s 位小数。") % {
            "low": plain(allowed[0]),
            "high": plain(allowed[1]),
            "places": self.claim.scheme_version.data.rounding.places,
        }

    def _offer_methods(self) -> None:
        methods, present = methods_of(self.claim), present_method(self.claim)
        if not methods:
            del self.fields["method"]
            return
        field: Any = self.fields["method"]
        others = [(method, method) for method in methods if method != present]
        field.choices = [("", _("不作改变（%(method)s）") % {"method": present}), *others]
        field.help_text = _("建议改变时，请在评审意见中说明理由；建议被采纳后学生会看到理由。")

    def clean_score(self) -> Any:
        """Refuse what the service would refuse."""
        try:
            return check_score(self.claim, self.cleaned_data["score"])
        except ValidationError as error:
            raise ValidationError(error.message_dict["score"]) from None

    def take(self, error: ValidationError) -> None:
        """Show a service's complaints beside the fields."""
        for name, texts in error.message_dict.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, text)


class ReasonForm(Worded, forms.Form):
    """Why: an abstention, a task taken back, a declaration lifted."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs=WORDS))

    def take(self, error: ValidationError) -> None:
        """Show a service's complaints beside the field."""
        self.add_error("reason", error.messages)


class ReturnForm(Worded, forms.Form):
    """Why a claim goes back to its student instead of to the experts."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(label=_("退回理由（学生会看到）"), max_length=1000, widget=forms.Textarea(attrs=WORDS))


class AbstainForm(ReasonForm):
    """Why an expert steps back."""

    reason = forms.CharField(
        label=_("回避理由"),
        max_length=500,
        widget=forms.Textarea(attrs={**WORDS, "placeholder": _("例如：与申报人有利益关系，或不熟悉该领域")}),
    )


class ConflictForm(Worded, forms.Form):
    """A declared conflict of interest: the student by number and name, so that a slip declares nobody else."""

    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=_("认定办法"), empty_label=None)
    judge = forms.ModelChoiceField(Person.objects.none(), label=_("专家或委员"))
    number = forms.CharField(label=_("学生学号"), max_length=32)
    name = forms.CharField(label=_("学生姓名"), max_length=64)
    reason = forms.CharField(label=_("关系说明"), max_length=200)

    def __init__(self, schemes: QuerySet[Scheme], *args: Any, own: Person | None = None) -> None:
        """Offer the person's schemes; who declares for oneself names nobody."""
        super().__init__(*args)
        scheme: Any = self.fields["scheme"]
        scheme.queryset = schemes
        self.own = own
        if own is not None:
            del self.fields["judge"]
        else:
            judge: Any = self.fields["judge"]
            judge.queryset = judges_of_schemes([row.code for row in schemes])
        if len(schemes) == 1:
            scheme.widget, scheme.initial = forms.HiddenInput(), schemes[0].pk

    def clean(self) -> dict[str, Any]:
        """Find the people that were named."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        named = Student.objects.select_related("person").filter(person__number=asked.get("number", "").strip())
        asked["student"] = named.filter(person__name=asked.get("name", "").strip()).first()
        if asked["student"] is None and not self.errors:
            self.add_error("number", _("没有这位学生，请核对学号和姓名。"))
        asked["person"] = self.own or asked.get("judge")
        return asked

    def take(self, error: ValidationError) -> None:
        """Show a service's complaints beside the fields."""
        for name, texts in error.message_dict.items():
            self.add_error({"student": "number"}.get(name, name), texts)


def judges_of_schemes(codes: Sequence[str]) -> QuerySet[Person]:
    """Return the experts and members of the committee of these schemes, by number."""
    held = Appointment.objects.in_force(timezone.localdate()).filter(
        role__in=[Role.EXPERT, Role.COMMITTEE], scheme_code__in=["", *codes]
    )
    return Person.objects.filter(pk__in=held.values("person_id")).order_by("number")


class AssigningFilter(FilterForm):
    """What the list of claims in scoring can be narrowed by. ``show`` chooses the list itself."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=_("搜索"),
        required=False,
        max_length=60,
        widget=QuickInput(attrs={"type": "search", "placeholder": _("姓名、学号或内容"), "data-key": "/"}),
    )
    category = forms.ChoiceField(widget=QuickSelect, label=_("申请类别"), required=False)
    round = forms.ChoiceField(widget=QuickSelect, label=_("活动"), required=False)

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        """Offer the categories and rounds of the person's schemes; an empty text among the codes means all."""
        super().__init__(*args, **kwargs)
        mine = Q() if "" in codes else Q(scheme__code__in=codes)
        for name, found in (("category", Category.objects.filter(mine)), ("round", Round.objects.filter(mine))):
            field: Any = self.fields[name]
            field.choices = [("", _("不限")), *found.values_list("pk", "name")[:60]]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that fit."""
        asked = self.cleaned_data
        if asked["category"]:
            queryset = queryset.filter(category_id=int(asked["category"]))
        if asked["round"]:
            queryset = queryset.filter(round_id=int(asked["round"]))
        if text := asked["q"].strip():
            queryset = queryset.filter(
                Q(student__person__number__startswith=text)
                | Q(student__person__name__contains=text)
                | Q(content__contains=text)
            )
        return queryset

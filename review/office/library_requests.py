"""The office's pages of students' requests for the library: the queue, and one request with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from credits.enums import RequestState
from credits.library import years_of
from credits.likeness import similar_entries
from credits.models import LibraryEntry, LibraryRequest
from credits.services.library_requests import AnsweredAlready, accept_request, decline_request
from portal.forms import Worded
from portal.listing import FilterForm, Listing, Sorts
from review.office.access import kept_schemes

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

SORTS = Sorts({"oldest": ("pk",), "name": ("name", "pk")}, default="oldest")
ALL = "all"
OK, REFUSED = 200, 422


class RequestFilter(FilterForm):
    """Which requests are listed: those that wait, unless others are asked for."""

    q = forms.CharField(label=gettext_lazy("名称或主办单位"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[("", RequestState.OPEN.label), *RequestState.choices[1:], (ALL, gettext_lazy("全部"))],
    )

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        asked = self.cleaned_data
        if asked["state"] != ALL:
            queryset = queryset.filter(state=asked["state"] or RequestState.OPEN)
        for word in asked["q"].split():
            queryset = queryset.filter(name__contains=word) | queryset.filter(organiser__contains=word)
        return queryset


class AnswerForm(Worded, forms.Form):
    """The office's answer: which entry is meant, or why none is taken in."""

    entry = forms.CharField(
        label=gettext_lazy("对应条目的编号"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("采纳时填写学生应选用的条目。"),
    )
    answer = forms.CharField(
        label=gettext_lazy("答复"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("学生会看到它；不采纳时必填。"),
    )

    def __init__(self, asked: LibraryRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked

    def found(self) -> LibraryEntry:
        """Return the entry that was named; raises ``ValidationError`` when there is none."""
        code = self.data.get("chosen") or self.cleaned_data["entry"].strip()
        row: LibraryEntry | None = LibraryEntry.objects.filter(scheme=self.asked.scheme_id, code=code).first()
        if row is None:
            raise ValidationError({"entry": _("没有这个编号的条目。")})
        return row


@login_required
@require_safe
def library_requests(request: SignedInRequest) -> HttpResponse:
    """List what students asked for, the longest waiting first."""
    kept_schemes(request.user)
    found = LibraryRequest.objects.kept_by(request.user).select_related("student__person", "student__college", "entry")
    listing = Listing(request, found, sorts=SORTS, form=RequestFilter(request.GET), keyset=False)
    return render(request, "review/office/library_requests.html", {"listing": listing, "form": listing.form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one request beside the entries most like it, and answer it."""
    related = ("scheme", "student__person", "student__college", "entry", "answered_by")
    kept = LibraryRequest.objects.kept_by(request.user).select_related(*related)
    asked: LibraryRequest = get_object_or_404(kept, pk=pk)
    form = AnswerForm(asked, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, asked, form)
        except ValidationError as error:
            for name, found in error.message_dict.items():
                form.add_error(name, found)
        except AnsweredAlready:
            messages.warning(request, _("这项申请已经有人答复，什么都没有改变。"))
            return redirect("review:library_answer", pk=pk)
        else:
            messages.success(request, _("已答复，学生会收到通知。"))
            return redirect("review:library_requests")
    is_open = asked.state == RequestState.OPEN
    similar = [(row, years_of(row)) for row in similar_entries(asked.scheme, asked.name)] if is_open else []
    context = {"asked": asked, "form": form, "similar": similar, "is_open": is_open}
    return render(request, "review/office/library_answer.html", context, status=REFUSED if form.is_bound else OK)


def _answer(request: SignedInRequest, asked: LibraryRequest, form: AnswerForm) -> None:
    answer = form.cleaned_data["answer"]
    if request.POST.get("verb") == "decline":
        decline_request(request.user, asked, answer=answer)
    else:
        accept_request(request.user, asked, entry=form.found(), answer=answer)

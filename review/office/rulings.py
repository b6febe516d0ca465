"""Committee rulings (委员会认定): the list, putting one on record, putting one into a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from credits.models import Claim, Ruling, Scheme, SchemeVersion
from credits.querysets import schemes_of
from credits.rules import can_rule, holds_office
from credits.services.rulings import adopt_ruling, record_ruling
from portal.enums import Role, Status
from portal.listing import Listing, Sorts
from portal.remarks import Remark
from portal.workflow import StaleRecord
from review.office.ruling_forms import KeysForm, PlaceForm, RulingForm, ruling_initial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from portal.models import Person
    from portal.requests import SignedInRequest

SORTS = Sorts({"decided": ("decided_at", "pk"), "title": ("title", "pk")}, default="-decided")
READERS = [Role.OFFICE, Role.COMMITTEE, Role.AUDITOR]
OK, REFUSED = 200, 422
OPEN_SHOWN = 20


@login_required
@require_safe
def rulings(request: SignedInRequest) -> HttpResponse:
    """List the rulings with what became of each, and what the committee decided without a ruling so far."""
    listing = ruling_listing(request)
    waiting = [row for row in unruled(request.user)[:OPEN_SHOWN] if can_rule(request.user, row)]
    context = {"listing": listing, "waiting": waiting, "may_adopt": request.user.standing.has(Role.OFFICE)}
    return render(request, "review/office/rulings.html", context)


def ruling_listing(request: SignedInRequest) -> Listing:
    """Return the rulings that the person reads, as the address asks for them; 404 for whoever reads none."""
    if not Scheme.objects.filter(schemes_of(request.user, READERS, path="")).exists():
        raise Http404
    found = Ruling.objects.visible_to(request.user).select_related("scheme", "category", "decided_by", "draft__version")
    return Listing(request, found.defer("draft__source", "draft__version__source"), sorts=SORTS, keyset=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ruling_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put on record what the committee decided on an achievement off the table."""
    found = Claim.objects.in_reach_of(request.user).select_related(
        "scheme", "scheme_version__scheme", "category", "student__person", "college"
    )
    claim = get_object_or_404(found, pk=pk)
    if Ruling.objects.filter(claim=claim).exists():
        messages.info(request, _("这项申报的认定已经登记。"))
        return redirect("review:rulings")
    if not can_rule(request.user, claim):
        raise Http404
    form = RulingForm(claim, request.POST if request.method == "POST" else None, initial=ruling_initial(claim))
    if request.method == "POST" and form.is_valid():
        try:
            ruling = record_ruling(claim, request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已登记认定“%(title)s”。") % {"title": ruling.title})
            return redirect("review:rulings")
    context = {"claim": claim, "form": form}
    return render(request, "review/office/ruling_new.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ruling_adopt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose draft, table and keys, and put the ruling into the draft as a row (纳入草案)."""
    found: Any = Ruling.objects.kept_by(request.user)
    ruling = get_object_or_404(found.select_related("scheme", "category", "draft"), pk=pk)
    chosen = request.POST if request.method == "POST" else request.GET
    place = PlaceForm(ruling, chosen if "draft" in chosen else None)
    keys = KeysForm(place, request.POST if request.method == "POST" else None) if place.is_complete else None
    if request.method == "POST" and keys is not None and keys.is_valid() and place.row is not None:
        try:
            row, has_example = adopt_ruling(
                ruling, place.row, request.user, keys.adoption(), revision=keys.cleaned_data["revision"]
            )
        except StaleRecord as stale:
            stale.address = reverse("review:draft", args=[place.row.pk])
            raise
        except ValidationError as error:
            keys.add_error(None, error.messages)
        else:
            messages.success(request, _adopted(row.label, has_example=has_example))
            return redirect("review:draft", pk=row.pk)
    context = {"ruling": ruling, "place": place, "keys": keys, "form": keys or place}
    refused = request.method == "POST"
    return render(request, "review/office/ruling_adopt.html", context, status=REFUSED if refused else OK)


def unruled(person: Person) -> QuerySet[Claim]:
    """Return what the committee decided off the table and nobody has put on record, the longest decided first."""
    versions = SchemeVersion.objects.filter(schemes_of(person, [Role.OFFICE, Role.COMMITTEE])).select_related("scheme")
    codes = {
        (version.scheme_id, category.code)
        for version in versions
        for category in version.data.categories
        if category.off_table
    }
    if not codes:
        return Claim.objects.none()
    return (
        Claim.objects.in_reach_of(person)
        .filter(
            scheme__in={scheme for scheme, _code in codes},
            category__code__in={code for _scheme, code in codes},
            status__in=[Status.PUBLICITY, Status.RECOGNISED],
            follows_lead=False,
            ruling__isnull=True,
        )
        .select_related("scheme", "scheme_version__scheme", "category", "student__person")
        .order_by("pk")
    )


def remarks(subject: object, reader: Person) -> Iterator[Remark]:
    """Ask whoever may for the ruling on a claim that the committee decided off the table."""
    if not isinstance(subject, Claim) or subject.status not in {Status.PUBLICITY, Status.RECOGNISED}:
        return
    if not can_rule(reader, subject):
        return
    ruling = Ruling.objects.filter(claim=subject).first()
    if ruling is None:
        text = _("委员会已审定这项表外成果。登记认定后，同类成果可以参照，也可以纳入办法。")
        yield Remark("info", text, reverse("review:ruling_new", args=[subject.pk]), _("登记认定"))
    elif holds_office(reader, subject.scheme):
        text = _("已登记为委员会认定“%(title)s”。") % {"title": ruling.title}
        yield Remark("info", text, reverse("review:rulings"), _("查看"))


def _adopted(label: str, *, has_example: bool) -> str:
    if has_example:
        return _("已纳入草案“%(label)s”，并加入了算例。") % {"label": label}
    return _("已纳入草案“%(label)s”。没有可以改写的算例，请自行补写。") % {"label": label}

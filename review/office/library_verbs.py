"""The other things that the office does with entries: rule the level, withdraw, restore, merge, look for duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credits.library import years_of
from credits.likeness import duplicates
from credits.models import Claim, LibraryEntry
from credits.services.library import StaleEntry, merge_entries, restore_entry, rule_level, withdraw_entry
from credits.shelf import Shelf
from review.office.library_access import chosen_shelf, kept_entry, seen_revision
from review.office.library_forms import MergeForm, RulingForm, WithdrawForm, entry_initial

if TYPE_CHECKING:
    from django.http import HttpResponse

    from credits.models import Scheme
    from portal.requests import SignedInRequest

OK, REFUSED = 200, 422


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_level(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give an entry the level that the committee ruled."""
    entry = kept_entry(request, pk)
    shelf = Shelf(entry.scheme)
    form = RulingForm(shelf, entry, request.POST or None, initial=entry_initial(shelf, entry))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            rule_level(
                request.user,
                entry,
                level=typed["level"],
                ruling=typed["ruling"],
                suggestions=form.suggestions(),
                revision=seen_revision(request),
            )
        except ValidationError as error:
            form.take_errors(error)
        except StaleEntry:
            return _too_late(request, entry)
        else:
            messages.success(
                request, _("“%(name)s”的级别已认定为%(level)s。") % {"name": entry, "level": typed["level"]}
            )
            return redirect("review:library_entry", pk=pk)
    context = {"entry": entry, "form": form, "scheme": entry.scheme}
    return render(request, "review/office/library_level.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an entry out of what students may choose."""
    entry = kept_entry(request, pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_entry(request.user, entry, reason=form.cleaned_data["reason"], revision=seen_revision(request))
        except StaleEntry:
            return _too_late(request, entry)
        messages.success(request, _("“%(name)s”已停用。已在审核中的申报不受影响。") % {"name": entry})
        return redirect("review:library_entry", pk=pk)
    context = {"entry": entry, "form": form, "claims": entry.claims.count()}
    return render(request, "review/office/library_withdraw.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_POST
def library_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an entry be chosen again."""
    entry = kept_entry(request, pk)
    try:
        restore_entry(request.user, entry, revision=seen_revision(request))
    except StaleEntry:
        return _too_late(request, entry)
    messages.success(request, _("“%(name)s”已恢复。") % {"name": entry})
    return redirect("review:library_entry", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declare an entry to be the same as another one."""
    entry = kept_entry(request, pk)
    form = MergeForm(entry, request.POST or None, initial={"into": request.GET.get("into", "")})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            merge_entries(request.user, entry, typed["into"], reason=typed["reason"], revision=seen_revision(request))
        except ValidationError as error:
            for name, found in error.message_dict.items():
                form.add_error(name if name in form.fields else None, found)
        except StaleEntry:
            return _too_late(request, entry)
        else:
            messages.success(request, _("“%(name)s”已并入“%(into)s”。") % {"name": entry, "into": typed["into"]})
            return redirect("review:library_entry", pk=typed["into"].pk)
    context = {"entry": entry, "form": form, "claims": entry.claims.count()}
    return render(request, "review/office/library_merge.html", context, status=REFUSED if form.is_bound else OK)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library_duplicates(request: SignedInRequest) -> HttpResponse:
    """Show entries that look like one competition, and merge those that are."""
    shelf, schemes = chosen_shelf(request)
    scheme = shelf.scheme
    if request.method == "POST":
        return _merge_group(request, scheme)
    groups = duplicates(scheme)
    shown = [row.pk for rows in groups for row in rows]
    counted = Claim.objects.filter(library_entry__in=shown).order_by().values_list("library_entry")
    claims = dict(counted.annotate(number=Count("pk")))
    rows = [[(row, years_of(row), claims.get(row.pk, 0)) for row in group] for group in groups]
    return render(
        request, "review/office/library_duplicates.html", {"groups": rows, "scheme": scheme, "schemes": schemes}
    )


def _merge_group(request: SignedInRequest, scheme: Scheme) -> HttpResponse:
    """Merge the entries of a group into the one that was marked, all of them or none."""
    pairs = [value.partition(":")[::2] for value in request.POST.getlist("entry")]
    revisions = {int(pk): int(revision) for pk, revision in pairs if pk.isdecimal() and revision.isdecimal()}
    found = LibraryEntry.objects.kept_by(request.user).filter(scheme=scheme, pk__in=revisions).select_related("scheme")
    rows = {row.pk: row for row in found}
    keep = request.POST.get("keep", "")
    if set(rows) != set(revisions) or not rows:
        raise Http404
    if not keep.isdecimal() or int(keep) not in rows:
        messages.warning(request, _("请选择要保留的条目。"))
        return redirect(f"{request.path}?scheme={scheme.code}")
    kept = rows.pop(int(keep))
    try:
        with transaction.atomic():
            for row in rows.values():
                reason = request.POST.get("reason", "")
                merge_entries(request.user, row, kept, reason=reason, revision=revisions[row.pk])
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    except StaleEntry as stale:
        messages.warning(
            request, _("“%(name)s”刚刚被其他人改动，什么都没有合并。请核对后再试。") % {"name": stale.entry}
        )
    else:
        messages.success(request, _("%(count)s 个条目已并入“%(into)s”。") % {"count": len(rows), "into": kept})
    return redirect(f"{request.path}?scheme={scheme.code}")


def _too_late(request: SignedInRequest, entry: LibraryEntry) -> HttpResponse:
    """Say that somebody was faster and show how the entry stands now."""
    messages.warning(request, _("“%(name)s”刚刚被其他人改动，您的操作没有执行。请核对后再试。") % {"name": entry})
    return redirect("review:library_entry", pk=entry.pk)

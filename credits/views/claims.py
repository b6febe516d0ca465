"""The student's claims: the list, one claim, its receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from credits.explaining import explain_claim, version_page
from credits.facts import fact_rows
from credits.filters import ClaimFilter
from credits.models import Claim, Evidence, Member, Submission
from credits.pages import shown_file
from credits.progress import stage_rows
from credits.record import record_of
from credits.rules import can_edit, can_submit, can_withdraw
from credits.services.teams import share_table
from credits.teams import is_team
from portal.enums import Status
from portal.listing import Listing, PageNumberPager, Sorts
from portal.models import Student
from portal.points import as_points
from portal.remarks import remarks_on
from portal.statements import KeptStatement
from portal.templatetags.portal import points as points_text
from portal.wording import wording_for

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from portal.requests import SignedInRequest

# What the list shows of a claim; the rest of its columns is the same student in every row.
COLUMNS = (
    "pk",
    "academic_year",
    "college__name",
    "cohort",
    "category__name",
    "category__recorder",
    "channel",
    "content",
    "claimed_points",
    "recognised_points",
    "status",
    "files",
)
SORTS = Sorts({"newest": ("pk",)}, default="-newest")
RELATED = ("scheme", "scheme_version__scheme", "category", "college", "round", "student__person", "student__major")


def claim_listing(request: SignedInRequest) -> Listing:
    """Return the student's list as the address asks for it; the query page and its exports use the same one."""
    mine = Claim.objects.owned_by(request.user)
    form = ClaimFilter(request.GET, mine, wording_for(request.user))
    return Listing(request, with_files(mine).values(*COLUMNS), sorts=SORTS, form=form, keyset=False)


def with_files(claims: QuerySet) -> QuerySet:
    """Add how many files each claim has, without grouping the rows."""
    kept = Evidence.objects.kept().filter(claim=OuterRef("pk")).order_by().values("claim")
    found: QuerySet = claims.annotate(files=Coalesce(Subquery(kept.annotate(n=Count("pk")).values("n")), 0))
    return found


def roll_of(request: SignedInRequest) -> Student | None:
    """Return the student's entry of the roll with the names that every row shows."""
    related = ("person", "college", "major", "class_group")
    return Student.objects.select_related(*related).filter(person=request.user).first()


NAMES = KeptStatement(
    lambda pk: (
        Student.objects.filter(pk=pk)
        .order_by()
        .values_list("major__name", "class_group__name", "person__number", "person__name")
    ),
    987_654_321,
)


def who_cells(request: SignedInRequest) -> SafeString:
    """Return the cells that are the same in every row, drawn once: the template would resolve them for each."""
    words = (word for row in NAMES.rows(request.user.standing.student_id or 0) for word in row)
    return format_html_join("", '<td class="card-hide who">{}</td>', ((word,) for word in words))


def files_words(count: int) -> str:
    """Return how many files there are, nothing for none."""
    return ngettext("%(n)s 个文件", "%(n)s 个文件", count) % {"n": count} if count else ""


def shown_rows(request: SignedInRequest, listing: Listing) -> list[dict[str, Any]]:
    """Return the page's rows as they are written: numbered, with points as text and the student's cells."""
    who, first = who_cells(request), listing.pager.start_index if isinstance(listing.pager, PageNumberPager) else 1
    return [
        {
            **row,
            "number": number,
            "who": who,
            "claimed": points_text(row["claimed_points"]),
            "recognised": points_text(row["recognised_points"]),
            "files": files_words(row["files"]),
        }
        for number, row in enumerate(listing.rows, start=first)
    ]


@login_required
@require_safe
def claims(request: SignedInRequest) -> HttpResponse:
    """Show what the student claimed and what offices recorded."""
    listing = claim_listing(request)
    return render(request, "credits/claims.html", {"listing": listing, "rows": shown_rows(request, listing)})


@login_required
@require_safe
def claim(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one claim: where it stands, what was claimed, how the number came about, the evidence, the record."""
    row = get_object_or_404(Claim.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    events = list(row.events.all())
    submissions = list(row.submissions.order_by("pk"))
    mine = row.student_id == request.user.standing.student_id
    context = {
        "claim": row,
        "remarks": remarks_on(row, request.user),
        "mine": mine,
        "may": verbs(request, row) if mine else {},
        "stages": stage_rows(row),
        "explanation": explain_claim(row),
        "version_page": version_page(row.scheme_version),
        "facts": fact_rows(row.scheme_version.data, row.category.code, row.facts),
        "files": viewer_files(request, row),
        "entries": record_of(row, events, submissions),
        "returned": next((e for e in reversed(events) if e.verb == "return"), None)
        if row.status == Status.RETURNED
        else None,
        "has_receipt": bool(submissions),
        "shares": share_table(row) if not row.follows_lead and is_team(row) else [],
        "membership": Member.objects.filter(claim=row).first() if row.follows_lead else None,
    }
    return render(request, "credits/claim.html", context)


def verbs(request: SignedInRequest, row: Claim) -> dict[str, bool]:
    """Return which buttons the owner gets: the table of moves says what exists, the rules what is allowed now."""
    moves = {move.verb for move in row.MOVES.from_state(row.status)}
    rules = {
        "save": can_edit,
        "submit": can_submit,
        "withdraw": can_withdraw,
        "discard": can_edit,
        "reopen": can_edit,
    }
    return {verb: verb in moves and bool(rule(request.user, row)) for verb, rule in rules.items()}


def viewer_files(request: SignedInRequest, row: Claim) -> list[dict[str, Any]]:
    """Return the evidence for the viewer; the address says which file is open."""
    kept = list(row.evidence.kept().select_related("file__rendering"))
    names = {item.code: item.name for item in row.scheme_version.data.category(row.category.code).evidence}
    asked = request.GET.get("file", "")
    current = next((e for e in kept if str(e.pk) == asked), kept[0] if kept else None)
    return [
        {
            "name": e.file.name,
            "item": names.get(e.item, ""),
            **shown_file(e.file),
            "href": f"?file={e.pk}#evidence",
            "current": e == current,
        }
        for e in kept
    ]


@login_required
@require_safe
def receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the latest receipt: number, time, digest, and what was handed in."""
    row = get_object_or_404(Claim.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    submission = get_object_or_404(Submission.objects.filter(claim=row).order_by("-pk")[:1])
    data = row.scheme_version.data
    items = {item.code: item.name for item in data.category(row.category.code).evidence}
    context = {
        "claim": row,
        "submission": submission,
        "facts": fact_rows(data, row.category.code, submission.content.get("facts", {})),
        "files": [{**file, "item": items.get(file["item"], "")} for file in submission.content.get("files", ())],
        "claimed": as_points(submission.content["claimed_points"]),
        "earlier": Submission.objects.filter(claim=row).exclude(pk=submission.pk),
    }
    return render(request, "credits/receipt.html", context)

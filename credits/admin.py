"""Schemes, claims and the ledger, to look at: they have verbs, so nothing is written here."""

from django.contrib import admin

from credits.models import (
    Category,
    Claim,
    ClaimEvent,
    Coverage,
    Evidence,
    LedgerEntry,
    Lot,
    Round,
    Scheme,
    SchemeVersion,
    Submission,
)
from portal.administration import ReadOnly, Technical


@admin.register(Scheme)
class SchemeAdmin(ReadOnly):
    """Schemes."""

    list_display = ("code", "name", "institution")


@admin.register(SchemeVersion)
class SchemeVersionAdmin(ReadOnly):
    """Versions as they were loaded."""

    list_display = ("scheme", "label", "effective_from", "loaded_at", "loaded_by")
    list_select_related = ("scheme", "loaded_by")


@admin.register(Coverage)
class CoverageAdmin(Technical):
    """Whom a scheme covers: a technical setting without a verb of its own."""

    list_display = ("scheme", "college", "cohort_from", "cohort_to")
    list_select_related = ("scheme", "college")


@admin.register(Category)
class CategoryAdmin(ReadOnly):
    """Categories."""

    list_display = ("scheme", "code", "name", "channel", "recorder")
    list_select_related = ("scheme",)


@admin.register(Round)
class RoundAdmin(ReadOnly):
    """Rounds."""

    list_display = ("name", "scheme", "academic_year", "is_published")
    list_select_related = ("scheme",)


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    """Claims."""

    list_display = ("id", "student", "category", "academic_year", "status", "stage", "recognised_points")
    list_select_related = ("student__person", "category")
    list_filter = ("status",)
    search_fields = ("=student__person__number", "=receipt_number")


@admin.register(Evidence)
class EvidenceAdmin(ReadOnly):
    """Evidence: its name, never its content."""

    list_display = ("claim_id", "file", "item", "removed_at")
    list_select_related = ("file",)


@admin.register(Submission)
class SubmissionAdmin(ReadOnly):
    """Receipts."""

    list_display = ("number", "revision", "submitted_at", "sha256")
    search_fields = ("=number",)


@admin.register(ClaimEvent)
class ClaimEventAdmin(ReadOnly):
    """The trail of claims."""

    list_display = ("at", "actor_name", "actor_role", "verb", "from_state", "to_state", "subject_id")
    search_fields = ("=subject__id",)


@admin.register(Lot)
class LotAdmin(ReadOnly):
    """Points by claim."""

    list_display = ("claim_id", "student", "category", "recognised", "held", "consumed")
    list_select_related = ("student__person", "category")
    search_fields = ("=student__person__number",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    """Bookings."""

    list_display = ("at", "kind", "points", "lot_id", "key", "reference")
    list_filter = ("kind",)
    search_fields = ("=key",)

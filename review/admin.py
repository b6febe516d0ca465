"""Imports, to look at: they have verbs, so nothing is written here."""

from django.contrib import admin

from portal.administration import ReadOnly
from review.models import DecisionSheet, ImportBatch, ImportedRecord


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnly):
    """Import batches."""

    list_display = ("id", "category", "academic_year", "state", "rows", "created_by", "created_at")
    list_select_related = ("category", "created_by")
    list_filter = ("state",)


@admin.register(ImportedRecord)
class ImportedRecordAdmin(ReadOnly):
    """Imported rows."""

    list_display = ("batch_id", "row_number", "claim_id")


@admin.register(DecisionSheet)
class DecisionSheetAdmin(ReadOnly):
    """Workbooks of decisions."""

    list_display = ("id", "state", "rows", "decided", "refused", "created_by", "created_at")
    list_select_related = ("created_by",)
    list_filter = ("state",)

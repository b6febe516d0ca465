"""The tables of the staff's face: import batches."""

from review.models.imports import BatchState, ImportBatch, ImportedRecord

__all__ = ["BatchState", "ImportBatch", "ImportedRecord"]

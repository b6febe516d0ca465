"""The tables of the staff's face: imports, experts, meetings, publicity."""

from review.models.assignments import Assignment, AssignmentState, Conflict, Delivery
from review.models.batches import EACH, DecisionBatch, DecisionRow, RowState
from review.models.imports import BatchState, ImportBatch, ImportedRecord
from review.models.meetings import AgendaItem, Attendance, Ballot, ItemOutcome, Meeting, MeetingState, Vote
from review.models.publicity import (
    EntryState,
    FormalNotice,
    ListKind,
    ListState,
    Objection,
    ObjectionFile,
    ObjectionState,
    PublicityEntry,
    PublicityList,
)
from review.models.sheets import DecisionSheet, SheetState
from review.models.statistics import Statistics
from review.models.views import QueueName, SavedView

__all__ = [
    "EACH",
    "AgendaItem",
    "Assignment",
    "AssignmentState",
    "Attendance",
    "Ballot",
    "BatchState",
    "Conflict",
    "DecisionBatch",
    "DecisionRow",
    "DecisionSheet",
    "Delivery",
    "EntryState",
    "FormalNotice",
    "ImportBatch",
    "ImportedRecord",
    "ItemOutcome",
    "ListKind",
    "ListState",
    "Meeting",
    "MeetingState",
    "Objection",
    "ObjectionFile",
    "ObjectionState",
    "PublicityEntry",
    "PublicityList",
    "QueueName",
    "RowState",
    "SavedView",
    "SheetState",
    "Statistics",
    "Vote",
]

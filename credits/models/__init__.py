"""The tables of schemes, rounds, claims, teams, projects, the library and the ledger."""

from credits.models.claims import Claim, ClaimEvent, Evidence, Submission
from credits.models.drafts import Replay, ReplayRow, Ruling, SchemeDraft
from credits.models.duplicates import (
    ClaimLook,
    ClaimMark,
    DuplicateDismissal,
    DuplicatePair,
    FileScan,
    Fingerprint,
)
from credits.models.ledger import LedgerEntry, Lot
from credits.models.library import LibraryEntry, LibraryRequest
from credits.models.projects import Project, ProjectKey
from credits.models.returns import ReturnFlag
from credits.models.rounds import Round, RoundFile, RoundWindow
from credits.models.sanctions import Sanction
from credits.models.schemes import Category, Coverage, Scheme, SchemeVersion
from credits.models.teams import Achievement, Member
from credits.models.texts import NoticeText
from credits.models.waivers import LateWaiver

__all__ = [
    "Achievement",
    "Category",
    "Claim",
    "ClaimEvent",
    "ClaimLook",
    "ClaimMark",
    "Coverage",
    "DuplicateDismissal",
    "DuplicatePair",
    "Evidence",
    "FileScan",
    "Fingerprint",
    "LateWaiver",
    "LedgerEntry",
    "LibraryEntry",
    "LibraryRequest",
    "Lot",
    "Member",
    "NoticeText",
    "Project",
    "ProjectKey",
    "Replay",
    "ReplayRow",
    "ReturnFlag",
    "Round",
    "RoundFile",
    "RoundWindow",
    "Ruling",
    "Sanction",
    "Scheme",
    "SchemeDraft",
    "SchemeVersion",
    "Submission",
]

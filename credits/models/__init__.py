"""The tables of schemes, rounds, claims and the ledger."""

from credits.models.claims import Claim, ClaimEvent, Evidence, Submission
from credits.models.ledger import LedgerEntry, Lot
from credits.models.rounds import Round, RoundWindow
from credits.models.schemes import Category, Coverage, Scheme, SchemeVersion

__all__ = [
    "Category",
    "Claim",
    "ClaimEvent",
    "Coverage",
    "Evidence",
    "LedgerEntry",
    "Lot",
    "Round",
    "RoundWindow",
    "Scheme",
    "SchemeVersion",
    "Submission",
]

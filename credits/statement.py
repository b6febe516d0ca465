"""The ledger as a statement: for each record its bookings and what was usable after each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from credits.enums import EntryKind
from credits.services.ledger import EFFECTS
from portal.points import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from credits.models import LedgerEntry, Lot


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry with its effect on the usable points and what was usable after it."""

    entry: LedgerEntry
    change: Decimal
    usable: Decimal


@dataclass(slots=True)
class Account:
    """One record's points and everything that was booked on them, oldest first."""

    lot: Lot
    bookings: list[Booking] = field(default_factory=list)


def statement_of(lots: Iterable[Lot], entries: Iterable[LedgerEntry]) -> list[Account]:
    """Return an account for every lot, in the order of the lots; entries come oldest first."""
    accounts = {lot.pk: Account(lot) for lot in lots}
    for entry in entries:
        account = accounts[entry.lot_id]
        usable = account.bookings[-1].usable if account.bookings else ZERO
        change = usable_change(entry)
        account.bookings.append(Booking(entry, change, usable + change))
    return list(accounts.values())


def usable_change(entry: LedgerEntry) -> Decimal:
    """Return by how much the entry raises or lowers what is usable; consuming what was held changes nothing."""
    effect = EFFECTS[EntryKind(entry.kind)]
    return (effect.recognised - effect.held - effect.consumed) * entry.points

"""``manage.py check_ledger``: proves that the books add up."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversion.integrity import differences, total_recognised
from credits.models import LedgerEntry, Lot

SHOWN = 20


class Command(BaseCommand):
    """Compare the ledger's columns, entries, claims and applications, and fail on any difference."""

    help = "Prove the ledger: columns against entries, awards against claims, holds against applications."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print one line when all is right; list the differences and exit with 1 otherwise."""
        found = list(differences())
        for row in found[:SHOWN]:
            self.stderr.write(str(row))
        if found:
            msg = f"{len(found)} differences"
            raise CommandError(msg)
        self.stdout.write(
            f"ledger proved: {Lot.objects.count()} lots, {LedgerEntry.objects.count()} entries, "
            f"{total_recognised()} points recognised, 0 differences"
        )

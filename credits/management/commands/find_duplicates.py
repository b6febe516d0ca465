"""``manage.py find_duplicates``: fingerprints of what is stored already, and the claims that look alike."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credits.services.duplicates import claims_to_look_at, look_at_rest

PACE = 1000


class Command(BaseCommand):
    """Compare every claim that was not yet; stop it whenever you like, the next run goes on from there."""

    help = "Compare all claims that have not been compared as they stand: files, pictures, certificate numbers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many at most."""
        parser.add_argument("--limit", type=int, help="stop after so many claims")

    def handle(self, **options: Any) -> None:
        """Look, say how far it is, and how many are left."""
        done = pairs = 0
        for found in look_at_rest(options["limit"]):
            done, pairs = done + 1, pairs + bool(found)
            if done % PACE == 0:
                self.stdout.write(f"{done} claims compared")
        left = claims_to_look_at().count()
        self.stdout.write(f"{done} claims compared, {pairs} of them look like another, {left} left")

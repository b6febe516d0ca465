"""Remove stored files that no row knows."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.files.storing import sweep


class Command(BaseCommand):
    """Clean up after rolled back transactions and killed processes."""

    help = "Remove files of the private storage that no row knows and that are older than --hours."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the age that is old enough."""
        parser.add_argument("--hours", type=float, default=24, help="spare younger files (default: %(default)s)")

    def handle(self, **options: Any) -> None:
        """Sweep and say how many went."""
        removed = sweep(timedelta(hours=options["hours"]))
        self.stdout.write(f"{removed} files removed")

"""``manage.py draw_pages``: the pages of PDFs that were attached before there were pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credits.services.pages import draw_rest


class Command(BaseCommand):
    """Draw what the worker's hourly chore would take days for; stop it whenever you like."""

    help = "Draw the pages of all PDFs among the evidence that have not been drawn yet, the newest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many at most."""
        parser.add_argument("--limit", type=int, help="stop after so many files")

    def handle(self, **options: Any) -> None:
        """Draw, and say how many files and pages there were."""
        drawn = [rendering.drawn for rendering in draw_rest(options["limit"])]
        self.stdout.write(f"{len(drawn)} files drawn, {sum(drawn)} pages, {drawn.count(0)} cannot be drawn")

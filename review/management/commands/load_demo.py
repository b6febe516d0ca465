"""``manage.py load_demo``: fills an empty database with an invented university of any size."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from credits.models import Claim
from review.demo.load import Size, load_demo


class Command(BaseCommand):
    """Make the demo's data, or the benchmarks'."""

    help = "Fill an empty database with an invented university: people, rounds, claims in every state, conversions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the sizes."""
        default = Size()
        parser.add_argument("--scheme", choices=["bit", "all"], default="all", help="schemes to load")
        parser.add_argument("--students", type=int, default=default.students)
        parser.add_argument("--colleges", type=int, default=default.colleges)
        parser.add_argument("--claims", type=int, default=default.claims)
        parser.add_argument(
            "--files", type=int, default=default.files, help="certificates to draw; claims beyond share them"
        )
        parser.add_argument("--seed", type=int, default=default.seed)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse a database that holds claims, else fill it."""
        if Claim.objects.exists():
            msg = "the database holds claims already; the demo's data goes into an empty one"
            raise CommandError(msg)
        began = time.monotonic()
        sizes = {key: options[key] for key in ("students", "colleges", "claims", "files", "seed")}
        load_demo(Size(**sizes), options["scheme"])
        self.stdout.write(f"{Claim.objects.count()} claims in {time.monotonic() - began:.0f} s")

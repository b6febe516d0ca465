"""``manage.py catalogue``: brings the English catalogue up to date and says what is missing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.catalogue import read, untranslated, update


class Command(BaseCommand):
    """Collect the texts, or only check them."""

    help = "Update the English catalogue from code and templates; --check only reports."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the mode."""
        parser.add_argument("--check", action="store_true", help="change nothing, fail when something is missing")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        """List what has no translation."""
        missing = untranslated(read() if check else update())
        for text in missing:
            self.stdout.write(text)
        if check and missing:
            msg = f"{len(missing)} texts have no English"
            raise CommandError(msg)
        self.stdout.write(f"{len(missing)} untranslated")

"""Make the static faces of printed forms."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.pdf.fonts import folder, make_fonts
from portal.pdf.subsetting import SubsettingFailed


class Command(BaseCommand):
    """Cut the faces from fonts-noto-cjk; some seconds the first time, nothing afterwards."""

    help = "Make the static faces that make PDFs quick and small. Needs fonts-noto-cjk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask whether to start over."""
        parser.add_argument("--force", action="store_true", help="make them again")

    def handle(self, **options: Any) -> None:
        """Make what is missing."""
        try:
            written = make_fonts(force=options["force"])
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} is missing: install fonts-noto-cjk") from error
        except SubsettingFailed as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(f"{len(written)} faces made in {folder()}")

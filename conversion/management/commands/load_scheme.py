"""``manage.py load_scheme PATH``: store a pack as a version of its scheme, with the courses that it proposes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from conversion.services.courses import adopt_courses
from credits.evaluation import PackError
from credits.services.schemes import ExamplesFail, LabelTaken, cover, load_version
from portal.models import College

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Loads a pack; a pack with errors or failing examples changes nothing."""

    help = "Load a scheme pack (TOML) as a new version; errors name file, line and key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and the colleges."""
        parser.add_argument("path", type=Path, help="the pack, e.g. credits/packs/bit.toml")
        parser.add_argument(
            "--college", action="append", default=[], metavar="CODE", help="cover this college (repeatable)"
        )
        parser.add_argument("--all-colleges", action="store_true", help="cover every active college")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, cover, adopt; all of it or nothing."""
        colleges = self._colleges(options["college"], everyone=options["all_colleges"])
        path: Path = options["path"]
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from error
        try:
            with transaction.atomic():
                version, is_new = load_version(source, str(path))
                cover(version.scheme, colleges)
                courses = adopt_courses(version, None)
        except PackError as error:
            raise CommandError(str(error)) from error
        except ExamplesFail as error:
            raise CommandError(f"{path}: worked examples do not come out, nothing was stored\n{error}") from error
        except LabelTaken as error:
            message = f"{path}: a version {error} exists with another text; give the new text a label of its own"
            raise CommandError(message) from error
        self.stdout.write(f"{version}: {'loaded' if is_new else 'already loaded'}")
        self.stdout.write(f"{len(colleges)} colleges covered, {len(courses)} courses adopted")

    @staticmethod
    def _colleges(codes: list[str], *, everyone: bool) -> list[College]:
        if everyone:
            return list(College.objects.filter(is_active=True))
        found = list(College.objects.filter(code__in=codes))
        unknown = sorted(set(codes) - {college.code for college in found})
        if unknown:
            raise CommandError(f"no college with the code {', '.join(unknown)}")
        return found

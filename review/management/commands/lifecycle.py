"""``manage.py lifecycle``: writes docs/lifecycle.md from the tables of moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from review.lifecycle import document


class Command(BaseCommand):
    """Write the page."""

    help = "Write docs/lifecycle.md, the life cycles as diagrams, from the tables of moves."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Replace the page."""
        path = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(str(path))

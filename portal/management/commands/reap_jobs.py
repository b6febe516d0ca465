"""Tidy the jobs, for installations that prefer a timer to the worker's own ticker."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.jobs.services import expire_results, reap


class Command(BaseCommand):
    """Queue jobs of dead workers again and delete expired results."""

    help = "Queue jobs again whose worker died, and delete results past their date."

    def handle(self, **_options: Any) -> None:
        """Reap, expire, and say how many."""
        self.stdout.write(f"{reap()} jobs queued again, {expire_results()} results removed")

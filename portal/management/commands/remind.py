"""Send what reminders are due, for installations that prefer a timer to the worker's own hour."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.chores import do_chores


class Command(BaseCommand):
    """Remind, once; what was told already is not told again."""

    help = "Remind of drafts before a round closes and of queues that age. The worker does this every hour."

    def handle(self, **_options: Any) -> None:
        """Do the chores, and say how much each had to do."""
        for name, number in do_chores().items():
            self.stdout.write(f"{name}: {number}")

"""Send what the outbox holds, for installations that prefer a timer to the worker's own postman."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.outbox.delivery import deliver_due
from portal.outbox.digests import compose_digests


class Command(BaseCommand):
    """Send what is due, once."""

    help = "Send the mails that are due; what fails is tried again later. The worker does this by itself."

    def handle(self, **_options: Any) -> None:
        """Send, and say how many."""
        compose_digests()
        done = deliver_due()
        away = "; the mail server is away" if done.away else ""
        self.stdout.write(f"{done.sent} sent, {done.failed} failed{away}")

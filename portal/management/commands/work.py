"""Run jobs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string

from portal.jobs import running
from portal.jobs.working import Housekeeper, PortalWorker, Postman, Ticker


class Command(BaseCommand):
    """Run the background worker; start one on SQLite, as many as there are cores on PostgreSQL."""

    help = "Run jobs until stopped. SIGTERM lets the running job give way and run again later."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the pace."""
        parser.add_argument("--once", action="store_true", help="run what waits, then stop")
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between looks (%(default)s)")

    def handle(self, **options: Any) -> None:
        """Work, with the ticker, the postman and the housekeeper beside."""
        running.stopping.clear()
        worker = PortalWorker(
            queue_names=["default"],
            excluded_queue_names=[],
            interval=options["interval"],
            batch=options["once"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        threads = [Ticker(worker), Postman(), Housekeeper()]
        worker.configure_signals()
        for thread in threads:
            thread.start()
        try:
            worker.run()
        finally:
            for thread in threads:
                thread.ended.set()
            for thread in threads:
                thread.join(timeout=5)

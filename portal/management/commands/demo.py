"""manage.py demo: the portal on this machine, with invented data."""

import os
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo.preparation import prepare
from portal.demo.servers import Demo, Stopped, free_port, refuse_busy_port
from portal.demo.visit import VisitError, visit


class Command(BaseCommand):
    """Prepare the data, run the web server and the job worker until a signal comes."""

    help = "Start the portal with invented data: web server and job worker, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the port, the schemes and the check."""
        parser.add_argument("--port", type=int, help="port on the loopback address (8000)")
        parser.add_argument("--scheme", choices=["bit", "all"], default="all", help="schemes to load (all)")
        parser.add_argument("--check", action="store_true", help="visit every role's home page, then stop")

    def handle(self, *_args: object, port: int | None, scheme: str, check: bool, **_options: object) -> None:
        """Run the demo; its data folder is DATA_DIR."""
        if not settings.DEMO:
            raise CommandError("The demo runs in the demo mode only: PORTAL_MODE=demo.")
        if port is None:
            port = free_port() if check else 8000
        refuse_busy_port(port)
        os.umask(0o077)
        # The servers are forked and read no environment: what mails and printed forms lead to is said here.
        settings.SITE_URL = f"http://127.0.0.1:{port}"
        prepare(scheme)
        try:
            with Demo(port) as demo:
                demo.wait_until_ready()
                self.stdout.write(f"ready: {demo.address}/")
                self.stdout.flush()
                self.look(demo) if check else demo.run()
        except Stopped:
            self.stdout.write("stopped")

    def look(self, demo: Demo) -> None:
        """Print the home page of every role; raise CommandError when one fails."""
        try:
            for line in visit(demo.address):
                self.stdout.write(line)
        except VisitError as problem:
            raise CommandError(str(problem)) from problem

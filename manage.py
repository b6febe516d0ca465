#!/usr/bin/env python3
"""Run a management command of the portal."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command on the command line; a checkout without any configuration is a demo."""
    configured = Path(__file__).with_name(".env").exists()
    if not configured:
        # The web entry points (portal.wsgi, portal.asgi) keep the strict default, production.
        os.environ.setdefault("PORTAL_MODE", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the environment is set

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

#!/usr/bin/env python
"""Run a management command, on our own PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL are given."""

import os
import sys

from django.core.management import execute_from_command_line

from portal import local_servers

WITHOUT_SERVERS = {
    "check",
    "collectstatic",
    "compilemessages",
    "help",
    "lint_workflows",
    "makemessages",
    "simulate_workflow",
    "version",
}


def main() -> None:
    """Run the command of the command line; servers it started are stopped with it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if local_servers.are_replaced(os.environ) or WITHOUT_SERVERS & set(sys.argv[1:2]):
        execute_from_command_line(sys.argv)
        return
    with local_servers.hold(local_servers.DEMO):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except local_servers.LocalServersError as error:
        sys.exit(f"PostgreSQL and Valkey could not be started: {error}")

"""Load provinces, divisions and offices from the project's own files; a second run changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from orchestrator import api as engine
from portal.jurisdictions.services import load_reference_data


class Command(BaseCommand):
    """What an installation needs before its first appointment."""

    help = "Load provinces, divisions and offices."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load in one transaction and say that it is done."""
        load_reference_data(now=engine.now())
        self.stdout.write("Provinces, divisions and offices are loaded.")

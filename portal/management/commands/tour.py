"""Play cases of all four procedures in all four provinces through to their ends, on a clock that is moved."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from portal.clock import services as clock
from portal.demonstration import open_cases
from portal.demonstration.report import as_json, as_table, ways_of
from portal.demonstration.stage import play
from portal.demonstration.stories import tour, was_played
from portal.national_platform.client import from_settings
from portal.national_platform.errors import PlatformUnavailable
from portal.transfers.feed import is_read

AFTERWARDS = timedelta(days=30)


class Command(BaseCommand):
    """Exit code 1 if a case did not come to its right end."""

    help = "Play the tour on the running engine and print every case's way."

    def add_arguments(self, parser: CommandParser) -> None:
        """--json, --workers, --once, --open."""
        parser.add_argument("--once", action="store_true", help="do nothing if a tour was played here before")
        parser.add_argument("--json", action="store_true", help="one line of JSON for each case")
        parser.add_argument("--workers", action="store_true", help="leave timers and outside work to the workers")
        parser.add_argument("--open", action="store_true", help="leave open cases in every state instead")

    def handle(self, *args: Any, json: bool, workers: bool, once: bool, open: bool, **options: Any) -> None:
        """Play, print, and say whether every case came to its right end."""
        _refuse_where_it_cannot_play()
        if open:
            self._leave_open()
            return
        stories = tour()
        if once and was_played():
            self.stdout.write("The tour was played here before; `manage.py tour` plays it again.")
            return
        try:
            play(stories, by_workers=workers, until=max(story.starts for story in stories) + AFTERWARDS)
        finally:
            clock.go_on()
        with override("zh-hans"):
            ways = ways_of(stories)
            for line in as_json(ways) if json else as_table(ways):
                self.stdout.write(line)
        wrong = [way.case for way in ways if not way.right]
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(ways)} cases came to a wrong end: {', '.join(wrong)}")

    def _leave_open(self) -> None:
        clock.go_on()  # a tour that was killed left the clock where it stood
        try:
            self.stdout.write(f"{open_cases.leave_open(clock.now())} open cases")
        finally:
            clock.go_on()


def _refuse_where_it_cannot_play() -> None:
    if not settings.DEMO:
        raise CommandError("This is no demonstration: the tour would move its clock. Set DEMO=1 to play it here.")
    try:
        is_read(from_settings())
    except PlatformUnavailable as away:
        url = settings.NATIONAL_PLATFORM_URL
        raise CommandError(f"No national platform answers at {url}. Run the tour beside `make demo`.") from away

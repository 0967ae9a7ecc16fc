"""What `manage.py check` warns of: a year that is coming has no official working-day calendar."""

from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.utils import timezone

from orchestrator.deployments import calendar

AHEAD = timedelta(days=60)


@register()
def calendar_years(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A warning for this year and the one sixty days from now, if workflows/calendars lacks it (C.8)."""
    today = timezone.now()
    return [_missing(year) for year in calendar().missing_years(today, today + AHEAD)]


def _missing(year: int) -> CheckMessage:
    return Warning(
        f"There is no working-day calendar of {year}: Monday to Friday are counted instead.",
        hint=f"Add workflows/calendars/{year}.json from the State Council's notice and restart the workers.",
        id="orchestrator.W001",
    )

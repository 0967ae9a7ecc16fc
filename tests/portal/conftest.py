"""What every test of the portal may ask for: the day it is, and the provinces with their offices."""

from datetime import UTC, date, datetime

import pytest

from portal.jurisdictions.services import load_reference_data


@pytest.fixture
def now() -> datetime:
    """A working day, in the morning in China."""
    return datetime(2026, 11, 19, 2, 30, tzinfo=UTC)


@pytest.fixture
def today(now: datetime) -> date:
    """The day of `now`."""
    return now.date()


@pytest.fixture
def reference_data(db: None, now: datetime) -> None:
    """The provinces, divisions and offices of the project's own files."""
    load_reference_data(now=now)

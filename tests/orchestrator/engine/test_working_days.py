"""Working days of 2026 with its notice, and of years without one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engine.working_days import CalendarUnreadable, TooManyWorkingDays, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YEAR = datetime.fromisoformat("2025-01-01")


def days(first: str, last: str) -> Iterator[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    yield from ((start + timedelta(days=offset)).isoformat() for offset in range((end - start).days + 1))


DOCUMENT: dict[str, Any] = {
    "year": 2026,
    "zone": "Asia/Shanghai",
    "source": "State Council notice",
    "status": "official",
    "rest": [
        *days("2026-01-01", "2026-01-03"),
        *days("2026-02-15", "2026-02-23"),
        *days("2026-09-25", "2026-09-27"),
        *days("2026-10-01", "2026-10-07"),
    ],
    "work": ["2026-01-04", "2026-02-14", "2026-02-28", "2026-09-20", "2026-10-10"],
}
CALENDAR = WorkingCalendar([DOCUMENT])


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-02-13T10:00", 1, "2026-02-14T10:00"),
        ("2026-02-13T10:00", 2, "2026-02-24T10:00"),
        ("2026-09-30T09:00", 1, "2026-10-08T09:00"),
        ("2026-09-30T09:00", 3, "2026-10-10T09:00"),
        ("2026-09-30T09:00", 4, "2026-10-12T09:00"),
        ("2026-09-19T09:00", 1, "2026-09-20T09:00"),
        ("2026-03-07T17:45", 1, "2026-03-09T17:45"),
        ("2026-03-09T17:45", -1, "2026-03-06T17:45"),
        ("2026-03-07T17:45", 0, "2026-03-07T17:45"),
    ],
)
def test_working_days_skip_holidays_and_keep_the_time_of_day(start: str, count: int, expected: str) -> None:
    due = CALENDAR.add(local(start), count)

    assert due == local(expected)
    assert due.tzinfo is UTC


def test_the_local_date_counts_not_the_one_in_utc() -> None:
    monday_morning_in_shanghai = datetime(2026, 3, 8, 17, 0, tzinfo=UTC)

    assert CALENDAR.add(monday_morning_in_shanghai, 1) == datetime(2026, 3, 9, 17, 0, tzinfo=UTC)


@given(
    st.datetimes(NEW_YEAR, NEW_YEAR + timedelta(days=1095)).map(lambda moment: moment.replace(tzinfo=UTC)),
    st.integers(-60, 60),
)
def test_adding_agrees_with_counting_one_day_at_a_time(start: datetime, count: int) -> None:
    due = CALENDAR.add(start, count)

    first, last = sorted((start.astimezone(SHANGHAI).date(), due.astimezone(SHANGHAI).date()))
    passed = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    counted = passed[1:] if count >= 0 else passed[:-1]
    worked = [day for day in counted if _is_worked(day)]
    assert len(worked) == abs(count)
    assert CALENDAR.between(start, due) == count
    assert count == 0 or _is_worked(due.astimezone(SHANGHAI).date())


def _is_worked(day: date) -> bool:
    return day.isoformat() in DOCUMENT["work"] or (day.weekday() < 5 and day.isoformat() not in DOCUMENT["rest"])


def test_years_without_a_document_are_reported_and_count_monday_to_friday() -> None:
    due = CALENDAR.add(local("2026-12-31T10:00"), 1)

    assert due == local("2027-01-01T10:00")
    assert CALENDAR.missing_years(local("2026-12-31T10:00"), due) == (2027,)
    assert CALENDAR.missing_years(date(2026, 1, 1), date(2026, 12, 31)) == ()
    assert WorkingCalendar().missing_years(date(2028, 1, 1), date(2026, 1, 1)) == (2026, 2027, 2028)


@pytest.mark.parametrize(
    "change",
    [
        {"rest": ["2025-01-01"]},
        {"work": ["2026-01-05"]},
        {"rest": ["2026-01-04"], "work": ["2026-01-04"]},
        {"rest": ["yesterday"]},
        {"zone": "No/Where"},
        {"year": "MMXXVI"},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CalendarUnreadable):
        WorkingCalendar([{**DOCUMENT, **change}])


def test_the_same_year_twice_is_refused() -> None:
    with pytest.raises(CalendarUnreadable):
        WorkingCalendar([DOCUMENT, DOCUMENT])


def test_too_many_days_and_a_start_without_a_zone_are_refused() -> None:
    with pytest.raises(TooManyWorkingDays):
        CALENDAR.add(local("2026-01-01T00:00"), 10_001)
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.add(NEW_YEAR, 1)

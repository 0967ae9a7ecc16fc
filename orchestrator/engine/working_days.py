"""Working days of a calendar with official notices: add them, count them, name the years without one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.errors import EngineError

DEFAULT_ZONE = "Asia/Shanghai"
DAYS_LIMIT = 10_000
_DAY = timedelta(days=1)


class CalendarUnreadable(EngineError):
    """The calendar of {year} cannot be read: {reason}."""

    code = "calendar_unreadable"


class TooManyWorkingDays(EngineError):
    """{days} working days are more than the calendar counts."""

    code = "too_many_working_days"


class WorkingCalendar:
    """Which days are worked: Monday to Friday, except what a year's notice says otherwise. Immutable.

    Shape: built from documents `workflows/calendars/<year>.json`:
    {"year": 2026, "zone": "Asia/Shanghai", "source": "...", "status": "official",
    "rest": ["2026-01-01", ...], "work": ["2026-01-04", ...]}; `rest` are days off by notice (whatever
    the day of the week), `work` are days of a weekend that are worked.
    Raises: CalendarUnreadable.
    """

    __slots__ = ("rest", "work", "years", "zone")

    def __init__(self, documents: Iterable[Mapping[str, Any]] = ()) -> None:
        read = [_Year.read(document) for document in documents]
        zones = {year.zone for year in read} or {DEFAULT_ZONE}
        if len(zones) > 1 or len({year.year for year in read}) < len(read):
            raise CalendarUnreadable(year=read[-1].year, reason="its zone differs, or the year occurs twice")
        self.zone = ZoneInfo(zones.pop())
        self.years = frozenset(year.year for year in read)
        self.rest = frozenset(day for year in read for day in year.rest)
        self.work = frozenset(day for year in read for day in year.work)

    def is_working(self, day: date) -> bool:
        """Whether this is a working day; Monday to Friday in a year without a document."""
        if day in self.rest:
            return False
        return day.weekday() < 5 or day in self.work

    def add(self, start: datetime, days: int) -> datetime:
        """The moment this many working days later (earlier if negative), at the same local time of day.

        Units: `days` working days after the local date of `start`; from a Saturday, 1 is Monday.
        Aware times; the answer is in UTC.
        Raises: TooManyWorkingDays; ValueError for a start without a zone.
        """
        if abs(days) > DAYS_LIMIT:
            raise TooManyWorkingDays(days=days)
        local = self._local(start)
        day, left, step = local.date(), abs(days), _DAY if days > 0 else -_DAY
        try:
            while left:
                day += step
                left -= self.is_working(day)
        except OverflowError as error:
            raise TooManyWorkingDays(days=days) from error
        return datetime.combine(day, local.timetz()).astimezone(UTC)

    def between(self, start: datetime | date, end: datetime | date) -> int:
        """Count the working days after the date of start up to and with that of end; negative backwards.

        Units: `between(a, add(a, n)) == n`.
        """
        first, last = self._date(start), self._date(end)
        if last < first:
            return -sum(self.is_working(last + _DAY * offset) for offset in range((first - last).days))
        return sum(self.is_working(first + _DAY * offset) for offset in range(1, (last - first).days + 1))

    def missing_years(self, start: datetime | date, end: datetime | date) -> tuple[int, ...]:
        """The years from start to end, both included, for which no document was given."""
        first, last = sorted((self._date(start).year, self._date(end).year))
        return tuple(year for year in range(first, last + 1) if year not in self.years)

    def _date(self, moment: datetime | date) -> date:
        return self._local(moment).date() if isinstance(moment, datetime) else moment

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("the time has no zone")
        return moment.astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class _Year:
    year: int
    zone: str
    rest: frozenset[date]
    work: frozenset[date]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "_Year":
        year = document.get("year")
        try:
            rest, work = _days(document, "rest"), _days(document, "work")
            made = cls(int(str(year)), document.get("zone", DEFAULT_ZONE), rest, work)
            ZoneInfo(made.zone)
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise CalendarUnreadable(year=year, reason=error) from error
        made.check()
        return made

    def check(self) -> None:
        other = sorted(day for day in self.rest | self.work if day.year != self.year)
        weekdays = sorted(day for day in self.work if day.weekday() < 5)
        both = sorted(self.rest & self.work)
        for days, reason in (
            (other, "lies in another year"),
            (weekdays, "is listed as a worked weekend but is no weekend"),
            (both, "is listed as rest and as work"),
        ):
            if days:
                raise CalendarUnreadable(year=self.year, reason=f"{days[0]} {reason}")


def _days(document: Mapping[str, Any], name: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in document[name])

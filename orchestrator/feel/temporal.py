"""Dates, times and durations: reading, writing, and the arithmetic that Python's own does otherwise."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.feel.numbers import number

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.A)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z0-9_+/-]+)?", re.A)
_DAYS_TIME = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.A)
_YEARS_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.A)
_MONTHS_LIMIT = 12 * 1_000_000_000


@dataclass(frozen=True, slots=True, order=True)
class YearsMonthsDuration:
    """A duration in whole months; it has no length in days."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (parts or "0M")


def months_duration(months: int) -> YearsMonthsDuration | None:
    """A duration of this many months; null beyond a billion years."""
    return YearsMonthsDuration(months) if abs(months) <= _MONTHS_LIMIT else None


def temporal(text: str) -> Any:
    """Read any date, date and time, time or duration; null for anything else."""
    if "P" in text[:2]:
        return read_duration(text)
    if "T" in text:
        return read_moment(text)
    return read_time(text) if ":" in text else read_date(text)


def read_date(text: str) -> date | None:
    """Read `2026-02-13`."""
    match = _DATE.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Read `09:30:00`, with an offset, `Z` or `@Asia/Shanghai` if wished."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction, written = match.groups()
    micro = int((fraction or ".0")[1:7].ljust(6, "0"))
    try:
        return time(int(hour), int(minute), int(second), micro, tzinfo=read_zone(written))
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """Read `2026-02-13T09:30:00`, with the endings that a time may have."""
    day, _, clock = text.partition("T")
    day_read, clock_read = read_date(day), read_time(clock)
    if day_read is None or clock_read is None:
        return None
    return datetime.combine(day_read, clock_read)


def read_zone(written: str | None) -> tzinfo | None:
    """Read `Z`, `+08:00` or `@Asia/Shanghai`.

    Raises: ValueError for a zone that does not exist.
    """
    if not written:
        return None
    if written == "Z":
        return UTC
    return _zone(written[1:]) if written[0] == "@" else _offset(written)


@lru_cache(maxsize=64)
def _zone(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (KeyError, OSError) as error:
        raise ValueError(key) from error


def _offset(written: str) -> tzinfo:
    hours, minutes, *seconds = (int(part) for part in written[1:].split(":"))
    if hours > 14 or minutes > 59:
        raise ValueError(written)
    offset = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return timezone(-offset if written[0] == "-" else offset)


def read_duration(text: str) -> timedelta | YearsMonthsDuration | None:
    """Read `P3D`, `PT48H` or `P1Y6M`."""
    if text.rstrip("PT-") == "" or text.endswith("T"):
        return None
    if match := _DAYS_TIME.fullmatch(text):
        sign, days, hours, minutes, seconds = match.groups()
        total = int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes or 0) * 60
        return duration((Decimal(total) + Decimal(seconds or 0)) * (-1 if sign else 1))
    if match := _YEARS_MONTHS.fullmatch(text):
        sign, years, months = match.groups()
        return months_duration((int(years or 0) * 12 + int(months or 0)) * (-1 if sign else 1))
    return None


def duration(seconds: Decimal) -> timedelta | None:
    """A duration of this many seconds; null when it is too long."""
    try:
        return timedelta(microseconds=int((seconds * 1_000_000).to_integral_value()))
    except (OverflowError, ArithmeticError):
        return None


def seconds(value: timedelta) -> Decimal:
    """The length of a duration in seconds."""
    return Decimal(value // timedelta(microseconds=1)) / 1_000_000


def write_duration(value: timedelta) -> str:
    """Write a duration as in `P1DT2H`."""
    total = seconds(abs(value))
    minutes, second = divmod(total, 60)
    hours, minute = divmod(int(minutes), 60)
    days, hour = divmod(hours, 24)
    clock = "".join(f"{part}{unit}" for part, unit in ((hour, "H"), (minute, "M")) if part)
    clock += f"{format(second.normalize(), 'f')}S" if second else ""
    written = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta(0) else "") + "P" + (written or "T0S")


def write_zone(value: datetime | time) -> str:
    """Write the zone of a time as it is read."""
    zone = value.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    return "Z" if zone is UTC else value.isoformat()[-6:]


def write_time(value: time) -> str:
    """Write a time with its zone."""
    return value.replace(tzinfo=None).isoformat() + write_zone(value)


def write_moment(value: datetime) -> str:
    """Write a date and time with its zone."""
    return value.replace(tzinfo=None).isoformat() + write_zone(value)


def add_duration(moment: datetime, length: timedelta) -> datetime | None:
    """Move a date and time by real hours, also across a change of the clocks."""
    try:
        if moment.tzinfo is None:
            return moment + length
        return (moment.astimezone(UTC) + length).astimezone(moment.tzinfo)
    except OverflowError:
        return None


def add_months(day: date, length: YearsMonthsDuration) -> Any:
    """Move a date (and time) by months; the day is cut to the length of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + length.months, 12)
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month + 1, day=min(day.day, _month_length(year, month + 1)))


def _month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def since(later: datetime, earlier: datetime) -> timedelta | None:
    """The duration between two dates and times; null if only one of them has a zone."""
    if (later.utcoffset() is None) != (earlier.utcoffset() is None):
        return None
    if later.tzinfo is None:
        return later - earlier
    return later.astimezone(UTC) - earlier.astimezone(UTC)


def months_between(start: date, end: date) -> YearsMonthsDuration:
    """The whole months from one date to another."""
    if end < start:
        return YearsMonthsDuration(-months_between(end, start).months)
    months = (end.year - start.year) * 12 + end.month - start.month
    return YearsMonthsDuration(months - (end.day < start.day))


def midnight(day: date) -> datetime:
    """The first moment of a date, without a zone."""
    return datetime.combine(day, time())


def add_to_time(clock: time, length: timedelta) -> time:
    """Turn a clock on, around midnight if need be."""
    start = datetime.combine(date(2000, 1, 1), clock.replace(tzinfo=None))
    moved = start + timedelta(seconds=length.total_seconds() % 86400)
    return moved.time().replace(tzinfo=clock.tzinfo)


def part(value: Any, name: str) -> Any:
    """A component of a date, time or duration by its FEEL name; null if it has none of that name."""
    read = _PARTS.get(type(value), {}).get(name)
    if read is None:
        return None
    found = read(value)
    return number(found) if isinstance(found, int) else found


def _clock(value: timedelta, size: int, cycle: int) -> int:
    total = abs(value) // timedelta(seconds=1) // size
    return (total % cycle if cycle else total) * (-1 if value < timedelta(0) else 1)


_DAY = {
    "year": lambda v: v.year,
    "month": lambda v: v.month,
    "day": lambda v: v.day,
    "weekday": lambda v: v.isoweekday(),
}
_CLOCK = {
    "hour": lambda v: v.hour,
    "minute": lambda v: v.minute,
    "second": lambda v: number(Decimal(v.second) + Decimal(v.microsecond) / 1_000_000),
    "time offset": lambda v: v.utcoffset(),
    "timezone": lambda v: v.tzinfo.key if isinstance(v.tzinfo, ZoneInfo) else None,
}
_PARTS: dict[type, dict[str, Any]] = {
    date: _DAY,
    datetime: {**_DAY, **_CLOCK},
    time: _CLOCK,
    timedelta: {
        "days": lambda v: _clock(v, 86400, 0),
        "hours": lambda v: _clock(v, 3600, 24),
        "minutes": lambda v: _clock(v, 60, 60),
        "seconds": lambda v: _clock(v, 1, 60),
    },
    YearsMonthsDuration: {
        "years": lambda v: abs(v.months) // 12 * (-1 if v.months < 0 else 1),
        "months": lambda v: abs(v.months) % 12 * (-1 if v.months < 0 else 1),
    },
}

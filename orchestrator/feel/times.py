"""Built-in functions that make and read dates, times and durations (DMN 1.3, 10.3.4.1 and 10.3.4.8)."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from orchestrator.feel.numbers import number, whole
from orchestrator.feel.signatures import Library
from orchestrator.feel.temporal import months_between, read_date, read_duration, read_moment, read_time
from orchestrator.feel.values import equal, kind

TIMES = Library()
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@TIMES("date(from: string)")
def _date(text: str) -> date | None:
    return read_date(text)


@TIMES("date(from: day)")
def _date_of(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


@TIMES("date(year: number, month: number, day: number)")
def _date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> date | None:
    parts = [whole(year), whole(month), whole(day)]
    return date(*[part or 0 for part in parts])


@TIMES("date and time(from: string)")
def _moment(text: str) -> datetime | None:
    if "T" in text:
        return read_moment(text)
    day = read_date(text)
    return None if day is None else datetime.combine(day, time())


@TIMES("date and time(from: moment)")
def _moment_itself(moment: datetime) -> datetime:
    return moment


@TIMES("date and time(date: day, time: time)")
def _moment_of(day: date, clock: time) -> datetime:
    return datetime.combine(_date_of(day), clock)


@TIMES("time(from: string)")
def _time(text: str) -> time | None:
    return read_time(text)


@TIMES("time(from: clock)")
def _time_of(clock: Any) -> time:
    return clock.timetz() if isinstance(clock, datetime) else clock


@TIMES("time(hour: number, minute: number, second: number, offset?: offset)")
def _time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> time | None:
    whole_hour, whole_minute = whole(hour), whole(minute)
    if whole_hour is None or whole_minute is None or not 0 <= second < 60:
        return None
    micro = int(second % 1 * 1_000_000)
    zone = None if offset is None else timezone(offset)
    return time(whole_hour, whole_minute, int(second), micro, tzinfo=zone)


@TIMES("duration(from: string)")
def _duration(text: str) -> Any:
    return read_duration(text)


@TIMES("duration(from: duration)")
def _duration_itself(length: Any) -> Any:
    return length


@TIMES("years and months duration(from: day, to: day)")
def _years_and_months(start: date, end: date) -> Any:
    return months_between(_date_of(start), _date_of(end))


@TIMES("is(value1: any, value2: any)")
def _is(left: Any, right: Any) -> bool:
    if kind(left) != kind(right) or equal(left, right) is not True:
        return False
    return not isinstance(left, datetime | time) or left.tzinfo == right.tzinfo


@TIMES("day of year(date: day)")
def _day_of_year(day: date) -> Decimal | None:
    return number(day.timetuple().tm_yday)


@TIMES("day of week(date: day)")
def _day_of_week(day: date) -> str:
    return _DAYS[day.weekday()]


@TIMES("month of year(date: day)")
def _month_of_year(day: date) -> str:
    return _MONTHS[day.month - 1]


@TIMES("week of year(date: day)")
def _week_of_year(day: date) -> Decimal | None:
    return number(day.isocalendar().week)

"""Arithmetic and comparison of FEEL values, chosen by the types of both sides (DMN 1.3, 10.3.2.3)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from orchestrator.feel import numbers
from orchestrator.feel.errors import fault
from orchestrator.feel.temporal import (
    YearsMonthsDuration,
    add_duration,
    add_months,
    add_to_time,
    duration,
    midnight,
    months_duration,
    seconds,
    since,
)
from orchestrator.feel.values import Range, contains, equal, order

STRING_LIMIT = 100_000
Operation = Callable[[Any, Any], Any]


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    """Apply `+ - * / **`; null when the types do not fit or there is no result."""
    operation = _OPERATIONS.get((operator, type(left), type(right)))
    if operation is None:
        return None
    try:
        return operation(left, right)
    except (OverflowError, ZeroDivisionError):
        return None


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """Apply `= != < <= > >=`; null when the two cannot be compared."""
    if operator == "=":
        return equal(left, right)
    if operator == "!=":
        same = equal(left, right)
        return None if same is None else not same
    compared = order(left, right)
    return None if compared is None else _ORDERS[operator](compared)


def between(value: Any, low: Any, high: Any) -> bool | None:
    """Whether low <= value <= high."""
    return conjunction([compare(">=", value, low), compare("<=", value, high)])


def conjunction(values: list[Any]) -> bool | None:
    """Three-valued `and`: false wins, then null; what is no boolean counts as null."""
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def disjunction(values: list[Any]) -> bool | None:
    """Three-valued `or`: true wins, then null; what is no boolean counts as null."""
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


def negation(value: Any) -> bool | None:
    """Three-valued `not`."""
    return not value if isinstance(value, bool) else None


def opposite(value: Any) -> Any:
    """The value with its sign turned; null for what has none."""
    if isinstance(value, Decimal):
        return value.copy_negate()
    if isinstance(value, timedelta):
        return -value
    return YearsMonthsDuration(-value.months) if isinstance(value, YearsMonthsDuration) else None


def matches(value: Any, tested: Any) -> bool | None:
    """Whether a value fits what a test evaluated to: it equals it, or lies in its range, or in its list."""
    if isinstance(tested, Range):
        return contains(tested, value)
    if isinstance(tested, list) and not isinstance(value, list):
        return any(matches(value, item) is True for item in tested)
    if isinstance(tested, list):
        return equal(value, tested) is True or any(matches(value, item) is True for item in tested)
    return equal(value, tested)


def joined(left: str, right: str) -> str:
    """Two texts in one.

    Raises: FeelError when the result is too long.
    """
    if len(left) + len(right) > STRING_LIMIT:
        raise fault("value_too_long", limit=STRING_LIMIT)
    return left + right


def _minus_date(left: date, right: date) -> timedelta | None:
    # A date beside a date and time stands for its midnight in UTC (DMN 1.3, table 45).
    return since(_as_moment(left, right), _as_moment(right, left))


def _as_moment(value: date, other: date) -> datetime:
    if isinstance(value, datetime):
        return value
    zoned = isinstance(other, datetime) and other.tzinfo is not None
    return midnight(value).replace(tzinfo=UTC) if zoned else midnight(value)


def _date_plus(day: date, length: timedelta) -> date:
    return (midnight(day) + length).date()


def _time_minus(left: time, right: time) -> timedelta | None:
    start = date(2000, 1, 1)
    return since(datetime.combine(start, left), datetime.combine(start, right))


def _scaled(length: timedelta, factor: Decimal) -> timedelta | None:
    scaled = numbers.multiply(seconds(length), factor)
    return None if scaled is None else duration(scaled)


def _divided(length: timedelta, divisor: Decimal) -> timedelta | None:
    scaled = numbers.divide(seconds(length), divisor)
    return None if scaled is None else duration(scaled)


def _months_scaled(length: YearsMonthsDuration, factor: Decimal) -> YearsMonthsDuration | None:
    return _whole_months(numbers.multiply(Decimal(length.months), factor))


def _months_divided(length: YearsMonthsDuration, divisor: Decimal) -> YearsMonthsDuration | None:
    return _whole_months(numbers.divide(Decimal(length.months), divisor))


def _whole_months(months: Decimal | None) -> YearsMonthsDuration | None:
    if months is None or months.adjusted() > 12:
        return None
    return months_duration(int(months))


def _swapped(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


def _minus(operation: Operation) -> Operation:
    return lambda left, right: operation(left, opposite(right))


_ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda compared: compared < 0,
    "<=": lambda compared: compared <= 0,
    ">": lambda compared: compared > 0,
    ">=": lambda compared: compared >= 0,
}

_MOVES: dict[tuple[type, type], Operation] = {
    (datetime, timedelta): add_duration,
    (datetime, YearsMonthsDuration): add_months,
    (date, timedelta): _date_plus,
    (date, YearsMonthsDuration): add_months,
    (time, timedelta): add_to_time,
    (timedelta, timedelta): lambda a, b: a + b,
    (YearsMonthsDuration, YearsMonthsDuration): lambda a, b: months_duration(a.months + b.months),
}

_OPERATIONS: dict[tuple[str, type, type], Operation] = {
    ("+", Decimal, Decimal): numbers.add,
    ("-", Decimal, Decimal): numbers.subtract,
    ("*", Decimal, Decimal): numbers.multiply,
    ("/", Decimal, Decimal): numbers.divide,
    ("**", Decimal, Decimal): numbers.power,
    ("+", str, str): joined,
    ("-", date, date): _minus_date,
    ("-", datetime, datetime): since,
    ("-", date, datetime): _minus_date,
    ("-", datetime, date): _minus_date,
    ("-", time, time): _time_minus,
    ("*", timedelta, Decimal): _scaled,
    ("*", Decimal, timedelta): _swapped(_scaled),
    ("/", timedelta, Decimal): _divided,
    ("/", timedelta, timedelta): lambda a, b: numbers.divide(seconds(a), seconds(b)),
    ("*", YearsMonthsDuration, Decimal): _months_scaled,
    ("*", Decimal, YearsMonthsDuration): _swapped(_months_scaled),
    ("/", YearsMonthsDuration, Decimal): _months_divided,
    ("/", YearsMonthsDuration, YearsMonthsDuration): lambda a, b: numbers.divide(Decimal(a.months), Decimal(b.months)),
    **{("+", left, right): move for (left, right), move in _MOVES.items()},
    **{("+", right, left): _swapped(move) for (left, right), move in _MOVES.items() if left is not right},
    **{("-", left, right): _minus(move) for (left, right), move in _MOVES.items()},
}

"""The values of FEEL as Python holds them, and how what a caller gives becomes one of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from orchestrator.feel.errors import fault
from orchestrator.feel.numbers import number
from orchestrator.feel.temporal import YearsMonthsDuration

READ_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends, neither of them null."""

    low: Any
    high: Any
    low_included: bool = True
    high_included: bool = True


class Function(ABC):
    """Something that FEEL can call; `parameters` are the names for a call by name."""

    name: str
    parameters: tuple[str, ...] | None

    @abstractmethod
    def call(self, arguments: list[Any]) -> Any:
        """Call it with arguments by position."""


@dataclass(frozen=True, slots=True, eq=False)
class Outside(Function):
    """A function that the caller gave with the context: it may read a clock or a calendar."""

    name: str
    function: Callable[..., Any]
    parameters: None = None

    def call(self, arguments: list[Any]) -> Any:
        """Call it with arguments by position.

        Raises: FeelError when it cannot work with the arguments.
        """
        try:
            return read(self.function(*arguments))
        except (TypeError, ValueError, ArithmeticError) as error:
            raise fault("refused_arguments", name=self.name, reason=error) from error


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    YearsMonthsDuration: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}
_READY = frozenset(KINDS) - {list, dict, Decimal}


def kind(value: Any) -> str:
    """The name of the FEEL type of a value."""
    return KINDS.get(type(value), "function")


def read(value: Any, name: str = "", depth: int = 0) -> Any:
    """Turn a Python value into a FEEL value: numbers become Decimal, tuples lists, callables functions.

    Raises: FeelError for a value that FEEL has no type for.
    """
    if type(value) in _READY or isinstance(value, Function):
        return value
    if depth > READ_DEPTH:
        raise fault("nested_too_deep", limit=READ_DEPTH)
    if isinstance(value, Mapping):
        return {str(key): read(item, str(key), depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [read(item, name, depth + 1) for item in value]
    return _read_scalar(value, name)


def _read_scalar(value: Any, name: str) -> Any:
    if isinstance(value, int | float | Decimal):
        return number(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    if callable(value):
        return Outside(name, value)
    raise fault("unreadable_value", type=type(value).__name__)


def equal(left: Any, right: Any) -> bool | None:
    """FEEL's `=`: null when the types differ, except that null equals only null."""
    if left is None or right is None:
        return left is right
    if kind(left) != kind(right):
        return None
    if isinstance(left, list):
        return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        same_keys = bool(left.keys() == right.keys())
        return same_keys and all(equal(item, right[name]) is True for name, item in left.items())
    if isinstance(left, datetime) and (left.utcoffset() is None) != (right.utcoffset() is None):
        return None
    return bool(left == right)


_ORDERED = (Decimal, str, date, datetime, time, timedelta, YearsMonthsDuration)


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 as left is less than, equal to or greater than right; null if they have no order."""
    if type(left) is not type(right) or type(left) not in _ORDERED:
        return None
    try:
        return (left > right) - (left < right)
    except TypeError:
        # One of two times has a zone and the other has none.
        return None


def contains(span: Range, value: Any) -> bool | None:
    """Whether the value lies in the range."""
    low = _side(span.low, value, span.low_included)
    high = _side(value, span.high, span.high_included)
    if low is False or high is False:
        return False
    return None if low is None or high is None else True


def _side(smaller: Any, larger: Any, included: bool) -> bool | None:
    compared = order(smaller, larger)
    if compared is None:
        return None
    return compared < 0 or (included and compared == 0)


def key(value: Any) -> Any:
    """A hashable stand-in: two values have the same one when `equal` says true."""
    if isinstance(value, list):
        return ("list", tuple(key(item) for item in value))
    if isinstance(value, dict):
        return ("context", frozenset((name, key(item)) for name, item in value.items()))
    if isinstance(value, Range):
        return ("range", key(value.low), key(value.high), value.low_included, value.high_included)
    return (kind(value), value)

"""Packs FEEL values with their types kept: decimal numbers, dates, times, durations (msgpack extensions)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgpack

from orchestrator.feel import YearsMonthsDuration

_DECIMAL, _DATETIME, _DATE, _TIME, _DURATION, _MONTHS = range(1, 7)


def pack(value: Any) -> bytes:
    """Return the bytes of a value made of FEEL values, lists and contexts."""
    packed: bytes = msgpack.packb(value, default=_encode, strict_types=True)
    return packed


def unpack(data: bytes) -> Any:
    """Return the value of bytes written by `pack`."""
    return msgpack.unpackb(data, ext_hook=_decode, strict_map_key=False)


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return msgpack.ExtType(_DECIMAL, str(value).encode())
    if isinstance(value, datetime):
        return msgpack.ExtType(_DATETIME, value.isoformat().encode())
    if isinstance(value, date):
        return msgpack.ExtType(_DATE, value.isoformat().encode())
    if isinstance(value, time):
        return msgpack.ExtType(_TIME, value.isoformat().encode())
    if isinstance(value, timedelta):
        return msgpack.ExtType(_DURATION, _microseconds(value))
    if isinstance(value, YearsMonthsDuration):
        return msgpack.ExtType(_MONTHS, str(value.months).encode())
    return _encode_collection(value)


def _encode_collection(value: Any) -> Any:
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a {type(value).__name__} is no FEEL value and cannot be stored")


def _microseconds(value: timedelta) -> bytes:
    return str(value // timedelta(microseconds=1)).encode()


_DECODERS: dict[int, Callable[[str], Any]] = {
    _DECIMAL: Decimal,
    _DATETIME: datetime.fromisoformat,
    _DATE: date.fromisoformat,
    _TIME: time.fromisoformat,
    _DURATION: lambda text: timedelta(microseconds=int(text)),
    _MONTHS: lambda text: YearsMonthsDuration(int(text)),
}


def _decode(code: int, data: bytes) -> Any:
    return _DECODERS[code](data.decode())

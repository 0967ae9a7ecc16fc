"""Built-in functions on numbers (DMN 1.3, 10.3.4.5; the rounding ones from DMN 1.4)."""

import decimal
from datetime import timedelta
from decimal import Decimal
from typing import Any

from orchestrator.feel import numbers
from orchestrator.feel.numbers import ARITHMETIC, number, whole
from orchestrator.feel.signatures import Library
from orchestrator.feel.temporal import YearsMonthsDuration

NUMBERS = Library()
_SCALE_LIMIT = 6111


@NUMBERS("number(from: string, grouping separator?: string, decimal separator?: string)")
def _number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None and grouping == point:
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if not plain.isascii() or plain.strip() != plain or "_" in plain or len(plain) > 100:
        return None
    return number(plain)


@NUMBERS("number(from: number)")
def _number_itself(value: Decimal) -> Decimal:
    return value


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal | None:
    places = 0 if scale is None else whole(scale)
    if places is None or abs(places) > _SCALE_LIMIT:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    with decimal.localcontext(ARITHMETIC) as context:
        context.rounding = rounding
        return number(value.quantize(Decimal(1).scaleb(-places)))


@NUMBERS("decimal(n: number, scale: number)")
def _decimal(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, decimal.ROUND_HALF_EVEN)


@NUMBERS("floor(n: number, scale?: number)")
def _floor(value: Decimal, scale: Decimal | None = None) -> Decimal | None:
    return _rounded(value, scale, decimal.ROUND_FLOOR)


@NUMBERS("ceiling(n: number, scale?: number)")
def _ceiling(value: Decimal, scale: Decimal | None = None) -> Decimal | None:
    return _rounded(value, scale, decimal.ROUND_CEILING)


@NUMBERS("round up(n: number, scale: number)")
def _round_up(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, decimal.ROUND_UP)


@NUMBERS("round down(n: number, scale: number)")
def _round_down(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, decimal.ROUND_DOWN)


@NUMBERS("round half up(n: number, scale: number)")
def _round_half_up(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, decimal.ROUND_HALF_UP)


@NUMBERS("round half down(n: number, scale: number)")
def _round_half_down(value: Decimal, scale: Decimal) -> Decimal | None:
    return _rounded(value, scale, decimal.ROUND_HALF_DOWN)


@NUMBERS("abs(n: number)")
def _abs(value: Decimal) -> Decimal:
    return value.copy_abs()


@NUMBERS("abs(n: duration)")
def _abs_duration(value: Any) -> Any:
    return abs(value) if isinstance(value, timedelta) else YearsMonthsDuration(abs(value.months))


@NUMBERS("modulo(dividend: number, divisor: number)")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    # The sign is the divisor's, unlike Python's remainder of decimals.
    rest = ARITHMETIC.remainder(dividend, divisor)
    if not rest.is_finite():
        return None
    return numbers.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@NUMBERS("sqrt(number: number)")
def _sqrt(value: Decimal) -> Decimal | None:
    return number(ARITHMETIC.sqrt(value))


@NUMBERS("log(number: number)")
def _log(value: Decimal) -> Decimal | None:
    return number(ARITHMETIC.ln(value))


@NUMBERS("exp(number: number)")
def _exp(value: Decimal) -> Decimal | None:
    return number(ARITHMETIC.exp(value))


@NUMBERS("odd(number: number)")
def _odd(value: Decimal) -> bool | None:
    found = whole(value)
    return None if found is None else found % 2 == 1


@NUMBERS("even(number: number)")
def _even(value: Decimal) -> bool | None:
    found = whole(value)
    return None if found is None else found % 2 == 0

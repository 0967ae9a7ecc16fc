"""Numbers: 34 digits, rounded half to even, and null where there is no number (DMN 1.3, 10.3.4.1)."""

import decimal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

ARITHMETIC = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])


def number(value: int | float | str | Decimal) -> Decimal | None:
    """Make a FEEL number; null for what is infinite or no number."""
    made = ARITHMETIC.create_decimal(repr(value) if isinstance(value, float) else value)
    return made if made.is_finite() else None


def calculator(operation: Callable[[Any, Any], Decimal]) -> Callable[[Decimal, Decimal], Decimal | None]:
    """Make an operation on two numbers answer null instead of infinity."""

    def calculate(left: Decimal, right: Decimal) -> Decimal | None:
        result = operation(left, right)
        return result if result.is_finite() else None

    return calculate


add = calculator(ARITHMETIC.add)
subtract = calculator(ARITHMETIC.subtract)
multiply = calculator(ARITHMETIC.multiply)
divide = calculator(ARITHMETIC.divide)
power = calculator(ARITHMETIC.power)


def whole(value: Decimal) -> int | None:
    """The number as an int if it has no fraction and is not astronomically large."""
    if value.adjusted() > 18 or value != value.to_integral_value():
        return None
    return int(value)


def plain(value: Decimal) -> str:
    """Write a number without exponent and without zeros at its end: equal numbers look alike."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text

"""What lists and notices show of personal data.

Source: the usual masks of public notices: first six and last four of an 18-digit number, 138****1234.
"""

LONG_NUMBER = 15  # old and new resident numbers; passports and permits are shorter and show less


def mask_id(number: str) -> str:
    """`110105********002X`; a shorter number shows its first and its last two characters."""
    if len(number) >= LONG_NUMBER:
        return _masked(number, 6, 4)
    return _masked(number, 1, 2)


def mask_name(name: str) -> str:
    """`王*`, `欧**`: the first character and at most two stars, so that the length tells little."""
    return name[:1] + "*" * min(len(name) - 1, 2) if len(name) > 1 else "*" * len(name)


def mask_phone(phone: str) -> str:
    """`138****1234`; a number too short for that shows its last two digits."""
    return _masked(phone, 3, 4) if len(phone) > 7 else _masked(phone, 0, 2)


def _masked(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]

"""Built-in functions on texts, booleans and contexts (DMN 1.3, 10.3.4.2 and 10.3.4.3)."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from orchestrator.feel.errors import fault
from orchestrator.feel.numbers import number, plain, whole
from orchestrator.feel.operators import negation
from orchestrator.feel.signatures import Library
from orchestrator.feel.temporal import YearsMonthsDuration, write_duration, write_moment, write_time
from orchestrator.feel.values import Function, Range

TEXTS = Library()
PATTERN_LIMIT = 200
SUBJECT_LIMIT = 10_000
COST_LIMIT = 10_000_000
_ESCAPED = re.compile(r"\\.", re.S)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_BACKREFERENCE = re.compile(r"\\[1-9]|\(\?")
_REPEAT = re.compile(r"[*+]|\{\d*,\d*\}")
_CHOICE = re.compile(r"\||(?<![*+?}])\?")
_FLAGS = {"i": re.I, "m": re.M, "s": re.S, "x": re.X}


def write(value: Any, quoted: bool = False) -> str:
    """Write a value as FEEL would; texts inside lists and contexts are quoted."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else value
    if isinstance(value, list):
        return "[" + ", ".join(write(item, True) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {write(item, True)}" for key, item in value.items()) + "}"
    if isinstance(value, Range):
        opening, closing = "[" if value.low_included else "(", "]" if value.high_included else ")"
        return f"{opening}{write(value.low, True)}..{write(value.high, True)}{closing}"
    return _write_scalar(value)


def _write_scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, datetime):
        return write_moment(value)
    if isinstance(value, date | YearsMonthsDuration):
        return str(value)
    if isinstance(value, time):
        return write_time(value)
    if isinstance(value, timedelta):
        return write_duration(value)
    return f"function {value.name}" if isinstance(value, Function) else plain(value)


@TEXTS("string(from: any)")
def _string(value: Any) -> str | None:
    return None if value is None else write(value)


@TEXTS("not(negand: any)")
def _not(value: Any) -> bool | None:
    return negation(value)


@TEXTS("substring(string: string, start position: number, length?: number)")
def _substring(text: str, start: Any, length: Any = None) -> str | None:
    place, count = whole(start), None if length is None else whole(length)
    if not place or (length is not None and (count is None or count < 0)):
        return None
    first = place - 1 if place > 0 else max(len(text) + place, 0)
    return text[first:] if count is None else text[first : first + count]


@TEXTS("string length(string: string)")
def _string_length(text: str) -> Any:
    return number(len(text))


@TEXTS("upper case(string: string)")
def _upper_case(text: str) -> str:
    return text.upper()


@TEXTS("lower case(string: string)")
def _lower_case(text: str) -> str:
    return text.lower()


@TEXTS("trim(string: string)")
def _trim(text: str) -> str:
    return text.strip()


@TEXTS("substring before(string: string, match: string)")
def _substring_before(text: str, match: str) -> str:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@TEXTS("substring after(string: string, match: string)")
def _substring_after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@TEXTS("contains(string: string, match: string)")
def _contains(text: str, match: str) -> bool:
    return match in text


@TEXTS("starts with(string: string, match: string)")
def _starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@TEXTS("ends with(string: string, match: string)")
def _ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


@TEXTS("matches(input: string, pattern: string, flags?: string)")
def _matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    return _pattern(text, pattern, flags).search(text) is not None


@TEXTS("replace(input: string, pattern: string, replacement: string, flags?: string)")
def _replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    compiled = _pattern(text, pattern, flags)
    if len(replacement) > SUBJECT_LIMIT // 10:
        raise fault("value_too_long", limit=SUBJECT_LIMIT // 10)
    escaped = replacement.replace("\\", "\\\\")
    try:
        return compiled.sub(re.sub(r"\$(\d)", r"\\g<\1>", escaped), text)
    except (re.error, IndexError):
        return None


@TEXTS("split(string: string, delimiter: string)")
def _split(text: str, delimiter: str) -> list[str]:
    return [piece or "" for piece in _pattern(text, delimiter, None).split(text)]


@TEXTS("string join(list: list, delimiter?: string)")
def _string_join(texts: list[Any], delimiter: str | None = None) -> str | None:
    kept = [text for text in texts if text is not None]
    if not all(isinstance(text, str) for text in kept) or len(delimiter or "") > SUBJECT_LIMIT // 10:
        return None
    return (delimiter or "").join(kept)


@TEXTS("get value(m: context, key: string)")
def _get_value(context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@TEXTS("get entries(m: context)")
def _get_entries(context: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in context.items()]


@TEXTS("context put(context: context, key: string, value: any)")
def _context_put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


@TEXTS("context merge(contexts: list)")
def _context_merge(contexts: list[Any]) -> dict[str, Any] | None:
    if not all(isinstance(context, dict) for context in contexts):
        return None
    return {key: value for context in contexts for key, value in context.items()}


def _pattern(text: str, pattern: str, flags: str | None) -> re.Pattern[str]:
    # Python's patterns can backtrack for ever: what could explode on this text is refused before it runs.
    if len(text) > SUBJECT_LIMIT or len(pattern) > PATTERN_LIMIT or _cost(pattern, len(text)) > COST_LIMIT:
        raise fault("unsafe_pattern", pattern=pattern[:40])
    try:
        return re.compile(pattern, sum(_FLAGS[flag] for flag in set(flags or "")))
    except (re.error, KeyError, OverflowError, RecursionError):
        raise fault("unsafe_pattern", pattern=pattern[:40]) from None


def _cost(pattern: str, length: int) -> int:
    # Every repetition may try each length of text, every alternative and optional part doubles the ways.
    if _BACKREFERENCE.search(pattern):
        return COST_LIMIT + 1
    bare = _CLASS.sub("x", _ESCAPED.sub("x", pattern))
    if _REPEATED_GROUP.search(bare):
        return COST_LIMIT + 1
    repeats = len(_REPEAT.findall(bare))
    choices = len(_CHOICE.findall(bare))
    return int(min(max(length, 2) ** min(repeats, 9), 10**9)) << min(choices, 40)

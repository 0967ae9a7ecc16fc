"""What a person typed, as the form's JSON Schema wants it; and typed answers as words on a page."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.applications.checks import title_of
from portal.web.days import day_words

Typed = Mapping[str, str]


def read_answers(
    schema: Mapping[str, Any], names: Iterable[str], typed: Typed, before: Mapping[str, Any]
) -> dict[str, Any]:
    """All answers, the typed ones of these questions in place of those before.

    Shape: what cannot be read as the wanted type is kept as typed, so that the check names it and nothing is lost.
    """
    data = dict(before)
    for name in names:
        data[name] = _read(schema["properties"][name], name, typed)
    return {name: value for name, value in data.items() if value not in ("", None, [])}


def _read(asked: Mapping[str, Any], name: str, typed: Typed) -> Any:
    if asked.get("type") != "array":
        return _plain(asked, typed.get(name, "").strip())
    found = sorted({int(key.split(".")[1]) for key in typed if _is_row(key, name)})
    parts = asked["items"]["properties"]
    rows = ({key: _read(part, f"{name}.{at}.{key}", typed) for key, part in parts.items()} for at in found)
    return [row for row in ({key: value for key, value in row.items() if value != ""} for row in rows) if row]


def _is_row(key: str, name: str) -> bool:
    head, _dot, rest = key.partition(".")
    return head == name and rest.partition(".")[0].isdecimal() and len(rest.partition(".")[0]) <= 3


def _plain(asked: Mapping[str, Any], text: str) -> Any:
    if asked.get("type") == "boolean":
        return {"true": True, "on": True, "false": False}.get(text, "")
    reader: Callable[[str], Any] | None = {"integer": int, "number": float}.get(str(asked.get("type")))
    if reader is None or not text:
        return text
    try:
        return reader(text)
    except ValueError:
        return text


def add_row(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The answers with one more, empty row of a repeatable block."""
    return {**data, name: [*data.get(name, ()), {}]}


def remove_row(data: Mapping[str, Any], name: str, at: int) -> dict[str, Any]:
    """The answers without a row of a repeatable block."""
    return {**data, name: [row for place, row in enumerate(data.get(name, ())) if place != at]}


def words(asked: Mapping[str, Any], value: Any, places: Mapping[str, str]) -> str | list[list[tuple[str, str]]]:
    """An answer as a page shows it; a repeatable block as rows of title and words.

    Shape: `places` names the divisions and destinations by path or code.
    """
    if isinstance(value, list):
        parts = asked.get("items", {}).get("properties", {})
        return [_row_words(parts, row, places) for row in value if isinstance(row, Mapping)]
    return _word(asked, value, places)


def _row_words(parts: Mapping[str, Any], row: Mapping[str, Any], places: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(title_of(part), _word(part, row[key], places)) for key, part in parts.items() if key in row]


def _word(asked: Mapping[str, Any], value: Any, places: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    chosen = next((choice for choice in asked.get("oneOf", ()) if str(choice["const"]) == str(value)), None)
    if chosen is not None:
        return title_of(chosen)
    if asked.get("format") == "date":
        return _day(str(value))
    return places.get(str(value), str(value))


def _day(text: str) -> str:
    try:
        return day_words(date.fromisoformat(text), weekday=False)
    except ValueError:
        return text

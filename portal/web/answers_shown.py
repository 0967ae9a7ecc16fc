"""The answers of an application as a page shows them: by section, in words, with what changed since the last round."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.applications.checks import form_of, title_of
from portal.applications.services import find_case
from portal.jurisdictions.selectors import destinations, divisions_by_path
from portal.web.answers import words

Words = str | list[list[tuple[str, str]]]


@dataclass(frozen=True)
class Answer:
    """One answer; `before` is what the round before said, shown only if `changed`."""

    name: str
    title: str
    words: Words
    changed: bool
    before: Words


@dataclass(frozen=True)
class Block:
    """The answers of one section of a form."""

    id: str
    title: str
    answers: tuple[Answer, ...]


def blocks_of(
    process: str, province: str, data: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> list[Block]:
    """The given answers by section, in the order of the form."""
    schema = form_of(process, process)
    fields: Mapping[str, Any] = schema["properties"]
    older = before or {}
    places = _places([*data.values(), *older.values()])
    shown = [name for name in fields if (name in data or name in older) and not _is_declaration(fields[name])]
    answers = {name: _answer(name, fields[name], data, before, places) for name in shown}
    return [
        Block(section.id, section.title, tuple(answers[name] for name in section.names if name in answers))
        for section in sections_of(schema, province)
        if any(name in answers for name in section.names)
    ]


@dataclass(frozen=True)
class Section:
    """A part of a form that is one page."""

    id: str
    title: str
    names: tuple[str, ...]


def sections_of(schema: Mapping[str, Any], province: str) -> list[Section]:
    """The sections of a form in the order of the province; a form without sections is one."""
    fields: Mapping[str, Any] = schema["properties"]
    listed = {section["id"]: section for section in schema.get("x-sections", ())}
    if not listed:
        return [Section("form", title_of(schema), tuple(fields))]
    order = schema.get("x-section-order", {}).get(province, list(listed))
    names = {key: tuple(name for name in fields if fields[name].get("x-section") == key) for key in order}
    return [Section(key, title_of(listed[key]), names[key]) for key in order]


def titles_of(process: str) -> dict[str, str]:
    """The titles of a form's fields, for reasons that name them."""
    fields = form_of(process, process)["properties"]
    return {name: title_of(field) for name, field in fields.items()}


def round_before(number: str) -> Mapping[str, Any] | None:
    """The answers of the round before the last one; None in the first round."""
    rounds = list(find_case(number).rounds.order_by("-number")[:2])
    return rounds[1].data if len(rounds) == 2 else None


def _is_declaration(field: Mapping[str, Any]) -> bool:
    return field.get("const") is True


def _answer(
    name: str,
    field: Mapping[str, Any],
    data: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    places: Mapping[str, str],
) -> Answer:
    older = before.get(name) if before is not None else None
    changed = before is not None and older != data.get(name)
    then = words(field, older, places) if changed else ""
    return Answer(name, title_of(field), words(field, data.get(name), places), changed, then)


def _places(values: Iterable[Any]) -> dict[str, str]:
    texts = [value for value in values if isinstance(value, str)]
    named = {place.code: place.name for place in destinations() if place.code in texts}
    paths = [text for text in texts if text[:2].isdecimal() and text[2:6] == "0000"]
    rows = divisions_by_path(paths)
    return named | {path: row.full_name for path, row in rows.items() if "/" in path}

"""The questions of a form, from its JSON Schema: what to ask whom, in which order, with which choices."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from portal.applications.checks import title_of

FEW = 6


@dataclass(frozen=True)
class Option:
    """One choice of a question; `group` gathers choices under a heading."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Question:
    """One question as a page shows it.

    Shape: `kind` is text, long, number, date, radios, select, declare or rows; `rows` are the filled rows of a
    repeatable block, each a list of questions; `decides` says that other questions depend on the answer.
    """

    name: str
    title: str
    kind: str
    value: Any = None
    options: tuple[Option, ...] = ()
    hint: str = ""
    required: bool = False
    decides: bool = False
    error: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[tuple["Question", ...], ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the field in the page, which the error summary links to."""
        return "q-" + self.name.replace(".", "-")

    @property
    def grouped(self) -> list[tuple[str, list[Option]]]:
        """The choices by heading, in order."""
        groups: dict[str, list[Option]] = {}
        for option in self.options:
            groups.setdefault(option.group, []).append(option)
        return list(groups.items())


@dataclass(frozen=True)
class Form:
    """A form for one person: its schema, where it is filled in, what is known of the choices.

    Shape: `choices` gives the choices of a question that the schema leaves to reference data or policy;
    `hidden` and `required` are names that policy hides or requires.
    """

    schema: Mapping[str, Any]
    province: str
    choices: Mapping[str, tuple[Option, ...]]
    hidden: frozenset[str]
    required: frozenset[str]
    deciders: frozenset[str]

    def names(self, data: Mapping[str, Any]) -> list[str]:
        """The questions to ask, given the answers so far, in the order of the form."""
        skipped = self.hidden | (conditional(self.schema) - demanded(self.schema, data))
        fields: Mapping[str, Any] = self.schema["properties"]
        return [name for name, asked in fields.items() if name not in skipped and self.serves(asked)]

    def serves(self, asked: Mapping[str, Any]) -> bool:
        """Whether a question is asked in this province."""
        return "x-provinces" not in asked or self.province in asked["x-provinces"]

    def questions(self, names: Iterable[str], data: Mapping[str, Any]) -> list[Question]:
        """These questions with the answers so far."""
        needed = self.required | set(self.schema.get("required", ())) | demanded(self.schema, data)
        fields = self.schema["properties"]
        return [self._question(name, name, fields[name], data.get(name), name in needed) for name in names]

    def _question(self, name: str, key: str, asked: Mapping[str, Any], value: Any, needed: bool) -> Question:
        options = self.choices.get(key) or self._listed(asked)
        question = Question(
            name=name,
            title=title_of(asked),
            kind=kind_of(asked, len(options)),
            value=value,
            options=options,
            hint=str(asked.get("description", "")),
            required=needed,
            decides=key in self.deciders,
            limits=_limits(asked),
        )
        if question.kind == "rows":
            return replace(question, rows=tuple(self._row(name, asked, row, at) for at, row in enumerate(value or ())))
        return question

    def _row(self, name: str, asked: Mapping[str, Any], row: Any, at: int) -> tuple[Question, ...]:
        items = asked["items"]
        given = row if isinstance(row, Mapping) else {}
        return tuple(
            self._question(f"{name}.{at}.{key}", f"{name}.{key}", part, given.get(key), self._needed(items, key, part))
            for key, part in items["properties"].items()
            if self.serves(part)
        )

    def _needed(self, items: Mapping[str, Any], key: str, part: Mapping[str, Any]) -> bool:
        return key in items.get("required", ()) or self.province in part.get("x-required-in", ())

    def _listed(self, asked: Mapping[str, Any]) -> tuple[Option, ...]:
        if asked.get("type") == "boolean" and "const" not in asked:
            return (Option("true", _("Yes")), Option("false", _("No")))
        listed = [choice for choice in asked.get("oneOf", ()) if self.serves(choice)]
        return tuple(Option(str(choice["const"]), title_of(choice)) for choice in listed)


def kind_of(asked: Mapping[str, Any], options: int) -> str:
    """How a question is asked."""
    if asked.get("const") is True:
        return "declare"
    if asked.get("type") == "array":
        return "rows"
    if options:
        return "radios" if options <= FEW else "select"
    if asked.get("type") in ("integer", "number"):
        return "number"
    if asked.get("format") == "date":
        return "date"
    return "long" if asked.get("maxLength", 0) >= 150 else "text"


def conditional(schema: Mapping[str, Any]) -> set[str]:
    """The questions that are asked only because of another answer."""
    return {name for rule in schema.get("allOf", ()) for name in rule["then"].get("required", ())}


def demanded(schema: Mapping[str, Any], data: Mapping[str, Any]) -> set[str]:
    """The conditional questions that these answers ask for."""
    return set(_demanded(schema, data))


def _demanded(schema: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[str]:
    for rule in schema.get("allOf", ()):
        if Draft202012Validator(rule["if"]).is_valid(data):
            yield from rule["then"].get("required", ())


def deciders(schema: Mapping[str, Any]) -> set[str]:
    """The questions whose answers decide which others are asked."""
    return {name for rule in schema.get("allOf", ()) for name in rule["if"].get("required", ())}


def _limits(asked: Mapping[str, Any]) -> dict[str, Any]:
    named = {"maxLength": "maxlength", "minimum": "min", "maximum": "max", "multipleOf": "step"}
    return {html: asked[key] for key, html in named.items() if key in asked}

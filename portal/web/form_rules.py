"""What reference data and policy say about a form: choices, what is hidden or required, which files are wanted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orchestrator import api as engine
from portal.accountants.selectors import AccountantRow
from portal.applications.checks import form_of, title_of
from portal.applications.models import Process
from portal.errors import Sentence
from portal.jurisdictions import reference_files
from portal.jurisdictions.selectors import destinations
from portal.web.questions import Form, Option, deciders

DECIDERS = {"employment", "receiving_choice", "destination"}
MATERIAL_TITLES: dict[str, Sentence] = {
    "portrait": _("Portrait"),
    "id_front": _("ID card, portrait side"),
    "id_back": _("ID card, emblem side"),
    "student_proof": _("Student card"),
    "qualification_certificate": _("Qualification certificate"),
    "work_proof": _("Proof of work with the employer's seal"),
    "dwelling_proof": _("Proof of dwelling"),
    "education_proof": _("Education certificate"),
    "degree_proof": _("Degree certificate"),
    "transfer_proof": _("Proof for the transfer"),
    "credit_proof": _("Proof of the achievement"),
}


@dataclass(frozen=True)
class Wanted:
    """A file that the policy wants. Units: bytes, pixels."""

    kind: str
    title: str
    formats: tuple[str, ...]
    max_bytes: int | None
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Applying:
    """One person filling in one procedure's form at one moment; `province` is whose rules apply."""

    process: str
    person: AccountantRow
    now: datetime

    def province(self, data: Mapping[str, Any]) -> str:
        """The province that decides: for a transfer in, the receiving one."""
        if self.process == Process.TRANSFER_IN and data.get("division"):
            return str(data["division"])[:6]
        return self.person.province

    def form(self, data: Mapping[str, Any]) -> Form:
        """The form with the answers so far taken into account."""
        schema = form_of(self.process, self.process)
        place = self.province(data)
        hidden, required = self._by_status(data) if self.process == Process.COLLECTION else (set(), set())
        return Form(
            schema=schema,
            province=place,
            choices=dict(self._choices(schema, data)),
            hidden=frozenset(hidden),
            required=frozenset(required),
            deciders=frozenset(deciders(schema) | DECIDERS & set(schema["properties"])),
        )

    def wanted(self, data: Mapping[str, Any]) -> list[Wanted]:
        """The files to hand in with these answers."""
        rows = self._ask("RequiredMaterials", data)
        found = {row["kind"]: row for row in rows}
        return [_wanted(found[kind]) for kind in in_order(set(found))]

    def review(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """How the application will be reviewed, and how long that takes."""
        found: Mapping[str, Any] | None = self._ask("ReviewMode", data)
        return found or {}

    def _ask(self, decision: str, data: Mapping[str, Any]) -> Any:
        context = {**data, "process": self.process, "province": self.province(data), "submitted": self._local()}
        return engine.ask(self.process, decision, context, self.now).value

    def _local(self) -> datetime:
        return self.now.astimezone(engine.calendar().zone)

    def _by_status(self, data: Mapping[str, Any]) -> tuple[set[str], set[str]]:
        """Fields that only other employment statuses have are hidden (GD-27)."""
        schema = form_of(self.process, self.process)
        statuses = [choice["const"] for choice in schema["properties"]["employment"]["oneOf"]]
        post = data.get("technical_post")
        asked = {status: self._fields(status, None) for status in statuses}
        anyone = set().union(*asked.values())
        status = data.get("employment")
        mine = self._fields(status, post) if status else set.intersection(*asked.values())
        return anyone - mine, mine

    def _fields(self, employment: Any, post: Any) -> set[str]:
        return set(self._ask("RequiredFields", {"employment": employment, "technical_post": post}))

    def _choices(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Option, ...]]]:
        for name, asked in schema["properties"].items():
            source = asked.get("x-options")
            if source == "divisions":
                yield name, self._divisions(data)
            if source == "destinations":
                yield name, _destinations()
            if source == "destination_divisions":
                yield name, divisions_to_choose(str(data.get("destination", "-")))
        if "receiving_choice" in schema["properties"]:
            yield "receiving_choice", tuple(self._receiving(schema, data))

    def _divisions(self, data: Mapping[str, Any]) -> tuple[Option, ...]:
        if data.get("receiving_choice") == "province_level":
            return _provincial(self.person.province)
        return divisions_to_choose("" if self.process == Process.TRANSFER_IN else self.person.province)

    def _receiving(self, schema: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Option]:
        place = self.province(data)
        for choice in schema["properties"]["receiving_choice"]["oneOf"]:
            if place in choice.get("x-provinces", (place,)) and self._accepted(choice["const"], data):
                yield Option(choice["const"], title_of(choice))

    def _accepted(self, choice: str, data: Mapping[str, Any]) -> bool:
        if not data.get("employment"):
            return True
        known = [data["qualified"]] if isinstance(data.get("qualified"), bool) else [True, False]
        return any(
            self._ask("ReceivingOffice", {**data, "receiving_choice": choice, "qualified": held}) is not None
            for held in known
        )


def material_title(kind: str) -> str:
    """What a kind of file is called."""
    return str(MATERIAL_TITLES.get(kind, kind))


def in_order(kinds: set[str]) -> list[str]:
    """Kinds of files in the order people look at them."""
    known = list(MATERIAL_TITLES)
    return sorted(kinds, key=lambda kind: (known.index(kind) if kind in known else len(known), kind))


@cache
def divisions_to_choose(province: str) -> tuple[Option, ...]:
    """The divisions of a province, by city; of all provinces if none is given; empty for one not served here."""
    served = [entry.code for entry in reference_files.provinces()]
    wanted = served if not province else [province] if province in served else []
    return tuple(option for code in wanted for option in _divisions(code))


def _divisions(province: str) -> Iterator[Option]:
    entries = {entry.path: entry for entry in reference_files.divisions(province)}
    parents = {entry.parent_path for entry in entries.values()}
    for entry in entries.values():
        if entry.path not in parents:
            above = entry.parent_path.split("/")
            names = [entries["/".join(above[: end + 1])].name for end in range(len(above))]
            yield Option(entry.path, entry.name, " ".join(names))


def _provincial(province: str) -> tuple[Option, ...]:
    return (Option(province, str(_("Province level"))),)


def _destinations() -> tuple[Option, ...]:
    english = (get_language() or "").startswith("en")
    return tuple(Option(place.code, place.name_en if english else place.name) for place in destinations())


def _wanted(row: Mapping[str, Any]) -> Wanted:
    def number(key: str) -> int | None:
        return None if row[key] is None else int(row[key])

    return Wanted(
        kind=row["kind"],
        title=material_title(row["kind"]),
        formats=tuple(row["formats"] or ()),
        max_bytes=number("max_bytes"),
        width=number("width"),
        height=number("height"),
    )

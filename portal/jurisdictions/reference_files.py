"""Reading the project's own data files on provinces, divisions, offices and transfer destinations."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class ProvinceEntry:
    """One province of `provinces.json`."""

    code: str
    name: str
    name_en: str
    portal_name: str
    sms_signature: str


@dataclass(frozen=True)
class DivisionEntry:
    """One line of `divisions/<province>.csv`; `code` is empty for a function zone."""

    path: str
    code: str
    name: str
    kind: str

    @property
    def parent_path(self) -> str:
        """The path above; empty for a province."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class OfficeEntry:
    """One line of `offices/<province>.csv`."""

    seq: int
    path: str
    name: str
    phones: tuple[str, ...]
    address: str
    is_hotline: bool
    referral_to: str
    serves: str


@dataclass(frozen=True)
class Destination:
    """A manager of accountants' files at provincial level, to which a file can be transferred.

    Shape: `kind` is province, planned_city, corps or central_body; `code` is of GB/T 2260 where it has one.
    Source: 财办会〔2018〕28号 names the managers beside the provinces.
    """

    code: str
    name: str
    name_en: str
    kind: str


def provinces() -> list[ProvinceEntry]:
    """The provinces served, in the order of their codes."""
    return [ProvinceEntry(**entry) for entry in json.loads((DATA / "provinces.json").read_text("utf-8"))]


def divisions(province: str) -> list[DivisionEntry]:
    """The divisions of a province; a parent stands before its children."""
    return [DivisionEntry(**line) for line in _lines(DATA / "divisions" / f"{province}.csv")]


def offices(province: str) -> list[OfficeEntry]:
    """The directory of a province's offices, in its printed order."""
    return [_office(line) for line in _lines(DATA / "offices" / f"{province}.csv")]


@cache
def destinations() -> tuple[Destination, ...]:
    """All provincial-level managers: provinces, then planned cities, the corps and the central bodies."""
    entries = json.loads((DATA / "destinations.json").read_text("utf-8"))
    return tuple(Destination(**entry) for entry in entries)


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _office(line: dict[str, str]) -> OfficeEntry:
    return OfficeEntry(
        seq=int(line["seq"]),
        path=line["path"],
        name=line["name"],
        phones=tuple(line["phones"].split(";")) if line["phones"] else (),
        address=line["address"],
        is_hotline=line["is_hotline"] == "yes",
        referral_to=line["referral_to"],
        serves=line["serves"],
    )

"""Why something is returned or refused: stock phrases for fields and files, reading them, and showing them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.errors import Sentence

FIELD: dict[str, Sentence] = {
    "incomplete": _("Not complete"),
    "differs_from_proof": _("Differs from the proof"),
    "wrong": _("Not correct"),
}
PICTURE: dict[str, Sentence] = {
    "unclear": _("The picture is not clear"),
    "cut_off": _("Edges or pages are missing"),
    "no_seal": _("The employer's seal is missing"),
    "wrong_document": _("This is another document"),
    "expired": _("The document has expired"),
}
WHOLE: dict[str, Sentence] = {
    "not_eligible": _("The conditions for this application are not met"),
    "other_office": _("Another office is responsible"),
    "untrue": _("The information is not true"),
}
PHRASES: dict[str, Sentence] = {**FIELD, **PICTURE, **WHOLE}
FREE = "free_text"
OFFICIAL = "zh-hans"
LONGEST = 300


@dataclass(frozen=True)
class Shown:
    """A reason as a page shows it; `item` is the name of a field, a kind of file, or empty."""

    item: str
    title: str
    sentence: str


def read_reasons(typed: QueryDict) -> list[dict[str, str]]:
    """The marked phrases and the free texts of a decision, in the order of the page.

    Shape: boxes `reason` = "item|code", texts `why:item`; a phrase's text is kept in the official language.
    """
    reasons = []
    for box in typed.getlist("reason"):
        item, _bar, code = box.partition("|")
        if code in PHRASES:
            with override(OFFICIAL):
                reasons.append({"code": code, "item": item, "text": str(PHRASES[code])})
    for key, text in typed.items():
        if key.startswith("why:") and str(text).strip():
            item = key.removeprefix("why:")
            reasons.append({"code": FREE, "item": item, "text": str(text).strip()[:LONGEST]})
    return reasons


def show_reasons(reasons: Iterable[Mapping[str, Any]], titles: Mapping[str, str]) -> list[Shown]:
    """Reasons as sentences in the reader's language, each with what it is about."""
    return list(_shown(reasons, titles))


def _shown(reasons: Iterable[Mapping[str, Any]], titles: Mapping[str, str]) -> Iterator[Shown]:
    for reason in reasons:
        item = str(reason.get("item", "")).removeprefix("materials.")
        phrase = PHRASES.get(str(reason.get("code", "")))
        text = str(phrase) if phrase is not None else str(reason.get("text", ""))
        yield Shown(item, titles.get(item, ""), text)

"""What a well-formed request is: a table of fields per operation, and the list of all that is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.national_platform.errors import Fault
from portal.national_platform.payloads import OPEN_STATES, moment_from

Check = Callable[[Any], str | None]  # the code of the problem, or None
LONGEST_TEXT, LONGEST_KEY, HIGHEST_NUMBER = 500, 500, 2**53
ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dXx]")
PROVINCE = re.compile(r"[0-9A-Z]{6}")
CODE = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


def text(value: Any) -> str | None:
    """Text that is not blank, not endless, and can be written down."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        return "not_text"
    return "not_text" if any("\ud800" <= letter <= "\udfff" for letter in value) else None


def person_key(value: Any) -> str | None:
    """Text that is not itself an ID number, which must never travel."""
    if isinstance(value, str) and ID_NUMBER.fullmatch(value.strip()):
        return "looks_like_an_id_number"
    return text(value)


def province(value: Any) -> str | None:
    """Six digits or capital letters: GB/T 2260, or a code of its own for the bodies outside it."""
    return None if isinstance(value, str) and PROVINCE.fullmatch(value) else "not_a_province"


def code(value: Any) -> str | None:
    """A short code without spaces, so that nobody writes about a person in it."""
    return None if isinstance(value, str) and CODE.fullmatch(value) else "not_a_code"


def number(value: Any) -> str | None:
    """A whole number from 1."""
    right = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= HIGHEST_NUMBER
    return None if right else "not_a_version"


def content(value: Any) -> str | None:
    """A JSON object."""
    return None if isinstance(value, dict) else "not_an_object"


def states(value: Any) -> str | None:
    """A list of open states with at least one member; a closed offer cannot be revoked."""
    right = isinstance(value, list) and value and all(isinstance(x, str) and x in OPEN_STATES for x in value)
    return None if right else "not_open_states"


@dataclass(frozen=True)
class Form:
    """The fields of one operation's body."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]


OFFER = Form(
    {
        "person_key": person_key,
        "source": province,
        "source_division": text,
        "destination": province,
        "destination_division": text,
        "payload": content,
    },
    {},
)
APPLY = Form({"version": number}, {"destination": province})
RECEIVE = Form({"version": number}, {})
REVOKE = Form({"allowed_states": states}, {"version": number})
RETURN = Form({"version": number, "reason_code": code}, {})
SMS = Form({"to_ref": text, "template": text, "params": content}, {})


def decoded(body: bytes) -> Any:
    """The JSON value in a body, or None when it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def body_faults(form: Form, body: Any) -> list[Fault]:
    """Everything wrong with a body, in the order of the form."""
    if not isinstance(body, dict):
        return [Fault("body", "not_a_json_object")]
    known = {**form.required, **form.optional}
    missing = [Fault(name, "missing") for name in form.required if name not in body]
    wrong = [Fault(name, why) for name, check in known.items() if name in body and (why := check(body[name]))]
    unknown = [Fault(name[:LONGEST_KEY], "unknown_field") for name in body if name not in known]
    return missing + wrong + unknown + _same_place(body)


def header_faults(headers: Mapping[str, str], clock_counts: bool) -> list[Fault]:
    """Everything wrong with the headers of a POST."""
    faults = []
    if not 1 <= len(headers.get("idempotency-key", "").strip()) <= LONGEST_KEY:
        faults.append(Fault("Idempotency-Key", "missing_or_too_long"))
    if clock_counts and "x-now" in headers and not _is_moment(headers["x-now"]):
        faults.append(Fault("X-Now", "not_a_moment_with_a_zone"))
    return faults


def _same_place(body: Mapping[str, Any]) -> list[Fault]:
    same = "source" in body and body["source"] == body.get("destination")
    return [Fault("destination", "same_as_source")] if same else []


def _is_moment(value: str) -> bool:
    try:
        moment_from(value)
    except (ValueError, OverflowError):
        return False
    return True

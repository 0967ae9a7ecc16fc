"""Every refusal of the portal: a stable code, an HTTP status and a sentence a person can act on.

A subject declares its refusals once, where it first needs them, and raises them by code:

    errors.declare(errors.CONFLICT, phone_in_use=_("This phone number belongs to another file."))
    raise errors.Refused("phone_in_use")
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence: TypeAlias = str | Promise

NOT_FOUND = 404
FORBIDDEN = 403
CONFLICT = 409
INVALID = 422


@dataclass(frozen=True)
class Refusal:
    """What is known of a code before it is raised; `sentence` has %(name)s places for the parameters."""

    status: int
    sentence: Sentence


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field of a form."""

    field: str
    code: str
    sentence: Sentence


DECLARED: dict[str, Refusal] = {}


def declare(status: int, **sentences: Sentence) -> None:
    """The codes can be raised with this status.

    Raises: ValueError if a code is declared already: one code has one meaning and one home.
    """
    for code, sentence in sentences.items():
        if code in DECLARED:
            raise ValueError(f"the refusal {code} is declared twice")
        DECLARED[code] = Refusal(status, sentence)


class Refused(Exception):
    """The portal refuses a request; nothing has changed.

    Shape: `faults` names every wrong field of a form at once (一次性告知); `params` holds ids and codes,
    never personal data, because it is logged.
    """

    def __init__(self, code: str, /, *, faults: Iterable[Fault] = (), **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.faults = tuple(faults)
        self.params: Mapping[str, Any] = params

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return _refusal(self.code).status

    @property
    def sentence(self) -> str:
        """What the person reads, in the language of the request."""
        return str(_refusal(self.code).sentence) % self.params

    def __str__(self) -> str:
        return f"{self.code} {dict(self.params)} {[(f.field, f.code) for f in self.faults]}"


def refuse_faults(faults: Iterable[Fault]) -> None:
    """Nothing, if there are no faults.

    Raises: form_has_faults with all of them.
    """
    found = tuple(faults)
    if found:
        raise Refused("form_has_faults", faults=found)


def _refusal(code: str) -> Refusal:
    return DECLARED.get(code, DECLARED["refused"])


declare(
    INVALID,
    refused=_("The request cannot be carried out."),
    form_has_faults=_("Please correct the fields marked below."),
)
declare(FORBIDDEN, not_allowed=_("This is outside the area of your office."))

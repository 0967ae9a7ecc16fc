"""What can go wrong on the line to the national platform: try later, lost the race, or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.national_platform.payloads import Offer


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request: the field and a stable code of the problem."""

    field: str
    problem: str


class PlatformError(Exception):
    """The national platform did not do what was asked."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        sentence = (self.__class__.__doc__ or self.__class__.__name__).partition("\n")[0]
        return f"{sentence} ({self.code})"


class PlatformUnavailable(PlatformError):
    """The national platform gave no answer that can be read; ask again later with the same key."""


class PlatformConflict(PlatformError):
    """Someone else was faster: the offer is no longer in the state the request assumed.

    Shape: code is wrong_state, stale_version, wrong_destination or open_offer_exists; offer is how it stands
    at the platform, or stood when this key was first answered.
    """

    def __init__(self, code: str, offer: Offer) -> None:
        super().__init__(code)
        self.offer = offer


class PlatformRefused(PlatformError):
    """The national platform refuses the request; asking again unchanged will not help.

    Shape: code is invalid, key_reused, not_found or unauthorized; faults lists all that is wrong if invalid.
    """

    def __init__(self, code: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(code)
        self.faults = tuple(faults)

"""One request and one answer of the simulator, free of sockets: server and stand-in both carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One HTTP request; header names are lower case, of a repeated query name the last value counts."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One HTTP answer with a JSON object as its body."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: int, code: str, **more: Any) -> Answer:
    """An answer that says no with a stable code."""
    return Answer(status, {"code": code, **more})

"""A page's cursor as an opaque word: callers send it back as it came and read nothing from it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from portal import errors
from portal.errors import Refused

errors.declare(errors.INVALID, cursor_unreadable=_("This page mark is not one of ours. Begin with the first page."))


def written(cursor: tuple[datetime, int] | None) -> str | None:
    """The word for a cursor; None for the last page."""
    if cursor is None:
        return None
    opened, number = cursor
    return urlsafe_b64encode(f"{opened.isoformat()} {number}".encode()).decode()


def read_cursor(word: str) -> tuple[datetime, int] | None:
    """The cursor of a word; None for the first page. Raises: cursor_unreadable."""
    if not word:
        return None
    try:
        opened, number = urlsafe_b64decode(word.encode()).decode().split(" ")
        cursor = datetime.fromisoformat(opened), int(number)
    except ValueError as fault:
        raise Refused("cursor_unreadable") from fault
    if cursor[0].tzinfo is None:
        raise Refused("cursor_unreadable")
    return cursor

"""Print who can sign in to the demonstration."""

import os
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.accountants.selectors import accountant_of
from portal.jurisdictions.selectors import appointments_of, divisions_by_path
from portal.management.commands.seed import WELL_KNOWN_PASSWORD, people

HEAD = ("role", "where", "username", "password")


class Command(BaseCommand):
    """The seeded people as a table: role, where, user name, and where the password is from."""

    help = "Print the logins of the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for every seeded person who is in the database."""
        lines = list(seeded_logins())
        if not lines:
            self.stdout.write("Nobody is seeded yet: run `manage.py seed` first.")
            return
        for role, where, username, password in [HEAD, *lines]:
            self.stdout.write(f"{role:<18} {username:<16} {password:<18} {where}")


def seeded_logins() -> Iterator[tuple[str, str, str, str]]:
    """Role, place, user name and password hint of every seeded person, staff first."""
    names = [person["username"] for kind in ("staff", "accountants") for person in people(kind)]
    users = get_user_model().objects.in_bulk(names, field_name="username")
    for user in (users[name] for name in names if name in users):
        role, where = _role_and_place(user)
        yield role, where, user.get_username(), _hint(user)


def _role_and_place(user: AbstractBaseUser) -> tuple[str, str]:
    accountant = accountant_of(user)
    if accountant is not None:
        return "applicant", f"{accountant.province_name}{accountant.division_name} ({accountant.file_state})"
    held = appointments_of(user, timezone.localdate())
    if not held:
        return "none", ""
    places = divisions_by_path([row.path for row in held if row.path])
    return held[0].role, "、".join(place.full_name for place in places.values()) or "whole country"


def _hint(user: AbstractBaseUser) -> str:
    if not user.has_usable_password():
        return "(none)"
    if getattr(settings, "DEMO", False) and "DEMO_PASSWORD" not in os.environ:
        return WELL_KNOWN_PASSWORD
    return "$DEMO_PASSWORD"

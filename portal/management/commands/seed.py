"""Fill the database with reference data and with people to show the system; a second run changes nothing."""

import csv
import os
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from portal.accountants import identity, services
from portal.accountants.models import Accountant, FileState, IdType
from portal.accountants.services import Registration
from portal.jurisdictions.reference_files import DATA
from portal.jurisdictions.services import appoint, load_reference_data

APPOINTED_FROM = date(2026, 1, 1)  # a demonstration plays the whole of its year
WELL_KNOWN_PASSWORD = "demo-Review-2026"  # written in the manual: for a demonstration only


class Command(BaseCommand):
    """Reference data; staff of four provinces, an analyst, an operator; eight accountants per province."""

    help = "Load provinces, divisions and offices, and seed people for a demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed in one transaction and say what there is now."""
        password = password_for_seeded()
        with transaction.atomic():
            load_reference_data(now=timezone.now())
            staff = seed_staff(APPOINTED_FROM)
            accountants = seed_accountants(timezone.now())
            set_password_of([*staff, *accountants], password)
        self.stdout.write(f"{len(staff)} staff and {len(accountants)} accountants added")
        if password is None:
            self.stdout.write("No password was set: give DEMO_PASSWORD, or DEMO=1 for the one in the manual.")


def password_for_seeded() -> str | None:
    """The password of everyone seeded: DEMO_PASSWORD, or the well-known one where this is a demonstration.

    None, so that nobody can sign in, if the only password at hand is one that everybody knows.
    """
    chosen = os.environ.get("DEMO_PASSWORD", "")
    if getattr(settings, "DEMO", False):
        return chosen or WELL_KNOWN_PASSWORD
    return chosen if chosen != WELL_KNOWN_PASSWORD and chosen else None


def seed_staff(today: date) -> list[str]:
    """Every person of `staff.csv` exists and is appointed; the user names that were added."""
    added = _unknown("staff")
    for person in added:
        user = get_user_model()(username=person["username"], first_name=person["name"])
        user.set_unusable_password()
        user.save()
        appoint(user=user, role=person["role"], division=person["path"] or None, valid_from=today)
    return [person["username"] for person in added]


def seed_accountants(now: datetime) -> list[str]:
    """Every person of `accountants.csv` is registered, the file as given there; the user names added."""
    added = _unknown("accountants")
    for person in added:
        accountant = services.register(_registration(person), password=None, now=now, username=person["username"])
        _bring_file_to(accountant, person, now)
    return [person["username"] for person in added]


def set_password_of(usernames: list[str], password: str | None) -> None:
    """These people sign in with this password; with None they cannot."""
    if password is None:
        return
    # One hash for all: sixty slow hashes would make the first start half a minute longer.
    get_user_model().objects.filter(username__in=usernames).update(password=make_password(password))


def people(kind: str) -> Iterator[dict[str, str]]:
    """The lines of `data/people/<kind>.csv`."""
    with (DATA / "people" / f"{kind}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def synthetic_number(province: str, born: date, order: str) -> str:
    """A resident number nobody has, with a right check character: no area code is a whole province's."""
    stem = f"{province}{born:%Y%m%d}{order}"
    return stem + identity.check_character(stem)


def _registration(person: dict[str, str]) -> Registration:
    return Registration(
        name=person["name"],
        id_type=IdType.RESIDENT_ID,
        id_number=synthetic_number(person["province"], date.fromisoformat(person["born"]), person["order"]),
        phone=person["phone"],
        province=person["province"],
    )


def _bring_file_to(accountant: Accountant, person: dict[str, str], now: datetime) -> None:
    if person["file_state"] == FileState.COLLECTED:
        services.mark_collected(accountant_id=accountant.pk, division=person["path"], now=now)
    if person["file_state"] == FileState.MUST_COMPLETE:
        services.import_file(accountant_id=accountant.pk, province=person["province"], division=person["path"])


def _unknown(kind: str) -> list[dict[str, str]]:
    known = set(get_user_model().objects.values_list("username", flat=True))
    return [person for person in people(kind) if person["username"] not in known]

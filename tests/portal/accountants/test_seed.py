"""The people of the demonstration."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from portal.accountants.models import Accountant
from portal.jurisdictions import selectors
from portal.management.commands.seed import WELL_KNOWN_PASSWORD, password_for_seeded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration, and no password from the environment."""
    settings.DEMO = True
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)


def _run(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def test_seeding_adds_people_of_four_provinces() -> None:
    said = _run("seed")

    assert said == "26 staff and 32 accountants added\n"
    assert set(Accountant.objects.values_list("province", flat=True)) == {
        "110000",
        "440000",
        "500000",
        "520000",
    }


def test_seeding_again_changes_nobody() -> None:
    _run("seed")
    before = list(User.objects.order_by("pk").values()), list(Accountant.objects.order_by("pk").values())

    said = _run("seed")

    assert said == "0 staff and 0 accountants added\n"
    assert (
        list(User.objects.order_by("pk").values()),
        list(Accountant.objects.order_by("pk").values()),
    ) == before


@pytest.mark.parametrize(
    ("username", "role", "path"),
    [
        ("bj-chaoyang-1", "district_reviewer", "110000/110105"),
        ("cq-jiangbei-2", "district_reviewer", "500000/500105"),
        ("gd-tianhe-1", "district_reviewer", "440000/440100/440106"),
        ("gz-yunyan-2", "district_reviewer", "520000/520100/520103"),
        ("gz-supervisor", "supervisor", "520000"),
    ],
)
def test_seeded_staff_may_act_at_their_places(username: str, role: str, path: str) -> None:
    _run("seed")
    user = User.objects.get(username=username)

    assert selectors.may_act(user, role, path, timezone.localdate())


def test_seeded_people_sign_in_with_the_well_known_password_of_a_demonstration() -> None:
    _run("seed")

    assert authenticate(username="gd-acct-1", password=WELL_KNOWN_PASSWORD) is not None
    assert authenticate(username="bj-chaoyang-1", password=WELL_KNOWN_PASSWORD) is not None


def test_seeded_people_sign_in_with_the_password_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "Another-1")

    _run("seed")

    assert authenticate(username="gd-acct-1", password="Another-1") is not None
    assert authenticate(username="gd-acct-1", password=WELL_KNOWN_PASSWORD) is None


def test_outside_a_demonstration_nobody_gets_a_password_that_everybody_knows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    monkeypatch.setenv("DEMO_PASSWORD", WELL_KNOWN_PASSWORD)

    _run("seed")

    assert password_for_seeded() is None
    assert not User.objects.get(username="gd-acct-1").has_usable_password()
    assert authenticate(username="gd-acct-1", password=WELL_KNOWN_PASSWORD) is None


def test_outside_a_demonstration_seeding_says_that_nobody_can_sign_in(settings: Settings) -> None:
    settings.DEMO = False

    assert "No password was set" in _run("seed")


def test_the_logins_name_role_place_and_password() -> None:
    _run("seed")

    lines = _run("logins").splitlines()

    assert len(lines) == 1 + 26 + 32
    assert lines[1].split() == ["district_reviewer", "bj-chaoyang-1", WELL_KNOWN_PASSWORD, "北京市朝阳区"]
    assert lines[27].split() == ["applicant", "bj-acct-1", WELL_KNOWN_PASSWORD, "北京市", "(none)"]


def test_the_logins_never_print_a_password_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "Another-1")
    _run("seed")

    printed = _run("logins")

    assert "Another-1" not in printed
    assert "$DEMO_PASSWORD" in printed


def test_the_logins_of_an_empty_database_say_what_to_run() -> None:
    assert "seed" in _run("logins")

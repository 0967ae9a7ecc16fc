from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from portal.installation import keys_of_its_own
from portal.jurisdictions.selectors import may_act


@pytest.mark.django_db
def test_an_empty_installation_gets_offices_and_a_reviewer_by_command(today: Any) -> None:
    call_command("load_reference_data", stdout=StringIO())
    call_command("appoint", "zhoumin", "district_reviewer", "110000/110105", "--from", "2026-01-01", stdout=StringIO())

    zhoumin = get_user_model().objects.get(username="zhoumin")
    assert may_act(zhoumin, "district_reviewer", "110000/110105", today)
    assert not zhoumin.has_usable_password()


@pytest.mark.django_db
def test_an_appointment_to_an_unknown_division_says_so() -> None:
    with pytest.raises(CommandError):
        call_command("appoint", "zhoumin", "district_reviewer", "110000/110999", stdout=StringIO())


def test_check_names_the_keys_an_installation_lacks(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/review")
    for name in ("SECRET_KEY", "BLIND_INDEX_KEY", "NATIONAL_PLATFORM_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.delenv("FIELD_KEYS", raising=False)

    assert ["FIELD_KEYS" in warning.msg for warning in keys_of_its_own(None)] == [True]

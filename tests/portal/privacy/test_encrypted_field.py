"""Sealed columns, keys that change, blind indexes."""

import base64
from datetime import datetime

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection
from pytest_django import Settings

from portal.accountants.models import Accountant
from portal.accountants.services import Registration, register
from portal.privacy import key_ring
from portal.privacy.blind_index import person_key, phone_key
from portal.privacy.key_ring import SealBroken
from portal.privacy.rotation import reseal

NUMBER = "11010519491231002X"
OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    """One field key called `old`, and an index key."""
    settings.FIELD_KEYS = {"old": OLD}
    settings.BLIND_INDEX_KEY = OLD


@pytest.fixture
def accountant(reference_data: None, now: datetime) -> Accountant:
    given = Registration("王敏", "resident_id", NUMBER, "13800001234", "110000")
    return register(given, password=None, now=now)


def _stored(column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM portal_accountant")
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_plain_number(accountant: Accountant) -> None:
    stored = _stored("id_number")

    assert stored.startswith("old:")
    assert NUMBER not in stored
    assert Accountant.objects.get().id_number == NUMBER


def test_the_same_text_is_sealed_differently_each_time() -> None:
    ring = key_ring.current()

    assert ring.seal(NUMBER, "a.b") != ring.seal(NUMBER, "a.b")


@pytest.mark.parametrize("plain", ["", "0", "王敏", "x" * 5000])
def test_every_text_opens_as_it_was_sealed(plain: str) -> None:
    ring = key_ring.current()

    assert ring.open(ring.seal(plain, "a.b"), "a.b") == plain


def test_a_value_moved_to_another_field_does_not_open() -> None:
    ring = key_ring.current()
    sealed = ring.seal(NUMBER, "accountant.id_number")

    with pytest.raises(SealBroken, match="damaged"):
        ring.open(sealed, "accountant.phone")


@pytest.mark.parametrize("place", [5, 40, -4])
def test_a_value_changed_in_one_place_does_not_open(place: int) -> None:
    ring = key_ring.current()
    sealed = list(ring.seal(NUMBER, "a.b"))
    sealed[place] = "A" if sealed[place] != "A" else "B"

    with pytest.raises(SealBroken):
        ring.open("".join(sealed), "a.b")


@pytest.mark.parametrize("sealed", ["old:", "old:AA", "gone:AAAA", "no colon at all"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(SealBroken):
        key_ring.current().open(sealed, "a.b")


def test_a_new_key_seals_while_the_old_one_still_opens(accountant: Accountant, settings: Settings) -> None:
    settings.FIELD_KEYS = {"new": NEW, "old": OLD}

    accountant.refresh_from_db()

    assert accountant.id_number == NUMBER
    assert key_ring.current().seal("x", "a.b").startswith("new:")


def test_after_resealing_the_old_key_can_be_retired(accountant: Accountant, settings: Settings) -> None:
    settings.FIELD_KEYS = {"new": NEW, "old": OLD}

    changed = reseal(Accountant)

    settings.FIELD_KEYS = {"new": NEW}
    accountant.refresh_from_db()
    assert (changed, accountant.id_number, accountant.phone) == (1, NUMBER, "13800001234")


def test_resealing_again_finds_nothing(accountant: Accountant) -> None:
    assert reseal(Accountant) == 0


def test_a_sealed_column_cannot_be_searched(accountant: Accountant) -> None:
    with pytest.raises(FieldError, match="EncryptedTextField"):
        Accountant.objects.filter(id_number=NUMBER)


@pytest.mark.parametrize("ring", [{}, {"short": base64.b64encode(b"1234").decode()}, {"": OLD}, {"with:colon": OLD}])
def test_a_ring_without_a_sound_key_is_refused(settings: Settings, ring: dict[str, str]) -> None:
    settings.FIELD_KEYS = ring

    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        key_ring.current()


@pytest.mark.parametrize("typed", [NUMBER, NUMBER.lower(), " 110105 19491231 002x ", "11010519491231002Ｘ"])
def test_a_number_is_found_however_it_was_typed(typed: str) -> None:
    assert person_key("resident_id", typed) == person_key("resident_id", NUMBER)


def test_the_same_number_on_another_kind_of_document_is_another_person() -> None:
    assert person_key("passport", "12345678") != person_key("taiwan_permit", "12345678")


def test_an_index_depends_on_its_key(settings: Settings) -> None:
    before = phone_key("13800001234")

    settings.BLIND_INDEX_KEY = NEW

    assert phone_key("13800001234") != before


@pytest.mark.parametrize("key", ["", base64.b64encode(b"short").decode()])
def test_an_index_without_a_sound_key_is_refused(settings: Settings, key: str) -> None:
    settings.BLIND_INDEX_KEY = key

    with pytest.raises(ImproperlyConfigured, match="BLIND_INDEX_KEY"):
        phone_key("13800001234")

"""Registration, and the moves of the file."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, connections
from django.db.transaction import TransactionManagementError, atomic
from django.test.utils import CaptureQueriesContext

from portal.accountants import selectors, services
from portal.accountants.models import Accountant
from portal.accountants.services import Registration
from portal.errors import Refused

WANG = Registration("王敏", "resident_id", "11010519491231002X", "13800001234", "110000")
LI = Registration("李四", "resident_id", "500103199001010010", "13900005678", "500000")
CHAOYANG = "110000/110105"
HAIDIAN = "110000/110108"
YUNYAN = "520000/520100/520103"

pytestmark = pytest.mark.usefixtures("reference_data")


@pytest.fixture
def wang(reference_data: None, now: datetime) -> Accountant:
    return services.register(WANG, password="Sec-ret-2026", now=now)


@pytest.fixture
def collected(wang: Accountant, now: datetime) -> Accountant:
    return services.mark_collected(accountant_id=wang.pk, division=CHAOYANG, now=now)


@pytest.fixture
def in_transfer(collected: Accountant) -> Accountant:
    return services.lock_for_transfer(accountant_id=collected.pk, case="out-7")


def test_a_registered_person_can_sign_in_and_has_no_file(wang: Accountant, now: datetime) -> None:
    row = selectors.accountant_by_id(wang.pk)

    assert wang.user.check_password("Sec-ret-2026")
    assert (row.file_state, row.province, row.division, row.revision) == ("none", "110000", None, 1)
    assert row.registered_at == now


def test_the_user_name_says_nothing_of_the_person(wang: Accountant) -> None:
    assert wang.user.username.startswith("acct-")
    assert "110105" not in wang.user.username
    assert wang.user.get_full_name() == ""


def test_without_a_password_nobody_can_sign_in(now: datetime) -> None:
    accountant = services.register(WANG, password=None, now=now)

    assert not accountant.user.has_usable_password()


def test_all_faults_of_a_registration_are_named_at_once(now: datetime) -> None:
    wrong = replace(WANG, name=" ", id_number="110105194912310021", phone="12345")

    with pytest.raises(Refused) as refused:
        services.register(wrong, password=None, now=now)

    assert refused.value.code == "form_has_faults"
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("name", "name_missing"),
        ("id_number", "id_number_check"),
        ("phone", "phone_shape"),
    ]
    assert not User.objects.exists()


def test_a_document_of_an_unknown_kind_is_a_fault(now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.register(replace(WANG, id_type="library_card"), password=None, now=now)

    assert [fault.code for fault in refused.value.faults] == ["id_type_unknown"]


def test_a_name_longer_than_thirty_characters_is_a_fault(now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.register(replace(WANG, name="王" * 31), password=None, now=now)

    assert [fault.code for fault in refused.value.faults] == ["name_missing"]


def test_a_document_is_registered_once_however_it_is_typed(wang: Accountant, now: datetime) -> None:
    again = replace(WANG, id_number="11010519491231002x", phone="13900005678")

    with pytest.raises(Refused) as refused:
        services.register(again, password=None, now=now)

    assert [fault.code for fault in refused.value.faults] == ["id_number_in_use"]


def test_a_phone_belongs_to_one_person(wang: Accountant, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.register(replace(LI, phone="138 0000 1234"), password=None, now=now)

    assert [fault.code for fault in refused.value.faults] == ["phone_in_use"]


def test_of_two_registrations_at_once_the_second_is_refused_by_the_database(
    wang: Accountant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "find_by_identity", lambda *_: None)
    monkeypatch.setattr(selectors, "find_by_phone", lambda *_: None)

    with pytest.raises(Refused) as refused:
        services.register(WANG, password=None, now=now)

    assert (refused.value.code, refused.value.status) == ("registered_already", 409)
    assert User.objects.count() == 1


def test_a_province_not_served_registers_nobody(now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.register(replace(WANG, province="510000"), password=None, now=now)

    assert refused.value.code == "no_such_province"


def test_a_row_for_lists_shows_no_plain_personal_data(wang: Accountant) -> None:
    row = selectors.accountant_by_id(wang.pk)

    assert (row.masked_name, row.masked_id_number) == ("王*", "110105********002X")
    assert row.masked_phone == "138****1234"
    assert "王敏" not in repr(row)


def test_the_plain_identity_does_not_show_itself_in_a_log(wang: Accountant) -> None:
    identity = selectors.identity_of(wang.pk)

    assert (identity.name, identity.id_number, identity.phone) == ("王敏", WANG.id_number, WANG.phone)
    assert "王敏" not in f"{identity!r} {WANG!r} {wang!r}"


def test_a_person_is_found_by_document_by_phone_and_by_account(wang: Accountant) -> None:
    found = [
        selectors.find_by_identity("resident_id", "11010519491231002x"),
        selectors.find_by_phone("138 0000 1234"),
        selectors.accountant_of(wang.user),
    ]

    assert [row.id for row in found if row] == [wang.pk] * 3


def test_a_stranger_is_not_found(wang: Accountant) -> None:
    assert selectors.find_by_identity("passport", WANG.id_number) is None
    assert selectors.find_by_phone("13900005678") is None
    assert selectors.accountant_of(AnonymousUser()) is None
    assert selectors.accountants_by_id({0}) == {}


def test_the_applicant_of_a_process_is_an_opaque_reference(wang: Accountant) -> None:
    reference = selectors.accountant_by_id(wang.pk).reference

    assert reference == f"accountant:{wang.pk}"
    assert selectors.accountant_id_of(reference) == wang.pk


@pytest.mark.parametrize("reference", ["12", "accountant:", "accountant:x", "user:12"])
def test_another_reference_is_nobody(reference: str) -> None:
    with pytest.raises(Refused) as refused:
        selectors.accountant_id_of(reference)

    assert refused.value.code == "no_such_accountant"


def test_an_unknown_id_is_refused() -> None:
    codes = []
    for ask in (selectors.accountant_by_id, selectors.identity_of):
        with pytest.raises(Refused) as refused:
            ask(0)
        codes.append((refused.value.code, refused.value.status))

    assert codes == [("no_such_accountant", 404)] * 2


def test_a_collected_file_stands_at_its_division(collected: Accountant, now: datetime) -> None:
    row = selectors.accountant_by_id(collected.pk)

    assert (row.file_state, row.division, row.division_name) == ("collected", CHAOYANG, "朝阳区")
    assert (row.collected_at, row.revision) == (now, 2)


def test_a_file_is_collected_once(collected: Accountant, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.mark_collected(accountant_id=collected.pk, division=HAIDIAN, now=now)

    assert refused.value.code == "file_collected_already"
    assert selectors.accountant_by_id(collected.pk).division == CHAOYANG


def test_a_file_is_not_collected_in_another_province(wang: Accountant, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.mark_collected(accountant_id=wang.pk, division=YUNYAN, now=now)

    assert refused.value.code == "division_of_other_province"


def test_a_transfer_holds_the_file(in_transfer: Accountant) -> None:
    assert (in_transfer.file_state, in_transfer.locked_by) == ("in_transfer", "out-7")


def test_a_file_that_is_not_collected_cannot_be_transferred(wang: Accountant) -> None:
    with pytest.raises(Refused) as refused:
        services.lock_for_transfer(accountant_id=wang.pk, case="out-7")

    assert refused.value.code == "file_not_collected"


def test_a_second_transfer_is_refused(in_transfer: Accountant) -> None:
    with pytest.raises(Refused) as refused:
        services.lock_for_transfer(accountant_id=in_transfer.pk, case="out-8")

    assert (refused.value.code, refused.value.status) == ("file_locked", 409)
    assert selectors.accountant_by_id(in_transfer.pk).locked_by == "out-7"


def test_a_file_in_transfer_cannot_be_collected_again(in_transfer: Accountant, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.mark_collected(accountant_id=in_transfer.pk, division=HAIDIAN, now=now)

    assert refused.value.code == "file_locked"


def test_unlocking_gives_the_file_back(in_transfer: Accountant) -> None:
    unlocked = services.unlock(accountant_id=in_transfer.pk, case="out-7")

    assert (unlocked.file_state, unlocked.locked_by, unlocked.revision) == ("collected", None, 4)


@pytest.mark.parametrize("act", ["unlock", "freeze"])
def test_only_the_transfer_that_holds_the_file_lets_it_go(in_transfer: Accountant, act: str) -> None:
    acts = {
        "unlock": lambda: services.unlock(accountant_id=in_transfer.pk, case="out-8"),
        "freeze": lambda: services.freeze(accountant_id=in_transfer.pk, case="out-8", province="110000"),
    }

    with pytest.raises(Refused) as refused:
        acts[act]()

    assert refused.value.code == "file_not_locked_by_case"
    assert selectors.accountant_by_id(in_transfer.pk).file_state == "in_transfer"


def test_a_file_that_left_is_frozen(in_transfer: Accountant, now: datetime) -> None:
    frozen = services.freeze(accountant_id=in_transfer.pk, case="out-7", province="110000")

    with pytest.raises(Refused) as refused:
        services.mark_collected(accountant_id=frozen.pk, division=CHAOYANG, now=now)

    assert (frozen.file_state, frozen.province_id, frozen.locked_by) == ("transferred_out", "110000", None)
    assert refused.value.code == "file_gone"


def test_a_frozen_file_is_imported_by_another_province_and_completed_there(
    in_transfer: Accountant, now: datetime
) -> None:
    services.freeze(accountant_id=in_transfer.pk, case="out-7", province="110000")

    imported = services.import_file(accountant_id=in_transfer.pk, province="520000", division=YUNYAN)
    completed = services.mark_collected(accountant_id=in_transfer.pk, division=YUNYAN, now=now + timedelta(days=9))

    assert (imported.file_state, imported.province_id) == ("must_complete", "520000")
    assert (completed.file_state, completed.collected_at) == ("collected", now + timedelta(days=9))


def test_a_destination_faster_than_the_source_imports_the_locked_file(in_transfer: Accountant) -> None:
    services.import_file(accountant_id=in_transfer.pk, province="520000", division=YUNYAN)
    late = services.freeze(accountant_id=in_transfer.pk, case="out-7", province="110000")

    assert (late.file_state, late.province_id, late.locked_by) == ("must_complete", "520000", None)


def test_a_newcomer_from_a_province_not_served_is_imported(wang: Accountant) -> None:
    imported = services.import_file(accountant_id=wang.pk, province="110000", division=HAIDIAN)

    assert (imported.file_state, imported.collected_at) == ("must_complete", None)


@pytest.mark.parametrize(
    ("province", "division", "code"),
    [
        ("520000", YUNYAN, "file_elsewhere"),
        ("110000", CHAOYANG, "file_collected_already"),
    ],
)
def test_a_file_in_use_is_not_imported(collected: Accountant, province: str, division: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.import_file(accountant_id=collected.pk, province=province, division=division)

    assert refused.value.code == code


def test_a_file_is_imported_to_a_division_of_the_destination(in_transfer: Accountant) -> None:
    with pytest.raises(Refused) as refused:
        services.import_file(accountant_id=in_transfer.pk, province="520000", division=CHAOYANG)

    assert refused.value.code == "division_of_other_province"


def test_the_person_is_locked_by_the_row(wang: Accountant) -> None:
    with CaptureQueriesContext(connections["default"]) as queries:
        locked = services.lock_person(wang.pk)

    assert locked.pk == wang.pk
    assert "FOR UPDATE" in queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_the_person_is_locked_inside_a_transaction_only(wang: Accountant) -> None:
    with pytest.raises(TransactionManagementError):
        services.lock_person(wang.pk)


def test_locking_nobody_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        services.lock_person(0)

    assert refused.value.code == "no_such_accountant"


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("locked_by", "out-9", "accountant_lock_is_transfer"),
        ("file_state", "in_transfer", "accountant_lock_is_transfer"),
        ("file_state", "lost", "accountant_file_state"),
        ("collected_at", None, "accountant_collected_when"),
        ("division", None, "accountant_file_has_place"),
        ("id_type", "library_card", "accountant_id_type"),
    ],
)
def test_the_database_refuses_a_file_that_contradicts_itself(
    collected: Accountant, column: str, value: str | None, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), atomic():
        Accountant.objects.filter(pk=collected.pk).update(**{column: value})

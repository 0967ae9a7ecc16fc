"""Writing accountants: registration, and every move of the file."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import errors
from portal.accountants import identity, selectors
from portal.accountants.models import MOVES, NAME_LENGTH, Accountant, FileState, IdType
from portal.errors import Fault, Refused, Sentence, refuse_faults
from portal.jurisdictions.selectors import division_by_path, province_by_code
from portal.privacy.blind_index import normalized, person_key, phone_key

errors.declare(
    errors.CONFLICT,
    registered_already=_("This document or this phone number is registered already. Sign in instead."),
    file_collected_already=_("The information has been collected already. Apply for a change instead."),
    file_elsewhere=_("The file is kept by another province. Apply there to transfer it out first."),
    file_locked=_("The file is being transferred out and cannot be changed."),
    file_not_collected=_("Complete the information collection first."),
    file_gone=_("The file was transferred to another province."),
    file_not_locked_by_case=_("The file is not held by this transfer."),
)
errors.declare(errors.INVALID, division_of_other_province=_("This division belongs to another province."))

CHINA = ZoneInfo("Asia/Shanghai")

FAULTS: dict[str, tuple[str, Sentence]] = {
    "name_missing": ("name", _("Enter the name as on the document, at most 30 characters.")),
    "id_type_unknown": ("id_type", _("Choose the kind of document.")),
    "id_number_shape": ("id_number", _("Enter the number exactly as on the document.")),
    "id_number_date": (
        "id_number",
        _("The birth date in this number is impossible: compare with the document."),
    ),
    "id_number_check": (
        "id_number",
        _("The last character does not fit the number: compare with the document."),
    ),
    "id_number_in_use": ("id_number", _("This document is registered already. Sign in instead.")),
    "phone_shape": ("phone", _("Enter a mobile number of 11 digits.")),
    "phone_in_use": ("phone", _("This phone number belongs to another person's registration.")),
}


@dataclass(frozen=True, repr=False)
class Registration:
    """What a person gives to register."""

    name: str
    id_type: str
    id_number: str
    phone: str
    province: str


def register(given: Registration, *, password: str | None, now: datetime, username: str | None = None) -> Accountant:
    """The person has an account and no file yet; without a password one is set later.

    The user name is opaque unless given: it appears in logs, so it is never the document's number. What a
    password must look like differs by province and is the caller's to check.
    Raises: form_has_faults with all faults, no_such_province, registered_already.
    Source: GD-12, GD-14, GD-15, CQ-02, CQ-04.
    """
    province = province_by_code(given.province)
    refuse_faults(_faults(given, now))
    try:
        with transaction.atomic():
            return Accountant.objects.create(
                user=_new_user(username, password, now),
                name=given.name.strip(),
                id_type=given.id_type,
                id_number=normalized(given.id_number),
                person_index=person_key(given.id_type, given.id_number),
                phone=normalized(given.phone),
                phone_index=phone_key(given.phone),
                province_id=province.code,
                registered_at=now,
            )
    except IntegrityError as fault:
        raise Refused("registered_already") from fault


def lock_person(accountant_id: int) -> Accountant:
    """The accountant's row, which nobody else changes until the transaction ends.

    Raises: no_such_accountant.
    Locks: the accountant; a process instance of the person is locked before, never after.
    """
    accountant = Accountant.objects.select_for_update().filter(pk=accountant_id).first()
    if accountant is None:
        raise Refused("no_such_accountant", accountant=accountant_id)
    return accountant


@transaction.atomic
def mark_collected(*, accountant_id: int, division: str, now: datetime) -> Accountant:
    """The file exists and is complete, at the division with this path.

    Raises: no_such_accountant, file_collected_already, file_locked, file_gone, no_such_division,
    division_of_other_province.
    Locks: the accountant.
    """
    accountant = lock_person(accountant_id)
    if accountant.locked_by is not None:
        raise Refused("file_locked", accountant=accountant_id)
    _place(accountant, division)
    _move(accountant, FileState.COLLECTED)
    accountant.collected_at = now
    return _saved(accountant, "division", "file_state", "collected_at")


@transaction.atomic
def lock_for_transfer(*, accountant_id: int, case: str) -> Accountant:
    """The file is held by this transfer-out: change and continuing education can only be read.

    Raises: no_such_accountant, file_not_collected, file_locked, file_gone.
    Locks: the accountant.
    Source: GD-40.
    """
    accountant = lock_person(accountant_id)
    _move(accountant, FileState.IN_TRANSFER)
    accountant.locked_by = case
    return _saved(accountant, "file_state", "locked_by")


@transaction.atomic
def unlock(*, accountant_id: int, case: str) -> Accountant:
    """The transfer-out that held the file is over without effect; the file is usable again.

    Raises: no_such_accountant, file_not_locked_by_case.
    Locks: the accountant.
    """
    accountant = _held_by(accountant_id, case)
    _move(accountant, FileState.COLLECTED)
    return _saved(accountant, "file_state", "locked_by")


@transaction.atomic
def freeze(*, accountant_id: int, case: str, province: str) -> Accountant:
    """The file has left this province and can only be read.

    Nothing changes if the destination is served here too and has imported the file already.
    Raises: no_such_accountant, file_not_locked_by_case.
    Locks: the accountant.
    """
    accountant = lock_person(accountant_id)
    if accountant.province_id != province:
        return accountant
    accountant = _held_by(accountant_id, case)
    _move(accountant, FileState.TRANSFERRED_OUT)
    return _saved(accountant, "file_state", "locked_by")


@transaction.atomic
def import_file(*, accountant_id: int, province: str, division: str) -> Accountant:
    """The file is kept by this province, at this division; the person must complete the collection.

    To be called after the national platform has let the destination receive the file.
    Raises: no_such_accountant, file_collected_already, file_elsewhere, no_such_province, no_such_division,
    division_of_other_province.
    Locks: the accountant.
    Source: GD-54, BJ-12.
    """
    accountant = lock_person(accountant_id)
    if accountant.file_state == FileState.COLLECTED and accountant.province_id != province:
        raise Refused("file_elsewhere", accountant=accountant_id)
    accountant.province_id = province_by_code(province).code
    _place(accountant, division)
    _move(accountant, FileState.MUST_COMPLETE)
    return _saved(accountant, "province", "division", "file_state", "locked_by")


def _faults(given: Registration, now: datetime) -> Iterator[Fault]:
    if not 0 < len(given.name.strip()) <= NAME_LENGTH:
        yield _fault("name_missing")
    if given.id_type not in IdType.values:
        yield _fault("id_type_unknown")
    elif code := _number_fault(given, now):
        yield _fault(code)
    if not identity.is_mobile(given.phone):
        yield _fault("phone_shape")
    elif selectors.find_by_phone(given.phone):
        yield _fault("phone_in_use")


def _number_fault(given: Registration, now: datetime) -> str | None:
    code = identity.number_fault(given.id_type, given.id_number, now.astimezone(CHINA).date())
    if code is None and selectors.find_by_identity(given.id_type, given.id_number):
        return "id_number_in_use"
    return code


def _fault(code: str) -> Fault:
    field, sentence = FAULTS[code]
    return Fault(field, code, sentence)


def _new_user(username: str | None, password: str | None, now: datetime) -> User:
    user = get_user_model()(username=username or f"acct-{secrets.token_hex(8)}", date_joined=now)
    user.set_password(password)
    user.save()
    return user


def _place(accountant: Accountant, path: str) -> None:
    division = division_by_path(path)
    if division.province != accountant.province_id:
        raise Refused("division_of_other_province", path=path)
    accountant.division_id = division.id


def _held_by(accountant_id: int, case: str) -> Accountant:
    accountant = lock_person(accountant_id)
    if accountant.locked_by != case:
        raise Refused("file_not_locked_by_case", accountant=accountant_id, case=case)
    return accountant


def _move(accountant: Accountant, state: FileState) -> None:
    if state not in MOVES[accountant.file_state]:
        raise Refused(_hindrance(accountant.file_state, state), accountant=accountant.pk)
    accountant.file_state = state
    accountant.locked_by = None


def _hindrance(present: str, wanted: FileState) -> str:
    if present == FileState.COLLECTED:
        return "file_collected_already"
    if present == FileState.IN_TRANSFER:
        return "file_locked"
    if present == FileState.TRANSFERRED_OUT:
        return "file_gone"
    return "file_not_collected"


def _saved(accountant: Accountant, *fields: str) -> Accountant:
    accountant.revision += 1
    accountant.save(update_fields=[*fields, "revision"])
    return accountant

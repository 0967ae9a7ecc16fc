"""Reading accountants: rows with masked personal data, and the plain identity for the few who need it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils.translation import gettext_lazy as _

from portal import errors
from portal.accountants.models import Accountant
from portal.errors import Refused
from portal.privacy.blind_index import person_key, phone_key
from portal.privacy.masking import mask_id, mask_name, mask_phone

errors.declare(errors.NOT_FOUND, no_such_accountant=_("There is no such accountant."))

REFERENCE = "accountant:"


@dataclass(frozen=True)
class AccountantRow:
    """An accountant as lists and cases show one: no plain personal data.

    Shape: `province` is a GB/T 2260 code, `division` a path or None.
    """

    id: int
    user_id: int
    masked_name: str
    id_type: str
    masked_id_number: str
    masked_phone: str
    province: str
    province_name: str
    division: str | None
    division_name: str
    file_state: str
    locked_by: str | None
    registered_at: datetime
    collected_at: datetime | None
    revision: int

    @property
    def reference(self) -> str:
        """The opaque `applicant` of a process."""
        return applicant_reference(self.id)


@dataclass(frozen=True, repr=False)
class Identity:
    """Plain personal data: for the person's own pages and for the national platform, never for a log."""

    name: str
    id_type: str
    id_number: str
    phone: str


def applicant_reference(accountant_id: int) -> str:
    """The opaque string a process knows an accountant by: "accountant:12"."""
    return f"{REFERENCE}{accountant_id}"


def accountant_id_of(reference: str) -> int:
    """The id in an `applicant` reference.

    Raises: no_such_accountant.
    """
    number = reference.removeprefix(REFERENCE)
    if number == reference or not number.isdecimal():
        raise Refused("no_such_accountant", accountant=reference)
    return int(number)


def accountant_by_id(accountant_id: int) -> AccountantRow:
    """One accountant.

    Raises: no_such_accountant.
    """
    found = _one(pk=accountant_id)
    if found is None:
        raise Refused("no_such_accountant", accountant=accountant_id)
    return found


def accountants_by_id(accountant_ids: set[int]) -> dict[int, AccountantRow]:
    """The accountants with these ids, in one query; unknown ids are absent."""
    rows = Accountant.objects.filter(pk__in=accountant_ids).select_related("province", "division")
    return {accountant.pk: _row(accountant) for accountant in rows}


def accountant_of(user: AbstractBaseUser | AnonymousUser) -> AccountantRow | None:
    """The accountant who signs in as this user; None for staff and strangers."""
    return _one(user_id=user.pk) if user.pk is not None else None


def find_by_identity(id_type: str, id_number: str) -> AccountantRow | None:
    """The accountant with this document, however its number was typed."""
    return _one(person_index=person_key(id_type, id_number))


def find_by_phone(phone: str) -> AccountantRow | None:
    """The accountant with this phone."""
    return _one(phone_index=phone_key(phone))


def identity_of(accountant_id: int) -> Identity:
    """The plain personal data of an accountant.

    Raises: no_such_accountant.
    """
    accountant = Accountant.objects.filter(pk=accountant_id).first()
    if accountant is None:
        raise Refused("no_such_accountant", accountant=accountant_id)
    return Identity(
        name=accountant.name,
        id_type=accountant.id_type,
        id_number=accountant.id_number,
        phone=accountant.phone,
    )


def person_key_of(accountant_id: int) -> str:
    """The keyed hash by which the national platform knows a person."""
    return Accountant.objects.values_list("person_index", flat=True).get(pk=accountant_id)


def _one(**condition: object) -> AccountantRow | None:
    accountant = Accountant.objects.filter(**condition).select_related("province", "division").first()
    return None if accountant is None else _row(accountant)


def _row(accountant: Accountant) -> AccountantRow:
    division = accountant.division
    return AccountantRow(
        id=accountant.pk,
        user_id=accountant.user_id,
        masked_name=mask_name(accountant.name),
        id_type=accountant.id_type,
        masked_id_number=mask_id(accountant.id_number),
        masked_phone=mask_phone(accountant.phone),
        province=accountant.province_id,
        province_name=accountant.province.name,
        division=division.path if division else None,
        division_name=division.name if division else "",
        file_state=accountant.file_state,
        locked_by=accountant.locked_by,
        registered_at=accountant.registered_at,
        collected_at=accountant.collected_at,
        revision=accountant.revision,
    )

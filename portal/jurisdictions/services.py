"""Writing jurisdictions: the reference data, and who is appointed where."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import errors
from portal.errors import Refused
from portal.jurisdictions import reference_files
from portal.jurisdictions.models import WHOLE_COUNTRY, Appointment, Division, Office, Province, Role
from portal.jurisdictions.selectors import division_by_path

errors.declare(
    errors.INVALID,
    no_such_role=_("There is no such role."),
    appointment_needs_division=_("Name the division of this appointment."),
    appointment_days_wrong=_("An appointment cannot end before it begins."),
)
errors.declare(
    errors.CONFLICT,
    appointed_already=_("This person already holds this role there."),
    appointment_ended_already=_("This appointment has already ended."),
)
errors.declare(errors.NOT_FOUND, no_such_appointment=_("There is no such appointment."))


@transaction.atomic
def load_reference_data(*, now: datetime) -> None:
    """Provinces, divisions and offices are as in the data files; offices that left the files are gone.

    Loading twice changes nothing but `Office.loaded_at`. A division is never removed: files refer to it.
    """
    for entry in reference_files.provinces():
        Province.objects.update_or_create(code=entry.code, defaults=asdict(entry))
        ids = _load_divisions(entry.code, reference_files.divisions(entry.code))
        _load_offices(entry.code, reference_files.offices(entry.code), ids, now)


@transaction.atomic
def appoint(
    *,
    user: AbstractBaseUser,
    role: str,
    division: str | None,
    valid_from: date,
    valid_until: date | None = None,
) -> Appointment:
    """The person holds the role at the division with this path from a day on.

    Raises: no_such_role, appointment_needs_division, no_such_division, appointment_days_wrong,
    appointed_already.
    """
    if role not in Role.values:
        raise Refused("no_such_role", role=role)
    if division is None and role not in WHOLE_COUNTRY:
        raise Refused("appointment_needs_division", role=role)
    if valid_until is not None and valid_until < valid_from:
        raise Refused("appointment_days_wrong")
    place_id = None if division is None else division_by_path(division).id
    try:
        with transaction.atomic():
            return Appointment.objects.create(
                user_id=user.pk,
                role=role,
                division_id=place_id,
                valid_from=valid_from,
                valid_until=valid_until,
            )
    except IntegrityError as fault:
        raise Refused("appointed_already", role=role, division=division) from fault


def end_appointment(*, appointment_id: int, today: date) -> Appointment:
    """The appointment no longer holds from today on; one that had not begun is kept as an empty one.

    Raises: no_such_appointment, appointment_ended_already.
    Locks: the appointment.
    """
    with transaction.atomic():
        appointment = Appointment.objects.select_for_update().filter(pk=appointment_id).first()
        if appointment is None:
            raise Refused("no_such_appointment", appointment=appointment_id)
        if appointment.valid_until is not None and appointment.valid_until <= today:
            raise Refused("appointment_ended_already", appointment=appointment_id)
        appointment.valid_until = max(today, appointment.valid_from)
        appointment.save(update_fields=["valid_until"])
    return appointment


def _load_divisions(province: str, entries: Iterable[reference_files.DivisionEntry]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for _depth, level in groupby(sorted(entries, key=_depth_of), key=_depth_of):
        rows = [_division_row(province, entry, ids.get(entry.parent_path)) for entry in level]
        Division.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["path"],
            update_fields=["code", "name", "kind", "province", "parent"],
        )
        ids.update((row.path, row.pk) for row in rows)
    return ids


def _depth_of(entry: reference_files.DivisionEntry) -> int:
    return entry.path.count("/")


def _division_row(province: str, entry: reference_files.DivisionEntry, parent_id: int | None) -> Division:
    return Division(
        path=entry.path,
        code=entry.code or None,
        name=entry.name,
        kind=entry.kind,
        province_id=province,
        parent_id=parent_id,
    )


def _load_offices(
    province: str, entries: Iterable[reference_files.OfficeEntry], divisions: dict[str, int], now: datetime
) -> None:
    rows = [_office(province, entry, divisions[entry.path], now) for entry in entries]
    columns = [f.name for f in Office._meta.fields if f.name not in ("id", "province", "seq")]
    Office.objects.bulk_create(rows, update_conflicts=True, unique_fields=["province", "seq"], update_fields=columns)
    Office.objects.filter(province_id=province).exclude(seq__in=[row.seq for row in rows]).delete()


def _office(province: str, entry: reference_files.OfficeEntry, division_id: int, now: datetime) -> Office:
    return Office(
        province_id=province,
        seq=entry.seq,
        division_id=division_id,
        name=entry.name,
        phones=list(entry.phones),
        address=entry.address,
        is_hotline=entry.is_hotline,
        is_referral=bool(entry.referral_to),
        referral_to=entry.referral_to,
        serves=entry.serves,
        loaded_at=now,
    )

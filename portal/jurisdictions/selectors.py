"""Reading jurisdictions: provinces, divisions, the office of a place, and who may act where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import errors
from portal.errors import Refused
from portal.jurisdictions import reference_files
from portal.jurisdictions.models import OWN_DIVISION_ONLY, Appointment, Division, Office, Province
from portal.jurisdictions.reference_files import Destination

errors.declare(
    errors.NOT_FOUND,
    no_such_province=_("This province is not served here."),
    no_such_division=_("There is no such administrative division."),
    no_office=_("No office is known for this division."),
    no_such_destination=_("There is no such destination of a transfer."),
)


@dataclass(frozen=True)
class ProvinceRow:
    """A province served by this installation."""

    code: str
    name: str
    name_en: str
    portal_name: str
    sms_signature: str


@dataclass(frozen=True)
class DivisionRow:
    """A division; `code` is None for a function zone, `parent` is the path above or None."""

    id: int
    path: str
    code: str | None
    name: str
    kind: str
    province: str
    parent: str | None
    full_name: str


@dataclass(frozen=True)
class OfficeRow:
    """An office and how to reach it.

    Shape: `path` is the office's own division, the scope of its tasks. `contact_phones` are the office's own,
    or those of the nearest office above it that has any, whose name is `contact_name`.
    """

    path: str
    division: str
    province: str
    seq: int
    name: str
    phones: tuple[str, ...]
    address: str
    serves: str
    is_hotline: bool
    is_referral: bool
    referral_to: str
    contact_name: str
    contact_phones: tuple[str, ...]


@dataclass(frozen=True)
class AppointmentRow:
    """A role held by a person; `path` is None where the role is held without a division."""

    id: int
    user_id: int
    username: str
    person: str
    role: str
    path: str | None
    division: str
    valid_from: date
    valid_until: date | None


def provinces() -> list[ProvinceRow]:
    """The provinces served, in the order of their codes."""
    return [_province_row(province) for province in Province.objects.order_by("code")]


def province_by_code(code: str) -> ProvinceRow:
    """One province.

    Raises: no_such_province.
    """
    province = Province.objects.filter(code=code).first()
    if province is None:
        raise Refused("no_such_province", code=code)
    return _province_row(province)


def division_by_path(path: str) -> DivisionRow:
    """One division.

    Raises: no_such_division.
    """
    places = _places([path])
    if path not in places:
        raise Refused("no_such_division", path=path)
    return places[path]


def divisions_by_path(paths: Iterable[str]) -> dict[str, DivisionRow]:
    """The divisions with these paths, in one query; unknown paths are absent."""
    asked = list(paths)
    places = _places(asked)
    return {path: places[path] for path in asked if path in places}


def divisions_under(path: str) -> list[DivisionRow]:
    """The direct children of a division by code, function zones last; empty path: the provinces."""
    rows = Division.objects.filter(parent__path=path) if path else Division.objects.filter(parent=None)
    return list(divisions_by_path(rows.order_by("code", "path").values_list("path", flat=True)).values())


def division_by_code(code: str) -> DivisionRow:
    """The division with this GB/T 2260 code.

    Raises: no_such_division.
    """
    path = Division.objects.filter(code=code).values_list("path", flat=True).first()
    if path is None:
        raise Refused("no_such_division", path=code)
    return division_by_path(path)


def destinations() -> list[Destination]:
    """All provincial-level managers to which a file can be transferred, served here or not."""
    return list(reference_files.destinations())


def destination_by_code(code: str) -> Destination:
    """One destination.

    Raises: no_such_destination.
    """
    for destination in reference_files.destinations():
        if destination.code == code:
            return destination
    raise Refused("no_such_destination", code=code)


def office_for(path: str) -> OfficeRow:
    """The office that receives the people of a division: its own, or the nearest above.

    A file or a task of the division belongs to `OfficeRow.path`.
    Raises: no_such_division, no_office.
    Source: GD-62; row 27 of the directory serves three districts of 珠海 from the city.
    """
    division = division_by_path(path)
    directory = _directory(division.province)
    for place in _upwards(path):
        if place in directory:
            return directory[place]
    raise Refused("no_office", path=path)


def search_offices(query: str, province: str) -> list[OfficeRow]:
    """The offices of a province in which every word of the query occurs, in the directory's order.

    Words are sought in the names of office and division, address, phones, path and what the office serves.
    """
    words = query.split()
    found = [row for row in _directory(province).values() if all(word in _searchable(row) for word in words)]
    return sorted(found, key=lambda row: row.seq)


def roles_of(user: AbstractBaseUser, today: date) -> list[str]:
    """The roles a person holds on a day, each once, sorted."""
    held = _valid_on(today).filter(user_id=user.pk)
    return sorted(set(held.values_list("role", flat=True)))


def scopes_of(user: AbstractBaseUser, role: str, today: date) -> list[str]:
    """Every path in which a person may act in a role on a day, sorted: compare a task's scope by equality.

    A district reviewer covers the division of the appointment only; the other roles also all below it; a role
    held without a division covers every path.
    """
    held = _valid_on(today).filter(user_id=user.pk, role=role)
    paths = list(held.values_list("division__path", flat=True))
    if not paths or role in OWN_DIVISION_ONLY:
        return sorted(set(paths))
    places = Division.objects.all() if None in paths else Division.objects.filter(_at_or_below(paths))
    return sorted(places.values_list("path", flat=True))


def may_act(user: AbstractBaseUser, role: str, scope: str, today: date) -> bool:
    """Whether a person may act in a role at this path on a day."""
    return _covering(role, scope, today).filter(user_id=user.pk).exists()


def people_for(role: str, scope: str, today: date) -> list[AppointmentRow]:
    """Who may act in a role at this path on a day: the colleagues a task can be handed to."""
    return _appointment_rows(_covering(role, scope, today))


def appointments_of(user: AbstractBaseUser, today: date) -> list[AppointmentRow]:
    """The appointments a person holds on a day."""
    return _appointment_rows(_valid_on(today).filter(user_id=user.pk))


def _province_row(province: Province) -> ProvinceRow:
    return ProvinceRow(
        code=province.code,
        name=province.name,
        name_en=province.name_en,
        portal_name=province.portal_name,
        sms_signature=province.sms_signature,
    )


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _at_or_below(paths: Iterable[str]) -> Q:
    covered = Q()
    for path in paths:
        covered |= Q(path=path) | Q(path__startswith=f"{path}/")
    return covered


def _places(paths: Iterable[str]) -> dict[str, DivisionRow]:
    wanted = {place for path in paths for place in _upwards(path)}
    found = {row.path: row for row in Division.objects.filter(path__in=wanted)}
    return {path: _division_row(division, found) for path, division in found.items()}


def _division_row(division: Division, above: dict[str, Division]) -> DivisionRow:
    names = [above[place].name for place in reversed(list(_upwards(division.path)))]
    return DivisionRow(
        id=division.pk,
        path=division.path,
        code=division.code,
        name=division.name,
        kind=division.kind,
        province=division.province_id,
        parent=division.path.rpartition("/")[0] or None,
        full_name="".join(names),
    )


def _directory(province: str) -> dict[str, OfficeRow]:
    """Offices by path, each with its contact; of two offices of one division the first printed stands."""
    offices = Office.objects.filter(province_id=province).select_related("division").order_by("-seq")
    rows = {office.division.path: _office_row(office) for office in offices}
    return {path: _with_contact(row, rows) for path, row in rows.items()}


def _office_row(office: Office) -> OfficeRow:
    return OfficeRow(
        path=office.division.path,
        division=office.division.name,
        province=office.province_id,
        seq=office.seq,
        name=office.name,
        phones=tuple(office.phones),
        address=office.address,
        serves=office.serves,
        is_hotline=office.is_hotline,
        is_referral=office.is_referral,
        referral_to=office.referral_to,
        contact_name=office.name,
        contact_phones=tuple(office.phones),
    )


def _with_contact(row: OfficeRow, rows: dict[str, OfficeRow]) -> OfficeRow:
    for place in _upwards(row.path):
        if place in rows and rows[place].phones:
            return replace(row, contact_name=rows[place].name, contact_phones=rows[place].phones)
    return row


def _searchable(row: OfficeRow) -> str:
    return "\n".join((row.name, row.division, row.address, row.serves, row.path, *row.phones))


def _valid_on(today: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(Q(valid_until=None) | Q(valid_until__gt=today), valid_from__lte=today)


def _covering(role: str, scope: str, today: date) -> QuerySet[Appointment]:
    held = _valid_on(today).filter(role=role, user__is_active=True)
    if role in OWN_DIVISION_ONLY:
        return held.filter(division__path=scope)
    return held.filter(Q(division=None) | Q(division__path__in=list(_upwards(scope))))


def _appointment_rows(appointments: QuerySet[Appointment]) -> list[AppointmentRow]:
    rows = appointments.select_related("user", "division").order_by("user__username", "role", "pk")
    return [_appointment_row(appointment) for appointment in rows]


def _appointment_row(appointment: Appointment) -> AppointmentRow:
    division = appointment.division
    return AppointmentRow(
        id=appointment.pk,
        user_id=appointment.user_id,
        username=appointment.user.get_username(),
        person=appointment.user.get_full_name() or appointment.user.get_username(),
        role=appointment.role,
        path=division.path if division else None,
        division=division.name if division else "",
        valid_from=appointment.valid_from,
        valid_until=appointment.valid_until,
    )

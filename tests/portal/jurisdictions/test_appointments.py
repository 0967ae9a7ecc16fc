"""Who may act where, and until when."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from portal.errors import Refused
from portal.jurisdictions import selectors
from portal.jurisdictions.models import Appointment
from portal.jurisdictions.services import appoint, end_appointment

GUANGZHOU = "440000/440100"
YUEXIU = "440000/440100/440104"
TIANHE = "440000/440100/440106"
SHAOGUAN = "440000/440200"
ZHAOQING_ZONE = "440000/441200/441200-gaoxin"
BEGIN = date(2026, 1, 1)

pytestmark = pytest.mark.usefixtures("reference_data")


@pytest.fixture
def liang() -> User:
    return User.objects.create_user("liang", first_name="梁伟")


@pytest.fixture
def mai() -> User:
    return User.objects.create_user("mai", first_name="麦颖")


def test_a_district_reviewer_covers_the_own_division_only(liang: User, today: date) -> None:
    appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=BEGIN)

    assert selectors.scopes_of(liang, "district_reviewer", today) == [YUEXIU]


def test_a_district_reviewer_of_a_city_does_not_cover_its_districts(liang: User, today: date) -> None:
    appoint(user=liang, role="district_reviewer", division=GUANGZHOU, valid_from=BEGIN)

    assert selectors.scopes_of(liang, "district_reviewer", today) == [GUANGZHOU]
    assert not selectors.may_act(liang, "district_reviewer", YUEXIU, today)


def test_a_city_reviewer_covers_the_city_and_all_below_it(liang: User, today: date) -> None:
    appoint(user=liang, role="city_reviewer", division=GUANGZHOU, valid_from=BEGIN)

    scopes = selectors.scopes_of(liang, "city_reviewer", today)

    assert len(scopes) == 12
    assert scopes[0] == GUANGZHOU
    assert {YUEXIU, TIANHE} < set(scopes)


def test_a_supervisor_of_a_province_covers_function_zones(liang: User, today: date) -> None:
    appoint(user=liang, role="supervisor", division="440000", valid_from=BEGIN)

    scopes = selectors.scopes_of(liang, "supervisor", today)

    assert len(scopes) == 156
    assert ZHAOQING_ZONE in scopes


def test_a_path_that_only_begins_alike_is_not_covered(liang: User, today: date) -> None:
    appoint(user=liang, role="supervisor", division=GUANGZHOU, valid_from=BEGIN)

    assert not selectors.may_act(liang, "supervisor", SHAOGUAN, today)
    assert not selectors.may_act(liang, "supervisor", "440000", today)


def test_two_appointments_cover_both_places(liang: User, today: date) -> None:
    appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=BEGIN)
    appoint(user=liang, role="district_reviewer", division=TIANHE, valid_from=BEGIN)

    assert selectors.scopes_of(liang, "district_reviewer", today) == [YUEXIU, TIANHE]


def test_an_operator_without_a_division_covers_every_path(liang: User, today: date) -> None:
    appoint(user=liang, role="operator", division=None, valid_from=BEGIN)

    assert len(selectors.scopes_of(liang, "operator", today)) == 310
    assert selectors.may_act(liang, "operator", "520000", today)


def test_a_stranger_covers_nothing(mai: User, today: date) -> None:
    assert selectors.scopes_of(mai, "operator", today) == []
    assert selectors.scopes_of(mai, "supervisor", today) == []


def test_a_role_covers_nothing_for_another_role(liang: User, today: date) -> None:
    appoint(user=liang, role="city_reviewer", division=GUANGZHOU, valid_from=BEGIN)

    assert selectors.scopes_of(liang, "supervisor", today) == []


def test_roles_are_named_once_each(liang: User, today: date) -> None:
    appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=BEGIN)
    appoint(user=liang, role="district_reviewer", division=TIANHE, valid_from=BEGIN)
    appoint(user=liang, role="analyst", division=None, valid_from=BEGIN)

    assert selectors.roles_of(liang, today) == ["analyst", "district_reviewer"]


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
    ],
)
def test_an_appointment_holds_from_its_first_day_until_the_day_before_its_end(
    liang: User, day: date, holds: bool
) -> None:
    appoint(
        user=liang,
        role="district_reviewer",
        division=YUEXIU,
        valid_from=date(2026, 3, 1),
        valid_until=date(2026, 4, 1),
    )

    assert selectors.may_act(liang, "district_reviewer", YUEXIU, day) is holds


def test_an_ended_appointment_holds_no_longer_on_the_same_day(liang: User, today: date) -> None:
    held = appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=BEGIN)

    end_appointment(appointment_id=held.pk, today=today)

    assert not selectors.may_act(liang, "district_reviewer", YUEXIU, today)
    assert selectors.may_act(liang, "district_reviewer", YUEXIU, today - timedelta(days=1))


def test_an_appointment_that_never_began_is_kept_as_an_empty_one(liang: User, today: date) -> None:
    future = today + timedelta(days=30)
    held = appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=future)

    ended = end_appointment(appointment_id=held.pk, today=today)

    assert (ended.valid_from, ended.valid_until) == (future, future)
    assert not selectors.may_act(liang, "district_reviewer", YUEXIU, future)


def test_an_appointment_ends_once(liang: User, today: date) -> None:
    held = appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=BEGIN)
    end_appointment(appointment_id=held.pk, today=today)

    with pytest.raises(Refused) as refused:
        end_appointment(appointment_id=held.pk, today=today)

    assert (refused.value.code, refused.value.status) == ("appointment_ended_already", 409)


def test_ending_what_never_was_is_refused(today: date) -> None:
    with pytest.raises(Refused) as refused:
        end_appointment(appointment_id=0, today=today)

    assert (refused.value.code, refused.value.status) == ("no_such_appointment", 404)


@pytest.mark.parametrize(
    ("role", "division", "until", "code"),
    [
        ("king", YUEXIU, None, "no_such_role"),
        ("supervisor", None, None, "appointment_needs_division"),
        ("supervisor", "990000", None, "no_such_division"),
        ("supervisor", YUEXIU, date(2025, 12, 31), "appointment_days_wrong"),
    ],
)
def test_an_appointment_that_makes_no_sense_is_refused(
    liang: User, role: str, division: str | None, until: date | None, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        appoint(user=liang, role=role, division=division, valid_from=BEGIN, valid_until=until)

    assert refused.value.code == code
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(("role", "division"), [("supervisor", "440000"), ("analyst", None)])
def test_the_same_appointment_is_not_held_twice(liang: User, role: str, division: str | None) -> None:
    appoint(user=liang, role=role, division=division, valid_from=BEGIN)

    with pytest.raises(Refused) as refused:
        appoint(user=liang, role=role, division=division, valid_from=BEGIN)

    assert refused.value.code == "appointed_already"
    assert Appointment.objects.count() == 1


def test_a_task_can_be_handed_to_everyone_who_covers_its_place(liang: User, mai: User, today: date) -> None:
    appoint(user=liang, role="city_reviewer", division=GUANGZHOU, valid_from=BEGIN)
    appoint(user=mai, role="city_reviewer", division=SHAOGUAN, valid_from=BEGIN)

    people = selectors.people_for("city_reviewer", YUEXIU, today)

    assert [(row.username, row.person, row.path) for row in people] == [("liang", "梁伟", GUANGZHOU)]


def test_a_task_cannot_be_handed_to_someone_whose_account_is_closed(liang: User, today: date) -> None:
    appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=BEGIN)
    User.objects.filter(pk=liang.pk).update(is_active=False)

    assert selectors.people_for("district_reviewer", YUEXIU, today) == []


def test_the_appointments_of_a_person_name_the_place(liang: User, today: date) -> None:
    appoint(user=liang, role="district_reviewer", division=YUEXIU, valid_from=BEGIN)

    (held,) = selectors.appointments_of(liang, today)

    assert (held.role, held.path, held.division) == ("district_reviewer", YUEXIU, "越秀区")


def test_the_database_refuses_a_supervisor_without_a_division(liang: User) -> None:
    with pytest.raises(IntegrityError, match="appointment_division"):
        Appointment.objects.create(user=liang, role="supervisor", division=None, valid_from=BEGIN)


def test_the_database_refuses_an_unknown_role(liang: User) -> None:
    held = appoint(user=liang, role="supervisor", division=YUEXIU, valid_from=BEGIN)
    held.role = "king"

    with pytest.raises(IntegrityError, match="appointment_role"):
        held.save()

"""The data files of the project, and loading them."""

import re
from datetime import datetime, timedelta

import pytest

from portal.jurisdictions import reference_files
from portal.jurisdictions.models import Division, Office, Province
from portal.jurisdictions.services import load_reference_data

PROVINCES = ("110000", "440000", "500000", "520000")
LANDLINE = re.compile(r"0\d{2,3}-(\d{7,8}|12345)")


def test_the_directory_of_guangdong_has_its_153_offices() -> None:
    offices = reference_files.offices("440000")

    assert len(offices) == 153
    assert (offices[0].seq, offices[-1].seq) == (1, 198)


def test_every_phone_of_guangdong_is_a_landline_or_the_hotline() -> None:
    phones = [phone for office in reference_files.offices("440000") for phone in office.phones]

    assert len(phones) > 153
    assert [phone for phone in phones if not LANDLINE.fullmatch(phone)] == []


def test_the_offices_of_shenzhen_are_referrals_and_no_others() -> None:
    referrals = [office for office in reference_files.offices("440000") if office.referral_to]

    assert [office.seq for office in referrals] == [*range(14, 23), 24, 25, 26]
    assert {office.path.split("/")[1] for office in referrals} == {"440300"}


def test_no_phone_is_invented_where_none_is_published() -> None:
    beijing = [office for office in reference_files.offices("110000") if office.phones]
    guizhou = [office for office in reference_files.offices("520000") if office.phones]

    assert [office.path for office in beijing] == ["110000"]
    assert guizhou == []


def test_beijing_has_its_sixteen_districts() -> None:
    codes = [division.code for division in reference_files.divisions("110000") if division.kind == "district"]

    assert codes == [
        *("110101", "110102", "110105", "110106", "110107", "110108", "110109"),
        *(f"1101{number}" for number in range(11, 20)),
    ]


def test_guangdong_has_21_cities_122_counties_and_12_function_zones() -> None:
    kinds = [division.kind for division in reference_files.divisions("440000")]

    counted = [kinds.count(kind) for kind in ("city", "district", "function_zone")]

    assert counted == [21, 122, 12]


def test_guizhou_has_its_nine_cities_and_prefectures() -> None:
    codes = [division.code for division in reference_files.divisions("520000") if division.kind == "city"]

    assert codes == [f"520{number}00" for number in (1, 2, 3, 4, 5, 6)] + ["522300", "522600", "522700"]


@pytest.mark.parametrize("province", PROVINCES)
def test_every_path_ends_with_the_code_and_stands_below_its_parent(province: str) -> None:
    divisions = reference_files.divisions(province)

    coded = [division for division in divisions if division.code]
    parents = {division.parent_path for division in divisions} - {""}

    assert [division.path.split("/")[-1] for division in coded] == [division.code for division in coded]
    assert parents <= {division.path for division in divisions}


@pytest.mark.parametrize("province", PROVINCES)
def test_every_office_stands_at_a_division(province: str) -> None:
    places = {division.path for division in reference_files.divisions(province)}

    assert {office.path for office in reference_files.offices(province)} <= places


def test_files_can_be_transferred_to_31_provinces_and_nine_other_managers() -> None:
    kinds = [destination.kind for destination in reference_files.destinations()]

    counted = [kinds.count(kind) for kind in ("province", "planned_city", "corps", "central_body")]

    assert counted == [31, 5, 1, 3]


@pytest.mark.django_db
def test_loading_stores_every_entry(now: datetime) -> None:
    load_reference_data(now=now)

    assert Province.objects.count() == 4
    assert Division.objects.count() == 17 + 156 + 39 + 98
    assert Office.objects.count() == 17 + 153 + 39 + 98


def test_loading_twice_keeps_every_row(reference_data: None, now: datetime) -> None:
    before = (
        list(Division.objects.order_by("pk").values()),
        list(Office.objects.order_by("pk").values("pk", "name")),
    )

    load_reference_data(now=now + timedelta(days=1))

    after = (
        list(Division.objects.order_by("pk").values()),
        list(Office.objects.order_by("pk").values("pk", "name")),
    )
    assert after == before


def test_loading_repairs_a_changed_office(reference_data: None, now: datetime) -> None:
    Office.objects.filter(province="440000", seq=3).update(phones=["000"])

    load_reference_data(now=now)

    assert Office.objects.get(province="440000", seq=3).phones == ["020-81899453"]


def test_loading_removes_an_office_that_left_the_directory(reference_data: None, now: datetime) -> None:
    gone = Office.objects.get(province="440000", seq=3)
    gone.pk, gone.seq = None, 999
    gone.save()

    load_reference_data(now=now)

    assert not Office.objects.filter(seq=999).exists()

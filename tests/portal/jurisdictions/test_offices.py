"""Divisions, and the office of a place."""

import pytest
from django.db import IntegrityError

from portal.errors import Refused
from portal.jurisdictions import selectors
from portal.jurisdictions.models import Division, Office

pytestmark = pytest.mark.usefixtures("reference_data")


def test_a_division_says_where_it_is_in_full() -> None:
    panyu = selectors.division_by_path("440000/440100/440113")

    assert (panyu.code, panyu.name, panyu.full_name) == ("440113", "番禺区", "广东省广州市番禺区")
    assert (panyu.province, panyu.parent) == ("440000", "440000/440100")


def test_function_zones_of_the_same_name_are_told_apart_by_their_city() -> None:
    names = [
        selectors.division_by_path(path).full_name
        for path in ("440000/441200/441200-gaoxin", "440000/441700/441700-gaoxin")
    ]

    assert names == ["广东省肇庆市高新区", "广东省阳江市高新区"]


def test_an_unknown_path_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        selectors.division_by_path("440000/440100/449999")

    assert (refused.value.code, refused.value.status) == ("no_such_division", 404)


def test_a_division_is_found_by_its_code() -> None:
    assert selectors.division_by_code("500103").path == "500000/500103"


def test_the_children_of_a_city_are_its_districts_and_function_zones() -> None:
    below = [row.name for row in selectors.divisions_under("440000/441200")]

    assert below == ["端州区", "鼎湖区", "高要区", "广宁县", "怀集县", "封开县", "德庆县", "四会市", "高新区"]


def test_nothing_stands_above_the_provinces() -> None:
    assert [row.name for row in selectors.divisions_under("")] == ["北京市", "广东省", "重庆市", "贵州省"]


def test_a_district_has_its_own_office() -> None:
    office = selectors.office_for("440000/440100/440104")

    assert (office.seq, office.phones) == (4, ("020-83753970",))
    assert office.contact_phones == office.phones


def test_a_function_zone_has_its_own_office() -> None:
    office = selectors.office_for("440000/441300/441300-dayawan")

    assert (office.division, office.phones) == ("大亚湾区", ("0752-5593680",))


def test_a_district_without_an_office_is_received_by_its_city() -> None:
    office = selectors.office_for("440000/440400/440402")

    assert (office.path, office.serves) == ("440000/440400", "珠海市（含市直、金湾区、斗门区）")


def test_an_office_without_a_phone_shows_the_phone_of_the_one_above() -> None:
    office = selectors.office_for("110000/110105")

    assert (office.name, office.phones) == ("北京市朝阳区财政局", ())
    assert (office.contact_name, office.contact_phones) == ("北京市财政局", ("010-55592327",))


def test_an_office_of_shenzhen_refers_to_its_own_platform() -> None:
    office = selectors.office_for("440000/440300/440305")

    assert office.is_referral
    assert "深圳市会计管理综合平台" in office.referral_to


def test_a_province_without_offices_says_so() -> None:
    Office.objects.filter(province="500000").delete()

    with pytest.raises(Refused) as refused:
        selectors.office_for("500000/500103")

    assert refused.value.code == "no_office"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("番禺", [10]),
        ("高新区", [120, 144, 181]),
        ("0752-7888636", [117]),
        ("广州 荔湾", [3]),
        ("440306", [18]),
        ("金湾", [27]),
        ("没有这个地方", []),
    ],
)
def test_offices_are_found_by_every_word_of_a_query(query: str, found: list[int]) -> None:
    assert [row.seq for row in selectors.search_offices(query, "440000")] == found


def test_an_empty_query_shows_the_whole_directory_in_its_order() -> None:
    rows = selectors.search_offices("", "440000")

    assert [row.seq for row in rows] == sorted(row.seq for row in rows)
    assert len(rows) == 153


def test_a_province_is_found_by_its_code() -> None:
    assert selectors.province_by_code("500000").sms_signature == "重庆会计之家"


def test_a_province_not_served_is_refused_but_can_be_a_destination() -> None:
    with pytest.raises(Refused) as refused:
        selectors.province_by_code("510000")

    assert refused.value.code == "no_such_province"
    assert selectors.destination_by_code("510000").name == "四川省"


def test_shenzhen_is_a_destination_of_its_own() -> None:
    assert selectors.destination_by_code("440300").kind == "planned_city"


def test_an_unknown_destination_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        selectors.destination_by_code("990000")

    assert refused.value.code == "no_such_destination"


def test_the_database_refuses_a_function_zone_with_a_code() -> None:
    zone = Division.objects.get(path="440000/441200/441200-gaoxin")
    zone.code = "441299"

    with pytest.raises(IntegrityError, match="division_code_unless_zone"):
        zone.save()


def test_the_database_refuses_a_path_of_another_form() -> None:
    district = Division.objects.get(path="440000/440100/440104")
    district.path = "440000/越秀"

    with pytest.raises(IntegrityError, match="division_path"):
        district.save()


def test_the_database_refuses_a_referral_to_nowhere() -> None:
    office = Office.objects.get(province="440000", seq=15)
    office.referral_to = ""

    with pytest.raises(IntegrityError, match="office_referral_says_where"):
        office.save()

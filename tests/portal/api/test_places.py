"""Reference data for everybody."""

import pytest
from rest_framework.test import APIClient


def test_provinces_are_listed_by_code() -> None:
    found = APIClient().get("/api/provinces/").json()["provinces"]

    assert [row["code"] for row in found] == ["110000", "440000", "500000", "520000"]


def test_divisions_are_walked_from_the_province_down() -> None:
    cities = APIClient().get("/api/divisions/", {"under": "440000"}).json()["divisions"]

    assert cities[0]["path"] == "440000/440100"
    assert cities[0]["full_name"] == "广东省广州市"


def test_without_a_place_the_walk_begins_with_the_provinces() -> None:
    found = APIClient().get("/api/divisions/").json()["divisions"]

    assert [row["path"] for row in found] == ["110000", "440000", "500000", "520000"]


def test_an_office_is_found_by_words_of_its_entry() -> None:
    found = APIClient().get("/api/offices/", {"q": "越秀 广州", "province": "440000"}).json()["offices"]

    assert [row["path"] for row in found] == ["440000/440100/440104"]


def test_without_a_province_the_offices_of_all_are_searched() -> None:
    found = APIClient().get("/api/offices/", {"q": "朝阳"}).json()["offices"]

    assert "110000/110105" in [row["path"] for row in found]


@pytest.mark.parametrize(("province", "status"), [("990000", 404), ("abc", 422), ("1100001", 422)])
def test_a_province_that_is_not_served_is_refused(province: str, status: int) -> None:
    answer = APIClient().get("/api/offices/", {"province": province})

    assert answer.status_code == status


def test_strangers_are_slowed_down() -> None:
    client = APIClient()

    answers = [client.get("/api/provinces/").status_code for _ in range(121)]

    assert (answers[119], answers[120]) == (200, 429)

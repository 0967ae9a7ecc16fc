"""Identity documents and phones."""

from datetime import date

import pytest

from portal.accountants.identity import birth_date, check_character, gender, is_mobile, number_fault

TODAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 1949 1231 002X",
        "500103199001010010",  # Chongqing, which tables of areas often lack
        "510202198001010017",  # Chongqing before 1997
        "440309200002290016",  # a district founded later; a leap day
    ],
)
def test_a_sound_resident_number_has_no_fault(number: str) -> None:
    assert number_fault("resident_id", number, TODAY) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("110105194912310021", "id_number_check"),
        ("11010519491231003X", "id_number_check"),
        ("11010519490230002X", "id_number_date"),
        ("11010520990101002X", "id_number_date"),
        ("11010518991231002X", "id_number_date"),
        ("1101054912310021", "id_number_shape"),
        ("1101051949123100", "id_number_shape"),
        ("X1010519491231002X", "id_number_shape"),
        ("", "id_number_shape"),
    ],
)
def test_what_is_wrong_with_a_resident_number_is_named(number: str, fault: str) -> None:
    assert number_fault("resident_id", number, TODAY) == fault


def test_a_person_born_today_has_a_sound_number_and_one_born_tomorrow_has_not() -> None:
    today, tomorrow = "11010520261119001", "11010520261120001"

    faults = [number_fault("resident_id", stem + check_character(stem), TODAY) for stem in (today, tomorrow)]

    assert faults == [None, "id_number_date"]


@pytest.mark.parametrize(
    ("id_type", "number", "fault"),
    [
        ("hk_macao_permit", "H12345678", None),
        ("hk_macao_permit", "M1234567890", None),
        ("hk_macao_permit", "12345678", "id_number_shape"),
        ("taiwan_permit", "12345678", None),
        ("taiwan_permit", "123456789", "id_number_shape"),
        ("passport", "E12345678", None),
        ("passport", "护照12345", "id_number_shape"),
        ("officer_card", "军字第1234567号", None),
        ("hmt_residence_permit", "810000199408230021", None),
        ("hmt_residence_permit", "810000199408230022", "id_number_check"),
        ("hmt_residence_permit", "11010519491231002X", "id_number_shape"),
    ],
)
def test_other_documents_have_shapes_of_their_own(id_type: str, number: str, fault: str | None) -> None:
    assert number_fault(id_type, number, TODAY) == fault


def test_birth_date_and_gender_are_read_from_the_number() -> None:
    assert birth_date("11010519491231002X") == date(1949, 12, 31)
    assert [gender("11010519491231002X"), gender("500103199001010010")] == ["female", "male"]


@pytest.mark.parametrize(
    ("phone", "ok"),
    [
        ("13800001234", True),
        ("138 0000 1234", True),
        ("１３８００００１２３４", True),
        ("12800001234", False),
        ("1380000123", False),
        ("02320000000", False),
        ("", False),
    ],
)
def test_a_mobile_number_is_told_from_others(phone: str, ok: bool) -> None:
    assert is_mobile(phone) is ok

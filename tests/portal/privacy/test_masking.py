"""What may be seen of personal data."""

import pytest

from portal.privacy.masking import mask_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("11010519491231002X", "110105********002X"),
        ("E12345678", "E******78"),
        ("ABC", "***"),
        ("", ""),
    ],
)
def test_a_number_shows_its_ends(number: str, shown: str) -> None:
    assert mask_id(number) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王敏", "王*"),
        ("欧阳琳", "欧**"),
        ("阿不都热合曼·吾甫尔", "阿**"),
        ("李", "*"),
        ("", ""),
    ],
)
def test_a_name_shows_its_first_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(("phone", "shown"), [("13800001234", "138****1234"), ("5559232", "*****32"), ("12", "**")])
def test_a_phone_shows_its_ends(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown

"""The rules of identity documents and phone numbers, without a database."""

import re
from datetime import date

from portal.accountants.models import IdType
from portal.privacy.blind_index import normalized

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

SHAPES = {
    IdType.RESIDENT_ID: r"\d{17}[\dX]",
    IdType.HMT_RESIDENCE_PERMIT: r"8[123]\d{15}[\dX]",
    IdType.HK_MACAO_PERMIT: r"[HM]\d{8}(\d{2})?",
    IdType.TAIWAN_PERMIT: r"\d{8}(\d{2})?",
    IdType.PASSPORT: r"[A-Z0-9]{5,17}",
    IdType.OFFICER_CARD: r"[\w()（）-]{4,30}",
}
WITH_CHECK_CHARACTER = frozenset({IdType.RESIDENT_ID, IdType.HMT_RESIDENCE_PERMIT})

MOBILE = re.compile(r"1[3-9]\d{9}")


def check_character(seventeen: str) -> str:
    """The eighteenth character of a resident identity number.

    Source: GB 11643-1999, ISO 7064 MOD 11-2.
    """
    weighted = sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[weighted % 11]


def birth_date(number: str) -> date | None:
    """The birth date in a resident identity number; None if those digits are no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gender(number: str) -> str:
    """`male` or `female`, from the seventeenth digit of a resident identity number."""
    return "male" if int(number[16]) % 2 else "female"


def number_fault(id_type: str, number: str, today: date) -> str | None:
    """The code of what is wrong with a document's number, None if nothing is.

    Shape: id_number_shape, id_number_date or id_number_check. The area code is not judged: tables of them are
    never complete, and a person must not be refused for that.
    """
    typed = normalized(number)
    if not re.fullmatch(SHAPES[IdType(id_type)], typed):
        return "id_number_shape"
    if id_type not in WITH_CHECK_CHARACTER:
        return None
    return _date_fault(typed, today) or _check_fault(typed)


def is_mobile(phone: str) -> bool:
    """Whether this is a mainland mobile number, which can receive a code."""
    return MOBILE.fullmatch(normalized(phone)) is not None


def _date_fault(number: str, today: date) -> str | None:
    born = birth_date(number)
    return None if born is not None and date(1900, 1, 1) <= born <= today else "id_number_date"


def _check_fault(number: str) -> str | None:
    return None if check_character(number[:17]) == number[17] else "id_number_check"

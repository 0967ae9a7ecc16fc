"""The cells of decision tables: what value passes which test."""

from datetime import date
from typing import Any

import pytest

from orchestrator.feel import compile_unary_tests, unary_test


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("-", None, True),
        ("", 3, True),
        ("5", 5, True),
        ("-5", -5, True),
        ("< 5", 4, True),
        ("< 5", None, None),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("[1..5]", 5, True),
        ("(1..5)", 5, False),
        ("]1..5[", 3, True),
        ("1, 2, [5..7]", 6, True),
        ('"440000", "520000"', "520000", True),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ('not("a")', "b", True),
        ("not(null)", None, False),
        ("null", None, True),
        ("null", 1, False),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("false", None, False),
        ("true", None, False),
        ("? > 3 and ? < 9", 5, True),
        ('starts with(?, "44")', "440000", True),
        ('not(starts with(?, "44"))', "440000", False),
        ("count(?) > 1", [1, 2], True),
        ("limit", 10, True),
        ("> limit", 11, True),
        ("limit > 3", "anything", True),
        ("codes", "b", True),
        ("codes", "c", False),
        ('date("2026-01-01")', date(2026, 1, 1), True),
        ('[date("2026-01-01")..date("2027-01-01"))', date(2027, 1, 1), False),
        ('>= date("2026-01-01")', "2026-01-01", None),
        ("is open(code)", "x", True),
        ("is open(code)", True, True),
        ("is open(code)", False, False),
        ("[1, 2]", [1, 2], True),
        ('"a"', 1, None),
    ],
)
def test_a_value_passes_or_not(text: str, value: Any, expected: Any) -> None:
    context = {"limit": 10, "codes": ["a", "b"], "code": 1, "is open": lambda code: code == 1}

    assert unary_test(text, value, context) is expected


def test_the_tested_value_is_no_name_that_must_be_given() -> None:
    assert compile_unary_tests("? > limit").names == {"limit"}


def test_tests_are_shared_between_threads_through_the_cache() -> None:
    assert compile_unary_tests("< 5") is compile_unary_tests("< 5")

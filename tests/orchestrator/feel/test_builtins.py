"""The built-in functions, one line for each way of calling them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orchestrator.feel import BUILTINS, YearsMonthsDuration, evaluate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 0)', None),
        ('substring(start position: 2, string: "ab")', "b"),
        ("substring(5, 1)", None),
        ('string length("中文")', 2),
        ('upper case("aBc")', "ABC"),
        ('lower case("aBc")', "abc"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring before("foobar", "x")', ""),
        ('substring after("foobar", "o")', "obar"),
        ('substring after("foobar", "x")', ""),
        ('replace("abcd", "(ab)|(a)", "[$1]")', "[ab]cd"),
        ('replace("a.b", "\\\\.", "-")', "a-b"),
        ('contains("foobar", "oba")', True),
        ('starts with("440106", "44")', True),
        ('ends with("foobar", "bar")', True),
        ('matches("440106", "^44\\\\d{4}$")', True),
        ('matches("ABC", "b", "i")', True),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ('string join(["a", "b", null], "-")', "a-b"),
        ("string(1.50)", "1.5"),
        ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
        ('string(@"2026-01-01T10:00:00@Asia/Shanghai")', "2026-01-01T10:00:00@Asia/Shanghai"),
        ('string(@"P1DT2H")', "P1DT2H"),
        ('string(@"P1Y2M")', "P1Y2M"),
        ("string(null)", None),
        ("not(true)", False),
        ("not(null)", None),
        ('get value({a: 1}, "a")', 1),
        ("get entries({a: 1})", [{"key": "a", "value": 1}]),
        ("context merge([{a: 1}, {a: 2}])", {"a": 2}),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
    ],
)
def test_functions_on_texts_and_contexts(text: str, expected: Any) -> None:
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list contains([1, 2], 2)", True),
        ("list contains([1, null], null)", True),
        ("count([1, 2])", 2),
        ("count(7)", 1),
        ("min([3, 1, 2])", 1),
        ("min(3, 1, 2)", 1),
        ('max("a", "c", "b")', "c"),
        ("max([])", None),
        ('max([1, "a"])', None),
        ("sum([1, 2, 3])", 6),
        ("sum(1, 2)", 3),
        ("sum([])", None),
        ("sum([1, null])", None),
        ("product([2, 3, 4])", 24),
        ("mean([1, 2, 3])", 2),
        ("mean([1 / 3, 1 / 3]) - 1 / 3", 0),
        ("median([8, 2, 5, 3, 4])", 4),
        ("median(6, 1, 2, 3)", Decimal("2.5")),
        ("stddev(2, 4, 7, 5)", Decimal("2.081665999466132735282297706979931")),
        ("mode([6, 1, 9, 6, 1])", [1, 6]),
        ("all([true, null])", None),
        ("all([])", True),
        ("any([false, true])", True),
        ("any([])", False),
        ("sublist([1, 2, 3], 2)", [2, 3]),
        ("sublist([1, 2, 3], -2, 1)", [2]),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1], [2], 3)", [1, 2, 3]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ('distinct values([1, 1.0, "1", true, null, null])', [1, "1", True, None]),
        ("duplicate values([1, 2, 1])", [1]),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("remove([1, 2, 3], -1)", [1, 2]),
        ("list replace([1, 2], 1, 5)", [5, 2]),
        ("reverse([1, 2])", [2, 1]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("sort(list: [{n: 2}, {n: 1}], precedes: function(a, b) a.n < b.n)", [{"n": 1}, {"n": 2}]),
    ],
)
def test_functions_on_lists(text: str, expected: Any) -> None:
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('number("1,234.5", ",", ".")', Decimal("1234.5")),
        ('number("1 234,5", " ", ",")', Decimal("1234.5")),
        ('number("12")', 12),
        ('number("twelve")', None),
        ("decimal(2.5, 0)", 2),
        ("decimal(1 / 3, 2)", Decimal("0.33")),
        ("round half up(2.5, 0)", 3),
        ("round half down(2.5, 0)", 2),
        ("round up(-1.1, 0)", -2),
        ("round down(1.19, 1)", Decimal("1.1")),
        ("floor(-1.5)", -2),
        ("ceiling(1.2)", 2),
        ("abs(-3)", 3),
        ('abs(@"-PT1H")', timedelta(hours=1)),
        ("modulo(-12, 5)", 3),
        ("modulo(12, -5)", -3),
        ("modulo(1, 0)", None),
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("exp(0)", 1),
        ("log(1)", 0),
        ("odd(-3)", True),
        ("even(2.5)", None),
    ],
)
def test_functions_on_numbers(text: str, expected: Any) -> None:
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date(2026, 2, 13)", date(2026, 2, 13)),
        ("date(2026, 13, 1)", None),
        ("date(year: 2026, month: 1, day: 2)", date(2026, 1, 2)),
        ("time(10, 30, 0)", time(10, 30)),
        ('time("10:30:00")', time(10, 30)),
        ('time(@"2026-01-01T10:30:00Z")', time(10, 30, tzinfo=UTC)),
        ('date and time("2026-01-01T10:30:00Z")', datetime(2026, 1, 1, 10, 30, tzinfo=UTC)),
        ('date and time("2026-01-01T10:30:00@No/Where")', None),
        ('years and months duration(@"2024-03-15", @"2026-02-14")', YearsMonthsDuration(22)),
        ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
        ('is(@"10:00:00Z", @"10:00:00")', False),
        ('day of year(@"2026-02-01")', 32),
        ('day of week(@"2026-02-13")', "Friday"),
        ('month of year(@"2026-02-13")', "February"),
        ('week of year(@"2026-01-01")', 1),
    ],
)
def test_functions_on_dates(text: str, expected: Any) -> None:
    assert evaluate(text, {}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before(1, 10)", True),
        ("before([1..10), 10)", True),
        ("before([1..10], [10..20])", False),
        ("before([1..10), [10..20])", True),
        ("after([10..20], 5)", True),
        ("after(10, (1..10))", True),
        ("meets([1..5], [5..10])", True),
        ("met by([5..10], [1..5))", False),
        ("overlaps([1..5], [5..8])", True),
        ("overlaps([1..5), [5..8])", False),
        ("overlaps before([1..5], [3..8])", True),
        ("overlaps after([3..8], [1..5])", True),
        ("finishes(10, [1..10])", True),
        ("finishes([5..10], [1..10])", True),
        ("finished by([1..10], 10)", True),
        ("includes([1..10], 10)", True),
        ("includes([1..10), [5..10])", False),
        ("during([4..6], [1..10))", True),
        ("starts(1, [1..10])", True),
        ("started by([1..10], [1..5))", True),
        ("coincides([1..5], [1..5])", True),
        ("coincides([1..5], (1..5))", False),
        ('before(1, "a")', None),
    ],
)
def test_functions_on_ranges(text: str, expected: Any) -> None:
    assert evaluate(text, {}) is expected


def test_every_function_of_the_standard_is_there() -> None:
    standard = {
        "date", "date and time", "time", "number", "string", "duration", "years and months duration",
        "not", "substring", "string length", "upper case", "lower case", "substring before",
        "substring after", "replace", "contains", "starts with", "ends with", "matches", "split",
        "list contains", "count", "min", "max", "sum", "mean", "all", "any", "sublist", "append",
        "concatenate", "insert before", "remove", "reverse", "index of", "union", "distinct values",
        "flatten", "product", "median", "stddev", "mode", "decimal", "floor", "ceiling", "abs", "modulo",
        "sqrt", "log", "exp", "odd", "even", "is", "before", "after", "meets", "met by", "overlaps",
        "overlaps before", "overlaps after", "finishes", "finished by", "includes", "during", "starts",
        "started by", "coincides", "day of year", "day of week", "month of year", "week of year", "sort",
        "get value", "get entries",
    }  # fmt: skip

    assert standard <= set(BUILTINS)

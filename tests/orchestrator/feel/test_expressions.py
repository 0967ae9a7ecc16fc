"""What FEEL expressions evaluate to: arithmetic, comparison, names, paths, loops, functions."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from orchestrator.feel import FeelError, Range, YearsMonthsDuration, compile_expression, evaluate

CONTEXT: dict[str, Any] = {
    "province": "440000",
    "days": 5,
    "ratio": 0.1,
    "credits": [30, 60, 90],
    "review": {"sla_days": 10, "first step": "district"},
    "offers": [{"id": "a", "state": "open"}, {"id": "b", "state": "closed"}],
    "学分": 90,
    "big name": 7,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("7 / 2", Decimal("3.5")),
        ("ratio + 0.2", Decimal("0.3")),
        ("- days", -5),
        ("-(1 / 3) + 1 / 3", 0),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        (".5 + 1.5e1", Decimal("15.5")),
        ("1 / 0", None),
        ("10 ** 7000", None),
        ("1 + null", None),
        ('1 + "a"', None),
        ('"a" + "b"', "ab"),
        ('-"a"', None),
        ("学分 >= 90", True),
        ('"\\u4e2d\\n\\"x\\""', '中\n"x"'),
    ],
)
def test_arithmetic_is_decimal_and_null_where_there_is_no_result(text: str, expected: Any) -> None:
    assert evaluate(text, CONTEXT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.0", True),
        ("1 != 2", True),
        ('1 = "1"', None),
        ("null = null", True),
        ("1 = null", False),
        ("null != 1", True),
        ("1 < null", None),
        ('"a" < "b"', True),
        ("[1, 2] = [1, 2]", True),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ("days between 1 and 5", True),
        ("days between 1 and 5 and false", False),
        ("days in [1..5]", True),
        ("days in [1..5)", False),
        ("days in (5..9]", False),
        ("days in ]1..5[", False),
        ("days in (1, 3, > 4)", True),
        ("days in > 5", False),
        ("days in (< 3)", False),
        ("days in credits", False),
        ("5 in (1, [4..6])", True),
        ("days instance of number", True),
        ('"x" instance of number', False),
        ("credits instance of list<number>", True),
        ('date("2026-01-01") instance of date and time', False),
        ("null instance of string", False),
    ],
)
def test_comparison(text: str, expected: Any) -> None:
    assert evaluate(text, CONTEXT) is expected


TRUTHS = {"true": True, "false": False, "null": None}
AND = {("true", "true"): True, ("true", "null"): None, ("null", "true"): None, ("null", "null"): None}
OR = {("false", "false"): False, ("false", "null"): None, ("null", "false"): None, ("null", "null"): None}


@pytest.mark.parametrize("left", TRUTHS)
@pytest.mark.parametrize("right", TRUTHS)
def test_and_and_or_have_three_values(left: str, right: str) -> None:
    both, either = evaluate(f"{left} and {right}", {}), evaluate(f"{left} or {right}", {})

    assert both is AND.get((left, right), False)
    assert either is OR.get((left, right), True)


@pytest.mark.parametrize(("text", "expected"), [("1 and true", None), ('"x" or true', True), ("not(3)", None)])
def test_what_is_no_boolean_counts_as_null(text: str, expected: Any) -> None:
    assert evaluate(text, {}) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("big name + 1", 8),
        ("big   name + 1", 8),
        ("review.first step", "district"),
        ("review.sla_days", 10),
        ("review.missing", None),
        ("nothing.anything", None),
        ("{my key: 1, other: my key + 1}.other", 2),
        ('{"a b": 1}.a b', 1),
        ("for one offer in offers return one offer.id", ["a", "b"]),
        ("for x in [1, 2], next one in [x, 10] return next one", [1, 10, 2, 10]),
        ("(function(first value, b: number) first value - b)(3, 1)", 2),
        ("string length(province)", 6),
        ("count(credits) + days", 8),
    ],
)
def test_names_with_spaces_and_paths(text: str, expected: Any) -> None:
    assert evaluate(text, CONTEXT) == expected


def test_the_longest_known_name_wins() -> None:
    context = {"a": 5, "b": 3, "a-b": 100, "a and b": True}

    assert evaluate("a-b", context) == 100
    assert evaluate("a - b", {"a": 5, "b": 3}) == 2
    assert evaluate("a and b", context) is True


def test_names_are_given_to_the_compiler_when_there_is_no_context_yet() -> None:
    expression = compile_expression("days left > 3", ["days left"])

    assert expression({"days left": 4}) is True
    with pytest.raises(FeelError, match="days left"):
        compile_expression("days left > 3")


def test_a_variable_with_the_name_of_a_function_does_not_hide_it() -> None:
    assert evaluate('date(date + "01")', {"date": "2026-01-"}) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('if days > 3 then "long" else "short"', "long"),
        ("if null then 1 else 2", 2),
        ("if false then 1 else if true then 2 else 3", 2),
        ("for x in credits return x / 30", [1, 2, 3]),
        ("for i in 1..3, j in 1..i return i * j", [1, 2, 4, 3, 6, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1..3) return i", [1, 2]),
        ("for i in 1..5 return if i <= 2 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
        ("some x in credits satisfies x > 80", True),
        ("every x in credits satisfies x > 80", False),
        ("every x in [] satisfies x > 80", True),
        ("some x in [1, null] satisfies x > 80", None),
        ("days = 5 and some x in credits satisfies x > 80 and x < 100", True),
        ("some x in [1, 2], y in [2, 3] satisfies x > y", False),
        ("credits[1]", 30),
        ("credits[-1]", 90),
        ("credits[9]", None),
        ("credits[item > 30]", [60, 90]),
        ("credits[days - 4]", 30),
        ('offers[state = "open"].id', ["a"]),
        ('offers[item.state = "open"][1].id', "a"),
        ("offers[missing = 1]", []),
        ("offers.id", ["a", "b"]),
        ("days[1]", 5),
        ("[1, 2][item > days]", []),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ("{a: 1, b: {c: a + 1}}.b.c", 2),
    ],
)
def test_conditions_loops_filters_and_functions(text: str, expected: Any) -> None:
    assert evaluate(text, CONTEXT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1..5[", Range(1, 5, True, False)),
        ("]1..5]", Range(1, 5, False, True)),
        ("[1..[5][1]]", Range(1, 5)),
        ("[1..credits[-1]]", Range(1, 90)),
        ("[[1..2[, ]3..4]]", [Range(1, 2, True, False), Range(3, 4, False, True)]),
        ("[]", []),
        ("[1..null]", None),
        ('[1.."a"]', None),
        ("[1..5).end", 5),
        ("[1..5).end included", False),
        ('("a".."c")', Range("a", "c", False, False)),
    ],
)
def test_intervals_and_their_brackets(text: str, expected: Any) -> None:
    assert evaluate(text, CONTEXT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-02-13") + duration("P1D")', date(2026, 2, 14)),
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2026-03-01") - date("2026-02-01")', timedelta(days=28)),
        ('@"2026-01-01" < @"2026-01-02"', True),
        ('@"2026-02-13T10:00:00Z" - duration("PT48H")', datetime(2026, 2, 11, 10, tzinfo=UTC)),
        ('@"2026-02-13T10:00:00+08:00" = @"2026-02-13T02:00:00Z"', True),
        ('@"2026-02-13T10:00:00@Asia/Shanghai" - @"2026-02-13T02:00:00Z"', timedelta(0)),
        ('@"2026-02-13T10:00:00" < @"2026-02-13T02:00:00Z"', None),
        ('@"2026-02-13T10:00:00" = @"2026-02-13T10:00:00Z"', None),
        ('date(@"2026-02-13T23:30:00Z")', date(2026, 2, 13)),
        ('date and time(@"2026-02-13", @"10:00:00Z")', datetime(2026, 2, 13, 10, tzinfo=UTC)),
        ('date("2026-02-30")', None),
        ('date and time("2026-02-13")', datetime.fromisoformat("2026-02-13T00:00")),
        ('duration("P1Y6M")', YearsMonthsDuration(18)),
        ('duration("-PT1H30M")', -timedelta(hours=1, minutes=30)),
        ('duration("P")', None),
        ('duration("PT48H") * 2', timedelta(hours=96)),
        ('duration("PT48H") / duration("PT24H")', 2),
        ('duration("PT50H").hours', 2),
        ('duration("P1Y6M").months', 6),
        ('@"2026-02-13".weekday', 5),
        ('@"2026-02-13T10:20:30Z".minute', 20),
        ('@"2026-02-13T10:20:30+08:00".time offset', timedelta(hours=8)),
        ('@"2026-02-13".nonsense', None),
        ('@"10:00:00" + duration("PT15H")', evaluate('@"01:00:00"', {})),
        ('@"9999-12-31" + duration("P1D")', None),
        ('@"2026-01-01T00:00:00Z" - @"2025-12-31"', timedelta(days=1)),
    ],
)
def test_dates_times_and_durations(text: str, expected: Any) -> None:
    assert evaluate(text, {}) == expected


def test_functions_from_outside_are_called_with_feel_values() -> None:
    now = datetime(2026, 2, 13, 10, tzinfo=UTC)
    context = {
        "now": lambda: now,
        "add working days": lambda start, days: start + timedelta(days=int(days)),
        "review": {"sla_days": 10},
    }
    expression = compile_expression("add working days(now(), review.sla_days)")

    assert expression(context) == now + timedelta(days=10)
    assert expression.functions == {"now", "add working days"}
    assert expression.names == {"review"}


def test_a_function_from_outside_that_refuses_its_arguments_is_an_error_with_its_place() -> None:
    context = {"add working days": lambda start, days: start + timedelta(days=int(days))}

    with pytest.raises(FeelError) as refused:
        evaluate('1 + add working days("x", 3)', context)

    assert refused.value.code == "refused_arguments"
    assert refused.value.position == 4


@pytest.mark.parametrize(
    ("text", "names", "maybe"),
    [
        ("a + b.c", {"a", "b"}, set()),
        ("for x in xs return x + y", {"xs", "y"}, set()),
        ("offers[state = wanted and item.id = 1]", {"offers"}, {"state", "wanted"}),
        ("{a: b, c: a}", {"b"}, set()),
        ("(function(x) x + y)(1)", {"y"}, set()),
        ("count(xs) > 1", {"xs"}, set()),
        ("some x in xs, y in x.ys satisfies y = z", {"xs", "z"}, set()),
    ],
)
def test_an_expression_tells_the_names_it_reads(text: str, names: set[str], maybe: set[str]) -> None:
    expression = compile_expression(text)

    assert expression.names == names
    assert expression.maybe == maybe


def test_compiling_twice_gives_the_same_object() -> None:
    assert compile_expression("a + 1", ["a"]) is compile_expression("a + 1")

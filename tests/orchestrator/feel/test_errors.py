"""What FEEL refuses, and the limits that keep an expression from doing harm."""

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.feel import (
    BUILTINS,
    FeelError,
    compile_expression,
    compile_unary_tests,
    evaluate,
    unary_test,
    write,
)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "empty", 0),
        ("// nothing", "empty", 0),
        ("1 +", "unexpected_end", 3),
        ("1 + * 2", "unexpected", 4),
        ("wrong + 1", "unknown_name", 0),
        ("1 + wrong", "unknown_name", 4),
        ("wrong(1)", "unknown_function", 0),
        ("[1][wrong = 1]", "unknown_name", 4),
        ("days(1)", "not_a_function", 0),
        ("substring()", "wrong_arguments", 0),
        ('1 + substring("a", nonsense: 1)', "unexpected", 27),
        ('substring(string: "a", nonsense: 1)', "wrong_arguments", 0),
        ("one two", "missing_operator", 4),
        ("days == 1", "write_instead", 5),
        ("days > 1 && true", "write_instead", 9),
        ("days，1", "chinese_punctuation", 4),
        ("“a”", "chinese_punctuation", 0),
        ("#", "unknown_character", 0),
        ('"abc', "open_string", 0),
        ('1 + "a\\q"', "bad_escape", 6),
        ("1 /* note", "open_comment", 2),
        ('@"2026-02-30"', "bad_literal", 1),
        ("1 instance of whatever", "unknown_type", 14),
        ("{a: 1, a: 2}", "duplicate_key", 1),
        ("thing", "unreadable_value", 0),
        ('matches("aaaa", "(a+)+$")', "unsafe_pattern", 0),
    ],
)
def test_a_fault_has_a_code_a_sentence_and_a_place(text: str, code: str, position: int) -> None:
    with pytest.raises(FeelError) as refused:
        evaluate(text, {"days": 5, "thing": object()})

    assert (refused.value.code, refused.value.position) == (code, position)
    assert refused.value.sentence in str(refused.value)
    assert refused.value.chinese.endswith(f"（第 {position + 1} 个字符）")
    assert refused.value.template.format(**refused.value.params) == refused.value.sentence


@pytest.mark.parametrize(
    "text",
    [
        "1" * 10_001,
        "(" * 5000,
        "[" * 200 + "]" * 200,
        "not(" * 101 + "true" + ")" * 101,
        "if true then " * 150 + "1" + " else 1" * 150,
        "for i in 1..10000000 return i",
        "for i in 1..10000000, j in 1..10000000 return i",
        "some i in 1..10000000 satisfies i < 0",
        "count(for i in 1..2000000 return i)",
        "{f: function(n) f(n), r: f(1)}.r",
        "{f: function(n) [f(n), f(n)], r: f(1)}.r",
        "{a: [1, 1], "
        + ", ".join(f"{b}: [{a}, {a}, {a}]" for a, b in zip("abcdefghijklmn", "bcdefghijklmno", strict=True))
        + "}",
        "(function(s) s + s)" * 0
        + "{"
        + ", ".join([f'x0: "{"a" * 100}"'] + [f"x{i + 1}: x{i} + x{i}" for i in range(40)])
        + "}",
    ],
)
def test_an_expression_that_would_take_too_much_is_refused(text: str) -> None:
    with pytest.raises(FeelError):
        evaluate(text, {})


@pytest.mark.parametrize(
    "text",
    ["x.__class__", "x.__class__.__mro__", '"".format', "x.real", 'x["__class__"]', "__import__", "{}.keys"],
)
def test_nothing_of_python_can_be_reached(text: str) -> None:
    outcome = _value_or_code(text, {"x": 1})

    assert outcome in (None, [], "unknown_name")


def _value_or_code(text: str, context: dict[str, Any]) -> Any:
    try:
        return evaluate(text, context)
    except FeelError as error:
        return error.code


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a){30}b", "a?" * 40 + "a" * 40, ".*.*.*.*b", r"(a)\\1", "(?=a)", "(a|a)" * 30, "("],
)
def test_a_pattern_that_could_run_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(FeelError) as refused:
        evaluate(f'matches(text, "{pattern}")', {"text": "a" * 300})

    assert refused.value.code == "unsafe_pattern"


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(44|52|11|50)\\d{4}$",
        r"^1[3-9]\\d{9}$",
        "^[0-9A-Z]{18}$",
        ".*省.*",
        "(公司|事务所)?$",
        "[*+?|]{2,9}",
    ],
)
def test_everyday_patterns_are_allowed(pattern: str) -> None:
    assert evaluate(f'matches(text, "{pattern}")', {"text": "x" * 500}) is not None


def test_an_expression_evaluated_deep_inside_other_calls_is_a_feel_error_at_worst() -> None:
    text = "(" * 90 + "1" + " + 1)" * 90

    def call(levels: int) -> Any:
        return call(levels - 1) if levels else _value_or_code(text, {})

    assert call(0) == 91
    assert call(sys.getrecursionlimit() - 250) in ("nested_too_deep", "too_much_work", 91)


@pytest.mark.parametrize("terms", [50, 500])
def test_a_long_chain_of_operators_is_not_deep(terms: int) -> None:
    assert evaluate(" + ".join(["1"] * terms), {}) == terms
    assert evaluate(" or ".join(["false"] * terms), {}) is False


TOKENS = """a b 1 2.5 .. . , : ( ) [ ] { } + - * ** / < <= = != "x" @"2026-01-01" @"PT1H" @"P1M" and or
    not( if then else for in return some every satisfies between instance of function null true false ?
    date time count( sum( date and time( substring( sort( xs ctx item partial duration( string(
    number( matches( split("""
PIECES = st.sampled_from(TOKENS.split())
CONTEXT: dict[str, Any] = {"a": 1, "b": "text", "xs": [1, None, "a", {"b": 2}], "ctx": {"a": [1, 2]}}


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_any_mixture_of_tokens_gives_a_value_or_a_feel_error(text: str) -> None:
    for attempt in (lambda: evaluate(text, CONTEXT), lambda: unary_test(text, 1, CONTEXT)):
        _swallow_feel_errors(attempt)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_compiles_or_is_a_feel_error(text: str) -> None:
    for attempt in (lambda: compile_expression(text), lambda: compile_unary_tests(text)):
        _swallow_feel_errors(attempt)


VALUES = """1 -1 0 2.5 1e6000 1e20 null true "a" "1" "(" [] [1,2] [[1],["a"]] {a:1} [1..3] sum xs
    @"2026-01-01" @"PT1H" @"P1M" @"10:00:00Z" @"2026-01-01T10:00:00Z" @"9999-12-31" @"P999999999D"
    @"P12000000000M\""""
ARGUMENTS = st.sampled_from(VALUES.split())


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(sorted(BUILTINS)), st.lists(ARGUMENTS, max_size=4), st.sampled_from("+-*/<=>"), ARGUMENTS)
def test_any_call_of_a_function_gives_a_value_or_a_feel_error(
    name: str, arguments: list[str], operator: str, other: str
) -> None:
    _swallow_feel_errors(lambda: write(evaluate(f"{name}({', '.join(arguments)}) {operator} {other}", CONTEXT)))


def _swallow_feel_errors(attempt: Any) -> None:
    try:
        attempt()
    except FeelError as error:
        assert error.sentence

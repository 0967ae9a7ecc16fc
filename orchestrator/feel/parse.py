"""Text to tree: the grammar, the builder of tree nodes, and sentences for what does not fit."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path as File
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from orchestrator.feel import tree
from orchestrator.feel.errors import FeelError, fault
from orchestrator.feel.lexer import mark_tests, tokens
from orchestrator.feel.numbers import number
from orchestrator.feel.temporal import temporal

Parts = list[Any]
Tokens = list[Token]
TEXT_LIMIT = 10_000
DEPTH_LIMIT = 100
TYPES = frozenset(
    {"Any", "Null", "any", "null", "number", "string", "boolean", "date", "time", "date and time"}
    | {"list", "context", "function", "range", "days and time duration", "years and months duration"}
    | {"day time duration"}
)


def parse_expression(text: str, names: frozenset[str]) -> tree.Node:
    """Read one expression.

    Raises: FeelError.
    """
    return _parse(text, names, "single")


def parse_tests(text: str, names: frozenset[str]) -> tree.Tests:
    """Read the unary tests of a cell.

    Raises: FeelError.
    """
    tests = _parse(text, names, "tests")
    assert isinstance(tests, tree.Tests)
    return tests


def _parse(text: str, names: frozenset[str], start: str) -> tree.Node:
    if len(text) > TEXT_LIMIT:
        raise fault("text_too_long", 0, length=len(text), limit=TEXT_LIMIT)
    cut = tokens(text, names)
    if not cut:
        raise fault("empty")
    root = _feed(mark_tests(cut) if start == "tests" else cut, start, len(text))
    if tree.depth(root) > DEPTH_LIMIT:
        raise fault("nested_too_deep", root.at, limit=DEPTH_LIMIT)
    return root


def _feed(cut: list[Token], start: str, length: int) -> tree.Node:
    try:
        root: Any = _grammar().parse(cut, start=start)
    except UnexpectedToken as error:
        raise _unexpected(error.token, cut, length) from None
    assert isinstance(root, tree.Node)
    return root


def _unexpected(token: Token, cut: list[Token], length: int) -> FeelError:
    if token.type == "$END":
        return fault("unexpected_end", length)
    previous = next((before for before, after in pairwise(cut) if after is token), None)
    at = token.start_pos or 0
    if previous is not None and previous.type == token.type == "NAME":
        return fault("missing_operator", at, found=token, joined=f"{previous} {token}")
    return fault("unexpected", at, found=token)


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    grammar = File(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Replay, start=["single", "tests"], transformer=_Builder())


class _Replay(Lexer):
    # The text is cut before the parser starts, because only our lexer knows the names with spaces.
    def __init__(self, conf: Any) -> None:
        self.conf = conf

    def lex(self, cut: Any) -> Iterator[Token]:  # type: ignore[override]
        return iter(cut)


def _nodes(children: list[Any]) -> tuple[Any, ...]:
    # A rule that keeps its brackets makes the repetitions it shares with other rules keep their commas.
    return tuple(child for child in children if not isinstance(child, Token))


def _known_type(token: Token) -> str:
    name = str(token)
    if name.partition("<")[0] not in TYPES:
        raise fault("unknown_type", token.start_pos or 0, found=name)
    return name


class _Builder(Transformer[Token, Any]):
    def single(self, children: Parts) -> tree.Node:
        node: tree.Node = children[0]
        return node

    def tests(self, children: Parts) -> tree.Node:
        return tree.Tests(children[0].at, _nodes(children))

    def negated_tests(self, children: Parts) -> tree.Node:
        tests = _nodes(children)
        return tree.Tests(tests[0].at, tests, negated=True)

    def any_value(self, children: Parts) -> tree.Node:
        return tree.Tests(0, ())

    def prefix(self, children: Parts) -> tree.Node:
        return tree.Prefix(children[0].start_pos, str(children[0]), children[1])

    def disjunction(self, children: Parts) -> tree.Node:
        return tree.Or(children[0].at, tuple(children))

    def conjunction(self, children: Parts) -> tree.Node:
        return tree.And(children[0].at, tuple(children))

    def compare(self, children: Parts) -> tree.Node:
        left, operator, right = children
        return tree.Comparison(left.at, str(operator), left, right)

    def between(self, children: Parts) -> tree.Node:
        return tree.Between(children[0].at, *children)

    def in_tests(self, children: Parts) -> tree.Node:
        return tree.In(children[0].at, children[0], _nodes(children[1:]))

    def instance_of(self, children: Parts) -> tree.Node:
        return tree.InstanceOf(children[0].at, children[0], _known_type(children[1]))

    def additive(self, children: Parts) -> tree.Node:
        operators = tuple(str(operator) for operator in children[1::2])
        return tree.Arithmetic(children[0].at, tuple(children[::2]), operators)

    multiplicative = additive
    power = additive

    def negate(self, children: Parts) -> tree.Node:
        return tree.Negate(children[0].start_pos, children[1])

    def path(self, children: Parts) -> tree.Node:
        return tree.Path(children[0].at, children[0], str(children[1]))

    def filter(self, children: Parts) -> tree.Node:
        return tree.Filter(children[0].at, *children)

    def call(self, children: Parts) -> tree.Node:
        return tree.Call(children[0].at, children[0], _nodes(children[1:]))

    def call_named(self, children: Parts) -> tree.Node:
        entries = _nodes(children[1:])
        names = _distinct(entries)
        return tree.Call(children[0].at, children[0], tuple(entry.value for entry in entries), names)

    def named(self, children: Parts) -> tree.Node:
        return tree.Entry(children[0].start_pos, str(children[0]), children[1])

    entry = named

    def number(self, children: Tokens) -> tree.Node:
        return tree.Literal(children[0].start_pos or 0, number(str(children[0])))

    def string(self, children: Tokens) -> tree.Node:
        return tree.Literal(children[0].start_pos or 0, str(children[0]))

    def temporal(self, children: Tokens) -> tree.Node:
        value = temporal(str(children[0]))
        if value is None:
            raise fault("bad_literal", children[0].start_pos or 0, found=children[0])
        return tree.Literal(children[0].start_pos or 0, value)

    def true(self, children: Tokens) -> tree.Node:
        return tree.Literal(children[0].start_pos or 0, True)

    def false(self, children: Tokens) -> tree.Node:
        return tree.Literal(children[0].start_pos or 0, False)

    def null(self, children: Tokens) -> tree.Node:
        return tree.Literal(children[0].start_pos or 0, None)

    def name(self, children: Tokens) -> tree.Node:
        return tree.Name(children[0].start_pos or 0, str(children[0]))

    def list(self, children: Parts) -> tree.Node:
        node: tree.Node = children[0]
        return node

    def empty_list(self, children: Parts) -> tree.Node:
        return tree.ListLiteral(children[0].start_pos, _nodes(children))

    full_list = empty_list

    def context(self, children: Parts) -> tree.Node:
        entries = _nodes(children)
        _distinct(entries)
        return tree.ContextLiteral(children[0].start_pos, entries)

    def interval(self, children: Parts) -> tree.Node:
        opening, low, _, high, closing = children
        return tree.Interval(opening.start_pos, low, high, opening == "[", closing == "]")

    def conditional(self, children: Parts) -> tree.Node:
        return tree.If(children[0].start_pos, *_nodes(children))

    def iteration(self, children: Parts) -> tree.Node:
        *bindings, body = _nodes(children)
        return tree.For(children[0].start_pos, tuple(bindings), body)

    def quantified(self, children: Parts) -> tree.Node:
        kind, (*bindings, body) = children[0], _nodes(children)
        return tree.Quantified(kind.start_pos, kind == "every", tuple(bindings), body)

    def iterator(self, children: Parts) -> tree.Node:
        end = children[2] if len(children) > 2 else None
        return tree.Binding(children[0].start_pos, str(children[0]), children[1], end)

    def function(self, children: Parts) -> tree.Node:
        *parameters, body = _nodes(children)
        return tree.FunctionLiteral(children[0].start_pos, tuple(parameters), body)

    def parameter(self, children: Tokens) -> Any:
        if len(children) > 1:
            _known_type(children[1])
        return _Parameter(children[0])


class _Parameter(str):
    __slots__ = ()


def _distinct(entries: Any) -> tuple[str, ...]:
    names = tuple(entry.key for entry in entries)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise fault("duplicate_key", entries[0].at, name=twice[0])
    return names

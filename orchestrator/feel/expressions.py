"""What a caller holds: compiled expressions and unary tests, and the names they read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from orchestrator.feel import loops  # noqa: F401 (its import adds the compilers of what repeats)
from orchestrator.feel.builtins import BUILTINS, OUTSIDE
from orchestrator.feel.compile import Run, compiled
from orchestrator.feel.errors import fault
from orchestrator.feel.parse import DEPTH_LIMIT, parse_expression, parse_tests
from orchestrator.feel.reading import Reads, reads
from orchestrator.feel.scope import WORK_LIMIT, Budget, Scope
from orchestrator.feel.tree import Node, Tests
from orchestrator.feel.values import read

CACHED = 4096
_KNOWN = frozenset(name for name in (*BUILTINS, *OUTSIDE) if " " in name)


class Variables(dict[str, Any]):
    """A context whose values are FEEL values already, to be read by many expressions."""

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> "Variables":
        """Convert every value of a context.

        Raises: FeelError for a value that FEEL has no type for.
        """
        return cls((name, read(value, name)) for name, value in context.items())


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; immutable, may be shared by threads.

    Shape: `names` are the variables it must be given, `maybe` those that may be keys of a filtered
    item instead, `functions` the functions from outside that it calls; `tree` is for linters.
    """

    text: str
    names: frozenset[str]
    maybe: frozenset[str]
    functions: frozenset[str]
    tree: Node = field(repr=False, compare=False)
    _run: Run = field(repr=False, compare=False)
    _asked: frozenset[str] = field(repr=False, compare=False)

    def __call__(self, context: Mapping[str, Any]) -> Any:
        """Evaluate in a context of variables and functions.

        Raises: FeelError.
        """
        return _evaluate(self._run, _variables(self._asked, context))


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The compiled tests of a cell; immutable, may be shared by threads. Shape: as `Expression`."""

    text: str
    names: frozenset[str]
    maybe: frozenset[str]
    functions: frozenset[str]
    tree: Tests = field(repr=False, compare=False)
    _run: Run = field(repr=False, compare=False)
    _asked: frozenset[str] = field(repr=False, compare=False)

    def __call__(self, value: Any, context: Mapping[str, Any]) -> bool | None:
        """Whether the value passes; null when that cannot be said.

        Raises: FeelError.
        """
        result: bool | None = _evaluate(self._run, _variables(self._asked, context), {"?": read(value)})
        return result


def _variables(asked: frozenset[str], context: Mapping[str, Any]) -> dict[str, Any]:
    if type(context) is Variables:
        return context
    return {name: read(context[name], name) for name in asked if name in context}


def _evaluate(run: Run, variables: dict[str, Any], tested: Mapping[str, Any] | None = None) -> Any:
    scope = Scope(variables, None, Budget())
    try:
        return run(scope if tested is None else scope.inner(tested))
    except RecursionError:
        raise fault("too_much_work", limit=WORK_LIMIT) from None


def compile_expression(text: str, names: Iterable[str] = ()) -> Expression:
    """Compile an expression, or take it from the cache; `names` are known names with spaces or signs.

    Raises: FeelError.
    """
    return _expression(text, _beyond_words(names))


def compile_unary_tests(text: str, names: Iterable[str] = ()) -> UnaryTests:
    """Compile the tests of a cell, or take them from the cache; an empty cell tests nothing.

    Raises: FeelError.
    """
    return _unary_tests(text, _beyond_words(names))


def _beyond_words(names: Iterable[str]) -> frozenset[str]:
    # Only names that are more than a word matter to the lexer: most callers share one cache entry.
    return frozenset(name for name in names if not name.isidentifier())


@lru_cache(maxsize=CACHED)
def _expression(text: str, names: frozenset[str]) -> Expression:
    root = parse_expression(text, _KNOWN | names)
    found, run = _prepare(root)
    return Expression(text, found.names, found.maybe, found.functions, root, run, _asked(found))


@lru_cache(maxsize=CACHED)
def _unary_tests(text: str, names: frozenset[str]) -> UnaryTests:
    root = parse_tests(text if text.strip() else "-", _KNOWN | names)
    found, run = _prepare(root)
    return UnaryTests(text, found.names, found.maybe, found.functions, root, run, _asked(found))


def _prepare(root: Node) -> tuple[Reads, Run]:
    try:
        return reads(root), compiled(root)
    except RecursionError:
        # Only a caller who is deep in calls already comes here: parse refuses what is deep itself.
        raise fault("nested_too_deep", limit=DEPTH_LIMIT) from None


def _asked(found: Reads) -> frozenset[str]:
    return found.names | found.maybe | found.functions | found.builtins


def evaluate(text: str, context: Mapping[str, Any]) -> Any:
    """Evaluate a text in a context; the names of the context are known to it.

    Raises: FeelError.
    """
    return compile_expression(text, _spelled(context))(context)


def unary_test(text: str, value: Any, context: Mapping[str, Any]) -> bool | None:
    """Whether a value passes the tests of a cell; null when that cannot be said.

    Raises: FeelError.
    """
    return compile_unary_tests(text, _spelled(context))(value, context)


def _spelled(context: Mapping[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    pending: list[Any] = [context]
    for _ in range(1000):
        if not pending:
            break
        value = pending.pop()
        if isinstance(value, Mapping):
            found |= _beyond_words(map(str, value))
            pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value[:1])
    return frozenset(found)

"""Which names an expression reads from its context, for linters and for converting no more than needed."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.feel import tree
from orchestrator.feel.builtins import BUILTINS, OUTSIDE


@dataclass(frozen=True, slots=True)
class Reads:
    """Free names: certain ones, possible ones (inside a filter), functions from outside, built-ins."""

    names: frozenset[str]
    maybe: frozenset[str]
    functions: frozenset[str]
    builtins: frozenset[str]


def reads(root: tree.Node) -> Reads:
    """Find the free names of an expression."""
    reader = _Reader()
    reader.read(root, frozenset({"?"}), False)
    return Reads(
        frozenset(reader.names),
        frozenset(reader.maybe - reader.names),
        frozenset(reader.functions),
        frozenset(reader.builtins),
    )


class _Reader:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.maybe: set[str] = set()
        self.functions: set[str] = set()
        self.builtins: set[str] = set()

    def read(self, node: tree.Node, bound: frozenset[str], filtered: bool) -> None:
        if isinstance(node, tree.Name):
            self._name(node.name, bound, filtered)
        elif isinstance(node, tree.Filter):
            self.read(node.source, bound, filtered)
            self.read(node.condition, bound | {"item"}, True)
        elif isinstance(node, tree.For | tree.Quantified):
            self._loop(node, bound, filtered)
        elif isinstance(node, tree.FunctionLiteral):
            self.read(node.body, bound | set(node.parameters), filtered)
        elif isinstance(node, tree.ContextLiteral):
            self._context(node, bound, filtered)
        else:
            self._all(tree.children(node), bound, filtered)

    def _name(self, name: str, bound: frozenset[str], filtered: bool) -> None:
        if name in bound:
            return
        if name in OUTSIDE:
            self.functions.add(name)
        elif name in BUILTINS:
            self.builtins.add(name)
        else:
            (self.maybe if filtered else self.names).add(name)

    def _all(self, nodes: Iterable[tree.Node], bound: frozenset[str], filtered: bool) -> None:
        for node in nodes:
            self.read(node, bound, filtered)

    def _loop(self, node: tree.For | tree.Quantified, bound: frozenset[str], filtered: bool) -> None:
        inside = bound | {"partial"} if isinstance(node, tree.For) else bound
        for binding in node.bindings:
            self._all(tree.children(binding), inside, filtered)
            inside |= {binding.name}
        self.read(node.body, inside, filtered)

    def _context(self, node: tree.ContextLiteral, bound: frozenset[str], filtered: bool) -> None:
        for entry in node.entries:
            self.read(entry.value, bound, filtered)
            bound |= {entry.key}

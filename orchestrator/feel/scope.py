"""The names an expression can see while it runs, and how much work it may still do."""

from collections.abc import Mapping
from typing import Any, Final

from orchestrator.feel.errors import fault
from orchestrator.feel.operators import STRING_LIMIT

WORK_LIMIT = 1_000_000
CALL_LIMIT = 50


class _Missing:
    __slots__ = ()


MISSING: Final = _Missing()


class Budget:
    """The steps that one evaluation may still take; shared by all its scopes."""

    __slots__ = ("calls", "left")

    def __init__(self) -> None:
        self.left = WORK_LIMIT
        self.calls = 0

    def spend(self, steps: int) -> None:
        """Take steps away.

        Raises: FeelError when none are left.
        """
        self.left -= steps
        if self.left < 0:
            raise fault("too_much_work", limit=WORK_LIMIT)

    def weigh(self, value: Any) -> None:
        """Pay for everything inside a list, context or text, so that no value outgrows the budget.

        Raises: FeelError when the value is too large.
        """
        if isinstance(value, list | dict):
            self._weigh_collection(value)
        elif isinstance(value, str):
            self.spend(len(value) // 10)
            if len(value) > STRING_LIMIT:
                raise fault("value_too_long", limit=STRING_LIMIT)

    def _weigh_collection(self, value: list[Any] | dict[str, Any]) -> None:
        pending: list[Any] = [value]
        while pending:
            items = pending.pop()
            self.spend(len(items) + 1)
            for item in items.values() if isinstance(items, dict) else items:
                if isinstance(item, list | dict):
                    pending.append(item)
                elif isinstance(item, str):
                    self.spend(len(item) // 10)

    def enter(self) -> None:
        """Begin a call of a function written in FEEL.

        Raises: FeelError when the calls are nested too deeply.
        """
        self.calls += 1
        if self.calls > CALL_LIMIT:
            raise fault("nested_too_deep", limit=CALL_LIMIT)

    def leave(self) -> None:
        """End a call."""
        self.calls -= 1


class Scope:
    """Names and values, the scope around them, and the budget.

    Shape: `open` marks the names of a filtered item: what it lacks is null rather than unknown.
    """

    __slots__ = ("budget", "open", "parent", "values")

    def __init__(self, values: Mapping[str, Any], parent: "Scope | None", budget: Budget, open_: bool = False) -> None:
        self.values = values
        self.parent = parent
        self.budget = budget
        self.open = open_

    def find(self, name: str) -> Any:
        """The value of a name, from the inside out; MISSING if it has none."""
        scope: Scope | None = self
        missing: Any = MISSING
        while scope is not None:
            value = scope.values.get(name, MISSING)
            if value is not MISSING:
                return value
            if scope.open:
                missing = None
            scope = scope.parent
        return missing

    def inner(self, values: Mapping[str, Any], open_: bool = False) -> "Scope":
        """A scope inside this one."""
        return Scope(values, self, self.budget, open_)

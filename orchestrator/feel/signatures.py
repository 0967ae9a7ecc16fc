"""Built-in functions and their signatures: which arguments they take, and null for all others."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from orchestrator.feel.errors import fault
from orchestrator.feel.temporal import YearsMonthsDuration
from orchestrator.feel.values import Function, Range

_SCALAR = (Decimal, str, date, datetime, time, timedelta, YearsMonthsDuration)
ACCEPTED: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (Decimal,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (date,),
    "moment": (datetime,),
    "day": (date, datetime),
    "time": (time,),
    "clock": (time, datetime),
    "duration": (timedelta, YearsMonthsDuration),
    "offset": (timedelta,),
    "range": (Range,),
    "function": (Function,),
    "point": _SCALAR,
}
_UNFIT = object()
Body = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; a type of `any` also takes null."""

    name: str
    type: str
    optional: bool = False

    def fit(self, value: Any) -> Any:
        """The value as this parameter takes it: a list of one for a value and the reverse (10.3.2.9.4)."""
        if self.type == "any" or (value is None and self.optional):
            return value
        if self._accepts(value):
            return value
        if self.type == "list" and value is not None:
            return [value]
        if isinstance(value, list) and len(value) == 1 and self._accepts(value[0]):
            return value[0]
        return _UNFIT

    def _accepts(self, value: Any) -> bool:
        accepted = ACCEPTED[self.type]
        return type(value) in accepted or (self.type == "function" and isinstance(value, Function))


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a built-in; `rest` takes any number of arguments of its type."""

    signature: str
    parameters: tuple[Parameter, ...]
    rest: Parameter | None
    body: Body

    def takes(self, count: int) -> bool:
        """Whether it can be called with this many arguments."""
        required = sum(not parameter.optional for parameter in self.parameters)
        return required <= count and (self.rest is not None or count <= len(self.parameters))

    def fit(self, given: list[Any]) -> list[Any] | None:
        """The arguments as the body takes them, or None if they do not fit."""
        if not self.takes(len(given)):
            return None
        named = len(self.parameters)
        fitted = [parameter.fit(value) for parameter, value in zip(self.parameters, given, strict=False)]
        if self.rest is not None:
            fitted += [self.rest.fit(value) for value in given[named:]]
        return None if any(value is _UNFIT for value in fitted) else fitted

    def names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        return tuple(parameter.name for parameter in self.parameters)


@dataclass(slots=True, eq=False)
class Builtin(Function):
    """A function of FEEL itself."""

    name: str
    overloads: list[Overload] = field(default_factory=list)
    parameters: None = None

    def call(self, arguments: list[Any]) -> Any:
        """Call the first overload that takes the arguments; null if none does."""
        for overload in self.overloads:
            fitted = overload.fit(arguments)
            if fitted is not None:
                try:
                    return overload.body(*fitted)
                except (ArithmeticError, ValueError):
                    return None
        return None

    def arrange(self, named: Mapping[str, Any]) -> list[Any]:
        """Order arguments given by name; left out optional ones are null."""
        overload = self._with_names(named)
        if overload is None:
            raise self._refusal(0)
        last = max((index for index, name in enumerate(overload.names()) if name in named), default=-1)
        return [named.get(name) for name in overload.names()[: last + 1]]

    def check(self, count: int, names: tuple[str, ...], at: int) -> None:
        """Refuse a call that no overload allows, before anything runs.

        Raises: FeelError.
        """
        if names and self._with_names(dict.fromkeys(names)) is None:
            raise self._refusal(at)
        if not names and not any(overload.takes(count) for overload in self.overloads):
            raise self._refusal(at)

    def _with_names(self, named: Mapping[str, Any]) -> Overload | None:
        for overload in self.overloads:
            required = {parameter.name for parameter in overload.parameters if not parameter.optional}
            if required <= set(named) <= set(overload.names()):
                return overload
        return None

    def _refusal(self, at: int) -> Exception:
        signature = " or ".join(overload.signature for overload in self.overloads)
        return fault("wrong_arguments", at, name=self.name, signature=signature)


class Library:
    """A set of built-in functions, filled by decorating their bodies with signatures."""

    def __init__(self) -> None:
        self.functions: dict[str, Builtin] = {}

    def __call__(self, signature: str) -> Callable[[Body], Body]:
        """Register the body under `name(parameter: type, optional?: type, rest...: type)`."""

        def register(body: Body) -> Body:
            name, parameters, rest = _read(signature)
            builtin = self.functions.setdefault(name, Builtin(name))
            builtin.overloads.append(Overload(signature, parameters, rest, body))
            return body

        return register


_SIGNATURE = re.compile(r"([^(]+)\((.*)\)")


def _read(signature: str) -> tuple[str, tuple[Parameter, ...], Parameter | None]:
    match = _SIGNATURE.fullmatch(signature)
    assert match is not None, signature
    parameters: list[Parameter] = []
    rest = None
    for written in filter(None, match.group(2).split(", ")):
        name, type_ = written.split(": ")
        if name.endswith("..."):
            rest = Parameter(name[:-3], type_)
        else:
            parameters.append(Parameter(name.rstrip("?"), type_, name.endswith("?")))
    return match.group(1), tuple(parameters), rest

"""Built-in functions on lists (DMN 1.3, 10.3.4.4 and 10.3.4.7)."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from orchestrator.feel import numbers
from orchestrator.feel.numbers import ARITHMETIC, number, whole
from orchestrator.feel.operators import arithmetic, conjunction, disjunction
from orchestrator.feel.signatures import Library
from orchestrator.feel.values import Function, equal, key, order

LISTS = Library()


def _numbers(name: str) -> Callable[[Callable[[list[Decimal]], Any]], Callable[[list[Decimal]], Any]]:
    # A function on numbers, called with a list or with the numbers themselves; null if one is no number.
    def register(body: Callable[[list[Decimal]], Any]) -> Callable[[list[Decimal]], Any]:
        def checked(items: list[Any]) -> Any:
            return body(items) if all(isinstance(item, Decimal) for item in items) else None

        LISTS(f"{name}(list: list)")(checked)
        LISTS(f"{name}(c1: any, c2: any, rest...: any)")(lambda *items: checked(list(items)))
        return body

    return register


def _gather(name: str) -> Callable[[Callable[[list[Any]], Any]], Callable[[list[Any]], Any]]:
    def register(body: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        LISTS(f"{name}(list: list)")(body)
        LISTS(f"{name}(c1: any, c2: any, rest...: any)")(lambda *items: body(list(items)))
        return body

    return register


@LISTS("list contains(list: list, element: any)")
def _list_contains(items: list[Any], element: Any) -> bool:
    return any(equal(item, element) is True for item in items)


@LISTS("count(list: list)")
def _count(items: list[Any]) -> Decimal | None:
    return number(len(items))


@_gather("min")
def _min(items: list[Any]) -> Any:
    return _extreme(items, -1)


@_gather("max")
def _max(items: list[Any]) -> Any:
    return _extreme(items, 1)


def _extreme(items: list[Any], wanted: int) -> Any:
    if not items or (len(items) == 1 and order(items[0], items[0]) is None):
        return None
    best = items[0]
    for item in items[1:]:
        compared = order(item, best)
        if compared is None:
            return None
        best = item if compared == wanted else best
    return best


@_gather("sum")
def _sum(items: list[Any]) -> Any:
    if not items:
        return None
    total = items[0]
    for item in items[1:]:
        total = arithmetic("+", total, item)
    return total if not isinstance(total, str) else None


@_numbers("product")
def _product(items: list[Decimal]) -> Decimal | None:
    total: Decimal | None = Decimal(1)
    for item in items:
        total = None if total is None else numbers.multiply(total, item)
    return total if items else None


@_numbers("mean")
def _mean(items: list[Decimal]) -> Decimal | None:
    total = _total(items)
    return numbers.divide(total, Decimal(len(items))) if items and total is not None else None


def _total(items: list[Decimal]) -> Decimal | None:
    total: Decimal | None = Decimal(0)
    for item in items:
        total = None if total is None else numbers.add(total, item)
    return total


@_numbers("median")
def _median(items: list[Decimal]) -> Decimal | None:
    if not items:
        return None
    ranked, middle = sorted(items), len(items) // 2
    return ranked[middle] if len(items) % 2 else _mean(ranked[middle - 1 : middle + 1])


@_numbers("stddev")
def _stddev(items: list[Decimal]) -> Decimal | None:
    mean = _mean(items)
    if len(items) < 2 or mean is None:
        return None
    distances = [ARITHMETIC.subtract(item, mean) for item in items]
    total = _total([ARITHMETIC.multiply(distance, distance) for distance in distances])
    if total is None:
        return None
    return number(ARITHMETIC.sqrt(ARITHMETIC.divide(total, Decimal(len(items) - 1))))


@_numbers("mode")
def _mode(items: list[Decimal]) -> list[Decimal]:
    counts = Counter(items)
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


@_gather("all")
def _all(items: list[Any]) -> bool | None:
    return conjunction(items)


@_gather("any")
def _any(items: list[Any]) -> bool | None:
    return disjunction(items)


LISTS("and(list: list)")(conjunction)
LISTS("or(list: list)")(disjunction)


@LISTS("sublist(list: list, start position: number, length?: number)")
def _sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    place, count = whole(start), None if length is None else whole(length)
    if not place or abs(place) > len(items) or (length is not None and (count is None or count < 0)):
        return None
    first = place - 1 if place > 0 else len(items) + place
    return items[first:] if count is None else items[first : first + count]


@LISTS("append(list: list, items...: any)")
def _append(items: list[Any], *added: Any) -> list[Any]:
    return [*items, *added]


@LISTS("concatenate(lists...: list)")
def _concatenate(*lists: list[Any]) -> list[Any]:
    return [item for items in lists for item in items]


@LISTS("union(lists...: list)")
def _union(*lists: list[Any]) -> list[Any]:
    return _distinct_values(_concatenate(*lists))


@LISTS("distinct values(list: list)")
def _distinct_values(items: list[Any]) -> list[Any]:
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(key(item), item)
    return list(seen.values())


@LISTS("duplicate values(list: list)")
def _duplicate_values(items: list[Any]) -> list[Any]:
    counts = Counter(map(key, items))
    return [item for item in _distinct_values(items) if counts[key(item)] > 1]


@LISTS("insert before(list: list, position: number, newItem: any)")
def _insert_before(items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index:]]


@LISTS("remove(list: list, position: number)")
def _remove(items: list[Any], position: Decimal) -> list[Any] | None:
    index = _index(items, position)
    return None if index is None else [*items[:index], *items[index + 1 :]]


@LISTS("list replace(list: list, position: number, newItem: any)")
def _list_replace(items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


def _index(items: list[Any], position: Decimal) -> int | None:
    place = whole(position)
    if not place or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@LISTS("reverse(list: list)")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@LISTS("index of(list: list, match: any)")
def _index_of(items: list[Any], match: Any) -> list[Decimal]:
    return [Decimal(index) for index, item in enumerate(items, 1) if equal(item, match) is True]


@LISTS("flatten(list: list)")
def _flatten(items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    pending = items[::-1]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(item[::-1])
        else:
            flat.append(item)
    return flat


@LISTS("sort(list: list, precedes?: function)")
def _sort(items: list[Any], precedes: Function | None = None) -> list[Any] | None:
    if precedes is None:
        comparable = all(order(item, items[0]) is not None for item in items)
        return sorted(items) if comparable else None
    return sorted(items, key=cmp_to_key(lambda a, b: -1 if precedes.call([a, b]) is True else 1))

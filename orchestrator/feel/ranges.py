"""Built-in functions that compare ranges and points (DMN 1.3, 10.3.4.9)."""

from typing import Any

from orchestrator.feel.operators import conjunction, disjunction
from orchestrator.feel.signatures import Library
from orchestrator.feel.values import Range, contains, order

RANGES = Library()
Truth = bool | None


def _less(left: Any, right: Any) -> Truth:
    compared = order(left, right)
    return None if compared is None else compared < 0


def _same(left: Any, right: Any) -> Truth:
    compared = order(left, right)
    return None if compared is None else compared == 0


def _if_same(left: Any, right: Any, both: bool) -> Truth:
    return conjunction([_same(left, right), both])


def _starts_first(a: Range, b: Range) -> Truth:
    return disjunction([_less(a.low, b.low), _if_same(a.low, b.low, a.low_included and not b.low_included)])


def _ends_first(a: Range, b: Range) -> Truth:
    return disjunction([_less(a.high, b.high), _if_same(a.high, b.high, b.high_included and not a.high_included)])


@RANGES("before(point1: point, point2: point)")
def _before_points(a: Any, b: Any) -> Truth:
    return _less(a, b)


@RANGES("before(point: point, range: range)")
def _before_range(a: Any, b: Range) -> Truth:
    return disjunction([_less(a, b.low), _if_same(a, b.low, not b.low_included)])


@RANGES("before(range: range, point: point)")
def _range_before(a: Range, b: Any) -> Truth:
    return disjunction([_less(a.high, b), _if_same(a.high, b, not a.high_included)])


@RANGES("before(range1: range, range2: range)")
def _before(a: Range, b: Range) -> Truth:
    return disjunction([_less(a.high, b.low), _if_same(a.high, b.low, not (a.high_included and b.low_included))])


@RANGES("after(point1: point, point2: point)")
def _after_points(a: Any, b: Any) -> Truth:
    return _less(b, a)


@RANGES("after(point: point, range: range)")
def _after_range(a: Any, b: Range) -> Truth:
    return _range_before(b, a)


@RANGES("after(range: range, point: point)")
def _range_after(a: Range, b: Any) -> Truth:
    return _before_range(b, a)


@RANGES("after(range1: range, range2: range)")
def _after(a: Range, b: Range) -> Truth:
    return _before(b, a)


@RANGES("meets(range1: range, range2: range)")
def _meets(a: Range, b: Range) -> Truth:
    return _if_same(a.high, b.low, a.high_included and b.low_included)


@RANGES("met by(range1: range, range2: range)")
def _met_by(a: Range, b: Range) -> Truth:
    return _meets(b, a)


@RANGES("overlaps(range1: range, range2: range)")
def _overlaps(a: Range, b: Range) -> Truth:
    apart = disjunction([_before(a, b), _before(b, a)])
    return None if apart is None else not apart


@RANGES("overlaps before(range1: range, range2: range)")
def _overlaps_before(a: Range, b: Range) -> Truth:
    return conjunction([_overlaps(a, b), _starts_first(a, b), _ends_first(a, b)])


@RANGES("overlaps after(range1: range, range2: range)")
def _overlaps_after(a: Range, b: Range) -> Truth:
    return _overlaps_before(b, a)


@RANGES("finishes(point: point, range: range)")
def _point_finishes(a: Any, b: Range) -> Truth:
    return _if_same(a, b.high, b.high_included)


@RANGES("finishes(range1: range, range2: range)")
def _finishes(a: Range, b: Range) -> Truth:
    return conjunction([_if_same(a.high, b.high, a.high_included == b.high_included), _includes(b, a)])


@RANGES("finished by(range: range, point: point)")
def _finished_by_point(a: Range, b: Any) -> Truth:
    return _point_finishes(b, a)


@RANGES("finished by(range1: range, range2: range)")
def _finished_by(a: Range, b: Range) -> Truth:
    return _finishes(b, a)


@RANGES("includes(range: range, point: point)")
def _includes_point(a: Range, b: Any) -> Truth:
    return contains(a, b)


@RANGES("includes(range1: range, range2: range)")
def _includes(a: Range, b: Range) -> Truth:
    outside = disjunction([_starts_first(b, a), _ends_first(a, b)])
    return None if outside is None else not outside


@RANGES("during(point: point, range: range)")
def _point_during(a: Any, b: Range) -> Truth:
    return contains(b, a)


@RANGES("during(range1: range, range2: range)")
def _during(a: Range, b: Range) -> Truth:
    return _includes(b, a)


@RANGES("starts(point: point, range: range)")
def _point_starts(a: Any, b: Range) -> Truth:
    return _if_same(a, b.low, b.low_included)


@RANGES("starts(range1: range, range2: range)")
def _starts(a: Range, b: Range) -> Truth:
    return conjunction([_if_same(a.low, b.low, a.low_included == b.low_included), _includes(b, a)])


@RANGES("started by(range: range, point: point)")
def _started_by_point(a: Range, b: Any) -> Truth:
    return _point_starts(b, a)


@RANGES("started by(range1: range, range2: range)")
def _started_by(a: Range, b: Range) -> Truth:
    return _starts(b, a)


@RANGES("coincides(point1: point, point2: point)")
def _points_coincide(a: Any, b: Any) -> Truth:
    return _same(a, b)


@RANGES("coincides(range1: range, range2: range)")
def _coincides(a: Range, b: Range) -> Truth:
    same_ends = a.low_included == b.low_included and a.high_included == b.high_included
    return conjunction([_same(a.low, b.low), _same(a.high, b.high), same_ends])

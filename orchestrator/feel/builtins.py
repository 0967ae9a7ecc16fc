"""All built-in functions by name, and the names of those that the caller must bring."""

from orchestrator.feel.lists import LISTS
from orchestrator.feel.numeric import NUMBERS
from orchestrator.feel.ranges import RANGES
from orchestrator.feel.signatures import Builtin
from orchestrator.feel.strings import TEXTS
from orchestrator.feel.times import TIMES

BUILTINS: dict[str, Builtin] = {}
for _library in (TEXTS, LISTS, NUMBERS, TIMES, RANGES):
    BUILTINS.update(_library.functions)

# They read a clock or a calendar, so they come with the context of each evaluation.
OUTSIDE = frozenset({"now", "today", "add working days", "working days between", "is working day"})

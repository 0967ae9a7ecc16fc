"""FEEL, the expression language of DMN 1.3: text to tree to Python closures, with nothing to escape from."""

from orchestrator.feel.builtins import BUILTINS, OUTSIDE
from orchestrator.feel.errors import FeelError
from orchestrator.feel.expressions import (
    Expression,
    UnaryTests,
    Variables,
    compile_expression,
    compile_unary_tests,
    evaluate,
    unary_test,
)
from orchestrator.feel.strings import write
from orchestrator.feel.temporal import YearsMonthsDuration
from orchestrator.feel.values import Range, equal

__all__ = [
    "BUILTINS",
    "OUTSIDE",
    "Expression",
    "FeelError",
    "Range",
    "UnaryTests",
    "Variables",
    "YearsMonthsDuration",
    "compile_expression",
    "compile_unary_tests",
    "equal",
    "evaluate",
    "unary_test",
    "write",
]

"""Finds what would go wrong with a diagram before it runs; docs/analysts/lint-rules.md explains each rule."""

from orchestrator.diagrams.elements import Finding, Process
from orchestrator.diagrams.lint_attributes import check_attributes
from orchestrator.diagrams.lint_context import Drawing, LintContext
from orchestrator.diagrams.lint_elements import check_elements, refused
from orchestrator.diagrams.lint_expressions import check_expressions
from orchestrator.diagrams.lint_gateways import check_gateways
from orchestrator.diagrams.lint_parallel import check_parallel
from orchestrator.diagrams.lint_structure import check_structure
from orchestrator.diagrams.parse import Unreadable, parse

__all__ = ["LintContext", "lint", "lint_file"]


def lint(process: Process, context: LintContext) -> list[Finding]:
    """All findings about one process, in the order of its file; none means that it compiles and runs.

    Shape: the parallel parts are played only when structure and elements are in order.
    """
    drawing = Drawing(process, context, refused=refused(process))
    drawn = [*check_structure(drawing), *check_elements(drawing), *check_gateways(drawing)]
    findings = [*drawn, *check_attributes(drawing), *check_expressions(drawing)]
    if not drawn:
        findings += check_parallel(drawing)
    return sorted(set(findings))


def lint_file(data: bytes, file: str, context: LintContext) -> list[Finding]:
    """All findings about one file, also when it cannot be read."""
    try:
        processes = parse(data, file)
    except Unreadable as fault:
        return [fault.finding]
    return sorted({finding for process in processes for finding in lint(process, context)})

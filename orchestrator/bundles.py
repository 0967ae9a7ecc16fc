"""A bundle of workflow files: diagrams, policies, forms and scenarios that belong together. Pure."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from .diagrams.compile import compile_diagram
from .diagrams.elements import Finding
from .diagrams.lint import LintContext, lint
from .diagrams.parse import Unreadable, parse
from .engine import Diagram
from .engine.decisions import Decisions, read_decisions
from .engine.dmn import DmnFaults
from .engine.working_days import WorkingCalendar
from .simulation import Scenario, read_scenarios, run_scenario

KINDS = ("*.bpmn", "policies/*.dmn", "forms/*.json", "calendars/*.json", "scenarios/*.yaml")


def read_bundle(folder: Path) -> dict[str, str]:
    """The files of a workflow folder by their path relative to it."""
    found = (path for kind in KINDS for path in sorted(folder.glob(kind)))
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}


class Bundle:
    """Workflow files checked and compiled together.

    Shape: `files` maps paths such as "collection.bpmn" or "policies/review_mode.dmn" to text;
    `registered` names the work that diagrams may ask for.
    """

    def __init__(self, files: Mapping[str, str], registered: Mapping[str, frozenset[str]]) -> None:
        self.files = files
        self.registered = registered
        self._diagrams: dict[str, Diagram] = {}

    def processes(self) -> list[str]:
        """The process keys of the bundle, one for each diagram file."""
        return sorted(Path(path).stem for path in self._paths("", ".bpmn"))

    def files_of(self, key: str) -> dict[str, str]:
        """What a version of one process keeps: its diagram, its scenarios, all policies and forms."""
        mine = (f"{key}.bpmn", f"scenarios/{key}.yaml")
        shared = ("policies/", "forms/")
        return {path: text for path, text in self.files.items() if path in mine or path.startswith(shared)}

    def diagram(self, key: str) -> Diagram:
        """The compiled diagram of a process. Raises: Unreadable, DmnFaults."""
        if key not in self._diagrams:
            path = f"{key}.bpmn"
            self._diagrams[key] = compile_diagram(self.files[path].encode(), path, self.decisions)
        return self._diagrams[key]

    def form(self, name: str) -> dict[str, Any]:
        """The JSON Schema of a form."""
        schema: dict[str, Any] = json.loads(self.files[f"forms/{name}.json"])
        return schema

    @cached_property
    def decisions(self) -> dict[str, Decisions]:
        """Which decision table file answers a decision's name."""
        tables = [read_decisions(self.files[path].encode()) for path in self._paths("policies/", ".dmn")]
        return {name: table for table in tables for name in table.names}

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working-day calendar of the bundle."""
        return WorkingCalendar([json.loads(self.files[path]) for path in self._paths("calendars/", ".json")])

    def scenarios(self, key: str) -> list[Scenario]:
        """The scenarios of a process."""
        path = f"scenarios/{key}.yaml"
        return read_scenarios(yaml.safe_load(self.files[path])) if path in self.files else []

    def check(self) -> list[Finding]:
        """Every finding about diagrams and policies; when there is none, every failed scenario."""
        findings = [*self._check_policies(), *self._check_forms()]
        if not findings:
            findings = [finding for key in self.processes() for finding in self._check_diagram(key)]
        if not findings:
            findings = [finding for key in self.processes() for finding in self._check_scenarios(key)]
        return sorted(findings)

    def _check_policies(self) -> Iterator[Finding]:
        for path in self._paths("policies/", ".dmn"):
            try:
                read_decisions(self.files[path].encode())
            except DmnFaults as faults:
                for fault in faults.faults:
                    yield Finding(path, fault.line, "WF501", fault.element_id or "-", fault.chinese)

    def _check_forms(self) -> Iterator[Finding]:
        for path in [*self._paths("forms/", ".json"), *self._paths("calendars/", ".json")]:
            try:
                if not isinstance(json.loads(self.files[path]), dict):
                    yield Finding(path, 1, "WF701", "-", "应为一个 JSON 对象（以 { 开头）。")
            except ValueError as fault:
                line = getattr(fault, "lineno", 1)
                yield Finding(path, line, "WF701", "-", f"不是合格的 JSON：{fault}")

    def _check_diagram(self, key: str) -> Iterator[Finding]:
        path = f"{key}.bpmn"
        try:
            processes = parse(self.files[path].encode(), path)
        except Unreadable as fault:
            yield fault.finding
            return
        for process in processes:
            yield from lint(process, self._context(key))

    def _context(self, key: str) -> LintContext:
        inputs = {name: table.decision(name).inputs for name, table in self.decisions.items()}
        return LintContext(
            key=key,
            variables=self._variables(key),
            decision_inputs=inputs,
            calls=self.registered["call"],
            externals=self.registered["external"],
            ends=self.registered.get("end", frozenset()),
            messages=self.registered.get("message") or None,
            decisions=frozenset(self.decisions),
            forms=frozenset(Path(path).stem for path in self._paths("forms/", ".json")),
        )

    def _variables(self, key: str) -> frozenset[str]:
        if f"forms/{key}.json" not in self.files:
            return frozenset()
        fields = self.form(key)["properties"].values()
        return frozenset(field["x-variable"] for field in fields if "x-variable" in field)

    def _check_scenarios(self, key: str) -> Iterator[Finding]:
        path = f"scenarios/{key}.yaml"
        if path not in self.files:
            yield Finding(path, 1, "WF601", "-", f"流程 {key} 没有场景文件，请至少写一个场景。")
        try:
            scenarios = self.scenarios(key)
        except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as fault:
            yield Finding(path, 1, "WF603", "-", f"场景文件读不懂：{fault}")
            return
        for scenario in scenarios:
            result = run_scenario(self.diagram(key), scenario, self.calendar)
            for failure in result.failures:
                yield Finding(path, 1, "WF602", "-", f"场景“{scenario.name}”：{failure}")

    def _paths(self, folder: str, suffix: str) -> list[str]:
        return sorted(
            path
            for path in self.files
            if path.startswith(folder) and path.endswith(suffix) and "/" not in path[len(folder) :]
        )

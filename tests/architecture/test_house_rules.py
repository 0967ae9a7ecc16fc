"""Rules of the house that no linter knows: sizes, names, one reader of the clock, nothing that must not be here."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CODE = ("orchestrator", "portal", "tests")
PROGRAM = ("orchestrator", "portal")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MEDIAN_FUNCTION = 10
# Outermost shells, and the two modules they ask.
CLOCK_READERS = re.compile(
    r"(^|/)(management/commands/.*|web/.*|api/.*|celery_tasks\.py|checks\.py|clock\.py|clock/services\.py|simulator/.*|"
    r"server_keeper\.py|supervisor\.py|local_servers\.py|child_processes\.py)$"
)
READS_CLOCK = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|datetime\.utcnow\(|time\.time\(")
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base", "tasks"}
# Written in two halves, so that this file does not contain what it looks for.
BANNED_WORDS = {
    "an unfinished note": re.compile("TO" + r"DO\b|FIX" + "ME"),
    "an ignore without its code": re.compile(r"type: ig" + r"nore(?!\[)|# no" + r"qa(?!:)"),
    "a signal": re.compile(r"django\.db\.models\.sig" + "nals|post_" + r"save\b|pre_" + r"save\b"),
    "a generic foreign key": re.compile("Generic" + "ForeignKey"),
    "a delayed message": re.compile(r"apply_" + r"async\([^)]*\b(eta|countdown)="),
    "evaluated text": re.compile(r"(?<![\w.])(ev" + r"al|ex" + r"ec)\("),
    "a skipped test": re.compile(r"pytest\.(mark\.)?sk" + "ip|unittest.sk" + "ip"),
}
NOT_IN_ANY_FILE = {
    "a registry's host": re.compile(r"pypi\.o" + r"rg|pythonhosted\.o" + r"rg|registry\.np" + r"mjs|npmm" + r"irror"),
    "a path of one machine": re.compile(r"/wo" + r"rk/(main|shared)|/ro" + r"ot/|/ho" + r"me/\w"),
}
TEXT = {".py", ".md", ".toml", ".json", ".js", ".css", ".html", ".lock", ".bpmn", ".dmn", ".yaml", ".yml", ".po"}
NOT_OURS = {".venv", ".local", ".git", "node_modules", "build", "__pycache__"}


def test_no_file_is_longer_than_two_things_allow() -> None:
    lengths = {name: len(text.splitlines()) for name, text in _sources(CODE)}

    longer = {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}

    assert longer == {}


def test_functions_stay_short() -> None:
    lengths = sorted(lines for _, text in _sources(PROGRAM) for lines in _function_lengths(text))

    longest_of_99_percent = lengths[int(len(lengths) * 0.99)]

    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert longest_of_99_percent <= LONGEST_FUNCTION


def test_every_module_says_what_a_reader_finds_in_it() -> None:
    silent = [name for name, text in _sources(PROGRAM) if text.strip() and not ast.get_docstring(ast.parse(text))]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [name for name, _ in _sources(PROGRAM) if BANNED_NAMES & set(Path(name).with_suffix("").parts)]

    assert named == []


def test_only_the_outermost_shells_read_the_clock() -> None:
    inside = [name for name, text in _sources(PROGRAM) if not CLOCK_READERS.search(name) and READS_CLOCK.search(text)]

    assert inside == []


@pytest.mark.parametrize("what", BANNED_WORDS)
def test_the_code_contains_no(what: str) -> None:
    found = [name for name, text in _sources(CODE) if BANNED_WORDS[what].search(text)]

    assert found == []


@pytest.mark.parametrize("what", NOT_IN_ANY_FILE)
def test_no_file_contains(what: str) -> None:
    found = [name for name, text in _texts() if NOT_IN_ANY_FILE[what].search(text)]

    assert found == []


def test_models_do_not_hide_effects_in_save() -> None:
    hiding = [name for name, text in _sources(PROGRAM) if re.search(r"def (save|delete)\(self", text)]

    assert hiding == []


def test_the_front_door_only_opens() -> None:
    tree = ast.parse((PROJECT / "orchestrator" / "api.py").read_text())

    doors = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]

    assert doors == []


def _sources(folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            if "migrations" not in path.parts and not NOT_OURS & set(path.parts):
                yield str(path.relative_to(PROJECT)), path.read_text()


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted(PROJECT.rglob("*")):
        ours = not NOT_OURS & set(path.relative_to(PROJECT).parts)
        if ours and path.is_file() and (path.suffix in TEXT or path.name in ("Makefile", "run", ".npmrc")):
            yield str(path.relative_to(PROJECT)), path.read_text()


def _function_lengths(text: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1

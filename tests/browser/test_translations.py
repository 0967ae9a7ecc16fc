"""Chinese is complete: every sentence of the portal has one, and the compiled catalogue is the written one."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

PORTAL = Path(__file__).parents[2] / "portal"
CATALOGUE = PORTAL / "locale" / "zh_Hans" / "LC_MESSAGES"
MARKED = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
PLACE = re.compile(r"%\(\w+\)s|%%|\{\w+\}")


def test_every_sentence_of_the_portal_is_translated() -> None:
    written = set(_entries())

    missing = sorted({*_of_programs(), *_of_templates()} - written)

    assert missing == []


def test_no_translation_is_empty_or_loses_a_place() -> None:
    wrong = [
        source
        for source, chinese in _entries().items()
        if not chinese or not set(PLACE.findall(chinese)) <= set(PLACE.findall(source)) | {"%(n)s"}
    ]

    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (CATALOGUE / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)

    found = {source: catalogue.ngettext(source, catalogue.gettext(source), 2) for source in _entries()}

    assert found == _entries()


def _entries() -> dict[str, str]:
    blocks = (CATALOGUE / "django.po").read_text("utf-8").split("\n\n")[1:]
    return {_part(block, "msgid"): _part(block, r"msgstr(?:\[0\])?") for block in blocks}


def _part(block: str, name: str) -> str:
    found = re.search(rf"^{name} ((?:\".*\"\n?)+)", block, re.MULTILINE)
    assert found, block
    return "".join(ast.literal_eval(line) for line in found[1].splitlines())


def _of_programs() -> Iterator[str]:
    for path in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKED:
                yield from (arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant))


def _of_templates() -> Iterator[str]:
    for path in PORTAL.rglob("*.html"):
        code = templatize(path.read_text("utf-8"), origin=str(path))
        for found in re.finditer(
            r"\b_?n?gettext\(u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", code.replace("_(", "gettext(")
        ):
            yield ast.literal_eval(found[1])

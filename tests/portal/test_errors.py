"""Refusals: code, status, sentence; and that every code that is raised is declared."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from portal import errors
from portal.errors import Fault, Refused, refuse_faults

PORTAL = Path(errors.__file__).parent


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal of this test's own."""
    monkeypatch.setattr(errors, "DECLARED", dict(errors.DECLARED))
    errors.declare(errors.CONFLICT, taken_by=gettext_lazy("Taken by %(who)s."))


@pytest.mark.usefixtures("declared")
def test_a_refusal_knows_its_status_and_fills_its_sentence() -> None:
    refused = Refused("taken_by", who="task 7")

    with translation.override("en"):
        sentence = refused.sentence

    assert (refused.status, sentence) == (409, "Taken by task 7.")


def test_a_parameter_may_be_called_code() -> None:
    assert Refused("no_such_province", code="510000").params == {"code": "510000"}


@pytest.mark.usefixtures("declared")
def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="taken_by"):
        errors.declare(errors.INVALID, taken_by="Something else.")


def test_an_undeclared_code_still_answers_with_a_sentence() -> None:
    refused = Refused("nobody_declared_this")

    with translation.override("en"):
        sentence = refused.sentence

    assert (refused.status, sentence) == (422, "The request cannot be carried out.")


def test_all_faults_of_a_form_are_refused_together() -> None:
    faults = [Fault("phone", "phone_shape", "!"), Fault("name", "name_missing", "!")]

    with pytest.raises(Refused) as refused:
        refuse_faults(faults)

    assert (refused.value.code, refused.value.status) == ("form_has_faults", 422)
    assert refused.value.faults == tuple(faults)


def test_a_form_without_faults_is_not_refused() -> None:
    refuse_faults([])


def test_the_text_of_a_refusal_names_fields_and_codes_for_the_log() -> None:
    refused = Refused("form_has_faults", faults=[Fault("phone", "phone_shape", "!")], case=7)

    assert str(refused) == "form_has_faults {'case': 7} [('phone', 'phone_shape')]"


def _calls(name: str) -> Iterator[ast.Call]:
    for source in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (name, f"errors.{name}"):
                yield node


def test_every_code_raised_in_the_portal_is_declared_there() -> None:
    raised = {call.args[0].value for call in _calls("Refused") if isinstance(call.args[0], ast.Constant)}
    declared = {keyword.arg for call in _calls("declare") for keyword in call.keywords}

    assert "no_such_division" in raised
    assert raised - declared == set()

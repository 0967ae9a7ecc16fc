"""Decision tables: hit policies, answers, requirements, and the faults of a file."""

from collections.abc import Sequence
from typing import Any

import pytest

from orchestrator.engine.decisions import DecisionError, Decisions, DmnFaults, read_decisions

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def dmn(*decisions: str, namespace: str = NAMESPACE) -> bytes:
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{declaration}<definitions xmlns="{namespace}">{"".join(decisions)}</definitions>'.encode()


def table(
    rows: Sequence[tuple[str, ...]], policy: str = "", outputs: tuple[str, ...] = ("mode",), extra: str = ""
) -> str:
    columns = "".join(f'<output id="out_{name}" name="{name}">{extra}</output>' for name in outputs)
    rules = "".join(_rule(number, row, len(outputs)) for number, row in enumerate(rows, 1))
    return (
        f'<decision id="Mode" name="审核方式"><decisionTable id="t" {policy}>'
        '<input id="in_1" label="省份"><inputExpression><text>province</text></inputExpression></input>'
        '<input id="in_2"><inputExpression><text>days + 0</text></inputExpression></input>'
        f"{columns}{rules}</decisionTable></decision>"
    )


def _rule(number: int, row: tuple[str, ...], outputs: int) -> str:
    cells = [f"<inputEntry><text><![CDATA[{cell}]]></text></inputEntry>" for cell in row[:-outputs]]
    cells += [f"<outputEntry><text><![CDATA[{cell}]]></text></outputEntry>" for cell in row[-outputs:]]
    return f'<rule id="r{number}"><description>GD-{number}</description>{"".join(cells)}</rule>'


ROWS = [('"440000"', "< 5", '"auto"'), ('"440000"', ">= 5", '"district"'), ("-", "> 8", "province")]


def decide(decisions: Decisions, **context: Any) -> Any:
    return decisions.decide("Mode", context)


def test_unique_answers_with_the_row_that_matched() -> None:
    decisions = read_decisions(dmn(table(ROWS)))

    result = decide(decisions, province="440000", days=5)

    assert result.value == "district"
    assert [(row.index, row.id, row.annotation) for row in result.matched] == [(2, "r2", "GD-2")]
    assert result.decision == "Mode"


def test_unique_refuses_two_rows_and_names_them() -> None:
    decisions = read_decisions(dmn(table(ROWS)))

    with pytest.raises(DecisionError, match=r"2 \(r2\), 3 \(r3\)"):
        decide(decisions, province="440000", days=9)


@pytest.mark.parametrize(("policy", "value"), [("UNIQUE", None), ("FIRST", None), ("COLLECT", []), ("RULE ORDER", [])])
def test_no_row_gives_null_or_an_empty_list(policy: str, value: Any) -> None:
    decisions = read_decisions(dmn(table(ROWS, f'hitPolicy="{policy}"')))

    result = decide(decisions, province="110000", days=1)

    assert result.value == value
    assert result.matched == ()


def test_first_takes_the_first_row_and_looks_no_further() -> None:
    rows = [*ROWS[:2], ("unknown name", "-", '"x"')]
    decisions = read_decisions(dmn('<inputData name="unknown name"/>', table(rows, 'hitPolicy="FIRST"')))

    assert decide(decisions, province="440000", days=9).value == "district"


def test_collect_gives_the_answers_of_all_rows() -> None:
    decisions = read_decisions(dmn(table(ROWS, 'hitPolicy="COLLECT"')))

    result = decide(decisions, province="440000", days=9)

    assert result.value == ["district", "440000"]
    assert [row.index for row in result.matched] == [2, 3]


@pytest.mark.parametrize(("aggregation", "value"), [("SUM", 30), ("MIN", 10), ("MAX", 20), ("COUNT", 2)])
def test_collect_aggregates(aggregation: str, value: int) -> None:
    rows = [("-", "-", "10"), ("-", "-", "20"), ("-", "< 0", "99")]
    decisions = read_decisions(dmn(table(rows, f'hitPolicy="COLLECT" aggregation="{aggregation}"')))

    assert decide(decisions, province="x", days=1).value == value


def test_any_takes_rows_that_agree_and_refuses_others() -> None:
    agreeing = read_decisions(dmn(table([("-", "-", "1"), ("-", "-", "1.0")], 'hitPolicy="ANY"')))
    differing = read_decisions(dmn(table([("-", "-", "1"), ("-", "-", "2")], 'hitPolicy="ANY"')))

    assert decide(agreeing, province="x", days=1).value == 1
    with pytest.raises(DecisionError, match="r1"):
        decide(differing, province="x", days=1)


def test_several_outputs_answer_with_a_context() -> None:
    rows = [
        ("-", "-", '"auto"', "days + 1"),
    ]
    decisions = read_decisions(dmn(table(rows, outputs=("mode", "sla"))))

    assert decide(decisions, province="x", days=1).value == {"mode": "auto", "sla": 2}


def test_the_default_answers_when_no_row_matches() -> None:
    default = '<defaultOutputEntry><text>"none"</text></defaultOutputEntry>'
    decisions = read_decisions(dmn(table(ROWS, extra=default)))

    result = decide(decisions, province="110000", days=1)

    assert result.value == "none"
    assert result.matched == ()


def test_an_empty_condition_takes_everything_and_an_empty_answer_is_null() -> None:
    decisions = read_decisions(dmn(table([("", "", "")])))

    result = decide(decisions, province="x", days=1)

    assert result.value is None
    assert len(result.matched) == 1


def test_a_required_decision_is_made_first() -> None:
    needing = (
        '<decision id="Final" name="Final"><informationRequirement><requiredDecision href="#Mode"/>'
        "</informationRequirement><literalExpression><text>审核方式 + suffix</text></literalExpression>"
        "</decision>"
    )
    decisions = read_decisions(dmn(needing, table(ROWS)))

    result = decisions.decide("Final", {"province": "440000", "days": 1, "suffix": "!"})

    assert result.value == "auto!"
    assert decisions.decision("Final").inputs == {"province", "days", "suffix"}
    assert decisions.names == {"Final", "Mode", "审核方式"}


@pytest.mark.parametrize(
    "namespace",
    ["http://www.omg.org/spec/DMN/20180521/MODEL/", "http://www.omg.org/spec/DMN/20151101/dmn.xsd"],
)
def test_older_versions_are_read(namespace: str) -> None:
    assert "Mode" in read_decisions(dmn(table(ROWS), namespace=namespace)).names


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<definitions", "no XML"),
        (b"", "no XML"),
        (b"<definitions/>", "no DMN"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DOCTYPE"),
        (dmn(), "no decision"),
        (dmn('<decision id="d"/>'), "neither a table"),
        (dmn(table(ROWS), table(ROWS)), "occurs twice"),
        (dmn(table(ROWS, 'hitPolicy="PRIORITY"')), "PRIORITY"),
        (dmn(table(ROWS, 'hitPolicy="FIRST" aggregation="SUM"')), "aggregation"),
        (dmn(table([("1", "2")])), "1 conditions and 1 answers"),
        (dmn(table([("-", "<", "1")])), "row 1"),
        (dmn(table(ROWS, outputs=())), "no output"),
        (dmn(table([("-", "-", "1", "2")], outputs=("a", "a"))), "name of its own"),
        (
            dmn('<decision id="A"><informationRequirement><requiredDecision href="#A"/>'
                "</informationRequirement>"
                "<literalExpression><text>1</text></literalExpression></decision>"),
            "requires itself",
        ),
        (
            dmn('<decision id="A"><literalExpression expressionLanguage="python"><text>1</text>'
                "</literalExpression></decision>"),
            "python",
        ),
    ],
)  # fmt: skip
def test_a_fault_of_the_file_is_told_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(DmnFaults) as refused:
        read_decisions(data)

    assert sentence in " ".join(fault.sentence for fault in refused.value.faults)


def test_all_faults_are_reported_with_line_and_element() -> None:
    data = dmn("\n", table([("1 +", "-", "1"), ("-", "-", '"open')])).replace(b"<rule", b"\n<rule")

    with pytest.raises(DmnFaults) as refused:
        read_decisions(data)

    assert [fault.line for fault in refused.value.faults] == [4, 5]
    assert refused.value.faults[0].chinese == "第 1 行：表达式没有写完。（第 4 个字符）：1 +"


def test_a_missing_variable_is_told_with_the_column() -> None:
    decisions = read_decisions(dmn(table(ROWS)))

    with pytest.raises(DecisionError, match=r"省份.*province"):
        decide(decisions, days=1)
    with pytest.raises(DecisionError, match="Nonsense"):
        decisions.decide("Nonsense", {})

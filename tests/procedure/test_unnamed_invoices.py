"""A chart that decides asks for the invoice by name on every way, or says that it goes by the paper alone."""

from __future__ import annotations

import pytest
from attrs import evolve

from tests.procedure.world import INPATIENT, OUTPATIENT, charts, names
from yibao.authoring.unnamed_invoices import unnamed_invoices
from yibao.basics.problems import Place
from yibao.language.parsing import parse_condition
from yibao.model.chart import Chart

RESIDENT, GUARD = "resident-other-province-inpatient", "invoice_is_named"


def asking(condition: str, bars: bool = False) -> Chart:
    """The chart of residents, whose payment asks for the invoice in other words."""
    chart = charts()[RESIDENT]
    asked = parse_condition(condition, Place(path="a test"), names())
    steps = tuple(
        evolve(
            step,
            guards=tuple(
                evolve(guard, condition=asked, bars=bars) if guard.name == GUARD else guard for guard in step.guards
            ),
        )
        for step in chart.steps
    )
    return evolve(chart, steps=steps)


def test_every_shipped_chart_asks_or_says_that_it_does_not() -> None:
    deciding = {name for name, chart in charts().items() if any(step.decides for step in chart.steps)}
    assert {name for name in deciding if charts()[name].unnamed_invoice} == {INPATIENT, OUTPATIENT}
    assert [problem for chart in charts().values() for problem in unnamed_invoices(chart)] == []


@pytest.mark.parametrize("name", [INPATIENT, OUTPATIENT])
def test_a_chart_that_does_not_ask_has_to_say_so(name: str) -> None:
    (problem,) = unnamed_invoices(evolve(charts()[name], unnamed_invoice=False))
    assert problem.code == "invoice-not-named"
    assert "`settlement` decides" in problem.message
    assert "`invoice.issuer` and `invoice.number`" in problem.message


@pytest.mark.parametrize(
    ("condition", "open_"),
    [
        ("invoice.issuer is not none and invoice.number is not none", []),
        ("not (invoice.issuer is none or invoice.number is none)", []),
        ('invoice.issuer == encounter.institution.code and invoice.number != "0"', []),
        ("invoice.issuer is not none", ["invoice.number"]),
        ("invoice.issuer is not none or invoice.number is not none", ["invoice.issuer", "invoice.number"]),
        ("not (invoice.issuer is none and invoice.number is none)", ["invoice.issuer", "invoice.number"]),
        ("invoice.issuer is none and invoice.number is none", ["invoice.issuer", "invoice.number"]),
        ('not (invoice.issuer == "H1" or invoice.number == "1")', ["invoice.issuer", "invoice.number"]),
        ("all(lines, line.amount_fen > 0 or invoice.number is not none)", ["invoice.issuer", "invoice.number"]),
    ],
)
def test_a_condition_asks_where_it_can_not_hold_without(condition: str, open_: list[str]) -> None:
    found = [problem.message for problem in unnamed_invoices(asking(condition))]
    assert [path for message in found for path in ("invoice.issuer", "invoice.number") if path in message] == open_


def test_a_bar_does_not_ask() -> None:
    (problem,) = unnamed_invoices(asking("invoice.issuer is none or invoice.number is none", bars=True))
    assert problem.code == "invoice-not-named"


def test_every_way_to_the_decision_has_to_ask() -> None:
    """A claim by hand is settled after the one guard, a direct settlement has its own."""
    chart = charts()["cross-province-2023"]
    for name, deciding in [
        ("direct_invoice_is_named", "direct_settlement"),
        ("claimed_invoice_is_named", "settlement"),
    ]:
        steps = tuple(
            evolve(step, guards=tuple(guard for guard in step.guards if guard.name != name)) for step in chart.steps
        )
        (problem,) = unnamed_invoices(evolve(chart, steps=steps))
        assert f"`{deciding}` decides" in problem.message


def test_where_nothing_is_decided_no_invoice_is_asked_for() -> None:
    chart = asking("invoice.issuer is not none")
    steps = tuple(evolve(step, decides=False) for step in chart.steps)
    assert list(unnamed_invoices(evolve(chart, steps=steps))) == []

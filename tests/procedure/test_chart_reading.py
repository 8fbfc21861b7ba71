"""A chart with a mistake is not read: each mistake is named, where it stands, and all of a file in one run."""

from __future__ import annotations

import time

import pytest
from attrs import evolve

from tests.procedure.world import units, vocabulary
from yibao.basics.problems import Problem, ProblemsFound
from yibao.language.parsing import Names
from yibao.model.chart import Chart
from yibao.readers.charts.charts_from_yaml import charts_from_folder

GOOD = """\
chart: visit
title: {zh: 就诊, en: Visit}
summary: {zh: 开票后报销。, en: An invoice and then the settlement.}
carries: [S0.10]
cites: [{source: S0, grade: C}]
actors: {hospital: {zh: 医院, en: Hospital}, bureau: {zh: 社保局, en: Bureau}, person: {zh: 参保人, en: Person}}
operations:
  correct: {acts: person}
  withdraw: {acts: person, to: withdrawn}
  redecide: {acts: person}
  reverse: {acts: person}
  reverse_unknown: {acts: person}
initial: opened
states:
  opened: {title: {zh: 开始, en: Opened}, waits_for: hospital}
  invoiced: {title: {zh: 已开票, en: Invoiced}, waits_for: bureau}
  settled: {title: {zh: 已结算, en: Settled}, final: true}
  withdrawn: {title: {zh: 已撤回, en: Withdrawn}, final: true}
steps:
  - step: invoice
    event: issue_invoice
    from: opened
    to: invoiced
    title: {zh: 开票, en: Invoice}
    acts: hospital
    documents: [hospital_invoice]
    guards:
      admitted: {title: {zh: 已入院, en: Admitted}, when: encounter.admitted_on is not none}
    facts: [encounter.admitted_on]
    carries: [S0.10]
  - step: settlement
    event: settle
    from: invoiced
    to: settled
    title: {zh: 结算, en: Settlement}
    acts: bureau
    decides: true
    carries: [S0.10]
"""


def names() -> Names:
    """The shipped names, and two procedures of these tests."""
    tables = vocabulary().tables
    known = tables["procedure"]
    some_code = next(iter(known.codes.values()))
    added = {name: evolve(some_code, code=name) for name in ("visit", "trip")}
    procedures = evolve(known, codes={**known.codes, **added})
    return Names(vocabulary=evolve(vocabulary(), tables={**tables, "procedure": procedures}), catalogues={})


def read(text: str, name: str = "visit.yaml") -> Chart:
    return charts_from_folder({name: text.encode()}, names(), units())["visit"]


def problems_of(text: str, name: str = "visit.yaml") -> list[Problem]:
    with pytest.raises(ProblemsFound) as found:
        read(text, name)
    return list(found.value.problems)


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, f"`{old}` stands {GOOD.count(old)} times in the good chart"
    return GOOD.replace(old, new)


def test_the_good_chart_is_read_as_it_is_written() -> None:
    chart = read(GOOD)
    assert [(step.name, step.event, step.sources, step.target) for step in chart.steps] == [
        ("invoice", "issue_invoice", ("opened",), "invoiced"),
        ("settlement", "settle", ("invoiced",), "settled"),
    ]
    assert chart.steps[0].requirements == ("document_hospital_invoice", "guard_admitted")
    assert chart.steps[1].requirements == ("claim_is_decided",)
    assert [state.name for state in chart.states.values() if state.final] == ["settled", "withdrawn"]
    assert chart.steps[0].guards[0].cites == chart.cites
    assert chart.steps[0].guards[0].cites[0].carries == ("S0.10",)


def test_the_digest_of_a_chart_is_that_of_its_file() -> None:
    assert read(GOOD).digest != read(GOOD + "# a remark\n").digest
    assert read(GOOD).digest == read(GOOD).digest


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "says"),
    [
        ("    to: settled", "    to: setled", "unknown-state", 34, "did you mean `settled`?"),
        ("initial: opened", "initial: open", "unknown-state", 13, "did you mean `opened`?"),
        (
            "event: settle",
            "event: issue_invoice",
            "duplicate-name",
            32,
            "the event `issue_invoice` stands at line 21 already",
        ),
        ("step: settlement", "step: invoice", "duplicate-name", 31, "the step `invoice` stands at line 20 already"),
        ("acts: bureau", "acts: clerk", "unknown-choice", 36, "`clerk` is not a choice"),
        ("[hospital_invoice]", "[hospital_invoce]", "unknown-code", 26, "did you mean `hospital_invoice`?"),
        ("facts: [encounter.admitted_on]", "facts: [admitted_on]", "unknown-field", 29, "no fact is called"),
        ("admitted_on is not none}", "admited_on is not none}", "unknown-field", 28, "did you mean"),
        ("admitted_on is not none}", "admitted_on is not}", "expression-syntax", 28, ""),
        ("when: encounter.admitted_on is not none", "when: line.amount_fen > 0", "line-fact", 28, "belongs to a line"),
        ("title: {zh: 已入院, en: Admitted}, ", "", "missing-field", 28, "needs `title:`"),
        ("title: {zh: 开票, en: Invoice}", "title: {zh: 开票}", "missing-field", 24, "needs `en:`"),
        ("cites: [{source: S0, grade: C}]", "cites: []", "missing-cite", 5, "cites no source"),
        ("grade: C", "grade: D", "unconfirmed-source", 5, "illustrative: true"),
        ("    decides: true", "    decides: true\n    delay: 30 days", "unknown-field", 38, "has no field `delay`"),
        ("    decides: true", "    decides: true\n    after: settle", "unknown-field", 38, "has no field `after`"),
        ("      admitted:", "      claim_is_decided:", "name-taken", 28, "every step that decides"),
        ("      admitted:", "      Admitted:", "wrong-type", 28, "lower-case letters"),
        ("    event: settle", "    event: event.settle", "wrong-type", 32, "lower-case letters"),
        (
            "en: Settled}, final: true}",
            "en: Settled}, final: true, waits_for: bureau}",
            "final-state-waits",
            17,
            "nobody",
        ),
        (", waits_for: bureau}", "}", "missing-field", 16, "needs `waits_for:`"),
        ("chart: visit", "chart: trip", "file-name", 1, "call it `trip.yaml`"),
        ("carries: [S0.10]\ncites", "carries: [S0.xx]\ncites", "unknown-ledger-row", 4, "S0.xx"),
    ],
)
def test_a_mistake_is_named_where_it_stands(old: str, new: str, code: str, line: int, says: str) -> None:
    problems = problems_of(changed(old, new))
    assert [problem.code for problem in problems] == [code]
    assert problems[0].place.line == line
    assert says in f"{problems[0].message} {problems[0].hint}"


def test_all_mistakes_of_all_charts_come_in_one_run() -> None:
    first = changed("    to: settled", "    to: setled").replace("acts: hospital", "acts: hospitl")
    second = GOOD.replace("chart: visit", "chart: trip").replace("[hospital_invoice]", "[letter]")
    with pytest.raises(ProblemsFound) as found:
        charts_from_folder({"visit.yaml": first.encode(), "trip.yaml": second.encode()}, names(), units())
    assert [(problem.place.path, problem.code) for problem in found.value.problems] == [
        ("trip.yaml", "unknown-code"),
        ("visit.yaml", "unknown-choice"),
        ("visit.yaml", "unknown-state"),
    ]


@pytest.mark.parametrize(
    ("added", "codes"),
    [
        ("  waiting: {title: {zh: 等待, en: Waiting}, waits_for: bureau}\n", ["orphan-state"]),
        ("  paid: {title: {zh: 已支付, en: Paid}, final: true}\n", ["orphan-state"]),
    ],
)
def test_sm_11_a_state_that_no_case_reaches_is_an_orphan(added: str, codes: list[str]) -> None:
    problems = problems_of(GOOD.replace("steps:\n", added + "steps:\n"))
    assert [problem.code for problem in problems] == codes
    assert problems[0].place.line == 19


def test_sm_11_a_state_that_no_case_leaves_is_a_trap() -> None:
    step = "  - {step: loss, event: lose, from: opened, to: lost, title: {zh: 遗失, en: Loss}, acts: hospital}\n"
    lost = "  lost: {title: {zh: 已遗失, en: Lost}, waits_for: hospital}\n"
    problems = problems_of(GOOD.replace("steps:\n", lost + "steps:\n") + step)
    assert [(problem.code, problem.place.line) for problem in problems] == [("trap-state", 19)]


def test_a_chart_without_an_end_is_refused() -> None:
    endless = changed("en: Settled}, final: true}", "en: Settled}, waits_for: bureau}")
    assert [problem.code for problem in problems_of(endless)] == ["no-final-state"]


def test_a_step_may_not_leave_a_final_state() -> None:
    back = "  - {step: again, event: reopen, from: settled, to: opened, title: {zh: 重办, en: Again}, acts: bureau}\n"
    assert [problem.code for problem in problems_of(GOOD + back)] == ["final-state-left"]


def test_a_claim_is_not_decided_twice() -> None:
    again = """\
  - {step: return, event: return_it, from: settled, to: invoiced, title: {zh: 退回, en: Return}, acts: bureau}
  - {step: payment, event: pay, from: settled, to: paid, title: {zh: 支付, en: Payment}, acts: bureau}
"""
    going_on = changed("en: Settled}, final: true}", "en: Settled}, waits_for: bureau}")
    paid = "  paid: {title: {zh: 已支付, en: Paid}, final: true}\n"
    problems = problems_of(going_on.replace("steps:\n", paid + "steps:\n") + again)
    assert [(problem.code, problem.place.line) for problem in problems] == [("decided-twice", 32)]


def test_what_is_done_to_a_decision_means_nothing_where_nothing_is_decided() -> None:
    problems = problems_of(changed("    decides: true\n", ""))
    assert [(problem.code, problem.place.line) for problem in problems] == [
        ("operation-without-decision", line) for line in (10, 11, 12)
    ]


@pytest.mark.parametrize("operation", ["correct", "withdraw", "redecide", "reverse", "reverse_unknown"])
def test_an_operation_that_is_due_has_to_be_there(operation: str) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"  {operation}:")]
    problems = problems_of("\n".join(lines) + "\n")
    assert "missing-field" in [problem.code for problem in problems]
    assert f"needs `{operation}:`" in str([problem.message for problem in problems])


def test_two_steps_may_not_name_their_conditions_alike() -> None:
    again = "    guards: {admitted: {title: {zh: 已入院, en: Admitted}, when: encounter.emergency}}\n"
    problems = problems_of(GOOD + again)
    assert [(problem.code, problem.place.line) for problem in problems] == [("duplicate-name", 39)]
    assert "stands at line 28 already" in problems[0].message


def test_sm_5_an_alias_bomb_is_refused_at_once() -> None:
    levels = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 10)]
    bomb = "chart: visit\na0: &a0 [x]\n" + "\n".join(levels) + "\n"
    started = time.perf_counter()
    problems = problems_of(bomb)
    assert [problem.code for problem in problems] == ["yaml-anchor"]
    assert time.perf_counter() - started < 1


def test_sm_5_states_nested_without_end_are_refused_at_once() -> None:
    bomb = "chart: visit\nstates: " + "{a: {states: " * 5_000 + "{}" + "}}" * 5_000 + "\n"
    started = time.perf_counter()
    problems = problems_of(bomb)
    assert [problem.code for problem in problems] == ["yaml-too-deep"]
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "condition", ["not " * 3_000 + "encounter.emergency", "(" * 500 + "encounter.emergency" + ")" * 500]
)
def test_sm_7_a_condition_nested_without_end_is_refused(condition: str) -> None:
    problems = problems_of(changed("encounter.admitted_on is not none", condition))
    assert len(problems) == 1
    assert problems[0].code.startswith("expression-")
    assert problems[0].place.line == 28


def test_sm_10_a_chart_can_not_ask_for_a_delay() -> None:
    problems = problems_of(changed("    decides: true", "    decides: true\n    delay: 5s\n    send: settle"))
    assert [problem.code for problem in problems] == ["unknown-field", "unknown-field"]


def test_a_chart_that_no_claim_could_name_is_refused() -> None:
    found = problems_of(GOOD.replace("chart: visit", "chart: errand"), "errand.yaml")
    assert [problem.code for problem in found] == ["unknown-procedure"]
    assert "adds_to: procedure" in str(found[0])

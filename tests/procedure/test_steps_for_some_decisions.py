"""Steps that ask what the claim was decided as: what is wrong with a chart that has them, and what a case is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.procedure.test_scenarios import read_data, scenarios, shipped_law, told
from tests.procedure.world import charts, names, opening, sending, units, workflow_files
from yibao.authoring.workflow_check import check_workflows
from yibao.authoring.workflow_scenarios import run_scenarios
from yibao.basics.problems import Problem, ProblemsFound
from yibao.cases.answering import Answer
from yibao.cases.carrying_out import carry_out, case_in, what_is_possible
from yibao.cli import main
from yibao.journal.memory import MemoryStore
from yibao.model.scenarios import Move
from yibao.readers.charts.charts_from_yaml import charts_from_folder

CHART, FILE = "agency-handling", "agency-handling.yaml"
TEXT = workflow_files()[FILE].decode()
ISSUES = (
    "    to: form_issued\n    title: {zh: 批准并开具报销单, en: Approval and reimbursement form}\n"
    "    acts: reviewer\n    differs_from: [acceptance]\n"
)
PAYS = "    to: paid\n    title: {zh: 拨付, en: Payment}\n    acts: cashier\n    differs_from: [acceptance]\n"
ASKS = "    decided_as: [covered, partly_covered]\n"
LEADS_BACK = "    back_to: settled\n    back_from: [form_issued, not_covered]\n"


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(ProblemsFound) as found:
        charts_from_folder({FILE: text.encode()}, names(), units())
    return list(found.value.problems)


def issued_with(asks: str) -> str:
    """The chart with another line where the form says what must have been decided."""
    assert TEXT.count(ISSUES + ASKS) == 1
    return TEXT.replace(ISSUES + ASKS, ISSUES + asks)


def test_what_must_have_been_decided_is_a_requirement_of_the_step() -> None:
    form = charts()[CHART].step_of("issue_form")
    assert form is not None
    assert form.decided_as == ("covered", "partly_covered")
    assert "decided_as_required" in form.requirements
    settle = charts()[CHART].step_of("settle")
    assert settle is not None
    assert "decided_as_required" not in settle.requirements


@pytest.mark.parametrize(
    ("asks", "code", "says"),
    [
        ("    decided_as: [covred]\n", "unknown-choice", "did you mean `covered`?"),
        ("    decided_as: [undetermined]\n", "unknown-choice", "no outcome of a decision is called `undetermined`"),
        ("    decided_as: [covered, covered]\n", "duplicate-name", "`covered` stands twice under `decided_as`"),
        ("    decided_as: []\n", "missing-field", "`decided_as` names at least one outcome"),
        ("    decided_as: [covered, partly_covered, not_covered]\n", "constant-condition", "names every outcome"),
        ("    decided_as: covered\n", "wrong-shape", "`decided_as` is a list"),
    ],
)
def test_what_is_asked_for_is_some_of_the_outcomes_each_once(asks: str, code: str, says: str) -> None:
    (problem,) = problems_of(issued_with(asks))
    assert problem.code == code
    assert says in f"{problem.message} {problem.hint}"


def test_a_way_without_a_decision_may_not_lead_to_such_a_step() -> None:
    early = TEXT.replace("    from: [settled, form_issued]\n", "    from: [reviewed, settled, form_issued]\n")
    (problem,) = problems_of(early)
    assert (problem.code, problem.message.split("`")[1]) == ("not-decided-before", "refusal_notice")


def test_nor_may_the_step_that_decides_ask_what_was_decided() -> None:
    (problem,) = problems_of(TEXT.replace("    decides: true\n", "    decides: true\n    decided_as: [covered]\n"))
    assert (problem.code, problem.message.split("`")[1]) == ("not-decided-before", "settlement")


def test_a_deadline_may_not_lead_around_the_decision_either() -> None:
    late = TEXT.replace("        late: noted\n", "        late: noted\n        overdue: settled\n")
    assert late.count("overdue: settled") == 3, "of the payment, the notice and the rejection on review"
    found = {problem.message.split("`")[1] for problem in problems_of(late) if problem.code == "not-decided-before"}
    assert found == {"form", "payment", "refusal_notice", "settled"}, "steps, and where a new decision leads back to"


def test_every_outcome_has_a_way_to_an_end_from_wherever_a_new_decision_may_come() -> None:
    """A new decision that leads back leaves nobody with a form that may not be paid; one that does not, does."""
    only_before_the_form = TEXT.replace("    from: [settled, form_issued]\n", "    from: settled\n")
    charts_from_folder({FILE: only_before_the_form.encode()}, names(), units())
    (problem,) = problems_of(only_before_the_form.replace(LEADS_BACK, ""))
    assert problem.code == "trap-for-outcome"
    assert "from `form_issued`" in problem.message
    assert "`not_covered`" in problem.message


def test_a_deadline_of_a_step_that_an_outcome_rules_out_is_no_way_to_an_end_for_it() -> None:
    """Nobody pays what is not covered, so that the time for the payment does not run for it."""
    beginning, end = "  - step: refusal_notice\n", "  - step: rejection\n"
    without_notice = TEXT[: TEXT.index(beginning)] + TEXT[TEXT.index(end) :]
    lapsing = without_notice.replace("        ahead: true\n", "        overdue: rejected\n", 1)
    lapsing = lapsing.replace(LEADS_BACK, "")
    state = (
        "  not_covered: {title: {zh: 已告知不予支付, en: Told that nothing is paid}, final: true, nhsa: 网上报销 7}\n"
    )
    assert state in lapsing
    traps = [problem for problem in problems_of(lapsing.replace(state, "")) if problem.code == "trap-for-outcome"]
    assert [problem.message.split("`")[1::2] for problem in traps] == [
        ["settled", "not_covered"],
        ["form_issued", "not_covered"],
    ]


@pytest.mark.parametrize(
    "name", ["claim_is_decided", "decided_as_required", "relied_case_is_ready", "actor_is_somebody_else"]
)
def test_a_condition_may_not_have_a_name_of_ours(name: str) -> None:
    (problem,) = problems_of(TEXT.replace("      form_was_received_first:\n", f"      {name}:\n"))
    assert problem.code == "name-taken"


def missed_without(leave_out: Callable[[Move], bool]) -> list[str]:
    """What the check says of these steps when the scenarios with such a move are left out."""
    kept = tuple(
        each
        for each in scenarios()[CHART]
        if not any(isinstance(move, Move) and leave_out(move) for move in each.moves)
    )
    assert 0 < len(kept) < len(scenarios()[CHART])
    found = check_workflows({CHART: charts()[CHART]}, {CHART: kept})
    return [problem.message for problem in found if problem.code == "outcome-not-shown"]


def is_refused_for_what_was_decided(move: Move) -> bool:
    return move.refused is not None and "decided_as_required" in (move.refused.failed or ())


def is_taken(event: str, move: Move) -> bool:
    return (move.event, move.refused) == (event, None)


def test_the_scenarios_have_to_show_both_sides() -> None:
    assert missed_without(is_refused_for_what_was_decided) == [
        f"no scenario shows `{event}` refused because the claim was decided otherwise"
        for event in ("issue_form", "notify_not_covered")
    ]
    for event in ("issue_form", "notify_not_covered"):
        missed = missed_without(partial(is_taken, event))
        assert f"no scenario takes `{event}`, which asks what was decided" in missed


GOOD_WAY = "handed in by an agent, accepted, reviewed, settled, the form issued and then paid"
NOT_COVERED = "what the rules do not cover is neither formed nor paid, and the person is told why"


def moves_of(sentence: str) -> list[Move]:
    return [move for move in told()[CHART, sentence].moves if isinstance(move, Move)]


def sent(store: MemoryStore, move: Move) -> Answer:
    data, _change = read_data(move.data, move.event)
    command = sending(move.event, data, actor=move.actor, at="2024-03-28")
    return carry_out(store, command, shipped_law())


def handled(sentence: str, until: str) -> MemoryStore:
    """A case C1 that has gone the way of a scenario, up to and with an event."""
    store = MemoryStore()
    carry_out(store, opening("C1", CHART, data=dict(told()[CHART, sentence].opening)), shipped_law())
    for move in moves_of(sentence):
        answer = sent(store, move)
        assert not answer.refused, answer.document
        if move.event == until:
            return store
    raise AssertionError(f"the scenario has no {until}")


def needs(store: MemoryStore) -> dict[str, tuple[str, ...]]:
    case = case_in(store, "C1")
    assert case is not None
    steps, _operations = what_is_possible(store, case, shipped_law(), "2024-03-28")
    return {each.event: each.needs for each in steps}


def test_what_is_possible_depends_on_what_was_decided() -> None:
    assert needs(handled(GOOD_WAY, "settle")) == {
        "issue_form": ("reimbursement_form", "application_is_approved"),
        "notify_not_covered": ("the_reason_is_told", "decided_as_required"),
    }
    assert needs(handled(NOT_COVERED, "settle")) == {
        "issue_form": ("reimbursement_form", "application_is_approved", "decided_as_required"),
        "notify_not_covered": ("the_reason_is_told",),
    }


def test_a_refusal_says_what_was_decided_and_what_would_have_to_be() -> None:
    (issuing,) = (move for move in moves_of(NOT_COVERED) if move.event == "issue_form")
    refusal = sent(handled(NOT_COVERED, "settle"), issuing).document
    assert refusal["refused"] == "condition_not_met"
    (failed,) = refusal["failed"]
    assert failed == {
        "condition": "decided_as_required",
        "title": {"zh": "现有裁决的结论适用本步骤", "en": "The decision in force is one that this step is for"},
        "cites": failed["cites"],
        "facts": {"outcome": "not_covered", "decided_as": ["covered", "partly_covered"]},
        "missing": [],
    }
    assert [cite["passage"] for cite in failed["cites"]] == ["报销流程，第3项"]


def test_before_the_decision_the_refusal_says_that_there_is_none() -> None:
    (paying,) = (move for move in moves_of(GOOD_WAY) if move.event == "pay")
    refusal = sent(handled(GOOD_WAY, "review"), paying).document
    assert refusal["refused"] == "skipped_step"
    asked = [each for each in refusal["failed"] if each["condition"] == "decided_as_required"]
    assert [each["facts"]["outcome"] for each in asked] == [None, None], "of the form and of the payment"


def test_a_person_reads_what_was_decided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same refusal as it is printed."""
    where = ["--journal", str(tmp_path / "cases.sqlite"), "--at", "2024-03-28", "--lang", "zh"]
    main(["case", "open", CHART, "--case", "C1", *where])
    capsys.readouterr()
    assert main(["case", "do", "C1", "pay", "--actor", "sun", *where]) == 4
    printed = capsys.readouterr().out
    assert "裁决：没有有效的裁决" in printed
    assert "应为：符合医保支付范围、部分符合医保支付范围" in printed


def test_a_part_that_is_covered_is_paid() -> None:
    sentence = "who is covered in part is paid as well"
    chosen = tuple(each for each in scenarios()[CHART] if each.sentence == sentence)
    (result,) = run_scenarios({CHART: chosen}, [CHART], shipped_law(), read_data)
    assert (result.problems, result.scenario.outcome) == ((), "partly_covered")

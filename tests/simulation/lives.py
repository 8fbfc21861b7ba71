"""The lives of two cases that share a filing and invoices, drawn by Hypothesis, beside a model that says what comes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import asdict
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.cases.desk import AT, Desk
from tests.cases.small_procedures import FILING, VISIT, VISIT_CHART, small_law
from tests.procedure.world import doing, opening, passing, sending
from tests.simulation.flat_facts import GOOD, VALUES, claim_of, document, facts
from tests.simulation.model import PROBLEM, STEPS, TAKEN, Facts, Journal, Visit
from yibao.basics.digest import canonical_json
from yibao.basics.problems import ProblemsFound
from yibao.cases.carrying_out import carry_out, what_is_possible
from yibao.cases.commands import Command, command_digest
from yibao.cases.histories import Histories
from yibao.model.case import Document

STEPS_OF_A_LIFE = 40
SEEN: Counter[str] = Counter()
CASES = st.sampled_from(["C1", "C1", "C2"])
CLERKS = st.sampled_from([None, "zhao", "qian", "sun"])
DAYS = st.sampled_from(["2024-03-27", "2024-03-28", "2024-04-11", "2024-04-12", "2024-04-12"])
KEYS = st.sampled_from([None, None, "K1", "K2", "K3"])
WAYS_ON = {"opened": "apply", "applied": "accept", "returned": "accept", "accepted": "review", "reviewed": "settle"}
# A new decision takes back what was paid, as a chart may say.
LEADS_BACK = VISIT_CHART.replace(
    "redecide: {acts: agency}", "redecide: {acts: agency, back_to: settled, back_from: paid}"
)
LAW = small_law(visit=LEADS_BACK)
GOOD_CLERKS = {"accept": "zhao", "review": "qian", "pay": "sun"}


class Lives(RuleBasedStateMachine):
    """Two visits, the filing that they rest on, and the model of them."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(law=LAW).filed()
        self.histories = Histories(self.desk.store)
        self.journal = Journal()
        self.visits = {name: Visit(name, self.journal) for name in ("C1", "C2")}
        self.keyed: list[tuple[Command, Document]] = []
        self.compared: dict[str, object] = {}
        for name, visit in self.visits.items():
            visit.seen = lambda what: SEEN.update([what])
            self.desk.said(opening(name, VISIT, at=AT))

    def bytes(self, case_id: str) -> bytes:
        return canonical_json(asdict(self.histories.of(case_id).case))

    def compare(self, expected: str, command: Command) -> None:
        """Send the command, and hold the answer against what the model expects."""
        before = self.bytes(command.case_id)
        try:
            answer = carry_out(self.desk.store, command, self.desk.law, self.histories)
        except ProblemsFound:
            assert expected == PROBLEM
            return
        assert answer.document.get("refused", TAKEN) == expected, (expected, answer.document)
        SEEN[f"answer {expected}"] += 1
        if answer.refused:
            assert self.bytes(command.case_id) == before
        keyed = command.submission.key is not None
        if keyed and expected not in ("key_reused", "version_conflict"):
            self.keyed.append((command, answer.document))

    @rule(case=CASES, invoice=st.sampled_from(["0001", "0002", None]), key=KEYS)
    def go_on(self, case: str, invoice: str | None, key: str | None) -> None:
        visit = self.visits[case]
        event = WAYS_ON.get(visit.state, "pay")
        given = dict(GOOD.get(event, {}))
        if event == "settle" and invoice is not None:
            given["invoice"] = invoice
        self.step(case, event, given, GOOD_CLERKS.get(event), key, None)

    @rule(case=CASES, far=st.integers(2, 4), invoice=st.sampled_from(["0001", "0001", "0002", None]))
    def go_far(self, case: str, far: int, invoice: str | None) -> None:
        for _step in range(far):
            if self.visits[case].state in WAYS_ON:
                self.go_on(case, invoice, None)

    @rule(invoice=st.sampled_from(["0001", "0002"]))
    def one_bill_for_both(self, invoice: str) -> None:
        for case in self.visits:
            self.go_far(case, 4, invoice)

    @rule(case=CASES, applied=st.sampled_from(VALUES["applied"]))
    def apply(self, case: str, applied: str) -> None:
        self.step(case, "apply", {**GOOD["apply"], "applied": applied}, None, None, None)

    @rule(case=CASES, day=DAYS)
    def leave_hospital(self, case: str, day: str) -> None:
        given = {"discharged": "2024-03-11"}
        expected = self.visits[case].correct("open", given)
        self.compare(expected, doing("correct", document(given), case, about="open", at=AT))
        self.time_passes(case, day)

    @rule(case=CASES)
    def decide_anew_what_was_paid(self, case: str) -> None:
        self.go_far(case, 4, None)
        if self.visits[case].state == "settled":
            self.go_on(case, None, None)
        self.redecide(case, {"cause": "work_injury"})

    @rule(case=CASES, actor=CLERKS)
    def pay(self, case: str, actor: str | None) -> None:
        self.step(case, "pay", {"paid": "2024-03-25"}, actor, None, None)

    @rule(
        case=CASES,
        event=st.sampled_from([*STEPS, "sing"]),
        given=facts(*VALUES),
        actor=CLERKS,
        key=KEYS,
        version=st.sampled_from([None, None, None, None, 1, 2, 3, 5]),
    )
    def any_step(self, case: str, event: str, given: Facts, actor: str | None, key: str | None, version: Any) -> None:
        self.step(case, event, given, actor, key, version)

    @rule(
        case=CASES,
        given=facts("documents", "filing", "applied", "kind", "complete", "cause", "invoice"),
        actor=CLERKS,
        key=KEYS,
    )
    def next_step(self, case: str, given: Facts, actor: str | None, key: str | None) -> None:
        visit = self.visits[case]
        event = WAYS_ON.get(visit.state, "pay")
        self.step(case, event, given, actor, key, None)

    @rule(case=CASES, actor=CLERKS, again=st.booleans())
    def send_back(self, case: str, actor: str | None, again: bool) -> None:
        if self.visits[case].state == "applied":
            self.go_on(case, None, None)
        self.step(case, "return", {}, actor, None, None)
        if again and self.visits[case].state == "returned":
            self.go_on(case, None, None)

    def step(
        self, case: str, event: str, given: Facts, actor: str | None, key: str | None, version: int | None
    ) -> None:
        command = sending(event, document(given), case, actor=actor, key=key, expected_version=version, at=AT)
        if self.is_said_again(command):
            return
        self.compare(self.visits[case].send(event, given, actor, key, version), command)

    def is_said_again(self, command: Command) -> bool:
        """Whether the same was drawn before, under the same key. The model knows keys and no bodies; `say_it_again`
        asks about repetitions."""
        asked, key = command_digest(command), command.submission.key
        return any((command_digest(sent), sent.submission.key) == (asked, key) for sent, _answer in self.keyed)

    @rule(case=CASES, event=st.sampled_from(["open", *STEPS]), given=facts("documents", "applied", "kind", "line 1"))
    def correct(self, case: str, event: str, given: Facts) -> None:
        expected = self.visits[case].correct(event, given)
        self.compare(expected, doing("correct", document(given), case, about=event, at=AT))

    @rule(case=CASES, sure=st.sampled_from([False, False, True]))
    def withdraw(self, case: str, sure: bool) -> None:
        if sure:
            self.compare(self.visits[case].withdraw(), doing("withdraw", {}, case, at=AT))

    @rule(case=CASES, given=facts("cause", "invoice", "line 1", "line 2"))
    def redecide(self, case: str, given: Facts) -> None:
        self.compare(self.visits[case].redecide(given), doing("redecide", document(given), case, at=AT))

    @rule(case=CASES)
    def reverse(self, case: str) -> None:
        self.compare(self.visits[case].reverse(), doing("reverse", {}, case, at=AT))

    @rule(case=CASES, key=st.sampled_from(["K1", "K2", "K3"]))
    def reverse_unknown(self, case: str, key: str) -> None:
        expected = self.visits[case].reverse_unknown(key)
        self.compare(expected, doing("reverse_unknown", {}, case, unknown_key=key, at=AT))

    @rule(case=CASES, event=st.sampled_from(list(STEPS)), last=st.booleans())
    def delete(self, case: str, event: str, last: bool) -> None:
        visit = self.visits[case]
        named = visit.taken[-1][0] if last and visit.taken else event
        self.compare(visit.delete(named), doing("delete", {}, case, about=named, at=AT))

    @rule(case=CASES, day=DAYS)
    def time_passes(self, case: str, day: str) -> None:
        due = self.visits[case].day_comes(day)
        answer = carry_out(self.desk.store, passing(day, case), self.desk.law, self.histories)
        assert (answer.document["deadline"] is not None) == due

    @rule(number=st.integers(0, 50))
    def say_it_again(self, number: int) -> None:
        if self.keyed:
            command, answer = self.keyed[number % len(self.keyed)]
            recorded = len(self.desk.store.events(command.case_id))
            assert carry_out(self.desk.store, command, self.desk.law, self.histories).document == answer
            assert len(self.desk.store.events(command.case_id)) == recorded
            SEEN["repetition"] += 1

    @rule(sure=st.sampled_from([False] * 5 + [True]))
    def the_filing_ends(self, sure: bool) -> None:
        if sure and self.journal.filing_stands:
            self.journal.filing_stands = False
            self.desk.said(sending("end", {}, "F1", at=AT))

    @invariant()
    def the_cases_are_what_the_model_says(self) -> None:
        for name, visit in self.visits.items():
            case = self.histories.of(name).case
            assert case is not None
            amounts = case.decision["settlement"]["amounts"] if case.decision is not None else None
            money = None if amounts is None else (amounts["fund_total_fen"], amounts["personal_fen"])
            invoice = None if case.invoice is None else case.invoice.number
            assert (case.state, case.version, money) == (visit.state, visit.version, visit.money)
            assert (invoice, set(case.void)) == (visit.invoice, visit.void)
            assert [step.event for step in case.taken] == [event for event, *_rest in visit.taken]
            if self.compared.get(name) == (case, self.journal.filing_stands):
                continue
            self.compared[name] = case, self.journal.filing_stands
            assert claim_of(case.claim) == claim_of(document(visit.facts))
            steps, operations = what_is_possible(self.desk.store, case, self.desk.law, AT)
            assert {step.event: list(step.needs) for step in steps} == visit.possible()
            assert [operation.event for operation in operations] == visit.operations()

    def teardown(self) -> None:
        """What was kept while the cases went on is what their events add up to, and the filing is as it was left."""
        for name in self.visits:
            assert self.bytes(name) == self.desk.bytes(name)
        assert self.desk.case("F1").chart == FILING


def expected_to_be_seen() -> list[str]:
    """Every transition, both outcomes of everything that a step asks for, and every reason that there can be."""
    visit = Visit("C1", Journal())
    visit.taken = [("accept", "applied", None, None), ("review", "accepted", None, None)]
    moves = [f"{source} -{event}-> {target}" for event, (sources, target) in STEPS.items() for source in sources]
    asked = [
        f"{event}: {what} {outcome}"
        for event in STEPS
        for what in [*visit.holds(event, {}, None), *(["duplicate_invoice"] if event == "settle" else [])]
        for outcome in ("holds", "fails")
    ]
    return [
        *moves,
        *asked,
        "tick lapses",
        "tick notes",
        "tick notes ahead",
        "repetition",
        f"answer {TAKEN}",
        "redecide in paid",
    ]


def live(first: int, end: int) -> Counter[str]:
    """Live as many lives as there are numbers in the range, drawn by the first of them; what was seen how often.

    Raises AssertionError where a case is not what the model says, with the shortest life found that shows it.
    """
    SEEN.clear()
    drawn = seed(first)(type("Lives", (Lives,), {}))
    profile = settings(
        max_examples=end - first,
        stateful_step_count=STEPS_OF_A_LIFE,
        derandomize=False,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(drawn, settings=profile)
    return Counter(SEEN)


def unseen(seen: Counter[str], least: int) -> dict[str, int]:
    """What was seen less often: each transition, and each thing that a step asks for holding and failing."""
    return {what: seen[what] for what in expected_to_be_seen() if seen[what] < least}

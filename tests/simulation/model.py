"""A model of the life of a visit (`tests.cases.small_procedures`), in plain words of its own.

It shares nothing with the handling of cases. Facts are flat; of each event it says whether it is taken, or the first
reason why not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Facts = dict[str, Any]
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "apply": (("opened",), "applied"),
    "accept": (("applied", "returned"), "accepted"),
    "return": (("accepted",), "returned"),
    "review": (("accepted",), "reviewed"),
    "settle": (("reviewed",), "settled"),
    "pay": (("settled",), "paid"),
}
FINAL = ("paid", "lapsed", "withdrawn")
MUST_DIFFER = {"review": ("accept",), "pay": ("accept", "review")}
FIRST_DAY, LAST_DAY = "2024-03-14", "2024-04-11"
# The fifth working day after the application.
PAID_BY = {"2024-03-12": "2024-03-19", "2024-03-20": "2024-03-27", "2024-04-20": "2024-04-26"}
REASONS = (
    *("version_conflict", "key_reused", "case_closed", "unknown_event", "already_taken", "skipped_step"),
    *("conflicting_fact", "too_early", "too_late", "actor_not_allowed", "document_missing", "condition_not_met"),
    "duplicate_invoice",
)
TAKEN, PROBLEM = "taken", "problem"


class Journal:
    """What cases have in common: whether the filing stands, and which case an invoice backs."""

    def __init__(self) -> None:
        self.filing_stands = True
        self.holders: dict[str, str] = {}


class Visit:
    """One case. `layers` are the facts by the event that brought them, `taken` the events with the states they left."""

    def __init__(self, name: str, journal: Journal) -> None:
        self.name, self.journal = name, journal
        self.state, self.version = "opened", 1
        self.layers: list[tuple[str, Facts]] = [("open", {})]
        self.taken: list[tuple[str, str, str | None, str | None]] = []
        self.money: tuple[int, int] | None = None
        self.invoice: str | None = None
        self.keys: set[str] = set()
        self.void: set[str] = set()
        self.noted: set[str] = set()
        self.seen: Callable[[str], None] = lambda what: None

    @property
    def facts(self) -> Facts:
        return merged([facts for _event, facts in self.layers])[0]

    def holds(self, event: str, facts: Facts, actor: str | None) -> dict[str, bool]:
        """Everything that a step asks for, by the reason it would be refused for and a name, and whether it holds."""
        asked: dict[str, bool] = {}
        applied, left = facts.get("applied"), facts.get("discharged")
        if event == "apply":
            asked["document_missing hospital_invoice"] = "hospital_invoice" in facts.get("documents", ())
            asked["condition_not_met application_is_dated"] = applied is not None
            asked["condition_not_met not_a_stay"] = facts.get("kind") != "outpatient"
            ready = facts.get("filing") == "F1" and self.journal.filing_stands
            asked["condition_not_met relied_case_is_ready"] = ready
            asked["too_late applied_in_time"] = None in (applied, left) or applied <= LAST_DAY
            asked["too_early applied_not_at_once"] = None in (applied, left) or applied >= FIRST_DAY
        if event == "review":
            asked["condition_not_met materials_are_complete"] = facts.get("complete") is True
        if event == "settle":
            asked["condition_not_met claim_is_decided"] = "cause" in facts and bool(amounts(facts))
        for other in MUST_DIFFER.get(event, ()):
            acted = [who for name, _left, who, _key in self.taken if name == other]
            asked[f"actor_not_allowed {other}"] = not acted or (None not in (actor, *acted) and actor not in acted)
        return asked

    def send(self, event: str, given: Facts, actor: str | None, key: str | None, version: int | None) -> str:
        facts, conflicts = merged([self.facts, given])
        reasons = self.shared(key, version) | ({"case_closed"} if self.state in FINAL else set())
        way = fewest(self.state, event) if event in STEPS else []
        if event not in STEPS:
            reasons.add("unknown_event")
        elif way is None:
            reasons.add("already_taken")
        elif way:
            reasons.add("skipped_step")
        if conflicts:
            reasons.add("conflicting_fact")
        for each in [*(way or []), event]:
            asked = self.holds(each, facts, actor)
            if each == event and not way and way is not None:
                for what, held in asked.items():
                    self.seen(f"{event}: {what} {'holds' if held else 'fails'}")
            mine = {what for what in asked if each == event or not what.startswith("actor")}
            reasons |= {what.split()[0] for what in mine if not asked[what]}
        backing = facts.get("invoice") if event == "settle" or (self.money and not self.invoice) else None
        if event in STEPS and self.held_by_another(backing):
            reasons.add("duplicate_invoice")
        if event == "settle" and not way and way is not None:
            self.seen(f"settle: duplicate_invoice {'fails' if self.held_by_another(backing) else 'holds'}")
        return self.answer(reasons, key, lambda: self.take(event, given, facts, actor, key, backing))

    def take(self, event: str, given: Facts, facts: Facts, actor: str | None, key: str | None, backing: Any) -> None:
        self.seen(f"{self.state} -{event}-> {STEPS[event][1]}")
        self.taken.append((event, self.state, actor, key))
        self.layers.append((event, given))
        if event == "settle":
            self.money = settled(facts)
        if backing is not None:
            self.invoice = backing
            self.journal.holders[backing] = self.name
        self.arrive(STEPS[event][1])

    def correct(self, event: str, given: Facts) -> str:
        if self.money is not None or self.state in FINAL:
            return self.answer({"condition_not_met" if self.money is not None else "case_closed"}, None, None)
        places = [place for place, (name, _facts) in enumerate(self.layers) if name == event]
        if not places:
            return PROBLEM
        layers = list(self.layers)
        layers[places[-1]] = (event, {**layers[places[-1]][1], **given})
        facts, conflicts = merged([facts for _event, facts in layers])
        lacking = {
            what.split()[0]
            for name in {name for name, *_rest in self.taken}
            for what, held in self.holds(name, facts, None).items()
            if not held and not what.startswith("actor") and "relied" not in what
        }
        reasons = {"conflicting_fact"} if conflicts else {"document_missing"} & lacking
        if not reasons and lacking:
            reasons = {"condition_not_met"}
        return self.answer(reasons, None, lambda: setattr(self, "layers", layers))

    def withdraw(self) -> str:
        reasons = {"condition_not_met"} if self.money is not None else {"case_closed"} & self.closed()
        return self.answer(reasons, None, lambda: self.arrive("withdrawn"))

    def delete(self, event: str) -> str:
        reasons = {"condition_not_met"} if self.money is not None else self.closed()
        if not reasons and (not self.taken or self.taken[-1][0] != event):
            reasons = {"condition_not_met"}
        return self.answer(reasons, None, self.take_back)

    def redecide(self, given: Facts) -> str:
        if self.money is None:
            return self.answer({"condition_not_met"}, None, None)
        # What was paid is given back: the payment and what it brought fall away.
        layers = [layer for layer in self.layers if layer[0] != "pay"]
        facts = {**merged([facts for _event, facts in layers])[0], **given}
        invoice = facts.get("invoice")
        reasons = {"duplicate_invoice"} if self.held_by_another(invoice) else set()
        return self.answer(reasons, None, lambda: self.decide_anew([*layers, ("redecide", {"replaces": given})]))

    def decide_anew(self, layers: list[tuple[str, Facts]]) -> None:
        self.seen(f"redecide in {self.state}")
        self.layers, self.taken, self.state = layers, [step for step in self.taken if step[0] != "pay"], "settled"
        self.free()
        self.money, self.invoice = settled(self.facts), self.facts.get("invoice")
        if self.invoice is not None:
            self.journal.holders[self.invoice] = self.name

    def reverse(self) -> str:
        return self.answer({"condition_not_met"} if self.money is None else set(), None, self.take_settlement_back)

    def reverse_unknown(self, unknown: str) -> str:
        if self.money is None and self.state in FINAL:
            return self.answer({"case_closed"}, None, None)
        if self.money is not None and unknown in [key for event, _left, _who, key in self.taken if event == "settle"]:
            return self.reverse()
        reasons = {"condition_not_met"} if unknown in self.keys else set()
        return self.answer(reasons, None, lambda: self.void.add(unknown))

    def day_comes(self, day: str) -> bool:
        """Whether something is noted, and what becomes of the case."""
        facts = self.facts
        lapses = self.state == "opened" and "discharged" in facts and day > LAST_DAY
        lapses = lapses and facts.get("applied", "9999") > LAST_DAY
        paid_by, paid = PAID_BY.get(facts.get("applied", ""), "9999"), facts.get("paid")
        unpaid = self.state not in FINAL and day > paid_by and paid_by not in self.noted
        # Before the payment can be entered, its day is either unknown or nobody's business yet.
        unpaid = unpaid and (paid is None or (self.state == "settled" and paid > paid_by))
        if lapses or unpaid:
            self.version += 1
            self.seen("tick lapses" if lapses else "tick notes" if self.state == "settled" else "tick notes ahead")
        if lapses:
            self.arrive("lapsed")
        self.noted |= {paid_by} if unpaid else set()
        return lapses or unpaid

    def answer(self, reasons: set[str], key: str | None, happens: Callable[[], None] | None) -> str:
        """The first reason, or what happens when there is none."""
        first = min(reasons, key=REASONS.index) if reasons else TAKEN
        if key is not None and first not in ("version_conflict", "key_reused"):
            self.keys.add(key)
        if first == TAKEN and happens is not None:
            happens()
            self.version += 1
        return first

    def shared(self, key: str | None, version: int | None) -> set[str]:
        reasons = {"key_reused"} if key in self.void | self.keys else set()
        return reasons | ({"version_conflict"} if version not in (None, self.version) else set())

    def closed(self) -> set[str]:
        return {"case_closed"} if self.state in FINAL else set()

    def held_by_another(self, invoice: str | None) -> bool:
        return invoice is not None and self.journal.holders.get(invoice, self.name) != self.name

    def arrive(self, state: str) -> None:
        self.state = state

    def free(self) -> None:
        if self.invoice is not None:
            del self.journal.holders[self.invoice]
        self.invoice = None

    def take_back(self) -> None:
        """Take the last step back, and the facts that came with it or after it."""
        event, left, _actor, _key = self.taken.pop()
        while self.layers.pop()[0] != event:
            pass
        self.arrive(left)

    def take_settlement_back(self) -> None:
        while self.taken[-1][0] != "settle":
            self.take_back()
        self.take_back()
        self.free()
        self.money = None

    def possible(self) -> dict[str, list[str]]:
        """The events that the state allows, with what each still needs."""
        facts, found = self.facts, {}
        for event, (sources, _target) in STEPS.items():
            if self.state in sources:
                asked = self.holds(event, facts, "nobody")
                due = [what for what, held in asked.items() if not held and what.split()[0] in REASONS[-3:-1]]
                found[event] = [what.split()[1] for what in due]
        return found

    def operations(self) -> list[str]:
        decided, final = self.money is not None, self.state in FINAL
        possible = {
            "correct": not decided and not final,
            "withdraw": not decided and not final,
            "redecide": decided,
            "reverse": decided,
            "reverse_unknown": decided or not final,
            "delete": not decided and not final and bool(self.taken),
        }
        return [name for name in possible if possible[name]]


def fewest(state: str, event: str) -> list[str] | None:
    """The fewest events that lead from a state to where the event is possible; None where none do."""
    if state in STEPS[event][0]:
        return []
    ways: list[list[str]] = [[]]
    for _length in STEPS:
        ways = [[*way, each] for way in ways for each in STEPS if end_of(state, way) in STEPS[each][0]]
        for way in ways:
            if end_of(state, way) in STEPS[event][0]:
                return way
    return None


def end_of(state: str, way: list[str]) -> str:
    return STEPS[way[-1]][1] if way else state


def merged(layers: list[Facts]) -> tuple[Facts, bool]:
    """The facts together, and whether some contradict those before them."""
    facts: Facts = {}
    conflict = False
    for layer in layers:
        if "replaces" in layer:
            facts = {**facts, **layer["replaces"]}
            continue
        for name, value in layer.items():
            if name == "documents":
                facts[name] = facts.get(name, frozenset()) | value
            conflict = conflict or (name != "documents" and facts.setdefault(name, value) != value)
    return facts, conflict


def amounts(facts: Facts) -> list[int]:
    return [value for name, value in facts.items() if name.startswith("line ")]


def settled(facts: Facts) -> tuple[int, int]:
    """What the fund and the person pay."""
    total = sum(amounts(facts))
    fund = 0 if facts["cause"] == "work_injury" else total * 7 // 10
    return fund, total - fund

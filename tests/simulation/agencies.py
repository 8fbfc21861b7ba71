"""A seeded simulation: agencies that send commands over a bad network to cases in a store that fails, in one process.

Time is a number of minutes that only the simulation moves. Everything random comes from the seed, so that the same seed
gives the same trace to the last byte. After every message the promises are held against what the store has:

- an event that was acknowledged is there, once, and says what its sender was told;
- sequences and versions have no gap, and each event names the one before;
- an invoice backs one live settlement, and the money of all events adds up to that of the live settlements;
- a refused command leaves its case byte for byte as it was; what was kept on the way is what a replay gives.
"""

from __future__ import annotations

import datetime
import hashlib
import heapq
import random
from collections import Counter

from attrs import asdict, evolve, frozen

from tests.cases.small_procedures import FILED, FILING, GOOD, VISIT, small_law
from tests.simulation.books import Book, Broken, fund_of
from tests.simulation.faults import FaultyStore
from yibao.basics.digest import canonical_json
from yibao.basics.problems import ProblemsFound
from yibao.cases.carrying_out import carry_out
from yibao.cases.commands import Command, Law, OpenCase, PassTime, SendEvent, Submission
from yibao.cases.events import folds
from yibao.cases.histories import Histories
from yibao.journal.memory import MemoryStore
from yibao.model.case import Case, Document, Invoice
from yibao.model.events import Change

START = datetime.datetime(2024, 3, 12, 8, tzinfo=datetime.UTC)
FILINGS, VISITS, INVOICES = ("F1", "F2"), ("V1", "V2", "V3"), ("0001", "0002")
MOST_MESSAGES, MOST_TRIES = 45, 4
OPERATIONS = ("correct", "withdraw", "redecide", "reverse", "delete")


@frozen(kw_only=True)
class Message:
    """A command on its way, and how often it was tried."""

    sender: str
    command: Command
    tries: int


class Simulation:
    """One world of one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = FaultyStore(random.Random(seed + 1), self.chance.choice((0.0, 0.03, 0.1)))
        self.law: Law = small_law()
        self.histories = Histories(self.store)
        self.minutes, self.number = 0, 0
        self.waiting: list[tuple[int, int, Message]] = []
        self.acknowledged: dict[tuple[str, str], Document] = {}
        self.books = {name: Book() for name in (*FILINGS, *VISITS)}
        self.counts: Counter[str] = Counter()
        self._trace = hashlib.sha256(str(seed).encode())

    def run(self) -> str:
        """Let all messages come and go; the digest of all that happened. Raises Broken."""
        for name in (*FILINGS, *VISITS):
            self._send("person", self._opening(name), delay=self.chance.randrange(60))
        sent = 0
        while self.waiting:
            self.minutes, _number, message = heapq.heappop(self.waiting)
            self._deliver(message)
            if sent < MOST_MESSAGES:
                sent += 1
                self._act()
        for name in self.books:
            self._replay(name)
        self._trace.update(str(MemoryStore.append_together(self.store, [])).encode())
        return self._trace.hexdigest()

    def _deliver(self, message: Message) -> None:
        command = message.command
        before = self._bytes(command.case_id)
        try:
            answer = carry_out(self.store, command, self.law, self.histories)
        except ProblemsFound as error:
            code = error.problems[0].code
            self._note(f"{code} {command.case_id}")
            # What its sender was not told may be kept all the same.
            self._check_new_events(command.case_id)
            if code.startswith("journal-"):
                self._unknown(message)
            return
        self._check_new_events(command.case_id)
        if answer.refused and self._bytes(command.case_id) != before:
            raise Broken(f"a refused command has changed {command.case_id}")
        key = command.submission.key
        if not answer.refused and key is not None:
            earlier = self.acknowledged.setdefault((command.case_id, key), answer.document)
            if earlier != answer.document:
                raise Broken(f"the key {key} was answered in two ways")
        self.counts[f"{_kind(command)} {answer.document.get('refused', 'done')}"] += 1
        self._note(canonical_json(answer.document).decode())
        self._check_promises()

    def _unknown(self, message: Message) -> None:
        """What a sender does who was told nothing: it sends again with the key, or takes a settlement back by it."""
        self.counts["outcome unknown"] += 1
        command = message.command
        if isinstance(command, SendEvent) and command.event == "settle" and self.chance.random() < 0.6:
            change = Change(event=None, key=command.submission.key, reason="结算超时")
            asked = SendEvent(
                case_id=command.case_id,
                event="reverse_unknown",
                data={},
                change=change,
                submission=self._submission("bureau"),
            )
            self._send("bureau", asked, delay=self.chance.randrange(120))
        elif message.tries < MOST_TRIES:
            again = evolve(message, tries=message.tries + 1)
            self._put(again, delay=self.chance.randrange(1, 240))

    def _act(self) -> None:
        """Somebody looks at a case, perhaps as it was a while ago, and sends what comes next, or something else."""
        name = self.chance.choice((*VISITS, *VISITS, *VISITS, *FILINGS))
        case = self.books[name].seen(self.chance)
        if case is None:
            self._send("person", self._opening(name), delay=5)
            return
        if name in FILINGS:
            event = "file" if case.state == "opened" else "end"
            if event == "end" and self.chance.random() < 0.96:
                return
            sender = "person"
            command: Command = self._event(name, event, FILED if event == "file" else {}, "person")
        elif self.chance.random() < 0.06:
            sender, command = "clock", PassTime(case_id=name, submission=self._submission(None, key=False))
        elif self.chance.random() < (0.35 if case.decision is not None else 0.15):
            sender, command = "bureau", self._operation(name, case)
        else:
            sender, command = self._next(name, case)
        self._send(sender, command, delay=self.chance.randrange(1, self.chance.choice((60, 60, 60, 1_500))))

    def _next(self, name: str, case: Case) -> tuple[str, Command]:
        """The event that the case waits for, mostly from the right clerk and with good data."""
        ways = {"opened": "apply", "applied": "accept", "returned": "accept", "reviewed": "settle", "settled": "pay"}
        event = ways.get(case.state, self.chance.choice(("review", "review", "review", "return", "pay")))
        data = dict(GOOD.get(event, {}))
        if event == "apply":
            data["filing"] = {"case_id": self.chance.choice(FILINGS)}
            applied_on = self.chance.choice((*["2024-03-20"] * 5, "2024-04-20"))
            data["application"] = {"applied_on": applied_on}
        if event == "settle":
            data["invoice"] = {"issuer": "H1", "number": self.chance.choice(INVOICES)}
        clerk = {"accept": "zhao", "review": "qian", "settle": "qian", "pay": "sun"}.get(event)
        clerk = self.chance.choice((*[clerk] * 5, "zhao"))
        expected = case.version if self.chance.random() < 0.3 else None
        return "bureau", self._event(name, event, data, clerk, expected)

    def _operation(self, name: str, case: Case) -> Command:
        kinds = ("redecide", "reverse") if case.decision is not None else ("correct", "correct")
        kind = self.chance.choice((*kinds, *kinds, *kinds, *kinds, *OPERATIONS))
        about = case.taken[-1].event if case.taken else "open"
        data: Document = {}
        if kind == "correct":
            data = {"lines": [{"line_id": "3", "amount_fen": self.chance.randrange(1, 100_000)}]}
        if kind == "redecide":
            data = {"encounter": {"cause": self.chance.choice(("disease", "work_injury"))}}
            if self.chance.random() < 0.3:
                data = {**data, "invoice": {"issuer": "H1", "number": self.chance.choice(INVOICES)}}
        event = about if kind in ("correct", "delete") else None
        change = Change(event=event, key=None, reason="复核")
        return SendEvent(case_id=name, event=kind, data=data, change=change, submission=self._submission("bureau"))

    def _send(self, sender: str, command: Command, delay: int) -> None:
        """Put a message on its way, now and then twice, and with a delay that lets others overtake it."""
        message = Message(sender=sender, command=command, tries=0)
        self._put(message, delay)
        if self.chance.random() < 0.15:
            self.counts["duplicate"] += 1
            self._put(message, delay + self.chance.randrange(3_000))

    def _put(self, message: Message, delay: int) -> None:
        self.number += 1
        heapq.heappush(self.waiting, (self.minutes + delay, self.number, message))

    def _opening(self, name: str) -> OpenCase:
        chart = FILING if name in FILINGS else VISIT
        data = {} if chart == FILING else {"encounter": {"discharged_on": "2024-03-11"}}
        return OpenCase(case_id=name, chart=chart, data=data, submission=self._submission("person"))

    def _event(
        self, name: str, event: str, data: Document, actor: str | None, expected: int | None = None
    ) -> SendEvent:
        submission = evolve(self._submission(actor), expected_version=expected)
        return SendEvent(case_id=name, event=event, data=data, change=None, submission=submission)

    def _submission(self, actor: str | None, key: bool = True) -> Submission:
        self.number += 1
        at = (START + datetime.timedelta(minutes=self.minutes * 4)).isoformat()
        return Submission(at=at, actor=actor, key=f"key-{self.number}" if key else None, expected_version=None)

    def _check_new_events(self, case_id: str) -> None:
        book = self.books[case_id]
        for document in MemoryStore.events_after(self.store, case_id, book.sequence):
            book.add(document)
        book.remember(self._case(case_id))

    def _check_promises(self) -> None:
        holders: dict[tuple[str, str], str] = {}
        for name, book in self.books.items():
            case = self._case(name)
            fund = 0 if case is None or case.decision is None else fund_of(case.decision)
            if book.fund != fund:
                raise Broken(f"the events of {name} add up to {book.fund} fen, its live settlement pays {fund}")
            if case is None or case.invoice is None:
                continue
            invoice = (case.invoice.issuer, case.invoice.number)
            if invoice in holders:
                raise Broken(f"the invoice {invoice} backs {name} and {holders[invoice]}")
            holders[invoice] = name
        for number in INVOICES:
            holder = self.store.holder_of(Invoice(issuer="H1", number=number))
            if holder != holders.get(("H1", number)):
                raise Broken(f"the journal says that the invoice {number} backs {holder}, and not so the cases")
        for (name, key), told in self.acknowledged.items():
            kept = self.books[name].keyed.get(key)
            if kept is None or kept["version"] != told["version"] or kept["state"] != told["state"]:
                raise Broken(f"what was acknowledged of {name} under {key} is not what is kept")

    def _replay(self, name: str) -> None:
        """The events told again from the first on: after each the case is what it was then."""
        book = self.books[name]
        for document in MemoryStore.events_after(self.store, name, book.sequence):
            book.add(document)
        told = MemoryStore.events(self.store, name)
        for sequence, (_event, case) in enumerate(folds(told), start=1):
            kept = book.after.get(sequence)
            if kept is not None and kept != canonical_json(asdict(case)):
                raise Broken(f"{name} is told otherwise after its event {sequence}")

    def _case(self, name: str) -> Case | None:
        return self.books[name].case(MemoryStore.events_after(self.store, name, self.books[name].folded))

    def _bytes(self, name: str) -> bytes:
        case = self._case(name)
        return b"" if case is None else canonical_json(asdict(case))

    def _note(self, what: str) -> None:
        self._trace.update(f"{self.minutes} {what}\n".encode())


def _kind(command: Command) -> str:
    match command:
        case OpenCase():
            return "open"
        case PassTime():
            return "time passes"
        case SendEvent():
            return command.event

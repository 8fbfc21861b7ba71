"""One book used by many threads: no event is lost, none is there twice, and versions have no gap."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest

from tests.embedding.stays import AT, INPATIENT, OPENING, stay, walk
from yibao import Answer, Casebook, InForce, open_journal
from yibao.cases import carrying_out
from yibao.model.case import Document

THREADS = 16
EACH = 4
Result = TypeVar("Result")


def at_once(work: Callable[[int], Result]) -> list[Result]:
    """The results of a work that every thread begins at the same moment, told the number of the thread."""
    together = Barrier(THREADS)

    def begin(number: int) -> Result:
        together.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def events_of(name: str, case_id: str) -> tuple[Document, ...]:
    """The events of a case in a journal, every one of which was checked by its digest and link."""
    with open_journal(name, create=False) as journal:
        assert [event.position for event in journal.stored()] == list(range(1, journal.head().position + 1))
        return journal.events(case_id)


def certificate(number: str) -> Document:
    """The correction of the certificate's number, with the rest of what the referral brought."""
    data = stay()["issue_referral"]
    filing = {"referral": {**data["filing"]["referral"], "certificate": number}}
    return {**data, "filing": filing, "change": {"event": "issue_referral", "reason": "a slip"}}


def test_of_many_threads_on_one_case_each_changes_it_once_for_each_command(
    name: str, law: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No thread is in the way of another, so that none has to begin again.
    monkeypatch.setattr(carrying_out, "MOST_ATTEMPTS", 1)
    with Casebook.at(name, law) as book:
        walk(book, "C1", until="issue_referral")

        def correct(thread: int) -> list[Answer]:
            return [book.do("C1", "correct", certificate(f"R-{thread}-{turn}"), at=AT) for turn in range(EACH)]

        answers = [answer for some in at_once(correct) for answer in some]
        case = book.show("C1")
    assert Counter(answer.document.get("refused") for answer in answers) == {None: THREADS * EACH}
    versions = [answer.document["version"] for answer in answers]
    assert sorted(versions) == list(range(3, 3 + THREADS * EACH))
    assert case is not None
    assert case.version == max(versions)
    assert len(events_of(name, "C1")) == max(versions)


def test_of_many_threads_that_expect_one_version_one_gets_through(name: str, law: InForce) -> None:
    with Casebook.at(name, law) as book:
        book.open(INPATIENT, "C1", OPENING, at=AT)
        data = stay()["issue_referral"]
        answers = at_once(lambda thread: book.do("C1", "issue_referral", data, at=AT, expect_version=1))
        case = book.show("C1")
    refused = Counter(answer.document.get("refused") for answer in answers)
    assert refused == {None: 1, "version_conflict": THREADS - 1}
    assert case is not None
    assert case.version == 2


def test_of_many_threads_that_repeat_one_command_all_get_its_answer(name: str, law: InForce) -> None:
    with Casebook.at(name, law) as book:
        opened = at_once(lambda thread: book.open(INPATIENT, "C1", OPENING, at=AT, key="open"))
        data = stay()["issue_referral"]
        moved = at_once(lambda thread: book.do("C1", "issue_referral", data, at=AT, key="refer"))
    assert all(answer.document == opened[0].document and not answer.refused for answer in opened)
    assert all(answer.document == moved[0].document and not answer.refused for answer in moved)
    assert [event["kind"] for event in events_of(name, "C1")] == ["opened", "step_taken"]


def test_many_threads_with_a_case_each_all_come_to_the_same_end(name: str, law: InForce) -> None:
    with Casebook.at(name, law) as book:
        at_once(lambda thread: walk(book, f"C{thread}", invoice=str(thread)))
        ends = [book.show(case_id) for case_id in book.cases()]
    assert len(ends) == THREADS
    assert {(case.state, case.version) for case in ends if case is not None} == {("settled", 7)}
    outcomes = {case.decision["outcome"] for case in ends if case is not None and case.decision is not None}
    assert outcomes == {"covered"}
    assert [event["envelope"]["sequence"] for event in events_of(name, "C3")] == [1, 2, 3, 4, 5, 6, 7]


def test_an_invoice_that_many_threads_settle_at_once_backs_one_case(name: str, law: InForce) -> None:
    with Casebook.at(name, law) as book:
        for thread in range(THREADS):
            walk(book, f"C{thread}", until="issue_invoice")
        answers = at_once(lambda thread: book.do(f"C{thread}", "settle", stay()["settle"], at=AT))
    settled = [answer.document["case"] for answer in answers if not answer.refused]
    refused = [answer.document for answer in answers if answer.refused]
    assert len(settled) == 1
    assert {(each["refused"], each["invoice_with"]) for each in refused} == {("duplicate_invoice", settled[0])}


def test_several_books_of_one_journal_that_many_threads_use_lose_nothing(name: str, law: InForce) -> None:
    with Casebook.at(name, law) as one, Casebook.at(name, law) as other:
        walk(one, "C1", until="issue_referral")
        books = (one, other)
        answers = at_once(lambda thread: books[thread % 2].do("C1", "correct", certificate(f"R-{thread}"), at=AT))
        assert one.show("C1") == other.show("C1")
    assert sorted(answer.document["version"] for answer in answers) == list(range(3, 3 + THREADS))


def test_a_case_is_read_while_others_are_written(tmp_path: Path, law: InForce) -> None:
    with Casebook.at(str(tmp_path / "cases.sqlite"), law) as book:
        walk(book, "C1", until="issue_referral")

        def work(thread: int) -> list[int]:
            if thread % 2:
                return [book.do("C1", "correct", certificate(f"R-{thread}"), at=AT).document["version"]]
            seen = []
            for _turn in range(10):
                following, case = book.next("C1", at=AT), book.show("C1")
                assert following is not None
                assert case is not None
                assert following.case.version <= case.version
                seen.append(case.version)
            return seen

        seen = at_once(work)
    assert all(versions == sorted(versions) for versions in seen)


def test_claims_are_decided_by_many_threads_as_by_one(book: Casebook, law: InForce) -> None:
    claims = list(law.policy.claims.values())
    alone = [book.decide(claim) for claim in claims]
    for together in at_once(lambda thread: [book.decide(claim) for claim in claims]):
        assert together == alone


def test_a_program_with_an_event_loop_hands_calls_to_threads(book: Casebook) -> None:
    async def settle(case_id: str) -> str:
        await asyncio.to_thread(walk, book, case_id, until="settle", invoice=case_id)
        case = await asyncio.to_thread(book.show, case_id)
        assert case is not None
        return case.state

    async def settle_all() -> list[str]:
        return await asyncio.gather(*(settle(f"C{number}") for number in range(THREADS)))

    assert asyncio.run(settle_all()) == ["settled"] * THREADS
    assert len(book.cases()) == THREADS

"""Every store keeps events alike: in sequence, all or none, with the bundles and invoices that they name."""

from __future__ import annotations

from typing import Any

import pytest

from yibao.basics.problems import Fault, ProblemsFound
from yibao.journal import Appended, Head, InvoiceTaken, SequenceTaken, Snapshot
from yibao.journal.bundles import extension_bundle, file_bundle, folder_bundle
from yibao.journal.chain import beginning, digest_of_body, next_link
from yibao.journal.invoices import Invoice, NoInvoice
from yibao.journal.kept import KeptJournal
from yibao.journal.memory import MemoryStore
from yibao.journal.opening import open_existing_journal, open_journal

Store = KeptJournal | MemoryStore
INVOICE = {"issuer": "H1", "number": "0034567821"}
H1 = Invoice("H1", "0034567821")


def claiming(**more: Any) -> dict[str, Any]:
    return {"kind": "step_taken", "invoice": INVOICE, **more}


FREEING = {"kind": "reversed", "frees_invoice": INVOICE}


def test_what_was_appended_is_read_back(store: Store) -> None:
    events: list[dict[str, Any]] = [{"kind": "opened", "note": "医保", "amount": 10**13}, {"list": [1, None]}]
    store.append("C2", 0, events)
    store.append("C1", 0, [{"kind": "opened"}])
    assert store.events("C2") == tuple(events)
    assert store.events_after("C2", 1) == (events[1],)
    assert store.events_after("C2", 2) == ()
    assert store.events("C3") == store.events_after("C3", 1) == ()
    assert store.cases() == ("C1", "C2")


def test_events_are_appended_in_sequence_all_or_none(store: Store) -> None:
    store.append("C1", 0, [{"n": 1}])
    for stale in (0, 2, 7):
        with pytest.raises(SequenceTaken):
            store.append("C1", stale, [{"n": 2}, {"n": 3}])
    with pytest.raises(SequenceTaken):
        store.append_together([Appended("C2", 0, [{"n": 1}]), Appended("C1", 0, [{"n": 2}])])
    with pytest.raises(TypeError):
        store.append("C1", 1, [{"n": 2}, {"n": 0.5}])
    assert (store.events("C1"), store.events("C2")) == (({"n": 1},), ())
    store.append_together([Appended("C1", 1, [{"n": 2}]), Appended("C2", 0, [{"n": 1}]), Appended("C1", 2, [{"n": 3}])])
    assert store.events("C1") == ({"n": 1}, {"n": 2}, {"n": 3})


def test_a_part_without_events_is_a_condition_on_another_case(store: Store) -> None:
    store.append("filing", 0, [{"n": 1}])
    before = store.append_together([Appended("filing", 1, [])])
    store.append_together([Appended("claim", 0, [{"n": 1}]), Appended("filing", 1, [])])
    with pytest.raises(SequenceTaken):
        store.append_together([Appended("claim", 1, [{"n": 2}]), Appended("filing", 0, [])])
    assert before.position == 1
    assert (store.cases(), len(store.events("claim"))) == (("claim", "filing"), 1)


def test_the_head_binds_every_event_and_its_place(store: Store) -> None:
    link = beginning(0)
    for position, (case_id, sequence, body) in enumerate(
        [("C1", 1, b'{"n":1}'), ("C2", 1, b'{"n":1}'), ("C1", 2, b'{"n":2}')], start=1
    ):
        head = store.append(case_id, sequence - 1, [{"n": int(body[5:6])}])
        link = next_link(link, digest_of_body(body), position, sequence, case_id)
        assert head == Head(position, link.hex())


def test_an_invoice_backs_one_live_settlement(store: Store) -> None:
    store.append("C1", 0, [claiming()])
    with pytest.raises(InvoiceTaken) as taken:
        store.append_together([Appended("C3", 0, [{"n": 1}]), Appended("C2", 0, [claiming()])])
    assert (taken.value.holder, taken.value.invoice) == ("C1", H1)
    assert store.events("C2") == store.events("C3") == ()
    store.append("C1", 1, [claiming(again=True)])
    assert store.holder_of(H1) == "C1"
    store.append("C1", 2, [FREEING])
    assert store.holder_of(H1) is None
    store.append("C2", 0, [claiming()])
    assert store.holder_of(H1) == "C2"


def test_one_event_frees_and_claims_the_invoice_again(store: Store) -> None:
    store.append("C1", 0, [claiming()])
    store.append("C1", 1, [claiming(frees_invoice=INVOICE)])
    assert store.holder_of(H1) == "C1"


def test_nobody_frees_what_another_case_holds(store: Store) -> None:
    store.append("C1", 0, [claiming()])
    with pytest.raises(Fault):
        store.append("C2", 0, [FREEING])
    assert (store.holder_of(H1), store.events("C2")) == ("C1", ())


@pytest.mark.parametrize("named", ["0034567821", {"issuer": "H1"}, {"issuer": "H1", "number": 5}, []])
def test_what_is_no_invoice_is_not_kept(store: Store, named: Any) -> None:
    with pytest.raises(NoInvoice):
        store.append("C1", 0, [{"invoice": named}])
    assert store.events("C1") == ()


def test_bundles_are_kept_with_the_events_that_name_them(store: Store) -> None:
    chart, policy = file_bundle("办理: x".encode()), folder_bundle({"a/b.yaml": b"rule: b", "z.csv": bytes(range(256))})
    city = extension_bundle({"manifest.yaml": b"extends: {}"}, policy.digest)
    bundles = {each.digest: each for each in (chart, policy, city)}
    store.append("C1", 0, [{"n": 1}], bundles)
    store.append("C1", 1, [{"n": 2}], bundles)
    assert [store.bundle(digest) for digest in bundles] == [chart, policy, city]
    assert store.bundle("sha256:unknown") is None
    with pytest.raises(SequenceTaken):
        store.append("C1", 0, [{"n": 3}], {(other := file_bundle(b"other")).digest: other})
    assert store.bundle(other.digest) is None


def test_the_last_sequence_is_how_many_events_a_case_has(journal: KeptJournal) -> None:
    journal.append("C1", 0, [{"n": 1}, {"n": 2}])
    assert (journal.last_sequence("C1"), journal.last_sequence("C2")) == (2, 0)


def test_the_head_is_there_after_reopening(name: str) -> None:
    with open_journal(name, create=True) as journal:
        head = journal.append("C1", 0, [{"n": 1}])
    with open_existing_journal(name) as journal:
        assert journal.head() == head
        assert [(each.position, each.case_id, each.sequence, each.body) for each in journal.stored()] == [
            (1, "C1", 1, b'{"n":1}')
        ]


def test_all_events_are_read_in_their_order_and_case_by_case(journal: KeptJournal) -> None:
    for case_id in ("C2", "C10", "C1", "病例"):
        journal.append(case_id, 0, [{"case": case_id, "n": n} for n in range(3)])
    journal.append("C2", 3, [{"case": "C2", "n": 3}])
    assert [event.position for event in journal.stored()] == list(range(1, 14))
    by_case = [(event.case_id, event.sequence) for event in journal.stored_by_case()]
    assert by_case == sorted(by_case)
    assert [case for case, sequence in by_case if sequence == 1] == list(journal.cases())
    assert {event.case_id for event in journal.stored_by_case("C1", "C2")} == {"C10", "C2"}


def test_a_snapshot_stands_at_its_event_and_is_forgotten_without_loss(journal: KeptJournal) -> None:
    journal.append("C1", 0, [{"n": 1}, {"n": 2}])
    assert journal.snapshot("C1") is None
    for sequence in (1, 2):
        taken = Snapshot(case_id="C1", sequence=sequence, document={"state": "办理中", "sum": sequence})
        journal.keep_snapshot(taken)
        assert journal.snapshot("C1") == taken
    with pytest.raises(Fault):
        journal.keep_snapshot(Snapshot(case_id="C1", sequence=3, document={}))
    journal.drop_snapshots()
    assert journal.snapshot("C1") is None
    assert len(journal.events("C1")) == 2


def test_a_journal_that_is_not_there_is_read_as_empty_and_keeps_nothing(name: str) -> None:
    with open_journal(name, create=False) as journal:
        assert (journal.cases(), journal.events("C1"), journal.head().position) == ((), (), 0)
        with pytest.raises(ProblemsFound) as found:
            journal.append("C1", 0, [{"n": 1}])
    assert [problem.code for problem in found.value.problems] == ["no-such-journal"]
    with pytest.raises(ProblemsFound) as found:
        open_existing_journal(name)
    assert [problem.code for problem in found.value.problems] == ["no-such-journal"]

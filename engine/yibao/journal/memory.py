"""A journal that forgets: the events of cases in lists, for trying things out. Writes to nothing, for one thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yibao.basics.digest import canonical_json
from yibao.basics.problems import Fault
from yibao.journal import NO_BUNDLES, Appended, Head, InvoiceTaken, SequenceTaken, Snapshot
from yibao.journal.bundles import Bundle
from yibao.journal.chain import beginning, digest_of_body, next_link
from yibao.journal.invoices import movements_of
from yibao.model.case import Document, Invoice


class MemoryStore:
    """The events of cases, as long as the program runs."""

    def __init__(self) -> None:
        self._events: dict[str, list[Document]] = {}
        self._holders: dict[Invoice, str] = {}
        self._bundles: dict[str, Bundle] = {}
        self._position, self._link = 0, beginning(0)

    def events(self, case_id: str) -> Sequence[Document]:
        """The events of a case, oldest first; none for a case that nobody opened."""
        return tuple(self._events.get(case_id, ()))

    def events_after(self, case_id: str, sequence: int) -> Sequence[Document]:
        """The events of a case after number `sequence`, oldest first."""
        return tuple(self._events.get(case_id, ())[sequence:])

    def cases(self) -> Sequence[str]:
        """The names of all cases, sorted."""
        return tuple(sorted(self._events))

    def holder_of(self, invoice: Invoice) -> str | None:
        """The case that an invoice backs a live settlement of."""
        return self._holders.get(invoice)

    def bundle(self, digest: str) -> Bundle | None:
        """The bundle that events name by this digest; None for one that is not kept."""
        return self._bundles.get(digest)

    def snapshot(self, case_id: str) -> Snapshot | None:
        """None: reading its events again costs nothing here."""
        return None

    def keep_snapshot(self, snapshot: Snapshot) -> None:
        """Keeps none."""

    def append(
        self,
        case_id: str,
        expected_sequence: int,
        events: Sequence[Document],
        bundles: Mapping[str, Bundle] = NO_BUNDLES,
    ) -> Head:
        """Keep the events after number `expected_sequence`. Raises SequenceTaken and InvoiceTaken."""
        return self.append_together([Appended(case_id, expected_sequence, events)], bundles)

    def append_together(self, parts: Sequence[Appended], bundles: Mapping[str, Bundle] = NO_BUNDLES) -> Head:
        """Keep events of several cases, all or none. Raises SequenceTaken and InvoiceTaken."""
        bodies = [[canonical_json(event) for event in part.events] for part in parts]
        holders = self._holders_after(parts)
        for part, written in zip(parts, bodies, strict=True):
            for sequence, body in enumerate(written, start=part.expected_sequence + 1):
                self._position += 1
                self._link = next_link(self._link, digest_of_body(body), self._position, sequence, part.case_id)
            if part.events:
                self._events.setdefault(part.case_id, []).extend(part.events)
        self._holders = holders
        self._bundles |= bundles
        return Head(self._position, self._link.hex())

    def _holders_after(self, parts: Sequence[Appended]) -> dict[Invoice, str]:
        """Who holds which invoice once the parts are kept; raises what stands against keeping them."""
        holders, numbers = dict(self._holders), dict[str, int]()
        for part in parts:
            last = numbers.get(part.case_id, len(self._events.get(part.case_id, ())))
            if last != part.expected_sequence:
                raise SequenceTaken(f"the case {part.case_id} has {last} events, not {part.expected_sequence}")
            numbers[part.case_id] = last + len(part.events)
            for movement in (each for event in part.events for each in movements_of(event)):
                holder = holders.get(movement.invoice)
                if movement.claims and holder not in (None, part.case_id):
                    raise InvoiceTaken(movement.invoice, str(holder))
                if not movement.claims and holder != part.case_id:
                    raise Fault(f"the case {part.case_id} frees an invoice that it does not hold")
                if movement.claims:
                    holders[movement.invoice] = part.case_id
                else:
                    del holders[movement.invoice]
        return holders

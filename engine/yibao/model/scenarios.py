"""What is told beside a chart: a case is opened, events are sent to it, and it ends in a state."""

from __future__ import annotations

import datetime

from attrs import field, frozen

from yibao.basics.problems import Place
from yibao.model.case import Document


@frozen(kw_only=True)
class ExpectedRefusal:
    """What a scenario says of a refused move. A part that is None is not looked at."""

    reason: str
    missing_steps: tuple[str, ...] | None
    missing_documents: tuple[str, ...] | None
    failed: tuple[str, ...] | None
    asks: tuple[str, ...] | None


@frozen(kw_only=True)
class Move:
    """One event sent to the case of a scenario, with its data; `refused` is None when it is to be accepted.

    `at` is when it is recorded. `key` is its idempotency key, where it has one.
    """

    event: str
    data: Document
    actor: str | None
    at: str
    key: str | None
    refused: ExpectedRefusal | None
    place: Place = field(eq=False)


@frozen(kw_only=True)
class TimePasses:
    """The day comes on which passed deadlines are looked for.

    `notes` are the names of those that are noted then, in their order; None where that is not looked at.
    """

    day: datetime.date
    notes: tuple[str, ...] | None
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Beside:
    """A case that is there before a scenario begins: what a scenario of its chart, named by its sentence, leaves."""

    case_id: str
    chart: str
    plays: str
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Scenario:
    """A case is opened with facts, events are sent to it, and it ends in a state; `outcome` is that of its decision."""

    sentence: str
    chart: str
    opening: Document
    beside: tuple[Beside, ...]
    moves: tuple[Move | TimePasses, ...]
    state: str
    outcome: str | None
    place: Place = field(eq=False)

"""The events of a case: what happened to it, in order, as a journal keeps it. Nothing of an event is ever changed."""

from __future__ import annotations

from attrs import frozen

from yibao.model.case import Document, Invoice, RecordedReliance


@frozen(kw_only=True)
class Envelope:
    """What every event of a case carries.

    `sequence` counts all events of the case from 1. `at` is when it was recorded, as given by the caller. `command`
    is the digest of what was asked, by which a repeated `key` is recognised. The digests of policy and chart are those
    in force; the policy's covers its calendars and code tables. `previous` is the digest of the event before, None for
    the first. `version` and `state` are the case's after the event; None in journals of release 0.2.0.
    """

    case_id: str
    sequence: int
    version: int | None
    state: str | None
    at: str
    actor: str | None
    key: str | None
    command: str
    policy_digest: str
    chart_digest: str
    previous: str | None


@frozen(kw_only=True)
class Change:
    """What an operation is about: the event whose facts or step it concerns, a settlement's key, and the reason."""

    event: str | None
    key: str | None
    reason: str


@frozen(kw_only=True)
class CaseOpened:
    """The case began, in the chart's initial state, with these facts."""

    envelope: Envelope
    chart: str
    state: str
    data: Document


@frozen(kw_only=True)
class StepTaken:
    """An event took a step.

    `decision` is the decision document of a step that decides the claim, and `invoice` the one that from now on backs
    the live decision, this one or an earlier one, where it is known. `relied_on` is the other case that the step waited
    for, and `brought` the facts taken over from it.
    """

    envelope: Envelope
    event: str
    step: str
    source: str
    target: str
    data: Document
    brought: Document
    relied_on: RecordedReliance | None
    decision: Document | None
    invoice: Invoice | None


@frozen(kw_only=True)
class StepRefused:
    """An attempt that changed nothing. `event` is None for an attempt to open the case again."""

    envelope: Envelope
    event: str | None
    data: Document
    change: Change | None
    refusal: Document


@frozen(kw_only=True)
class FactsCorrected:
    """The facts that an earlier event brought were replaced by these."""

    envelope: Envelope
    change: Change
    data: Document


@frozen(kw_only=True)
class CaseWithdrawn:
    """The case was given up."""

    envelope: Envelope
    change: Change
    source: str
    target: str


@frozen(kw_only=True)
class CaseRedecided:
    """Later facts led to a new decision, which supersedes the one named.

    `owed` is new less old for each amount of the settlement, in whole fen: what is above zero is still to be paid by
    its payer, what is below zero was paid too much. Where the later facts name another invoice, or the first one,
    `frees_invoice` is the one that no longer backs the decision, and `invoice` the one that now does.
    """

    envelope: Envelope
    change: Change
    data: Document
    decision: Document
    supersedes: str
    owed: Document
    frees_invoice: Invoice | None
    invoice: Invoice | None


@frozen(kw_only=True)
class SettlementReversed:
    """A settlement was taken back. `mirrored` are its amounts with every sign turned, never worked out again.

    `frees_invoice` is the invoice that backed it, where it was known.
    """

    envelope: Envelope
    operation: str
    change: Change
    source: str
    target: str
    reverses: str
    mirrored: Document
    frees_invoice: Invoice | None


@frozen(kw_only=True)
class KeyVoided:
    """A settlement whose outcome its sender does not know never came here, and what comes later under its key won't be
    taken."""

    envelope: Envelope
    change: Change


@frozen(kw_only=True)
class StepDeleted:
    """The last step was taken back before anything was decided; the facts that it brought fell away."""

    envelope: Envelope
    change: Change
    step: str
    source: str
    target: str


@frozen(kw_only=True)
class DeadlinePassed:
    """A deadline passed while the case waited. `target` is the state into which it moved the case, if it did."""

    envelope: Envelope
    step: str
    deadline: str
    last_day: str
    source: str
    target: str | None


CaseEvent = (
    CaseOpened
    | StepTaken
    | StepRefused
    | FactsCorrected
    | CaseWithdrawn
    | CaseRedecided
    | SettlementReversed
    | KeyVoided
    | StepDeleted
    | DeadlinePassed
)

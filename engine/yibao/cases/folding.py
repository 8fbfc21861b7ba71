"""What the events of a case add up to: one function for each kind of event, each from a case to the case after it."""

from __future__ import annotations

from attrs import evolve

from yibao.cases.merging import merge, replaced
from yibao.model.case import Case, Document, Layer, Passed, TakenStep
from yibao.model.chart import OPENING, OperationKind
from yibao.model.events import (
    CaseEvent,
    CaseOpened,
    CaseRedecided,
    CaseWithdrawn,
    DeadlinePassed,
    FactsCorrected,
    KeyVoided,
    SettlementReversed,
    StepDeleted,
    StepRefused,
    StepTaken,
)
from yibao.model.refusals import Conflict


class DoesNotFollow(Exception):
    """An event that can't come after the events before it."""


class Contradicts(Exception):
    """Facts of one layer contradict those of the layers below it."""

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        super().__init__(", ".join(conflict.fact for conflict in conflicts))
        self.conflicts = conflicts


def folded(case: Case | None, event: CaseEvent) -> Case | None:
    """The case after one more event. A refused attempt leaves it as it was. Raises DoesNotFollow."""
    if isinstance(event, StepRefused):
        return case
    if isinstance(event, CaseOpened):
        return _opened(case, event)
    if case is None:
        raise DoesNotFollow(f"{_named(event)} stands before the opening of its case")
    after = _after(case, event)
    return evolve(after, version=case.version + 1)


def composed(layers: tuple[Layer, ...]) -> Document:
    """The claim document that the layers make. Raises Contradicts where they contradict each other."""
    claim: Document = {}
    for layer in layers:
        if layer.replaces:
            claim = replaced(claim, layer.data)
            continue
        merged = merge(claim, layer.data)
        if merged.conflicts:
            raise Contradicts(merged.conflicts)
        claim = merged.document
    return claim


def with_correction(layers: tuple[Layer, ...], event: str, data: Document) -> tuple[Layer, ...] | None:
    """The layers with the facts of the last event of that name replaced; None where there is none."""
    number = next((number for number in reversed(range(len(layers))) if layers[number].event == event), None)
    if number is None:
        return None
    layer = layers[number]
    return (*layers[:number], evolve(layer, data=replaced(layer.data, data)), *layers[number + 1 :])


def led_back(case: Case, state: str | None) -> Case | None:
    """The case where it left a state after it was decided, with the steps since then and what they brought fallen away.

    None where it did not leave that state since. Later facts of new decisions stay.
    """
    decided = _deciding_step(case)
    after = [] if decided is None else case.taken[decided + 1 :]
    first = next((step.sequence for step in after if step.source == state), None)
    if state is None or first is None:
        return None
    later = OperationKind.REDECIDE.value
    layers = tuple(layer for layer in case.layers if layer.sequence < first or layer.event == later)
    taken = tuple(step for step in case.taken if step.sequence < first)
    return evolve(case, state=state, layers=layers, taken=taken, claim=composed(layers))


def _after(case: Case, event: CaseEvent) -> Case:
    match event:
        case StepTaken():
            return _moved(case, event)
        case FactsCorrected():
            return _corrected(case, event)
        case CaseRedecided():
            return _redecided(case, event)
        case SettlementReversed():
            return _taken_back(case, event, event.source, event.target, _step_that_decided(case, event))
        case StepDeleted():
            return _taken_back(case, event, event.source, event.target, len(case.taken) - 1)
        case CaseWithdrawn():
            return _arrived(case, event, event.source, event.target)
        case DeadlinePassed():
            return _passed(case, event)
        case KeyVoided():
            return evolve(case, void=(*case.void, event.change.key or ""))
        case _:
            raise DoesNotFollow(f"{_named(event)} can't be told")


def _opened(case: Case | None, event: CaseOpened) -> Case:
    if case is not None:
        raise DoesNotFollow(f"{_named(event)} opens a case that was opened before")
    kept = event.envelope
    return Case(
        case_id=kept.case_id,
        chart=event.chart,
        state=event.state,
        version=1,
        since=kept.sequence,
        opened_at=kept.at,
        opened_by=kept.actor,
        claim=event.data,
        layers=(Layer(sequence=kept.sequence, event=OPENING, data=event.data, replaces=False),),
        taken=(),
        decision=None,
        decided_anew_by=(),
        invoice=None,
        void=(),
        passed=(),
    )


def _moved(case: Case, event: StepTaken) -> Case:
    arrived = _arrived(case, event, event.source, event.target)
    brought = merge(event.data, event.brought)
    merged = merge(case.claim, brought.document)
    if brought.conflicts or merged.conflicts:
        raise DoesNotFollow(f"{_named(event)} contradicts the events before it")
    kept = event.envelope
    taken = TakenStep(
        sequence=kept.sequence,
        step=event.step,
        event=event.event,
        source=event.source,
        at=kept.at,
        actor=kept.actor,
        key=kept.key,
        decided=event.decision is not None,
    )
    layer = Layer(sequence=kept.sequence, event=event.event, data=brought.document, replaces=False)
    return evolve(
        arrived,
        claim=merged.document,
        layers=(*case.layers, layer),
        taken=(*case.taken, taken),
        decision=case.decision if event.decision is None else event.decision,
        invoice=case.invoice if event.invoice is None else event.invoice,
    )


def _corrected(case: Case, event: FactsCorrected) -> Case:
    layers = with_correction(case.layers, event.change.event or "", event.data)
    if layers is None:
        raise DoesNotFollow(f"{_named(event)} corrects an event that did not happen")
    return evolve(case, layers=layers, claim=_told(layers, event))


def _redecided(case: Case, event: CaseRedecided) -> Case:
    if case.decision is None or case.decision.get("decision_id") != event.supersedes:
        raise DoesNotFollow(f"{_named(event)} supersedes a decision that is not the one in force")
    target = event.envelope.state
    before = case if target in (None, case.state) else led_back(case, target)
    if before is None:
        raise DoesNotFollow(f"{_named(event)} leads back to where the case has not been since it was decided")
    layer = Layer(sequence=event.envelope.sequence, event=OperationKind.REDECIDE.value, data=event.data, replaces=True)
    layers = (*before.layers, layer)
    moved = event.invoice is not None or event.frees_invoice is not None
    return evolve(
        before,
        since=case.since if before.state == case.state else event.envelope.sequence,
        layers=layers,
        claim=_told(layers, event),
        decision=event.decision,
        decided_anew_by=(*case.decided_anew_by, event.envelope.actor),
        invoice=event.invoice if moved else case.invoice,
    )


def _taken_back(
    case: Case, event: SettlementReversed | StepDeleted, source: str, target: str, number: int | None
) -> Case:
    """The case as it was before its step of that number, with what came after fallen away too."""
    if number is None or number < 0 or case.taken[number].source != target:
        raise DoesNotFollow(f"{_named(event)} takes back a step that was not taken")
    first = case.taken[number].sequence
    layers = tuple(layer for layer in case.layers if layer.sequence < first)
    return evolve(
        _arrived(case, event, source, target),
        layers=layers,
        claim=_told(layers, event),
        taken=case.taken[:number],
        decision=None,
        decided_anew_by=(),
        invoice=None,
    )


def _step_that_decided(case: Case, event: SettlementReversed) -> int | None:
    if case.decision is None or case.decision.get("decision_id") != event.reverses:
        raise DoesNotFollow(f"{_named(event)} reverses a decision that is not the one in force")
    return _deciding_step(case)


def _deciding_step(case: Case) -> int | None:
    """The number of the step that decided the case; None while it is undecided."""
    return next((number for number, step in enumerate(case.taken) if step.decided), None)


def _passed(case: Case, event: DeadlinePassed) -> Case:
    passed = Passed(deadline=event.deadline, step=event.step, last_day=event.last_day, since=case.since)
    noted = evolve(case, passed=(*case.passed, passed))
    return noted if event.target is None else _arrived(noted, event, event.source, event.target)


def _arrived(case: Case, event: CaseEvent, source: str, target: str) -> Case:
    if case.state != source:
        raise DoesNotFollow(f"{_named(event)} does not follow from the events before it")
    return evolve(case, state=target, since=event.envelope.sequence)


def _told(layers: tuple[Layer, ...], event: CaseEvent) -> Document:
    try:
        return composed(layers)
    except Contradicts:
        raise DoesNotFollow(f"{_named(event)} contradicts the events before it") from None


def _named(event: CaseEvent) -> str:
    kept = event.envelope
    return f"the event {kept.sequence} of the case {kept.case_id}"

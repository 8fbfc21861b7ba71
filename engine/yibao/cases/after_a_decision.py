"""What is done to a decision: make a new one of later facts, or take it back, also where nobody knows of it.

Amounts that are taken back are those that were recorded, with every sign turned, and are never worked out again.
"""

from __future__ import annotations

from yibao.cases.amounts import difference, mirrored
from yibao.cases.attempts import SETTLEMENT_IS_LIVE, Attempt, Outcome
from yibao.cases.folding import led_back
from yibao.cases.judging import invoice_of
from yibao.cases.merging import changed_at, other_procedure, replaced
from yibao.cases.possibilities import barred_by_own_steps, taken_over
from yibao.model.case import Case, Document
from yibao.model.chart import DECIDED
from yibao.model.claim import Claim
from yibao.model.events import CaseRedecided, KeyVoided, SettlementReversed
from yibao.model.refusals import RefusalReason
from yibao.procedure.explain import same_actor


def redecide(attempt: Attempt) -> Outcome:
    """A new decision of the claim with later facts, which supersedes the live one."""
    chart = attempt.chart
    before = attempt.case.decision
    if before is None:
        return attempt.unmet(SETTLEMENT_IS_LIVE)
    case = _where_it_goes_on(attempt)
    document = replaced(case.claim, attempt.command.data)
    kept = changed_at((*attempt.operation.keeps, *taken_over(case, chart)), case.claim, document)
    if conflicts := (*other_procedure(chart.name, document), *kept):
        return attempt.refused(RefusalReason.CONFLICTING_FACT, conflicts=conflicts)
    claim = attempt.law.read_claim(document)
    if (why := attempt.judge.undecided(claim)) is not None:
        facts = {"problems": [str(problem) for problem in why.problems]} if why.problems else {}
        return attempt.unmet(DECIDED, facts, why.missing)
    if steps := barred_by_own_steps(attempt.operation, attempt.case, chart, attempt.command.submission.actor):
        return attempt.refused(RefusalReason.ACTOR_NOT_ALLOWED, (same_actor(chart.cites, steps),))
    return _decided_anew(attempt, before, claim, case.state)


def _where_it_goes_on(attempt: Attempt) -> Case:
    """The case as it is decided anew: where the chart leads it back to, so that the steps from there are taken again.

    A case that rests elsewhere, such as at its end, stays there: the event says what is owed.
    """
    case, operation = attempt.case, attempt.operation
    back = led_back(case, operation.back_to) if case.state in operation.back_from else None
    return case if back is None else back


def _decided_anew(attempt: Attempt, before: Document, claim: Claim, state: str) -> Outcome:
    """The new decision on the invoice that the later facts name, if no other case has it."""
    case, change, data = attempt.case, attempt.change, attempt.command.data
    decision, invoice = attempt.judge.decision(claim), invoice_of(claim)
    moved = invoice != case.invoice
    holder = attempt.around.holder(invoice) if moved and invoice is not None else None
    if holder is not None:
        return attempt.refused(RefusalReason.DUPLICATE_INVOICE, holder=holder)
    return attempt.done(
        lambda envelope: CaseRedecided(
            envelope=envelope,
            change=change,
            data=data,
            decision=decision,
            supersedes=str(before["decision_id"]),
            owed=difference(before, decision),
            frees_invoice=case.invoice if moved else None,
            invoice=invoice if moved else None,
        ),
        state,
    )


def reverse(attempt: Attempt) -> Outcome:
    """The settlement taken back; the case rests where the deciding step began."""
    case, change = attempt.case, attempt.change
    decision = case.decision
    if decision is None:
        return attempt.unmet(SETTLEMENT_IS_LIVE)
    target = next(step.source for step in reversed(case.taken) if step.decided)
    return attempt.done(
        lambda envelope: SettlementReversed(
            envelope=envelope,
            operation=attempt.operation.kind.value,
            change=change,
            source=case.state,
            target=target,
            reverses=str(decision["decision_id"]),
            mirrored=mirrored(decision),
            frees_invoice=case.invoice,
        ),
        target,
    )


def reverse_unknown(attempt: Attempt) -> Outcome:
    """The settlement under a key taken back if it was recorded; if not, it is not taken when it arrives later."""
    if (barred := attempt.barred()) is not None:
        return barred
    case, change = attempt.case, attempt.change
    decided = next((step for step in reversed(case.taken) if step.decided), None)
    if decided is not None and decided.key == change.key:
        return reverse(attempt)
    if change.key is not None and attempt.around.answered(change.key) is not None:
        # The key answered something else, such as a refusal: there is no settlement to take back.
        return attempt.unmet(SETTLEMENT_IS_LIVE)
    return attempt.done(lambda envelope: KeyVoided(envelope=envelope, change=change), case.state)

"""Whether a chart can decide a claim whose invoice nobody has named, so that one invoice could be paid twice.

That an invoice backs one live settlement is checked by its issuer and number, where they are known. A chart that
decides has to ask for both by guards on every way to the decision, or to say that it goes by the paper alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yibao.basics.problems import Problem, problem_of
from yibao.model.case import INVOICE_FACTS
from yibao.model.chart import Chart, Step
from yibao.model.expressions import Always, And, Condition, Finding, ForAllLines, ForAnyLine, IsNone, Not, Or
from yibao.model.walks import facts_in, reads_aggregate

_HINT = "a guard asks `invoice.issuer is not none and invoice.number is not none`; or write `unnamed_invoice: true`"
_NAMED = frozenset(INVOICE_FACTS)


def unnamed_invoices(chart: Chart) -> Iterator[Problem]:
    """A problem for each step that decides although the issuer or the number of the invoice may not be known."""
    if chart.unnamed_invoice:
        return
    known = _known(chart)
    for step in chart.steps:
        if not step.decides:
            continue
        there = _NAMED.intersection(*(known.get(source, _NAMED) for source in step.sources)) | _asked(step)
        if open_ := [f"`{path}`" for path in INVOICE_FACTS if path not in there]:
            message = f"`{step.name}` decides, and no guard on some way to it asks for {' and '.join(open_)}"
            yield problem_of("invoice-not-named", message, step.place, _HINT)


def _known(chart: Chart) -> Mapping[str, frozenset[str]]:
    """Of what names an invoice, what guards have surely asked for by each state, whatever way leads there."""
    known = {chart.initial: frozenset[str]()}
    waiting = [chart.initial]
    while waiting:
        state = waiting.pop()
        for step in chart.steps_from(state):
            passed = [(deadline.overdue, known[state]) for deadline in step.deadlines]
            for target, there in ((step.target, known[state] | _asked(step)), *passed):
                if target is not None and known.get(target) != (less := known.get(target, _NAMED) & there):
                    known[target] = less
                    waiting.append(target)
    return known


def _asked(step: Step) -> frozenset[str]:
    """Of what names an invoice, what is surely known once the guards of a step hold."""
    asked = (_there(guard.condition, holds=True) for guard in step.guards if not guard.bars)
    return _NAMED & frozenset[str]().union(*asked)


def _there(condition: Condition, holds: bool) -> frozenset[str]:
    """The facts that surely have a value where the condition surely holds, or surely does not.

    A comparison with none is false, so one that holds says that its facts are there, and one that does not hold says
    nothing. What is asked of several lines at once says nothing either.
    """
    match condition:
        case Not(inner):
            return _there(inner, not holds)
        case And(conditions) | Or(conditions):
            parts = [_there(inner, holds) for inner in conditions]
            every = isinstance(condition, And) is holds
            return frozenset[str]().union(*parts) if every else parts[0].intersection(*parts)
        case IsNone(fact):
            return frozenset() if holds else frozenset({fact.path})
        case Always() | Finding() | ForAnyLine() | ForAllLines():
            return frozenset()
        case _:
            says = holds and not reads_aggregate(condition)
            return frozenset(fact.path for fact in facts_in(condition)) if says else frozenset()

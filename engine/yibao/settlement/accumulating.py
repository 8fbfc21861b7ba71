"""What a settlement adds to the person's year. The claim carries the values at its start."""

from __future__ import annotations

from yibao.model.plan import Accumulation, Update
from yibao.settlement.absence import Missed
from yibao.settlement.arithmetic import whole
from yibao.settlement.program import Program
from yibao.settlement.result import Accumulated
from yibao.settlement.run import Run


def accumulated(program: Program, run: Run) -> list[Accumulated | Missed]:
    """Each accumulator of the plan after the settlement, or what must be known to tell what it does.

    The value before need not be known: a claim without anything in scope settles without its history.
    """
    found: list[Accumulated | Missed] = []
    for accumulation, ask in program.accumulations:
        amount = ask(run)
        if isinstance(amount, Missed):
            found.append(amount)
            continue
        given = run.facts.get(accumulation.fact.path)
        before = given if isinstance(given, int) else None
        after = _after(accumulation, before, whole(amount))
        found.append(Accumulated(accumulation=accumulation, before=before, amount=whole(amount), after=after))
    return found


def _after(accumulation: Accumulation, before: int | None, amount: int) -> int | None:
    match accumulation.update:
        case Update.SET:
            return amount
        case _ if before is None:
            return None
        case Update.ADD:
            return before + amount
        case Update.GREATEST:
            return max(before, amount)

"""Refund lines are taken off the lines that they name, before anything else looks at the claim.

A refund may be partial, never takes more than its line has, and never comes before it. What it repeats of its line it
must repeat truly.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from attrs import evolve

from yibao.basics.money import yuan
from yibao.basics.problems import did_you_mean
from yibao.model.claim import Line
from yibao.model.facts import UNKNOWN
from yibao.readers.claims.claim_classes import AMOUNT, LINE_ID, REFUND_OF
from yibao.readers.documents.pointed_problems import PointedProblems, shown

# Among more lines than this the nearest name is not looked for: that would be done for each refund anew.
_FEW_LINES = 200
_CHARGED_ON = "line.charged_on"
# A refund has a name, an amount and a day of its own; the ceiling speaks for the line as it was billed.
_ITS_OWN = frozenset({LINE_ID, REFUND_OF, AMOUNT, "line.ceiling_fen", _CHARGED_ON, "line.name"})


def netted(lines: Sequence[Line], problems: PointedProblems) -> tuple[Line, ...]:
    """The lines without refunds, their amounts reduced and their refunds listed; mistakes are noted in `problems`."""
    by_id = {line.line_id: line for line in lines}
    refunds: dict[str, list[Line]] = {}
    for line in lines:
        named = line.facts.get(REFUND_OF)
        if isinstance(named, str):
            if _is_sound(line, named, by_id, problems):
                refunds.setdefault(named, []).append(line)
        elif _amount(line) is not None and _below_zero(line):
            hint = "a refund names the line that it takes from in `refund_of`"
            problems.add("negative-amount", "an amount below zero is a refund", _at(line, "amount_fen"), hint)
    return tuple(
        _less_refunds(line, refunds.get(line.line_id, []), problems)
        for line in lines
        if not isinstance(line.facts.get(REFUND_OF), str)
    )


def _is_sound(refund: Line, named: str, by_id: Mapping[str, Line], problems: PointedProblems) -> bool:
    before = len(problems.found)
    line = by_id.get(named)
    if _amount(refund) is None:
        problems.add("missing-field", "a refund needs an `amount_fen`", _at(refund))
    elif not _below_zero(refund):
        problems.add("refund-not-negative", "the amount of a refund is below zero", _at(refund, "amount_fen"))
    if line is None:
        message = f"the claim has no line {shown(named)}"
        hint = did_you_mean(named, by_id) if len(by_id) <= _FEW_LINES else None
        problems.add("refund-unknown-line", message, _at(refund, "refund_of"), hint)
    elif isinstance(line.facts.get(REFUND_OF), str):
        message = f"the line {shown(named)} is a refund; a refund takes from a billed line"
        problems.add("refund-of-refund", message, _at(refund, "refund_of"))
    else:
        _check_same(refund, line, problems)
        _check_order(refund, line, problems)
    return len(problems.found) == before


def _check_same(refund: Line, line: Line, problems: PointedProblems) -> None:
    for path, value in refund.facts.items():
        billed = line.facts.get(path, UNKNOWN)
        if path in _ITS_OWN or billed is UNKNOWN or billed == value:
            continue
        message = f"the refund says {_said(value)}, the line {shown(line.line_id)} that it names says {_said(billed)}"
        problems.add("refund-differs", message, _at(refund, path.removeprefix("line.").replace(".", "/")))


def _check_order(refund: Line, line: Line, problems: PointedProblems) -> None:
    refunded, charged = refund.facts.get(_CHARGED_ON), line.facts.get(_CHARGED_ON)
    if isinstance(refunded, datetime.date) and isinstance(charged, datetime.date) and refunded < charged:
        message = f"the refund is of {refunded}, before the line {shown(line.line_id)} that it names, {charged}"
        problems.add("dates-out-of-order", message, _at(refund, "charged_on"))


def _less_refunds(line: Line, refunds: Sequence[Line], problems: PointedProblems) -> Line:
    if not refunds:
        return line
    named = tuple(sorted(refund.line_id for refund in refunds))
    billed, refunded = _amount(line), -sum(_amount(refund) or 0 for refund in refunds)
    if billed is None:
        return evolve(line, refunds=named)
    if refunded > billed >= 0:
        message = f"refunds of {yuan(refunded)} yuan take more than the {yuan(billed)} yuan of the line"
        problems.add("refund-too-large", message, _at(refunds[-1], "amount_fen"))
    return evolve(line, facts={**line.facts, AMOUNT: billed - refunded}, refunds=named)


def _amount(line: Line) -> int | None:
    amount = line.facts.get(AMOUNT)
    return amount if isinstance(amount, int) else None


def _below_zero(line: Line) -> bool:
    amount = _amount(line)
    return amount is not None and amount < 0


def _said(value: object) -> str:
    return f"`{', '.join(sorted(value))}`" if isinstance(value, frozenset) else shown(value)


def _at(line: Line, field: str | None = None) -> str:
    place = f"/lines/{line.position}"
    return place if field is None else f"{place}/{field}"

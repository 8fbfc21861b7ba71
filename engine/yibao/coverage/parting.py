"""The split of a line alone, for settlements without words: what its profile says of it is worked out once.

`line_decision` says the same at length, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yibao.basics.money import WHOLE_BASIS_POINTS, share_in_basis_points
from yibao.coverage.judgement import Judgement
from yibao.coverage.split import AMOUNT, CEILING, FIRST_PAYMENT, SHARE, Parts, Valued, parted
from yibao.model.claim import Claim, Line
from yibao.model.facts import Unknown
from yibao.model.policy import Policy, Rule

# The parts of a line; None where its verdict or one of its amounts is not known.
Parting = Callable[[Claim, Line], Parts | None]


def parting_of(policy: Policy, rules: Mapping[str, Rule], judgement: Judgement) -> Parting:
    """The splits of the lines that share a judgement. `rules` is the program by key."""
    if judgement.verdict_open or judgement.open_answers:
        return _unknown
    if not judgement.admitted:
        return _excluded
    valued = {
        question: Valued(
            policy.questions[question], [rules[key] for key in judgement.answers[question]], policy.catalogues
        )
        for question in (CEILING, SHARE, FIRST_PAYMENT)
        if question in judgement.answers
    }
    first_bp = valued[FIRST_PAYMENT].constant if [*valued] == [FIRST_PAYMENT] else None
    if first_bp is not None and 0 <= first_bp <= WHOLE_BASIS_POINTS:
        return _with_first_payment(first_bp)
    return _valued(valued) if valued else _whole


def _unknown(claim: Claim, line: Line) -> Parts | None:
    return None


def _excluded(claim: Claim, line: Line) -> Parts | None:
    billed = line.facts.get(AMOUNT)
    return (billed, billed, 0, 0, 0) if isinstance(billed, int) else None


def _whole(claim: Claim, line: Line) -> Parts | None:
    billed = line.facts.get(AMOUNT)
    return (billed, 0, 0, 0, billed) if isinstance(billed, int) else None


def _with_first_payment(first_bp: int) -> Parting:
    """The splits of admitted lines with nothing but a first payment at one rate: more than half of all lines."""

    def parts(claim: Claim, line: Line) -> Parts | None:
        billed = line.facts.get(AMOUNT)
        if not isinstance(billed, int):
            return None
        first = share_in_basis_points(billed, first_bp)
        return billed, 0, 0, first, billed - first

    return parts


def _valued(valued: Mapping[str, Valued]) -> Parting:
    """The splits of admitted lines with a ceiling, a share or a first payment."""
    ceiling_of, share_of, first_of = (valued.get(question) for question in (CEILING, SHARE, FIRST_PAYMENT))

    def parts(claim: Claim, line: Line) -> Parts | None:
        billed = line.facts.get(AMOUNT)
        ceiling = None if ceiling_of is None else ceiling_of.of(claim, line)
        share = None if share_of is None else share_of.of(claim, line)
        first = None if first_of is None else first_of.of(claim, line)
        if not isinstance(billed, int):
            return None
        if isinstance(ceiling, Unknown) or isinstance(share, Unknown) or isinstance(first, Unknown):
            return None
        return parted(billed, ceiling, share, first)

    return parts

"""The split of an admitted line into what the insurance looks at and what the person bears from the start.

In this order: over the ceiling, full self-pay (what the share leaves), first self-pay, in scope. Counterparts come
from subtraction, so that the parts always add up to the bill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.money import WHOLE_BASIS_POINTS, less, rate_of_basis_points, share
from yibao.basics.problems import Fault
from yibao.language.truth import read
from yibao.model.claim import Claim, Line
from yibao.model.facts import UNKNOWN, Unknown
from yibao.model.policy import Catalogue, Combine, Question, Rule, Value

AMOUNT = "line.amount_fen"


@frozen(kw_only=True)
class Amounts:
    """Fen by bucket; None for what an absent fact leaves unknown."""

    billed: int | None
    full_self_pay: int | None
    over_ceiling: int | None
    first_self_pay: int | None
    in_scope: int | None

    def document(self) -> dict[str, int | None]:
        return {
            "billed_fen": self.billed,
            "full_self_pay_fen": self.full_self_pay,
            "over_ceiling_fen": self.over_ceiling,
            "first_self_pay_fen": self.first_self_pay,
            "in_scope_fen": self.in_scope,
        }


NOTHING_KNOWN = Amounts(billed=None, full_self_pay=None, over_ceiling=None, first_self_pay=None, in_scope=None)


def value_of(
    question: Question, rules: list[Rule], claim: Claim, line: Line, catalogues: Mapping[str, Catalogue]
) -> int | Unknown | None:
    """The one answer of the standing rules: None when no rule answers or the answer is none (no ceiling).

    Raises Fault when two rules give different answers to a question that has one.
    """
    values = [_computed(rule, claim, line, catalogues) for rule in rules]
    if UNKNOWN in values:
        return UNKNOWN
    known = [value for value in values if isinstance(value, int)]
    if question.combine is Combine.ONE and len(set(values)) > 1:
        names = " and ".join(f"`{rule.id}`" for rule in rules)
        raise Fault(f"{names} give different answers to `{question.name}`; `yibao policy check` finds this")
    choose: Callable[[list[int]], int] = max if question.combine is Combine.GREATEST else min
    return choose(known) if known else None


def billed_of(line: Line) -> int | None:
    """The net amount of the line in fen, or None when it is not known."""
    amount = line.given(AMOUNT)
    return amount if isinstance(amount, int) else None


def excluded(line: Line) -> Amounts:
    """An excluded line is full self-pay whole."""
    billed = billed_of(line)
    none = None if billed is None else 0
    return Amounts(billed=billed, full_self_pay=billed, over_ceiling=none, first_self_pay=none, in_scope=none)


def admitted(billed: int | None, ceiling: int | None, share_bp: int | None, first_bp: int | Unknown | None) -> Amounts:
    """The split of an admitted line. None stands for no ceiling, no share that cuts, no first payment."""
    if billed is None:
        return NOTHING_KNOWN
    over = 0 if ceiling is None else less(billed, ceiling)
    rest = billed - over
    full = rest - _share(rest, WHOLE_BASIS_POINTS if share_bp is None else share_bp)
    if isinstance(first_bp, Unknown):
        return Amounts(billed=billed, full_self_pay=full, over_ceiling=over, first_self_pay=None, in_scope=None)
    first = _share(rest - full, first_bp or 0)
    return Amounts(
        billed=billed, full_self_pay=full, over_ceiling=over, first_self_pay=first, in_scope=rest - full - first
    )


def _share(amount: int, basis_points: int) -> int:
    if not 0 <= basis_points <= WHOLE_BASIS_POINTS:
        raise Fault(f"a share of {basis_points} basis points is not between nothing and the whole")
    return share(amount, rate_of_basis_points(basis_points))


def _computed(rule: Rule, claim: Claim, line: Line, catalogues: Mapping[str, Catalogue]) -> int | Unknown | None:
    if not isinstance(rule.answer, Value):
        raise Fault(f"`{rule.id}` answers no question with a value")
    found = read(rule.answer.term, catalogues)(claim, line)
    if isinstance(found, Unknown) or found is None:
        return found
    if not isinstance(found, int):
        raise Fault(f"`{rule.id}` answers `{rule.answer.question}` with {found!r}")
    return found

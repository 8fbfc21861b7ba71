"""The split of an admitted line into what the insurance looks at and what the person bears from the start.

In this order: over the ceiling, full self-pay (what the share leaves), first self-pay, in scope. Counterparts come
from subtraction, so that the parts always add up to the bill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from yibao.basics.money import WHOLE_BASIS_POINTS, less, share_in_basis_points
from yibao.basics.problems import Fault
from yibao.language.truth import read
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Constant
from yibao.model.facts import UNKNOWN, Unknown
from yibao.model.policy import Catalogue, Combine, Question, Rule, Value

AMOUNT = "line.amount_fen"
CEILING, SHARE, FIRST_PAYMENT = "ceiling", "share", "first_payment"
# Fen billed, full self-pay, over the ceiling, first self-pay, in scope: the parts of a line that are all known.
Parts = tuple[int, int, int, int, int]


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


class Valued:
    """The one answer of standing rules to a question with a value, made ready for many lines."""

    def __init__(self, question: Question, rules: Sequence[Rule], catalogues: Mapping[str, Catalogue]) -> None:
        self._question, self._rules = question, rules
        self._readers = [_reader(rule, catalogues) for rule in rules]
        self._alone = self._readers[0] if len(rules) == 1 else None

    @property
    def constant(self) -> int | None:
        """The number that is always the answer; None where the answer may differ from line to line."""
        answers = [rule.answer for rule in self._rules]
        if len(answers) == 1 and isinstance(answers[0], Value) and isinstance(answers[0].term, Constant):
            number = answers[0].term.value
            return number if isinstance(number, int) else None
        return None

    def of(self, claim: Claim, line: Line) -> int | Unknown | None:
        """None when the answer is none (no ceiling). Raises Fault when two rules give different answers to a question
        that has one."""
        if self._alone is not None:
            return self._alone(claim, line)
        values = [read_value(claim, line) for read_value in self._readers]
        if UNKNOWN in values:
            return UNKNOWN
        known = [value for value in values if isinstance(value, int)]
        if self._question.combine is Combine.ONE and len(set(values)) > 1:
            names = " and ".join(f"`{rule.id}`" for rule in self._rules)
            raise Fault(f"{names} give different answers to `{self._question.name}`; `yibao policy check` finds this")
        choose: Callable[[list[int]], int] = max if self._question.combine is Combine.GREATEST else min
        return choose(known) if known else None


def billed_of(line: Line) -> int | None:
    """The net amount of the line in fen, or None when it is not known."""
    amount = line.given(AMOUNT)
    return amount if isinstance(amount, int) else None


def excluded(billed: int | None) -> Amounts:
    """An excluded line is full self-pay whole."""
    none = None if billed is None else 0
    return Amounts(billed=billed, full_self_pay=billed, over_ceiling=none, first_self_pay=none, in_scope=none)


def admitted(billed: int | None, values: Mapping[str, int | Unknown | None]) -> tuple[str, Amounts]:
    """The outcome and the split of an admitted line. `values` has what answers of ceiling, share and first payment;
    None, and no answer, stand for no ceiling, no share that cuts, no first payment."""
    ceiling, share_bp, first_bp = values.get(CEILING), values.get(SHARE), values.get(FIRST_PAYMENT)
    if isinstance(ceiling, Unknown) or isinstance(share_bp, Unknown):
        return "undetermined", NOTHING_KNOWN
    partly = share_bp is not None and share_bp < WHOLE_BASIS_POINTS
    if billed is None:
        return "partly_covered" if partly else "covered", NOTHING_KNOWN
    if isinstance(first_bp, Unknown):
        _billed, full, over, _first, _rest = parted(billed, ceiling, share_bp, None)
        amounts = Amounts(billed=billed, full_self_pay=full, over_ceiling=over, first_self_pay=None, in_scope=None)
    else:
        _billed, full, over, first, rest = parted(billed, ceiling, share_bp, first_bp)
        amounts = Amounts(billed=billed, full_self_pay=full, over_ceiling=over, first_self_pay=first, in_scope=rest)
    return "partly_covered" if partly or over else "covered", amounts


def parted(billed: int, ceiling: int | None, share_bp: int | None, first_bp: int | None) -> Parts:
    """The parts of an admitted line of which everything is known."""
    over = 0 if ceiling is None else less(billed, ceiling)
    rest = billed - over
    full = 0 if share_bp is None else rest - _share(rest, share_bp)
    first = _share(rest - full, first_bp) if first_bp else 0
    return billed, full, over, first, rest - full - first


def _share(amount: int, basis_points: int) -> int:
    if not 0 <= basis_points <= WHOLE_BASIS_POINTS:
        raise Fault(f"a share of {basis_points} basis points is not between nothing and the whole")
    return share_in_basis_points(amount, basis_points)


def _reader(rule: Rule, catalogues: Mapping[str, Catalogue]) -> Callable[[Claim, Line], int | Unknown | None]:
    if not isinstance(rule.answer, Value):
        raise Fault(f"`{rule.id}` answers no question with a value")
    answer, read_term = rule.answer, read(rule.answer.term, catalogues)
    if isinstance(answer.term, Constant) and isinstance(answer.term.value, int):
        constant = answer.term.value
        return lambda claim, line: constant

    def value(claim: Claim, line: Line) -> int | Unknown | None:
        found = read_term(claim, line)
        if isinstance(found, int | Unknown) or found is None:
            return found
        raise Fault(f"`{rule.id}` answers `{answer.question}` with {found!r}")

    return value

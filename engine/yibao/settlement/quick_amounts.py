"""The short way through a plan: the amounts of a claim of which everything that the plan reads is known.

A plan becomes one generated function. It gives the amounts alone, and None where anything is unknown, out of balance or
to be refused: then the long way (`settling`) works the plan out and says what is to be said. Three more go the long
way, because they are rare: a stay settled in parts, a base of which `beyond` asks while its limit is reached, and a
value that several others name and nobody reads in the end, if it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from yibao.model.amount_walks import amounts_in
from yibao.model.amounts import OfSegment, SegmentPart
from yibao.model.claim import Claim
from yibao.model.plan import Counts, NamedValue, Purse, PursePart, Segment
from yibao.settlement.generating import Bound, Elsewhere, elsewhere
from yibao.settlement.inputs import PARTS, Row
from yibao.settlement.program import Program
from yibao.settlement.purses import BALANCES
from yibao.settlement.quick_conditions import ConditionWriter
from yibao.settlement.quick_values import ValueWriter, declared_in, uses_of
from yibao.settlement.result import FUND, HOSPITAL, POOLED_FUND, THIRD_PARTY, Amounts

QuickAmounts = Callable[[Claim, Sequence[Row]], Amounts | None]
_ACCOUNTS = {Purse.ACCOUNT: "account", Purse.FAMILY_ACCOUNT: "family_account"}


def quick_amounts(program: Program, payers: Mapping[str, str]) -> QuickAmounts | None:
    """The function of a plan; None where the plan is not for the short way. `payers` has the kind of each payer."""
    if program.plan.benefit_year.split:
        return None
    try:
        return _Writer(program, payers).function()
    except (SyntaxError, RecursionError, MemoryError):
        # Values in values in values, more than the language takes in one expression.
        return None


class _Writer:
    """Writes the function of one plan, line by line."""

    def __init__(self, program: Program, payers: Mapping[str, str]) -> None:
        self._program, self._payers = program, payers
        self._bound = Bound()
        conditions = ConditionWriter(self._bound, program.catalogues)
        self._values = ValueWriter(program, self._bound, conditions)
        self._uses = uses_of(program)
        self._asked = {
            (node.part, node.segment)
            for declared in declared_in(program.plan)
            for node in amounts_in(declared)
            if isinstance(node, OfSegment)
        }
        self._elsewhere = self._bound.bind(elsewhere)
        self._lines: list[str] = []

    def function(self) -> QuickAmounts:
        """The finished function."""
        plan = self._program.plan
        self._say(0, f"{', '.join(PARTS)} = map(sum, zip(*rows))")
        self._say(0, f"if {' + '.join(PARTS[1:])} != {PARTS[0]}: return None")
        for step in plan.steps:
            if isinstance(step, NamedValue):
                self._named(step)
            else:
                self._segment(step)
        self._personal()
        for purse in plan.purses:
            self._purse(purse)
        if plan.accumulations:
            self._say(0, f"if facts[{self._bound.bind(plan.benefit_year.by.path)}] is None: return None")
        for accumulation in plan.accumulations:
            self._say(0, self._values.expression(accumulation.amount))
        self._amounts()
        ends = self._bound.bind((KeyError, Elsewhere))
        body = ["facts = claim.facts", "try:", *(f"    {line}" for line in self._lines)]
        return self._bound.function("claim, rows", [*body, f"except {ends}: return None"])

    def _say(self, depth: int, line: str) -> None:
        self._lines.append("    " * depth + line)

    def _named(self, value: NamedValue) -> None:
        """A value that one other names stands where it is read; one that several name is worked out at once."""
        uses = self._uses[value.name]
        if not uses:
            return
        expression = self._values.expression(value.amount)
        if uses > 1:
            place = self._bound.place()
            self._say(0, f"{place} = {expression}")
            expression = place
        self._values.names[value.name] = expression

    def _segment(self, segment: Segment) -> None:
        number = self._bound.place()
        base, paid, beyond = f"base_{number}", f"paid_{number}", f"beyond_{number}"
        parts, name = self._values.parts, segment.name
        parts |= {(SegmentPart.BASE, name): base, (SegmentPart.PAID, name): paid, (SegmentPart.BEYOND, name): beyond}
        parts[SegmentPart.LEFT, name] = f"({base} - {paid})"
        self._say(0, f"{paid} = {beyond} = 0")
        work_out, depth = f"{base} = {self._values.expression(segment.base)}", 0
        if segment.when is None or {(SegmentPart.BASE, name), (SegmentPart.LEFT, name)} & self._asked:
            self._say(0, work_out)
            work_out = "pass"
        if segment.when is not None:
            self._say(0, f"if {self._values.test(segment.when)}:")
            self._say(1, work_out)
            depth = 1
        self._say(depth, f"if {base}:")
        self._pays(depth + 1, segment, base, paid, beyond)

    def _pays(self, depth: int, segment: Segment, base: str, paid: str, beyond: str) -> None:
        """What an active segment pays: at most its base, and at most what its limit leaves."""
        cut, counted = base, self._bound.place()
        self._values.names["base"] = base
        limit = None if segment.limit is None else self._values.expression(segment.limit)
        if limit is not None and segment.counts is Counts.BASE:
            cut = self._bound.place()
            self._say(depth, f"if ({cut} := {limit}) > {base}: {cut} = {base}")
            self._say(depth, f"{beyond} = {base} - {cut}")
            self._say(depth, f"if {cut}:")
            depth += 1
        self._values.names["base"] = cut
        self._say(depth, f"if ({paid} := {self._values.expression(segment.pays)}) > {cut}: {paid} = {cut}")
        if limit is not None and segment.counts is Counts.PAID:
            asked = (SegmentPart.BEYOND, segment.name) in self._asked
            reads = "" if asked else f"{paid} and "
            reached = f"{self._elsewhere}()" if asked else counted
            self._say(depth, f"if {reads}({counted} := {limit}) <= {paid}: {paid} = {reached}")

    def _personal(self) -> None:
        """What the payers leave to the person."""
        kinds = {kind: self._paid_by(kind) for kind in (FUND, HOSPITAL, THIRD_PARTY)}
        for kind, total in kinds.items():
            self._say(0, f"{kind} = {total}")
        self._say(0, f"personal = left = billed - {' - '.join(kinds)}")
        self._say(0, "if personal < 0: return None")
        self._say(0, f"{' = '.join(_ACCOUNTS.values())} = 0")
        self._values.names["personal"] = "personal"

    def _paid_by(self, kind: str) -> str:
        segments = self._program.plan.segments
        return self._sum(segment for segment in segments if self._payers[segment.payer] == kind)

    def _sum(self, segments: Iterable[Segment]) -> str:
        paid = [self._values.parts[SegmentPart.PAID, segment.name] for segment in segments]
        return " + ".join(paid) or "0"

    def _purse(self, purse: PursePart) -> None:
        """The least of what is left, what the purse may pay, and its balance; a bound of 0 settles it."""
        if purse.purse is Purse.CASH:
            return
        name, may, balance = _ACCOUNTS[purse.purse], self._bound.place(), self._bound.place()
        when = "" if purse.when is None else f" and {self._values.test(purse.when)}"
        bound = "left" if purse.may_pay is None else self._values.expression(purse.may_pay)
        self._say(0, f"if left{when} and ({may} := {bound}):")
        self._say(1, f"if {balance} := facts[{self._bound.bind(BALANCES[purse.purse])}]:")
        self._say(2, f"left -= ({name} := min(left, {may}, {balance}))")

    def _amounts(self) -> None:
        plan = self._program.plan
        pooled = self._sum(segment for segment in plan.segments if segment.payer == POOLED_FUND)
        deductible = "0" if plan.deductible is None else self._values.names[plan.deductible]
        self._say(0, f"balance = facts.get({self._bound.bind(BALANCES[Purse.ACCOUNT])})")
        said = {f"{part}_fen": part for part in PARTS} | {
            "deductible_fen": deductible,
            "pooled_fund_fen": pooled,
            "fund_total_fen": FUND,
            "personal_fen": "personal",
            "hospital_fen": HOSPITAL,
            "third_party_fen": THIRD_PARTY,
            "account_fen": "account",
            "family_account_fen": "family_account",
            "cash_fen": "left",
            "account_balance_after_fen": "None if balance is None else balance - account",
        }
        listed = ", ".join(f"{name}={expression}" for name, expression in said.items())
        self._say(0, f"return {self._bound.bind(Amounts)}({listed})")

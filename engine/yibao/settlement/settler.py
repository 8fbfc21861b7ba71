"""Settles claims under one policy: chooses the plan, has it made ready once, and works it out for a claim.

Settlement is asked only where coverage decided every line (decision 0011).
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from attrs import frozen

from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.settlement.absence import Missed
from yibao.settlement.book import Layered, layered
from yibao.settlement.choosing import Candidate, candidates, plan_for
from yibao.settlement.generating import Elsewhere
from yibao.settlement.inputs import Row, Splits
from yibao.settlement.program import Program, compile_plan
from yibao.settlement.quick_amounts import QuickAmounts, quick_amounts
from yibao.settlement.quick_choosing import Holding, quick_choice
from yibao.settlement.result import Amounts, Settled, Unsettled
from yibao.settlement.settling import Settling

INSURED_AREA = "insured.insured_area"
PAYER = "payer"
MOST_CHAINS = 256
MOST_AREAS = 10_000


@frozen(kw_only=True, eq=False)
class _Chain:
    """What a chain of layers has: its plans, its parameters, and the plans made ready so far.

    `holding` tells which plans hold. By each set of plans that held, `speaking` has the plan that speaks and `quick`
    the short way to its amounts; both have None where no plan speaks.
    """

    candidates: tuple[Candidate, ...]
    parameters: Mapping[str, Layered]
    programs: dict[int, Program]
    holding: Holding
    speaking: dict[int, Program | None]
    quick: dict[int, QuickAmounts | None]


class Settler:
    """Settles claims under one policy. Plans are made ready once for each chain of layers and kept, within bounds.

    `as_of` leaves out plans and entries of parameters that were published later.
    """

    def __init__(self, policy: Policy, as_of: datetime.date | None) -> None:
        self.policy = policy
        self.as_of = as_of
        self._payers = _kinds(policy)
        self._chains: OrderedDict[tuple[str, ...], _Chain] = OrderedDict()
        self._by_area: dict[object, _Chain] = {}

    def settle(self, claim: Claim, splits: Splits) -> Settled | Unsettled | None:
        """The settlement of a claim, what is missing for it, or None where no plan applies.

        `splits` has the lines in their order. Raises ProblemsFound where the policy itself is wrong
        about this claim: two plans, a share of more than the whole, amounts out of balance.
        """
        program = self.program_for(claim)
        if program is None:
            return None
        if isinstance(program, Missed):
            return Unsettled(program.absent)
        return Settling(program, self._payers, claim, splits).settle()

    def amounts(self, claim: Claim, rows: Sequence[Row]) -> Amounts | None:
        """The amounts of the settlement of a claim alone, the short way; None where no plan applies.

        `rows` has the parts of each line, in their order. Raises Elsewhere where only the long way can tell.
        """
        area = claim.facts.get(INSURED_AREA)
        chain = self._by_area.get(area) or self._chain_of(area)
        holding = chain.holding(claim)
        if holding is None or not rows:
            raise Elsewhere
        quick = chain.quick[holding] if holding in chain.quick else self._quick(chain, claim, holding)
        if quick is None:
            return None
        found = quick(claim, rows)
        if found is None:
            raise Elsewhere
        return found

    def _quick(self, chain: _Chain, claim: Claim, holding: int) -> QuickAmounts | None:
        """The short way of the plan that speaks where these hold. Raises Elsewhere where there is none."""
        program = self.program_for(claim)
        if isinstance(program, Missed) or len(chain.quick) >= MOST_CHAINS:
            raise Elsewhere
        quick = None if program is None else quick_amounts(program, self._payers)
        if quick is None and program is not None:
            quick = _nothing
        chain.quick[holding] = quick
        return quick

    def program_for(self, claim: Claim) -> Program | Missed | None:
        """The plan that speaks for a claim made ready, None where none applies, or what must be known to tell.

        Raises ProblemsFound (`two-plans-apply`) where the policy leaves two.
        """
        chain = self._chain_of(claim.facts.get(INSURED_AREA))
        if not chain.candidates:
            return None
        holding = chain.holding(claim)
        if holding is not None and holding in chain.speaking:
            return chain.speaking[holding]
        chosen = plan_for(chain.candidates, claim, self.policy.catalogues)
        if isinstance(chosen, Missed):
            return chosen
        program = None if chosen is None else self._program(chain, chosen)
        if holding is not None and len(chain.speaking) < MOST_CHAINS:
            chain.speaking[holding] = program
        return program

    def _chain_of(self, area: object) -> _Chain:
        """The chain of the insured place, by its code."""
        known = self._by_area.get(area)
        if known is None:
            known = self._chain(self.policy.chain(area if isinstance(area, str) else None))
            if len(self._by_area) < MOST_AREAS:
                self._by_area[area] = known
        return known

    def _chain(self, layers: tuple[str, ...]) -> _Chain:
        known = self._chains.get(layers)
        if known is None:
            policy = self.policy
            speaking = candidates(policy.plans, layers, self.as_of, policy.catalogues)
            known = self._chains[layers] = _Chain(
                candidates=speaking,
                parameters=layered(policy.parameters, layers, self.as_of),
                programs={},
                holding=quick_choice(speaking, policy.catalogues),
                speaking={},
                quick={},
            )
            if len(self._chains) > MOST_CHAINS:
                self._chains.popitem(last=False)
                self._by_area.clear()
        return known

    def _program(self, chain: _Chain, chosen: Candidate) -> Program:
        program = chain.programs.get(id(chosen))
        if program is None:
            policy = self.policy
            program = compile_plan(chosen.plan, chain.parameters, policy.vocabulary, policy.catalogues)
            chain.programs[id(chosen)] = program
        return program


def _nothing(claim: Claim, rows: Sequence[Row]) -> Amounts | None:
    """The amounts of a plan that has no short way."""
    return None


def _kinds(policy: Policy) -> Mapping[str, str]:
    """What each payer's part is counted in."""
    table = policy.vocabulary.tables.get(PAYER)
    return {} if table is None else {name: code.attributes["kind"] for name, code in table.codes.items()}

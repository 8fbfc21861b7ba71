"""Settles claims under one policy: chooses the plan, has it made ready once, and works it out for a claim.

Settlement is asked only where coverage decided every line (decision 0011).
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Mapping

from attrs import frozen

from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.settlement.absence import Missed
from yibao.settlement.book import Layered, layered
from yibao.settlement.choosing import Candidate, candidates, plan_for
from yibao.settlement.inputs import Splits
from yibao.settlement.program import Program, compile_plan
from yibao.settlement.result import Settled, Unsettled
from yibao.settlement.settling import Settling

INSURED_AREA = "insured.insured_area"
PAYER = "payer"
MOST_CHAINS = 256


@frozen(eq=False)
class _Chain:
    """What a chain of layers has: its plans, its parameters, and the plans made ready so far."""

    candidates: tuple[Candidate, ...]
    parameters: Mapping[str, Layered]
    programs: dict[int, Program]


class Settler:
    """Settles claims under one policy. Plans are made ready once for each chain of layers and kept, within bounds.

    `as_of` leaves out plans and entries of parameters that were published later.
    """

    def __init__(self, policy: Policy, as_of: datetime.date | None) -> None:
        self.policy = policy
        self.as_of = as_of
        self._payers = _kinds(policy)
        self._chains: OrderedDict[tuple[str, ...], _Chain] = OrderedDict()

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

    def program_for(self, claim: Claim) -> Program | Missed | None:
        """The plan that speaks for a claim made ready, None where none applies, or what must be known to tell.

        Raises ProblemsFound (`two-plans-apply`) where the policy leaves two.
        """
        area = claim.facts.get(INSURED_AREA)
        chain = self._chain(self.policy.chain(area if isinstance(area, str) else None))
        if not chain.candidates:
            return None
        chosen = plan_for(chain.candidates, claim, self.policy.catalogues)
        return chosen if chosen is None or isinstance(chosen, Missed) else self._program(chain, chosen)

    def _chain(self, layers: tuple[str, ...]) -> _Chain:
        known = self._chains.get(layers)
        if known is None:
            policy = self.policy
            speaking = candidates(policy.plans, layers, self.as_of, policy.catalogues)
            known = self._chains[layers] = _Chain(speaking, layered(policy.parameters, layers, self.as_of), {})
            if len(self._chains) > MOST_CHAINS:
                self._chains.popitem(last=False)
        return known

    def _program(self, chain: _Chain, chosen: Candidate) -> Program:
        program = chain.programs.get(id(chosen))
        if program is None:
            policy = self.policy
            program = compile_plan(chosen.plan, chain.parameters, policy.vocabulary, policy.catalogues)
            chain.programs[id(chosen)] = program
        return program


def _kinds(policy: Policy) -> Mapping[str, str]:
    """What each payer's part is counted in."""
    table = policy.vocabulary.tables.get(PAYER)
    return {} if table is None else {name: code.attributes["kind"] for name, code in table.codes.items()}

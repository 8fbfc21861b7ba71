"""How long a deadline of a procedure is for a claim: a parameter of the policy in days or months, by its place."""

from __future__ import annotations

from functools import cached_property

from yibao.coverage.missing import INSURED_AREA
from yibao.model.claim import Claim
from yibao.model.facts import Unknown
from yibao.model.parameters import Unit
from yibao.model.policy import NATIONAL, Policy
from yibao.procedure.deadlines import Length
from yibao.settlement.book import Layered, layered


class Lengths:
    """Answers from the parameters of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._chains: dict[tuple[str, ...], dict[str, Layered]] = {}

    def length_of(self, parameter: str, claim: Claim) -> Length | None:
        """The length that a parameter has for the claim, None where it is not known.

        While the insured place is unknown, only a parameter that no place has of its own can be known.
        """
        area = claim.given(INSURED_AREA)
        if not isinstance(area, str) and parameter in self._local:
            return None
        found = self._in_chain(self._policy.chain(area if isinstance(area, str) else None)).get(parameter)
        if found is None:
            return None
        days = {path: claim.given(path) for path in found.governing}
        keys = tuple(claim.given(key.name) for key in found.parameters[0].keys)
        if any(isinstance(value, Unknown) for value in (*days.values(), *keys)):
            return None
        answer = found.find(days, keys)
        unit = answer.parameter.unit
        if not isinstance(answer.value, int) or unit not in (Unit.DAYS, Unit.MONTHS):
            return None
        return Length(number=answer.value, months=unit is Unit.MONTHS)

    def _in_chain(self, chain: tuple[str, ...]) -> dict[str, Layered]:
        if chain not in self._chains:
            self._chains[chain] = layered(self._policy.parameters, chain, None)
        return self._chains[chain]

    @cached_property
    def _local(self) -> frozenset[str]:
        """The parameters that some place has of its own."""
        return frozenset(each.name for each in self._policy.parameters if each.layer != NATIONAL)

"""The workload's plan in OpenFisca-Core: one simulation a claim, one variable for each step of the plan.

The parts of the lines are given: only the plan is worked out, and nothing is explained. Amounts are floating-point
yuan, as its users write them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.taxscales import MarginalRateTaxScale
from openfisca_core.variables import Variable

from tests.bench.draw import ClaimRow
from tests.bench.settlement_by_hand import person_of, settled_by_hand
from tests.bench.settlement_plan import settling_claim, settling_policy
from tests.bench.tasks import Engine, Task
from yibao.api import Decider

_DAY = "2024-01-01"
_LINE = build_entity(key="line", plural="lines", label="Line of a bill", is_person=True)
_CLAIM = build_entity(key="claim", plural="claims", label="Claim", roles=[{"key": "line", "plural": "lines"}])
_DEDUCTIBLE = np.array([[300.0, 600.0, 900.0], [500.0, 800.0, 1_200.0]])
_CAP = np.array([60_000.0, 40_000.0])
_RATES = ((0.85, 0.90, 0.95), (0.70, 0.75, 0.80))
Amounts = np.ndarray[Any, np.dtype[np.float64]]
Arrays = dict[str, Any]
# Bands are read off the one scale that each scheme and level has.
_SCALES: dict[tuple[int, int], MarginalRateTaxScale] = {}
for _scheme, _rates in enumerate(_RATES):
    for _level in range(3):
        _scale = _SCALES[_scheme, _level] = MarginalRateTaxScale()
        for _from, _rate in zip((0, 10_000, 30_000), _rates, strict=True):
            _scale.add_bracket(_from, round(_rate - 0.03 * _level, 2))


def _rounded(yuan: Amounts) -> Amounts:
    whole: Amounts = np.floor(yuan * 100 + 0.5) / 100
    return whole


def _eligible(claim: Any, period: Any) -> Amounts:
    return claim.sum(claim.members("in_scope", period))


def _deductible(claim: Any, period: Any) -> Amounts:
    due = _DEDUCTIBLE[claim("scheme", period), claim("level", period) - 1] - claim("met", period)
    return np.minimum(claim("eligible", period), np.maximum(0, due))


def _base(claim: Any, period: Any) -> Amounts:
    return claim("eligible", period) - claim("deductible", period)


def _in_full(claim: Any, period: Any) -> Amounts:
    base, scheme, level = claim("base", period), claim("scheme", period), claim("level", period) - 1
    bands = np.select(
        [(scheme == one) & (level == other) for one, other in _SCALES], [scale.calc(base) for scale in _SCALES.values()]
    )
    return _rounded(_rounded(bands) * np.where(claim("unfiled", period), 0.8, 1.0))


def _pooled(claim: Any, period: Any) -> Amounts:
    limit = np.maximum(0, _CAP[claim("scheme", period)] - claim("fund_paid", period))
    return np.minimum(claim("in_full", period), limit)


def _personal(claim: Any, period: Any) -> Amounts:
    return claim.sum(claim.members("billed", period)) - claim("pooled", period)


def _account(claim: Any, period: Any) -> Amounts:
    return np.where(claim("use", period), np.minimum(claim("personal", period), claim("balance", period)), 0)


_GIVEN = {"scheme": int, "level": int, "unfiled": bool, "use": bool, "met": float, "fund_paid": float, "balance": float}
_STEPS = {
    "eligible": _eligible,
    "deductible": _deductible,
    "base": _base,
    "in_full": _in_full,
    "pooled": _pooled,
    "personal": _personal,
    "account": _account,
}


def _law() -> TaxBenefitSystem:
    law = TaxBenefitSystem([_LINE, _CLAIM])
    for name in ("billed", "in_scope"):
        law.add_variable(_variable(name, _LINE, float, None))
    for name, kind in _GIVEN.items():
        law.add_variable(_variable(name, _CLAIM, kind, None))
    for name, formula in _STEPS.items():
        law.add_variable(_variable(name, _CLAIM, float, formula))
    return law


def _variable(name: str, entity: object, kind: type, formula: Callable[[Any, Any], Amounts] | None) -> type[Variable]:
    stated = {"value_type": kind, "entity": entity, "definition_period": DateUnit.DAY, "label": name}
    return type(name, (Variable,), {**stated, **({} if formula is None else {"formula": formula})})


def _simulate(law: TaxBenefitSystem, facts: Arrays) -> tuple[float, ...]:
    """Deductible, pooled fund, personal part and account of one claim."""
    lines = len(facts["billed"])
    builder = SimulationBuilder()
    builder.create_entities(law)
    builder.declare_person_entity("line", range(lines))
    claims = builder.declare_entity("claim", ["claim"])
    builder.join_with_persons(claims, ["claim"] * lines, roles=["line"] * lines)
    simulation = builder.build(law)
    for name, values in facts.items():
        simulation.set_input(name, _DAY, values)
    return tuple(float(simulation.calculate(name, _DAY)[0]) for name in ("deductible", "pooled", "personal", "account"))


def engine() -> Engine:
    """One simulation for each claim. Raises ValueError where it is a fen off, and no limit is reached."""
    law, decider = _law(), Decider(settling_policy())

    def prepare(row: ClaimRow) -> Arrays:
        person, lines = person_of(row), decider.cover(settling_claim(row)).lines
        facts: Arrays = {
            "billed": np.array([(line.amounts.billed or 0) / 100 for line in lines]),
            "in_scope": np.array([(line.amounts.in_scope or 0) / 100 for line in lines]),
            "scheme": np.array([int(row["scheme"] == "resident")]),
            "level": np.array([row["level"]]),
            "unfiled": np.array([row["out_of_province"] and not row["filed"]]),
            "use": np.array([person["use"]]),
            "met": np.array([person["met"] / 100]),
            "fund_paid": np.array([person["fund_paid"] / 100]),
            "balance": np.array([person["balance"] / 100]),
        }
        by_hand = settled_by_hand(person)
        wanted, found = (by_hand[5], by_hand[6]), _simulate(law, facts)
        # Its amounts are of single precision, good to a yuan in some ten thousand.
        if any(abs(one * 100 - other) > 100 for one, other in zip(found, wanted, strict=False)):
            raise ValueError(f"claim {row['number']}: {found} instead of {wanted}")
        return facts

    task: Task[Arrays, tuple[float, ...]] = Task(
        name="settled by OpenFisca",
        prepare=prepare,
        start=lambda: lambda facts: _simulate(law, facts),
        answers=None,
    )
    return Engine(title=f"OpenFisca-Core {version('OpenFisca-Core')}, the plan, one simulation a claim", tasks=(task,))

"""The rules in OpenFisca-Core: lines are its persons, the claim its group, one variable for each group of rules.

Codes are numbers and a claim's facts are arrays before the clock starts; a simulation of the claim is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from tests.bench.documents import model_claim
from tests.bench.draw import ClaimRow
from tests.bench.fused import Answer, status_of
from tests.bench.peers.rules import Plain, compared, conditions, flat_facts, is_of_line, name_of, paths_read, plain
from tests.bench.tasks import Engine, Task
from yibao.model.expressions import Among, And, Compare, Condition, FactTerm, Not, Operator, Or

Truths = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]
Arrays = dict[str, Numbers]
Read = Callable[[FactTerm], Numbers]
_TABLES = {"excluded": range(1, 18), "first": range(18, 29), "limited": range(29, 31)}
# Facts hold whenever they are asked for; only what has a formula needs a day.
_ALWAYS, _DAY = "ETERNITY", "2024-01-01"
_COMPARE = {
    Operator.EQUAL: np.equal,
    Operator.UNEQUAL: np.not_equal,
    Operator.LESS: np.less,
    Operator.AT_MOST: np.less_equal,
    Operator.GREATER: np.greater,
    Operator.AT_LEAST: np.greater_equal,
}
_LINE = build_entity(key="line", plural="lines", label="Line of a bill", is_person=True)
_CLAIM = build_entity(key="claim", plural="claims", label="Claim", roles=[{"key": "line", "plural": "lines"}])
_codes: dict[str, int] = {}


def _number(value: Plain) -> int:
    """Codes as numbers, given out as they come."""
    return _codes.setdefault(value, len(_codes)) if isinstance(value, str) else int(value)


def _truth(condition: Condition, read: Read) -> Truths:
    """Where the condition holds, line by line."""
    truth: Truths
    match condition:
        case And(parts):
            truth = np.logical_and.reduce([_truth(part, read) for part in parts])
        case Or(parts):
            truth = np.logical_or.reduce([_truth(part, read) for part in parts])
        case Not(inner):
            truth = np.logical_not(_truth(inner, read))
        case Among(FactTerm() as fact, values):
            truth = np.isin(read(fact), [_number(plain(value.value)) for value in values])
        case Compare(operator):
            fact, other = compared(condition)
            truth = _COMPARE[operator](read(fact), read(other) if isinstance(other, FactTerm) else _number(other))
        case _:
            raise TypeError(f"the workload has no {condition}")
    return truth


def _law() -> TaxBenefitSystem:
    law = TaxBenefitSystem([_LINE, _CLAIM])
    for path in paths_read():
        law.add_variable(_variable(path.replace(".", "_"), _LINE if is_of_line(path) else _CLAIM))
    for name, numbers in _TABLES.items():
        law.add_variable(_variable(name, _LINE, definition_period=DateUnit.DAY, formula=_formula(numbers)))
    return law


def _variable(name: str, entity: object, **more: object) -> type[Variable]:
    stated = {"value_type": int, "entity": entity, "definition_period": DateUnit.ETERNITY, "label": name}
    return type(name, (Variable,), {**stated, **more})


def _formula(numbers: Iterable[int]) -> Callable[[Any, Any], Numbers]:
    """The number of the first rule of a group that holds, 0 where none does."""
    group = list(numbers)

    def formula(line: Any, period: Any) -> Numbers:
        def read(fact: FactTerm) -> Numbers:
            values: Numbers = (
                line(name_of(fact), period) if is_of_line(fact.path) else line.claim(name_of(fact), period)
            )
            return values

        truths = [_truth(conditions()[number], read) for number in group]
        return np.select(truths, group, default=0)

    return formula


def _prepared(row: ClaimRow) -> Arrays:
    of_claim, of_lines = flat_facts(model_claim(row))
    arrays = {name: np.array([_number(value)]) for name, value in of_claim.items()}
    for name in of_lines[0]:
        arrays[name] = np.array([_number(line[name]) for line in of_lines])
    return arrays


def _simulate(law: TaxBenefitSystem, facts: Arrays) -> Numbers:
    """The number of the rule that speaks for each line of one claim."""
    lines = len(facts["line_category"])
    builder = SimulationBuilder()
    builder.create_entities(law)
    builder.declare_person_entity("line", range(lines))
    claims = builder.declare_entity("claim", ["claim"])
    builder.join_with_persons(claims, ["claim"] * lines, roles=["line"] * lines)
    simulation = builder.build(law)
    for name, values in facts.items():
        simulation.set_input(name, _ALWAYS, values)
    excluded, limited, first = (simulation.calculate(name, _DAY) for name in ("excluded", "limited", "first"))
    speaking: Numbers = np.where(excluded > 0, excluded, np.where(limited > 0, limited, first))
    return speaking


def _answers(found: Numbers) -> list[Answer]:
    return [(status_of(number), number) for number in found.tolist()]


def engine() -> Engine:
    """One simulation for each claim."""
    law = _law()
    task = Task(
        name="openfisca", prepare=_prepared, start=lambda: lambda facts: _simulate(law, facts), answers=_answers
    )
    return Engine(title=f"OpenFisca-Core {version('OpenFisca-Core')}, one simulation a claim", tasks=(task,))

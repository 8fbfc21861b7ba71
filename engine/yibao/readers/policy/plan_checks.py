"""What must hold between the plans of a bundle, and which parameters can speak where a plan does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yibao.basics.problems import did_you_mean
from yibao.model.parameters import Parameter
from yibao.model.plan import Plan
from yibao.model.policy import NATIONAL, areas_around
from yibao.readers.documents.forms import Problems, overlapping
from yibao.readers.policy.policy_checks import circles


def chain_of(layer: str, layers: Iterable[str]) -> tuple[str, ...]:
    """The layers that speak for a layer's area, the nation's first and its own last."""
    around = () if layer == NATIONAL else areas_around(layer)
    known = frozenset(layers)
    return (NATIONAL, *(name for name in around if name in known))


def parameters_around(
    layer: str, layers: Iterable[str], parameters: Iterable[Parameter]
) -> Mapping[str, tuple[Parameter, ...]]:
    """By name, the parameters that can speak for a plan of the layer.

    The most local one of the layer's chain comes first. After it come the others: of its chain, and of the places that
    lie in it, where a value of their own goes before. A name that no layer of the chain has is not among them.
    """
    everywhere = tuple(layers)
    chain = chain_of(layer, everywhere)
    found: dict[str, list[Parameter]] = {}
    for parameter in parameters:
        if parameter.layer in chain or layer in chain_of(parameter.layer, everywhere):
            found.setdefault(parameter.name, []).append(parameter)
    ranks = {name: rank for rank, name in enumerate(reversed(chain))}
    for named in found.values():
        named.sort(key=lambda parameter: (ranks.get(parameter.layer, len(ranks)), parameter.layer))
    return {name: tuple(named) for name, named in sorted(found.items()) if named[0].layer in chain}


def check_plans(
    plans: tuple[Plan, ...], called: str, layers: Iterable[str], problems: Problems, broken: frozenset[str]
) -> None:
    """Note plans of one name at one time, overrides of nothing, overrides in a circle. `called` is `plan` or `credit`.

    That one names another whose file is broken is not held against it.
    """
    everywhere = tuple(layers)
    by_name: dict[tuple[str, str], list[Plan]] = {}
    for plan in plans:
        by_name.setdefault((plan.layer, plan.id), []).append(plan)
    for (layer, name), named in by_name.items():
        for _earlier, later in overlapping(named, lambda plan: plan.in_force.period):
            message = f"{layer} has a {called} `{name}` in force at this time already"
            problems.add("duplicate-name", message, later.place)
    for plan in plans:
        chain = chain_of(plan.layer, everywhere)
        known = {other.id for other in plans if other.layer in chain}
        for name in plan.overrides:
            if name not in known | broken:
                message = f"no {called} of {plan.layer}, or of what it lies in, is called `{name}`"
                problems.add("override-of-nothing", message, plan.place, did_you_mean(name, known))
    _check_circles(plans, everywhere, problems)


def _check_circles(plans: tuple[Plan, ...], layers: tuple[str, ...], problems: Problems) -> None:
    noted: set[frozenset[str]] = set()
    for layer in layers:
        chain = chain_of(layer, layers)
        speaking = [plan for plan in plans if plan.layer in chain]
        graph: dict[str, list[str]] = {plan.id: [] for plan in speaking}
        for plan in speaking:
            graph[plan.id].extend(name for name in plan.overrides if name in graph)
        for circle in circles(graph):
            if frozenset(circle) in noted:
                continue
            noted.add(frozenset(circle))
            first = next(plan for plan in speaking if plan.id == circle[0])
            problems.add("override-circle", "overrides go in a circle: " + " → ".join(circle), first.place)

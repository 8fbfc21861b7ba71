"""The parameters, plans and credits of a bundle, each of the layer that its file lies in."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.language.parsing import Names
from yibao.model.credits import Credit
from yibao.model.facts import Vocabulary
from yibao.model.parameters import Parameter
from yibao.model.plan import Plan
from yibao.model.policy import Layer
from yibao.readers.documents.forms import Problems
from yibao.readers.policy.bundle_documents import BundleDocuments
from yibao.readers.policy.credits_from_yaml import credit_from_yaml
from yibao.readers.policy.layers import check_file_name, layer_of
from yibao.readers.policy.parameters_from_yaml import parameter_from_yaml
from yibao.readers.policy.plan_checks import parameters_around
from yibao.readers.policy.plans_from_yaml import plan_from_yaml
from yibao.readers.policy.shared_steps import shared_steps_of
from yibao.readers.policy.sheets import Sheets


def parameters_of(
    gathered: BundleDocuments, layers: Mapping[str, Layer], vocabulary: Vocabulary, problems: Problems
) -> tuple[Parameter, ...]:
    """The parameters of all layers, in the order of layers and names; a layer has one of a name."""
    found: dict[tuple[str, str], Parameter] = {}
    sheets = Sheets(gathered.sheets)
    for path, node in gathered.of("parameter"):
        layer = layer_of(path, layers, problems)
        item = None if layer is None else parameter_from_yaml(node, layer, vocabulary, sheets, problems)
        if item is None:
            continue
        if (item.layer, item.name) in found:
            message = f"the layer `{item.layer}` has a parameter `{item.name}` already"
            problems.add("duplicate-name", message, item.place)
        check_file_name(path, item.name, item.place, problems)
        found[item.layer, item.name] = item
    if not problems.found:
        sheets.note_unnamed(problems)
    return tuple(found[key] for key in sorted(found))


def plans_of(
    gathered: BundleDocuments,
    layers: Mapping[str, Layer],
    names: Names,
    parameters: tuple[Parameter, ...],
    problems: Problems,
) -> tuple[Plan, ...]:
    """The plans of all layers, in the order of layers, names and first days. They look up the parameters."""
    everywhere = [layer.name for layer in layers.values()]
    shared = shared_steps_of(gathered, layers, problems)
    found: list[Plan] = []
    for path, node in gathered.of("plan"):
        layer = layer_of(path, layers, problems)
        if layer is None:
            continue
        around = parameters_around(layer.name, everywhere, parameters)
        item = plan_from_yaml(node, layer, names, around, shared, problems)
        if item is not None:
            check_file_name(path, item.id, item.place, problems)
            found.append(item)
    if not problems.found:
        shared.note_unused(problems)
    return tuple(sorted(found, key=lambda plan: (plan.layer, plan.id, plan.in_force.period.start)))


def credits_of(
    gathered: BundleDocuments,
    layers: Mapping[str, Layer],
    names: Names,
    parameters: tuple[Parameter, ...],
    problems: Problems,
) -> tuple[Credit, ...]:
    """The credits of all layers, in the order of layers, names and first days. They look up the parameters."""
    everywhere = [layer.name for layer in layers.values()]
    found: list[Credit] = []
    for path, node in gathered.of("credit"):
        layer = layer_of(path, layers, problems)
        if layer is None:
            continue
        around = parameters_around(layer.name, everywhere, parameters)
        item = credit_from_yaml(node, layer, names, around, problems)
        if item is not None:
            check_file_name(path, item.plan.id, item.plan.place, problems)
            found.append(item)
    return tuple(sorted(found, key=lambda item: (item.plan.layer, item.plan.id, item.plan.in_force.period.start)))

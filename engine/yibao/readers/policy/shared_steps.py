"""Steps and purses that several plans share: written once, and put where a plan says `uses:`.

What a plan uses is read as if it stood there, with the plan's own names, parameters and rounding; its mistakes are
placed in the file that it is written in. A shared part uses no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from yibao.basics.problems import Place, did_you_mean
from yibao.model.policy import NATIONAL, Layer, areas_around
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.bundle_documents import BundleDocuments
from yibao.readers.policy.layers import check_file_name, layer_of

USES = "uses"
MOST_SHARED = 100
PARTS = ("values", "purses")


@frozen(kw_only=True)
class SharedPart:
    """The nodes of one file: steps (`values`) or purses, for the plans of its layer and of those that lie in it."""

    name: str
    layer: str
    part: str
    nodes: tuple[Node, ...]
    place: Place


@frozen
class SharedSteps:
    """The shared parts of a bundle by name. Remembers which of them a plan has used."""

    parts: Mapping[str, SharedPart]
    used: set[str] = field(factory=set)

    def expanded(self, nodes: tuple[Node, ...], part: str, layer: str, problems: Problems) -> tuple[Node, ...]:
        """The nodes of a plan with what it uses in the place of `uses:`; what can't be had is noted and left out."""
        found: list[Node] = []
        for node in nodes:
            if isinstance(node, MappingNode) and node.get(USES) is not None:
                found += self._used(node, part, layer, problems)
            else:
                found.append(node)
        return tuple(found)

    def _used(self, node: MappingNode, part: str, layer: str, problems: Problems) -> tuple[Node, ...]:
        form = Form(node, problems, f"`{USES}`")
        name = form.text(USES)
        form.finish()
        if name is None:
            return ()
        around = {NATIONAL, *areas_around(layer)}
        fitting = {known: one for known, one in self.parts.items() if one.layer in around and one.part == part}
        if name not in fitting:
            message = f"no shared `{part}` for this place are called `{name}`"
            problems.add("unknown-steps", message, form.place_of(USES), did_you_mean(name, fitting))
            return ()
        self.used.add(name)
        return fitting[name].nodes

    def note_unused(self, problems: Problems) -> None:
        """Note each that no plan uses: nobody has read what stands in it."""
        for name in sorted(self.parts.keys() - self.used):
            hint = "let a plan say `uses:`, or take the file out of the folder"
            problems.add("unused-steps", f"no plan uses `{name}`", self.parts[name].place, hint)


def shared_steps_of(gathered: BundleDocuments, layers: Mapping[str, Layer], problems: Problems) -> SharedSteps:
    """The shared parts of all layers. A name stands once in a bundle."""
    found: dict[str, SharedPart] = {}
    for path, node in gathered.of("steps"):
        layer = layer_of(path, layers, problems)
        item = None if layer is None else _part(node, layer, problems)
        if item is None:
            continue
        check_file_name(path, item.name, item.place, problems)
        if item.name in found:
            message = f"the shared steps `{item.name}` stand at {found[item.name].place} already"
            problems.add("duplicate-name", message, item.place)
        found[item.name] = item
    return SharedSteps(found)


def _part(node: Node, layer: Layer, problems: Problems) -> SharedPart | None:
    form = Form(node, problems, "shared steps")
    name = form.identifier("steps", required=True)
    form.title("title", required=True)
    said = [part for part in PARTS if form.has(part)]
    items = [form.items(part, most=MOST_SHARED) for part in PARTS]
    form.finish()
    if len(said) != 1:
        problems.add("missing-field", "shared steps have `values:` or `purses:`: one of the two", form.place)
        return None
    if name is None:
        return None
    nodes = items[PARTS.index(said[0])]
    for inner in nodes:
        if isinstance(inner, MappingNode) and inner.get(USES) is not None:
            problems.add("misplaced-word", f"shared steps use no others: `{USES}` stands in plans", inner.place)
            return None
    return SharedPart(name=name, layer=layer.name, part=said[0], nodes=nodes, place=form.place_of("steps"))

"""The layers of a bundle, and which of them a file belongs to: that of the nearest `layer.yaml` at or above it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yibao.basics.problems import Place, did_you_mean
from yibao.model.facts import Vocabulary
from yibao.model.policy import NATIONAL, Layer, areas_around
from yibao.readers.documents.forms import Problems
from yibao.readers.policy.bundle_documents import BundleDocuments
from yibao.readers.policy.declarations_from_yaml import layer_from_yaml

LAYER_FILE = "layer.yaml"
INSURED_AREA = "insured.insured_area"


def layers_of(gathered: BundleDocuments, vocabulary: Vocabulary, problems: Problems) -> dict[str, Layer]:
    """Layers by the folder that their `layer.yaml` stands in. A division code begins as those of claims do."""
    found: dict[str, Layer] = {}
    for path, node in gathered.of("layer"):
        layer = layer_from_yaml(node, problems)
        if not path.endswith(f"/{LAYER_FILE}"):
            problems.add("file-name", f"a layer is declared in a file called `{LAYER_FILE}`", node.place)
        if layer is not None:
            if any(layer.name == other.name for other in found.values()):
                problems.add("duplicate-name", f"the layer `{layer.name}` is declared twice", layer.place)
            found[path.rpartition("/")[0]] = layer
    known = {layer.name for layer in found.values()}
    for layer in found.values():
        _check_extends(layer, known, problems)
        _check_division(layer, vocabulary, problems)
    if NATIONAL not in known and not problems.found:
        problems.add("unknown-layer", "the bundle has no national layer", Place(path=LAYER_FILE))
    return found


def _check_extends(layer: Layer, known: set[str], problems: Problems) -> None:
    """Division codes say what lies in what, so a layer extends the narrowest other layer that it lies in."""
    if layer.extends is None:
        return
    if layer.extends not in known:
        hint = did_you_mean(layer.extends, known)
        problems.add("unknown-layer", f"no layer is called `{layer.extends}`", layer.place, hint)
        return
    around = [area for area in areas_around(layer.name) if area in known and area != layer.name]
    expected = around[-1] if around else NATIONAL
    if layer.extends != expected:
        message = f"the layer `{layer.name}` lies in `{expected}`, but says that it extends `{layer.extends}`"
        problems.add("layer-extends", message, layer.place, f"write `extends: {expected}`")


def _check_division(layer: Layer, vocabulary: Vocabulary, problems: Problems) -> None:
    """A layer in no province would never speak."""
    area = vocabulary.facts.get(INSURED_AREA)
    if layer.name != NATIONAL and area is not None and not vocabulary.can_begin(area.type, layer.name):
        hint = f"the table `{area.type.begins}` has the beginnings that there are"
        problems.add("unknown-division", f"the layer `{layer.name}` lies in no province", layer.place, hint)


def layer_of(path: str, layers: Mapping[str, Layer], problems: Problems) -> Layer | None:
    """The layer of a file by its path; None, after it is noted, when it belongs to none."""
    folder = path.rpartition("/")[0]
    while folder:
        if folder in layers:
            return layers[folder]
        folder = folder.rpartition("/")[0]
    message = f"the file belongs to no layer: no `{LAYER_FILE}` stands in its folder or above"
    problems.add("no-layer", message, Place(path=path, line=1, column=1))
    return None


def check_file_name(path: str, name: str, place: Place, problems: Problems) -> None:
    """Note a file that is not called what its content is called."""
    if Path(path).stem != name:
        problems.add(
            "file-name", f"`{name}` stands in a file called `{Path(path).name}`", place, f"call it `{name}.yaml`"
        )

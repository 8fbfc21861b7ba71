"""A folder of declarations to one checked policy, named by the digest of its files.

A document's kind is told by the key that it opens with (`rule:`, `catalogue:`, `layer:` …), the layer that it belongs
to by the nearest `layer.yaml` at or above it. All problems of a folder are reported in one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from yibao.basics.problems import Place, Problem, ProblemsFound, did_you_mean
from yibao.language.parsing import Names
from yibao.model.expressions import Condition, Scope
from yibao.model.facts import Vocabulary
from yibao.model.policy import (
    NATIONAL,
    Catalogue,
    ClosingRule,
    Example,
    Layer,
    LedgerRow,
    Policy,
    Question,
    Rule,
    areas_around,
)
from yibao.readers.claims.claims_from_json import document_from_json
from yibao.readers.claims.lookups import check_catalogue
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.bundle_documents import BundleDocuments, Source
from yibao.readers.policy.declarations_from_yaml import (
    catalogue_from_yaml,
    definition_from_yaml,
    layer_from_yaml,
    ledger_from_yaml,
    question_from_yaml,
)
from yibao.readers.policy.policy_checks import check_structure
from yibao.readers.policy.rules_from_yaml import closing_from_yaml, findings_declared, rules_from_yaml
from yibao.readers.vocabulary.facts_from_yaml import vocabulary_from_yaml

MANIFEST = "manifest.yaml"
LAYER_FILE = "layer.yaml"


def policy_from_sources(sources: list[Source], digest: str) -> Policy:
    """The policy that the files make together. Raises ProblemsFound with all their problems."""
    policy, problems = policy_and_problems(sources, digest)
    if policy is None or problems:
        raise ProblemsFound(problems)
    return policy


def policy_and_problems(sources: list[Source], digest: str) -> tuple[Policy | None, list[Problem]]:
    """What can be made of the files in spite of their problems, for looking further; None when nothing can.

    A broken file is left out, and what others say of it is not held against them.
    """
    problems = Problems()
    gathered = BundleDocuments(sources, problems)
    policy = _assemble(gathered, digest, problems)
    broken = frozenset(Path(problem.place.path).stem for problem in problems.found)
    if policy is not None:
        check_structure(policy, problems, broken)
    return policy, [problem for problem in problems.found if not _follows(problem, broken)]


def _follows(problem: Problem, broken: frozenset[str]) -> bool:
    """Whether the problem is only that something is missing whose own file is broken."""
    missing = problem.code in ("unknown-catalogue", "unknown-claim")
    return missing and any(f"is called `{name}`" in problem.message for name in broken)


def _assemble(gathered: BundleDocuments, digest: str, problems: Problems) -> Policy | None:
    name = _bundle_name(gathered, problems)
    before = len(problems.found)
    vocabulary = vocabulary_from_yaml(
        dict(gathered.of("facts")), dict([*gathered.of("table"), *gathered.of("adds_to")]), problems
    )
    if len(problems.found) > before:
        return None
    layers = _layers(gathered, problems)
    questions = _named(gathered, "question", lambda path, node: question_from_yaml(node, problems), problems)
    catalogues = _catalogues(gathered, layers, vocabulary, problems)
    names = _names(gathered, vocabulary, catalogues, problems)
    rules, examples = _rules(gathered, layers, names, questions, problems)
    closing = _closing(gathered, names, examples, problems)
    ledger = _ledger(gathered, problems)
    claims = _claims(gathered, vocabulary, problems)
    if closing is None:
        return None
    return Policy(
        name=name,
        digest=digest,
        vocabulary=vocabulary,
        questions=questions,
        layers={layer.name: layer for layer in layers.values()},
        rules=tuple(sorted(rules, key=lambda rule: rule.key)),
        closing=closing,
        catalogues=catalogues,
        examples=examples,
        claims=claims,
        ledger=ledger,
    )


def _bundle_name(gathered: BundleDocuments, problems: Problems) -> str:
    for _path, node in gathered.of("bundle"):
        form = Form(node, problems, "a manifest")
        name = form.identifier("bundle", required=True)
        form.title("title", required=True)
        form.take("extends", required=True)
        form.finish()
        return name or "unnamed"
    problems.add("no-manifest", f"the folder has no `{MANIFEST}`", Place(path=MANIFEST))
    return "unnamed"


def _layers(gathered: BundleDocuments, problems: Problems) -> dict[str, Layer]:
    """Layers by the folder that their `layer.yaml` stands in."""
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


def _layer_of(path: str, layers: Mapping[str, Layer], problems: Problems) -> Layer | None:
    folder = path.rpartition("/")[0]
    while folder:
        if folder in layers:
            return layers[folder]
        folder = folder.rpartition("/")[0]
    message = f"the file belongs to no layer: no `{LAYER_FILE}` stands in its folder or above"
    problems.add("no-layer", message, Place(path=path, line=1, column=1))
    return None


def _named(
    gathered: BundleDocuments, kind: str, reader: Callable[[str, Node], Question | None], problems: Problems
) -> dict[str, Question]:
    found: dict[str, Question] = {}
    for path, node in gathered.of(kind):
        item = reader(path, node)
        if item is None:
            continue
        if item.name in found:
            problems.add("duplicate-name", f"the {kind} `{item.name}` is declared twice", item.place)
        found[item.name] = item
    return found


def _catalogues(
    gathered: BundleDocuments, layers: Mapping[str, Layer], vocabulary: Vocabulary, problems: Problems
) -> dict[str, Catalogue]:
    found: dict[str, Catalogue] = {}
    for path, node in gathered.of("catalogue"):
        layer = _layer_of(path, layers, problems)
        item = catalogue_from_yaml(node, layer, vocabulary, problems) if layer is not None else None
        if item is None:
            continue
        if item.name in found:
            problems.add("duplicate-name", f"the catalogue `{item.name}` is declared twice", item.place)
        check_catalogue(item, vocabulary, problems)
        _check_file_name(path, item.name, item.place, problems)
        found[item.name] = item
    return found


def _names(
    gathered: BundleDocuments, vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue], problems: Problems
) -> Names:
    findings: dict[str, Scope] = {}
    for _path, node in gathered.of("rule"):
        for name, scope in findings_declared(node).items():
            if findings.setdefault(name, scope) is not scope:
                problems.add("finding-scope", f"the finding `{name}` is concluded of claims and of lines", node.place)
    bare = Names(vocabulary=vocabulary, catalogues=catalogues, findings=findings)
    definitions: dict[str, Condition] = {}
    for _path, node in gathered.of("definition"):
        found = definition_from_yaml(node, bare, problems)
        if found is None:
            continue
        if found[0] in definitions or found[0] in findings:
            problems.add("name-taken", f"`{found[0]}` means something already", node.place)
        definitions[found[0]] = found[1]
    return Names(vocabulary=vocabulary, catalogues=catalogues, definitions=definitions, findings=findings)


def _rules(
    gathered: BundleDocuments,
    layers: Mapping[str, Layer],
    names: Names,
    questions: Mapping[str, Question],
    problems: Problems,
) -> tuple[list[Rule], dict[str, tuple[Example, ...]]]:
    rules: list[Rule] = []
    examples: dict[str, tuple[Example, ...]] = {}
    for path, node in gathered.of("rule"):
        layer = _layer_of(path, layers, problems)
        found = rules_from_yaml(node, layer, names, questions, problems) if layer is not None else None
        if found is None:
            continue
        if found.id in examples:
            problems.add("duplicate-rule", f"a rule `{found.id}` stands elsewhere already", found.place)
        _check_file_name(path, found.id, found.place, problems)
        rules.extend(found.rules)
        examples[found.id] = found.examples
    return rules, examples


def _closing(
    gathered: BundleDocuments, names: Names, examples: dict[str, tuple[Example, ...]], problems: Problems
) -> ClosingRule | None:
    found: list[ClosingRule] = []
    for path, node in gathered.of("closing"):
        read = closing_from_yaml(node, names, problems)
        if read is None:
            continue
        closing, shown = read
        if closing.id in examples:
            problems.add("duplicate-rule", f"a rule `{closing.id}` stands elsewhere already", closing.place)
        _check_file_name(path, closing.id, closing.place, problems)
        examples[closing.id] = shown
        found.append(closing)
    if len(found) > 1:
        problems.add("two-closing-rules", "a bundle has one closing rule", found[1].place)
    if not found and not problems.found:
        problems.add("no-closing-rule", "the bundle has no `closing:` rule", Place(path=MANIFEST))
    return found[0] if found else None


def _claims(gathered: BundleDocuments, vocabulary: Vocabulary, problems: Problems) -> dict[str, Mapping[str, Any]]:
    """The complete claims of the bundle by name, each checked as any claim is."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, source in sorted(gathered.claims.items()):
        try:
            found[name] = document_from_json(source.content, vocabulary, source.path, partial=False)
        except ProblemsFound as error:
            problems.take(error)
    return found


def _ledger(gathered: BundleDocuments, problems: Problems) -> tuple[LedgerRow, ...]:
    return tuple(row for _path, node in gathered.of("ledger") for row in ledger_from_yaml(node, problems))


def _check_file_name(path: str, name: str, place: Place, problems: Problems) -> None:
    if Path(path).stem != name:
        problems.add(
            "file-name", f"`{name}` stands in a file called `{Path(path).name}`", place, f"call it `{name}.yaml`"
        )

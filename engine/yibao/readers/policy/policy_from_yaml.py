"""A folder of declarations to one checked policy, named by the digest of its files.

A document's kind is told by the key that it opens with (`rule:`, `catalogue:`, `layer:` …), the layer that it belongs
to by the nearest `layer.yaml` at or above it. All problems of a folder are reported in one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from yibao.basics.problems import Place, Problem, ProblemsFound
from yibao.language.parsing import Names
from yibao.model.expressions import Condition, Scope
from yibao.model.facts import Vocabulary
from yibao.model.policy import (
    Catalogue,
    ClosingRule,
    Example,
    Layer,
    LedgerRow,
    Policy,
    Question,
    Rule,
)
from yibao.readers.claims.claims_from_json import document_from_json
from yibao.readers.claims.lookups import check_catalogue
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.bundle_documents import BundleDocuments, Source
from yibao.readers.policy.calendars_from_yaml import calendars_of
from yibao.readers.policy.declarations_from_yaml import (
    catalogue_from_yaml,
    definition_from_yaml,
    ledger_from_yaml,
    question_from_yaml,
)
from yibao.readers.policy.layers import check_file_name, layer_of, layers_of
from yibao.readers.policy.plan_checks import check_plans
from yibao.readers.policy.policy_checks import check_structure
from yibao.readers.policy.rules_from_yaml import closing_from_yaml, findings_declared, rules_from_yaml
from yibao.readers.policy.settlement_documents import credits_of, parameters_of, plans_of
from yibao.readers.vocabulary.facts_from_yaml import vocabulary_from_yaml

MANIFEST = "manifest.yaml"


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
        check_plans(policy.plans, "plan", policy.layers, problems, broken)
        account_credits = tuple(credit.plan for credit in policy.credits)
        check_plans(account_credits, "credit", policy.layers, problems, broken)
    # What is wrong with shared steps is found in each plan that uses them, and said once.
    return policy, [problem for problem in dict.fromkeys(problems.found) if not _follows(problem, broken)]


def _follows(problem: Problem, broken: frozenset[str]) -> bool:
    """Whether the problem is only that something is missing whose own file is broken."""
    missing = problem.code in ("unknown-catalogue", "unknown-claim", "unknown-parameter")
    return missing and any(f"is called `{name}`" in problem.message for name in broken)


def _assemble(gathered: BundleDocuments, digest: str, problems: Problems) -> Policy | None:
    name = _bundle_name(gathered, problems)
    before = len(problems.found)
    vocabulary = vocabulary_from_yaml(
        dict(gathered.of("facts")), dict([*gathered.of("table"), *gathered.of("adds_to")]), problems
    )
    if len(problems.found) > before:
        return None
    layers = layers_of(gathered, vocabulary, problems)
    questions = _named(gathered, "question", lambda path, node: question_from_yaml(node, problems), problems)
    catalogues = _catalogues(gathered, layers, vocabulary, problems)
    names = _names(gathered, vocabulary, catalogues, problems)
    rules, examples = _rules(gathered, layers, names, questions, problems)
    closing = _closing(gathered, names, examples, problems)
    ledger = _ledger(gathered, problems)
    parameters = parameters_of(gathered, layers, vocabulary, problems)
    plans = plans_of(gathered, layers, names, parameters, problems)
    account_credits = credits_of(gathered, layers, names, parameters, problems)
    calendars = calendars_of(gathered, layers, problems)
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
        parameters=parameters,
        plans=plans,
        credits=account_credits,
        calendars=calendars,
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
        layer = layer_of(path, layers, problems)
        item = catalogue_from_yaml(node, layer, vocabulary, problems) if layer is not None else None
        if item is None:
            continue
        if item.name in found:
            problems.add("duplicate-name", f"the catalogue `{item.name}` is declared twice", item.place)
        check_catalogue(item, vocabulary, problems)
        check_file_name(path, item.name, item.place, problems)
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
        layer = layer_of(path, layers, problems)
        found = rules_from_yaml(node, layer, names, questions, problems) if layer is not None else None
        if found is None:
            continue
        if found.id in examples:
            problems.add("duplicate-rule", f"a rule `{found.id}` stands elsewhere already", found.place)
        check_file_name(path, found.id, found.place, problems)
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
        check_file_name(path, closing.id, closing.place, problems)
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

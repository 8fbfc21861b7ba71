"""The documents that a claim must be supported by: the union of what standing rules ask for."""

from __future__ import annotations

from typing import Any

from yibao.coverage.explanation import rests_on_illustration
from yibao.coverage.judgement import Judgement
from yibao.coverage.line_decision import LineDecision
from yibao.coverage.missing import Missing, add_absent
from yibao.language.printing import text_of
from yibao.model.claim import Claim
from yibao.model.policy import DocumentsDue, Policy, Rule
from yibao.model.walks import atoms_in, conjunction

HELD = "documents"
_TABLE = "document"


def documents_due(
    policy: Policy, rules: tuple[Rule, ...], judgements: list[Judgement], lines: list[LineDecision], claim: Claim
) -> list[dict[str, Any]]:
    """Each document once, with the rules that surely ask for it; an excluded line asks for none.

    `held` says whether the claim lists the document among those at hand; None when it lists nothing.
    """
    asking: dict[str, dict[str, Rule]] = {}
    for line, judgement in zip(lines, judgements, strict=False):
        if line.outcome == "excluded":
            continue
        for rule in rules:
            if isinstance(rule.answer, DocumentsDue) and judgement.stands[rule.key] is True:
                for document in rule.answer.documents:
                    asking.setdefault(document, {})[rule.key] = rule
    held = claim.facts.get(HELD)
    return [
        {
            "document": document,
            "title": policy.vocabulary.tables[_TABLE].codes[document].title.document(),
            "rules": sorted({rule.id for rule in asking[document].values()}),
            "cites": list(
                dict.fromkeys(str(cite) for _key, rule in sorted(asking[document].items()) for cite in rule.cites)
            ),
            "held": document in held if isinstance(held, frozenset) else None,
            "illustrative": any(rests_on_illustration(rule, policy.catalogues) for rule in asking[document].values()),
        }
        for document in sorted(asking)
    ]


def documents_possible(
    policy: Policy, rules: tuple[Rule, ...], judgements: list[Judgement], lines: list[LineDecision], claim: Claim
) -> list[dict[str, Any]]:
    """Documents that may be due besides, with the rules that may ask for them and the facts that this hangs on."""
    found: dict[str, tuple[set[str], Missing]] = {}
    for line, judgement in zip(lines, judgements, strict=False):
        if line.outcome == "excluded":
            continue
        for rule in rules:
            if not isinstance(rule.answer, DocumentsDue) or judgement.stands[rule.key] is not None:
                continue
            for document in rule.answer.documents:
                asking, missing = found.setdefault(document, (set(), Missing()))
                asking.add(rule.id)
                for atom in atoms_in(conjunction(rule.in_force, rule.when)):
                    if judgement.atoms[text_of(atom)] is None:
                        add_absent(missing, atom, {rule.id}, policy.vocabulary, claim, line.line)
    return [
        {"document": document, "rules": sorted(found[document][0]), "missing": found[document][1].paths()}
        for document in sorted(found)
    ]

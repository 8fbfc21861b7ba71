"""The documents that a claim must be supported by: the union of what standing rules ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yibao.coverage.explanation import rests_on_illustration
from yibao.coverage.judgement import Judgement
from yibao.coverage.missing import Missing, add_absent
from yibao.coverage.reasons import Rules
from yibao.language.printing import text_of
from yibao.model.claim import Claim, Line
from yibao.model.policy import DocumentsDue, Policy, Rule
from yibao.model.walks import atoms_in, conjunction

HELD = "documents"
_TABLE = "document"


def documents_due(policy: Policy, rules: Rules, asking: Iterable[str], claim: Claim) -> list[dict[str, Any]]:
    """Each document once, with the rules that surely ask for it; `asking` are the keys of these rules.

    `held` says whether the claim lists the document among those at hand; None when it lists nothing.
    """
    asked: dict[str, list[Rule]] = {}
    for key in sorted(set(asking)):
        answer = rules[key].answer
        for document in answer.documents if isinstance(answer, DocumentsDue) else ():
            asked.setdefault(document, []).append(rules[key])
    held = claim.facts.get(HELD)
    return [
        {
            "document": document,
            "title": policy.vocabulary.tables[_TABLE].codes[document].title.document(),
            "rules": sorted({rule.id for rule in asked[document]}),
            "cites": list(dict.fromkeys(str(cite) for rule in asked[document] for cite in rule.cites)),
            "held": document in held if isinstance(held, frozenset) else None,
            "illustrative": any(rests_on_illustration(rule, policy.catalogues) for rule in asked[document]),
        }
        for document in sorted(asked)
    ]


def documents_possible(
    policy: Policy, rules: Rules, asking: Iterable[tuple[Judgement, Line, tuple[str, ...]]], claim: Claim
) -> list[dict[str, Any]]:
    """Documents that may be due besides, with the rules that may ask for them and the facts that this hangs on.

    `asking` has, for each line, the keys of the rules that may ask.
    """
    found: dict[str, tuple[set[str], Missing]] = {}
    for judgement, line, keys in asking:
        for rule in (rules[key] for key in keys):
            for document in rule.answer.documents if isinstance(rule.answer, DocumentsDue) else ():
                asked_by, missing = found.setdefault(document, (set(), Missing()))
                asked_by.add(rule.id)
                for atom in atoms_in(conjunction(rule.in_force, rule.when)):
                    if judgement.atoms[text_of(atom)] is None:
                        add_absent(missing, atom, {rule.id}, policy.vocabulary, claim, line)
    return [
        {"document": document, "rules": sorted(found[document][0]), "missing": found[document][1].paths()}
        for document in sorted(found)
    ]

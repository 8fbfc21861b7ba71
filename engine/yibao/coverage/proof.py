"""The certificate of a profile: of every rule why it applies or not, above every silenced rule one that applies.

A checker needs no inference: it asks the named literals of the facts again, and recomputes what stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao.basics.digest import digest_of_document
from yibao.coverage.judgement import Judgement, Truth
from yibao.coverage.kleene import truth_of
from yibao.language.printing import text_of
from yibao.model.expressions import And, Condition, Not, Or
from yibao.model.policy import Rule
from yibao.model.walks import conjunction


def certificate(rules: tuple[Rule, ...], judgement: Judgement) -> tuple[str, Mapping[str, Any]]:
    """The name of the profile, and its certificate.

    `applies` lists the rules that do; `fails` gives, for each rule that does not, literals that fail (one, or one for
    each alternative); `open` those that keep a rule open; `silenced` one applying rule above each silenced rule.
    """
    applies: list[str] = []
    fails: dict[str, list[str]] = {}
    left_open: dict[str, list[str]] = {}
    for rule in rules:
        truth = judgement.applies[rule.key]
        condition = conjunction(rule.in_force, rule.when)
        if truth is True:
            applies.append(rule.key)
        else:
            literals = _literals(condition, judgement, truth)
            (fails if truth is False else left_open)[rule.key] = literals
    body = {"applies": applies, "fails": fails, "open": left_open, "silenced": dict(judgement.silenced_by)}
    name = digest_of_document({"atoms": judgement.atoms, "certificate": body})
    return f"profile-{name.removeprefix('sha256:')[:16]}", body


def _literals(condition: Condition, judgement: Judgement, wanted: Truth) -> list[str]:
    """Literals with the truth `wanted` that suffice to make the whole so; all the open ones, where it is open."""
    match condition:
        case And(conditions) | Or(conditions):
            chosen = [inner for inner in conditions if _truth(inner, judgement) is wanted]
            decisive = isinstance(condition, And) is (wanted is False)
            return [
                text
                for inner in (chosen[:1] if decisive and wanted is not None else chosen)
                for text in _literals(inner, judgement, wanted)
            ]
        case Not(inner) if isinstance(inner, And | Or | Not):
            opposite = None if wanted is None else not wanted
            return _literals(inner, judgement, opposite)
        case _:
            return [text_of(condition)]


def _truth(condition: Condition, judgement: Judgement) -> Truth:
    return truth_of(condition, lambda atom: judgement.atoms[text_of(atom)], lambda name: judgement.findings[name])

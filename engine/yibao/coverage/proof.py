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
            literals = _literals(condition, judgement, True, truth)
            (fails if truth is False else left_open)[rule.key] = literals
    body = {"applies": applies, "fails": fails, "open": left_open, "silenced": dict(judgement.silenced_by)}
    name = digest_of_document({"atoms": dict(judgement.atoms), "certificate": body})
    return f"profile-{name.removeprefix('sha256:')[:16]}", body


def _literals(condition: Condition, judgement: Judgement, holds: bool, wanted: Truth) -> list[str]:
    """Literals that suffice to make the condition (or, with `holds` False, its contrary) false, or all the open ones.

    `wanted` is False or None: what the condition, so turned, comes to. Each literal listed comes to the same.
    """
    match condition:
        case Not(inner):
            return _literals(inner, judgement, not holds, wanted)
        case And(conditions) | Or(conditions):
            chosen = [inner for inner in conditions if _turned(inner, judgement, holds) is wanted]
            one_suffices = wanted is False and isinstance(condition, And) is holds
            parts = chosen[:1] if one_suffices else chosen
            return [text for inner in parts for text in _literals(inner, judgement, holds, wanted)]
        case _:
            return [text_of(condition if holds else Not(condition))]


def _turned(condition: Condition, judgement: Judgement, holds: bool) -> Truth:
    truth = _truth(condition, judgement)
    return truth if holds or truth is None else not truth


def _truth(condition: Condition, judgement: Judgement) -> Truth:
    return truth_of(condition, lambda atom: judgement.atoms[text_of(atom)], lambda name: judgement.findings[name])

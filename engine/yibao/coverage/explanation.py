"""Reasons in the words of the decision document: rule, articles, the date that chose it, the facts it read.

What they say is written once for all lines of a result; the facts and dates of a line are holes in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao.coverage.judgement import Judgement
from yibao.coverage.line_holes import DayHole, FactsHole
from yibao.coverage.reasons import Rules, standing_reasons
from yibao.model.expressions import InCatalogue, Scope
from yibao.model.facts import LINE_PREFIX
from yibao.model.policy import COVERAGE, Admit, Catalogue, ClosingRule, Conclude, Exclude, Lift, Rule, effect_of
from yibao.model.walks import atoms_in

Said = dict[str, Any]


def reason(rule: Rule, silenced_by: str | None = None) -> Said:
    """One reason of a line: what the rule says, its sources, the date that chose it, and the facts that it read."""
    return {
        "rule": rule.id,
        "title": rule.title.document(),
        "effect": effect_of(rule.answer),
        "reason": rule.answer.reason if isinstance(rule.answer, Exclude) else None,
        "cites": [citation.document() for citation in rule.cites],
        "date": DayHole(rule.in_force.by.path),
        "dated_by": rule.in_force.by.path,
        "in_force_from": rule.in_force.period.start.isoformat(),
        "facts": FactsHole(rule.facts_read),
        "silenced_by": silenced_by,
        "illustrative": rule.illustrative,
    }


def closing_reason(closing: ClosingRule) -> Said:
    """The reason of a line that nothing admits and nothing excludes."""
    return {
        "rule": closing.id,
        "title": closing.title.document(),
        "effect": "exclude",
        "reason": closing.reason,
        "cites": [citation.document() for citation in closing.cites],
        "date": None,
        "dated_by": None,
        "in_force_from": None,
        "facts": {},
        "silenced_by": None,
        "illustrative": closing.illustrative,
    }


def reasons(rules: Rules, closing: ClosingRule, judgement: Judgement) -> list[Said]:
    """The standing reasons of a line, plus what was silenced and by what; sorted by id."""
    found: dict[str, Said] = {}
    for rule in standing_reasons(rules, closing, judgement):
        if isinstance(rule, ClosingRule):
            found[rule.id] = closing_reason(rule)
        else:
            found[rule.key] = reason(rule)
    found.update(_silenced(rules, judgement))
    return [found[key] for key in sorted(found, key=lambda key: (str(found[key]["rule"]), key))]


def _silenced(rules: Rules, judgement: Judgement) -> dict[str, Said]:
    """The silenced rules about coverage, and the rules that silence them."""
    found = {
        key: reason(rules[key], silenced_by=rules[upper].id)
        for key, upper in judgement.silenced_by.items()
        if rules[key].question == COVERAGE
    }
    for upper in sorted({judgement.silenced_by[key] for key in found}):
        if upper not in found and isinstance(rules[upper].answer, Admit | Lift | Exclude):
            found[upper] = reason(rules[upper])
    return found


def findings(rules: Rules, judgement: Judgement, about: Scope) -> list[Said]:
    """The findings that hold, each with the standing rules that conclude it and the advice they give.

    A finding about the claim shows facts of the claim alone: what it reads inside an aggregate is no one line's.
    """
    standing = (rules[key] for key in judgement.stands.sure_names())
    return [
        {
            "finding": rule.answer.finding,
            "rule": rule.id,
            "title": rule.title.document(),
            "advice": rule.advice.document() if rule.advice is not None else None,
            "cites": [citation.document() for citation in rule.cites],
            "facts": FactsHole(_facts_of(rule, about)),
            "illustrative": rule.illustrative,
        }
        for rule in standing
        if isinstance(rule.answer, Conclude) and rule.about is about
    ]


def _facts_of(rule: Rule, about: Scope) -> list[str]:
    return [path for path in rule.facts_read if about is Scope.LINE or not path.startswith(LINE_PREFIX)]


def rests_on_illustration(rule: Rule, catalogues: Mapping[str, Catalogue]) -> bool:
    """Whether the rule, or a catalogue that it asks, is marked illustrative."""
    asked = (atom.catalogue for atom in atoms_in(rule.when) if isinstance(atom, InCatalogue))
    return rule.illustrative or any(catalogues[name].illustrative for name in asked)

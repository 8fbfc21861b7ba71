"""Reasons in the words of the decision document: rule, articles, the date that chose it, the facts it read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from yibao.coverage.judgement import Judgement
from yibao.model.claim import Claim, Line
from yibao.model.expressions import InCatalogue
from yibao.model.facts import UNKNOWN, Given
from yibao.model.policy import (
    COVERAGE,
    Admit,
    Catalogue,
    ClosingRule,
    Conclude,
    Exclude,
    Lift,
    Rule,
    effect_of,
)
from yibao.model.walks import atoms_in


def plain(value: Given) -> Any:
    """A fact's value as JSON has it."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value


def facts_read(rule: Rule, claim: Claim, line: Line | None) -> dict[str, Any]:
    """The given facts that the rule's own condition reads."""
    given = {path: claim.of_line(path, line) for path in rule.facts_read}
    return {path: plain(value) for path, value in given.items() if value is not UNKNOWN}


def reason(rule: Rule, claim: Claim, line: Line | None, silenced_by: str | None = None) -> dict[str, Any]:
    """One reason of a line: what the rule says, its sources, the date that chose it, and the facts that it read."""
    day = claim.of_line(rule.in_force.by.path, line)
    return {
        "rule": rule.id,
        "title": rule.title.document(),
        "effect": effect_of(rule.answer),
        "reason": rule.answer.reason if isinstance(rule.answer, Exclude) else None,
        "cites": [citation.document() for citation in rule.cites],
        "date": plain(day) if day is not UNKNOWN else None,
        "dated_by": rule.in_force.by.path,
        "in_force_from": rule.in_force.period.start.isoformat(),
        "facts": facts_read(rule, claim, line),
        "silenced_by": silenced_by,
        "illustrative": rule.illustrative,
    }


def closing_reason(closing: ClosingRule) -> dict[str, Any]:
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


def standing_reasons(rules: tuple[Rule, ...], closing: ClosingRule, judgement: Judgement) -> list[Rule | ClosingRule]:
    """All standing exclusions, else the standing admissions; the closing rule where nothing surely admits."""
    found: list[Rule | ClosingRule] = [
        rule for rule in _answering(rules, judgement) if judgement.stands[rule.key] is True
    ]
    if found or judgement.admitted or judgement.verdict_open:
        return found
    admitted = any(judgement.stands[rule.key] is True for rule in rules if isinstance(rule.answer, Admit))
    return [] if admitted else [closing]


def possible_reasons(rules: tuple[Rule, ...], judgement: Judgement) -> list[Rule]:
    """Where every completion agrees and no rule is the reason in all of them: the rules that are it in some."""
    answering = _answering(rules, judgement)
    if judgement.verdict_open or any(judgement.stands[rule.key] is True for rule in answering):
        return []
    return [rule for rule in answering if judgement.stands[rule.key] is None]


def _answering(rules: tuple[Rule, ...], judgement: Judgement) -> list[Rule]:
    wanted: type[Exclude] | type[Admit] = Exclude if judgement.admitted is False else Admit
    return [rule for rule in rules if isinstance(rule.answer, wanted)]


def reasons(
    rules: tuple[Rule, ...], closing: ClosingRule, judgement: Judgement, claim: Claim, line: Line
) -> list[dict[str, Any]]:
    """The standing reasons of a line, plus what was silenced and by what; sorted by id."""
    found: dict[str, dict[str, Any]] = {}
    for rule in standing_reasons(rules, closing, judgement):
        if isinstance(rule, ClosingRule):
            found[rule.id] = closing_reason(rule)
        else:
            found[rule.key] = reason(rule, claim, line)
    found.update(_silenced([rule for rule in rules if rule.question == COVERAGE], judgement, claim, line))
    return [found[key] for key in sorted(found, key=lambda key: (str(found[key]["rule"]), key))]


def _silenced(coverage: list[Rule], judgement: Judgement, claim: Claim, line: Line) -> dict[str, dict[str, Any]]:
    """The silenced rules about coverage, and the rules that silence them."""
    by_key = {rule.key: rule for rule in coverage}
    found: dict[str, dict[str, Any]] = {}
    for key, upper in judgement.silenced_by.items():
        if key in by_key:
            found[key] = reason(by_key[key], claim, line, silenced_by=by_key[upper].id)
    for upper in sorted({judgement.silenced_by[key] for key in found}):
        if upper not in found and isinstance(by_key[upper].answer, Admit | Lift | Exclude):
            found[upper] = reason(by_key[upper], claim, line)
    return found


def findings(rules: Iterable[Rule], judgement: Judgement, claim: Claim, line: Line | None) -> list[dict[str, Any]]:
    """The findings that hold, each with the standing rules that conclude it and the advice they give."""
    return [
        {
            "finding": rule.answer.finding,
            "rule": rule.id,
            "title": rule.title.document(),
            "advice": rule.advice.document() if rule.advice is not None else None,
            "cites": [citation.document() for citation in rule.cites],
            "facts": facts_read(rule, claim, line),
            "illustrative": rule.illustrative,
        }
        for rule in rules
        if isinstance(rule.answer, Conclude) and judgement.stands[rule.key] is True
    ]


def rests_on_illustration(rule: Rule, catalogues: Mapping[str, Catalogue]) -> bool:
    """Whether the rule, or a catalogue that it asks, is marked illustrative."""
    asked = (atom.catalogue for atom in atoms_in(rule.when) if isinstance(atom, InCatalogue))
    return rule.illustrative or any(catalogues[name].illustrative for name in asked)

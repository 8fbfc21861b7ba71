"""Which rules are the reasons of a line: a function of its judgement, for the short answer and for the long one."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.coverage.judgement import Judgement
from yibao.model.policy import Admit, ClosingRule, Exclude, Rule

# The rules of a program by key, in the order of their keys.
Rules = Mapping[str, Rule]


def standing_reasons(rules: Rules, closing: ClosingRule, judgement: Judgement) -> list[Rule | ClosingRule]:
    """All standing exclusions, else the standing admissions; the closing rule where nothing surely admits."""
    standing = [rules[key] for key in judgement.stands.sure_names()]
    found: list[Rule | ClosingRule] = [rule for rule in standing if isinstance(rule.answer, _wanted(judgement))]
    if found or judgement.admitted or judgement.verdict_open:
        return found
    return [] if any(isinstance(rule.answer, Admit) for rule in standing) else [closing]


def possible_reasons(rules: Rules, judgement: Judgement) -> list[Rule]:
    """Where every completion agrees and no rule is the reason in all of them: the rules that are it in some."""
    wanted = _wanted(judgement)
    surely = any(isinstance(rules[key].answer, wanted) for key in judgement.stands.sure_names())
    if judgement.verdict_open or surely:
        return []
    return [rules[key] for key in judgement.stands.open_names() if isinstance(rules[key].answer, wanted)]


def _wanted(judgement: Judgement) -> type[Exclude] | type[Admit]:
    return Exclude if judgement.admitted is False else Admit

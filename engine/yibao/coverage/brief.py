"""The short answer: the outcome of each line and the ids of its reasons, for callers that ask on every keystroke.

What depends on the profile alone is worked out once and kept with it; only a ceiling or a share that answers is
computed per line. The full document (`decision`) says the same at length, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.money import WHOLE_BASIS_POINTS
from yibao.coverage.explanation import possible_reasons, standing_reasons
from yibao.coverage.judgement import Judgement
from yibao.coverage.line_decision import CEILING, SHARE
from yibao.coverage.split import billed_of, value_of
from yibao.model.claim import Claim, Line
from yibao.model.facts import Unknown
from yibao.model.policy import Policy, Rule

# Outcome, ids of the reasons, ids of the rules that answer questions with a value.
Answered = tuple[str, tuple[str, ...], tuple[str, ...]]


@frozen(eq=False)
class Brief:
    """What a profile says of its lines. `answer` gives the short answer of one of them."""

    fixed: Answered | None
    answer: Callable[[Claim, Line], Answered]


def brief_of(policy: Policy, rules: tuple[Rule, ...], judgement: Judgement) -> Brief:
    """The short answers of the lines that share a judgement."""
    standing = standing_reasons(rules, policy.closing, judgement) or possible_reasons(rules, judgement)
    reasons = tuple(sorted({rule.id for rule in standing}))
    by_key = {rule.key: rule for rule in rules}
    answering = {question: [by_key[key] for key in keys] for question, keys in judgement.answers.items()}
    ids = tuple(sorted({rule.id for speaking in answering.values() for rule in speaking}))
    if judgement.verdict_open:
        return _always(("undetermined", reasons, ids))
    if not judgement.admitted:
        return _always(("excluded", reasons, ()))
    if CEILING not in answering and SHARE not in answering:
        return _always(("covered", reasons, ids))
    words = {word: (word, reasons, ids) for word in ("covered", "partly_covered", "undetermined")}
    return Brief(None, _valued(policy, answering, words))


def _always(answered: Answered) -> Brief:
    return Brief(answered, lambda claim, line: answered)


def _valued(
    policy: Policy, answering: Mapping[str, list[Rule]], words: Mapping[str, Answered]
) -> Callable[[Claim, Line], Answered]:
    """The answer of an admitted line whose ceiling or share has to be looked at."""
    ceilings, shares = answering.get(CEILING, []), answering.get(SHARE, [])
    covered, partly, undetermined = words["covered"], words["partly_covered"], words["undetermined"]

    def answer(claim: Claim, line: Line) -> Answered:
        ceiling = value_of(policy.questions[CEILING], ceilings, claim, line, policy.catalogues) if ceilings else None
        share = value_of(policy.questions[SHARE], shares, claim, line, policy.catalogues) if shares else None
        if isinstance(ceiling, Unknown) or isinstance(share, Unknown):
            return undetermined
        billed = billed_of(line)
        if ceiling is not None and (billed is None or billed > ceiling):
            return undetermined if billed is None else partly
        return partly if share is not None and share < WHOLE_BASIS_POINTS else covered

    return answer

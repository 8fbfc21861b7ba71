"""The short answer: the outcome of each line and the ids of its reasons, for callers that ask on every keystroke.

What depends on the profile alone is worked out once and kept with it; only a ceiling or a share that answers is
computed per line. The full document (`document`) says the same at length, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.money import WHOLE_BASIS_POINTS
from yibao.coverage.judgement import Judgement
from yibao.coverage.reasons import possible_reasons, standing_reasons
from yibao.coverage.split import CEILING, SHARE, Valued, billed_of
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


def brief_of(policy: Policy, rules: Mapping[str, Rule], judgement: Judgement) -> Brief:
    """The short answers of the lines that share a judgement. `rules` is the program by key."""
    standing = standing_reasons(rules, policy.closing, judgement) or possible_reasons(rules, judgement)
    reasons = tuple(sorted({rule.id for rule in standing}))
    answering = {question: [rules[key] for key in keys] for question, keys in judgement.answers.items()}
    ids = tuple(sorted({rule.id for speaking in answering.values() for rule in speaking}))
    if judgement.verdict_open:
        return _always(("undetermined", reasons, ids))
    if not judgement.admitted:
        return _always(("excluded", reasons, ()))
    valued = {
        question: Valued(policy.questions[question], answering[question], policy.catalogues)
        for question in (CEILING, SHARE)
        if question in answering
    }
    if not valued:
        return _always(("covered", reasons, ids))
    words = {word: (word, reasons, ids) for word in ("covered", "partly_covered", "undetermined")}
    return Brief(None, _valued(valued, words))


def _always(answered: Answered) -> Brief:
    return Brief(answered, lambda claim, line: answered)


def _valued(valued: Mapping[str, Valued], words: Mapping[str, Answered]) -> Callable[[Claim, Line], Answered]:
    """The answer of an admitted line whose ceiling or share has to be looked at."""
    ceiling_of, share_of = valued.get(CEILING), valued.get(SHARE)
    covered, partly, undetermined = words["covered"], words["partly_covered"], words["undetermined"]

    def answer(claim: Claim, line: Line) -> Answered:
        ceiling = ceiling_of.of(claim, line) if ceiling_of is not None else None
        share = share_of.of(claim, line) if share_of is not None else None
        if isinstance(ceiling, Unknown) or isinstance(share, Unknown):
            return undetermined
        if ceiling is not None:
            billed = billed_of(line)
            if billed is None or billed > ceiling:
                return undetermined if billed is None else partly
        return partly if share is not None and share < WHOLE_BASIS_POINTS else covered

    return answer

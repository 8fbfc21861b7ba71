"""From what is judged of a profile and the facts of a line to the decision of that line."""

from __future__ import annotations

from typing import Any

from yibao.coverage import split
from yibao.coverage.judgement import Judgement
from yibao.coverage.line_decision import LineDecision
from yibao.coverage.missing import Missing, add_absent, add_axes
from yibao.coverage.reasons import Rules
from yibao.coverage.split import CEILING, FIRST_PAYMENT, SHARE
from yibao.coverage.wording import Wording
from yibao.model.claim import Claim, Line
from yibao.model.expressions import FactTerm
from yibao.model.facts import UNKNOWN, Kind, Unknown
from yibao.model.policy import Policy, Value

Answer = int | Unknown | None


def decide_line(
    policy: Policy, rules: Rules, judgement: Judgement, wording: Wording, claim: Claim, line: Line
) -> LineDecision:
    """The decision of a line. `rules` is the program by key; `wording` belongs to the judgement's result."""
    return wording.decide(claim, line) or _Opened(policy, rules, judgement, wording, claim, line).decide()


class _Opened:
    """A line of which something is not known."""

    def __init__(
        self,
        policy: Policy,
        rules: Rules,
        judgement: Judgement,
        wording: Wording,
        claim: Claim,
        line: Line,
    ) -> None:
        self.policy, self.rules, self.judgement = policy, rules, judgement
        self.wording = wording
        self.values = {question: valued.of(claim, line) for question, valued in wording.valued.items()}
        self.claim, self.line = claim, line
        self.missing = Missing()
        self.amounts_missing = Missing()
        self.exact = True

    def decide(self) -> LineDecision:
        judgement = self.judgement
        if judgement.verdict_open:
            self._add(self.missing, judgement.matters)
            for question in (CEILING, SHARE):
                self._note_possible_values(question)
        outcome, amounts = self._verdict()
        exact = self.exact and (judgement.exact or not judgement.verdict_open)
        illustrative = self.wording.rests_on_illustration(self.line)
        return LineDecision(
            self.line, outcome, amounts, self.values, self.missing, self.amounts_missing, exact, illustrative
        )

    def _verdict(self) -> tuple[str, split.Amounts]:
        if self.judgement.verdict_open:
            return "undetermined", split.NOTHING_KNOWN
        if not self.judgement.admitted:
            return "excluded", self._noting_amount(split.excluded(split.billed_of(self.line)))
        ceiling, share_bp = self._value(CEILING), self._value(SHARE)
        billed = split.billed_of(self.line)
        if isinstance(ceiling, Unknown) or isinstance(share_bp, Unknown):
            for question in (CEILING, SHARE):
                self._note_unknown_value(question, self.missing)
            if self._standing(CEILING):
                self._note_amount()
            self.exact = self.exact and self._values_are_bare()
            return "undetermined", split.NOTHING_KNOWN
        if ceiling is not None and billed is None:
            self._note_amount()
            return "undetermined", split.NOTHING_KNOWN
        first_bp = self._value(FIRST_PAYMENT)
        if isinstance(first_bp, Unknown):
            self._note_unknown_value(FIRST_PAYMENT, self.amounts_missing)
        outcome, amounts = split.admitted(billed, {CEILING: ceiling, SHARE: share_bp, FIRST_PAYMENT: first_bp})
        return outcome, self._noting_amount(amounts)

    def _value(self, question: str) -> Answer:
        return UNKNOWN if question in self.judgement.open_answers else self.values.get(question)

    def _standing(self, question: str) -> list[str]:
        """The keys of the rules that answer."""
        return [*self.judgement.answers.get(question, ())]

    def _note_unknown_value(self, question: str, missing: Missing) -> None:
        self._add(missing, self.judgement.open_answers.get(question, ()))
        for key in self._standing(question):
            answer = self.rules[key].answer
            if isinstance(answer, Value):
                add_absent(missing, answer.term, {self.rules[key].id}, *self._where())

    def _note_possible_values(self, question: str) -> None:
        """What a ceiling or share that may answer would still have to read, once the rest is known."""
        noted = False
        for key, truth in self.judgement.stands.items():
            answer = self.rules[key].answer
            if truth is not False and isinstance(answer, Value) and answer.question == question:
                before = self.missing.paths()
                add_absent(self.missing, answer.term, {self.rules[key].id}, *self._where())
                self.exact = self.exact and before == self.missing.paths()
                noted = True
        if noted and question == CEILING and split.billed_of(self.line) is None:
            self._note_amount()
            self.exact = False

    def _note_amount(self) -> None:
        asking = {self.rules[key].id for key in self._standing(CEILING)}
        add_absent(self.missing, FactTerm(split.AMOUNT, Kind.FEN), asking, *self._where())

    def _values_are_bare(self) -> bool:
        """Whether each unknown value is one fact that one rule answers with, on an amount that it can touch."""
        for question in (CEILING, SHARE):
            answers = [self.rules[key].answer for key in self._standing(question)]
            unknown = isinstance(self._value(question), Unknown) and question not in self.judgement.open_answers
            bare = len(answers) == 1 and isinstance(answers[0], Value) and isinstance(answers[0].term, FactTerm)
            if unknown and not (bare and split.billed_of(self.line) != 0):
                return False
        return True

    def _noting_amount(self, amounts: split.Amounts) -> split.Amounts:
        if amounts.billed is None:
            self.amounts_missing.add(split.AMOUNT, self.line.line_id, set())
        return amounts

    def _add(self, missing: Missing, axes: tuple[tuple[Any, ...], ...]) -> None:
        add_axes(missing, axes, self.rules, self.judgement, *self._where())

    def _where(self) -> tuple[Any, Claim, Line]:
        return self.policy.vocabulary, self.claim, self.line

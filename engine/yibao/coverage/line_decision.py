"""The decision of one line: verdict, reasons, answers with their values, split, and what is missing."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from yibao.basics.money import WHOLE_BASIS_POINTS
from yibao.basics.problems import Fault
from yibao.coverage import split
from yibao.coverage.explanation import facts_read, findings, possible_reasons, reason, reasons, rests_on_illustration
from yibao.coverage.judgement import Judgement
from yibao.coverage.missing import Missing, add_absent, add_axes
from yibao.model.claim import Claim, Line
from yibao.model.expressions import FactTerm, Scope
from yibao.model.facts import UNKNOWN, Kind, Unknown
from yibao.model.policy import Policy, Rule, Value

CEILING, SHARE, FIRST_PAYMENT = "ceiling", "share", "first_payment"


@frozen(kw_only=True)
class LineDecision:
    """What is decided of one line. `missing` is empty unless the verdict is open; `amounts_missing` names the absent
    facts that leave some of the amounts unknown without opening the verdict."""

    line: Line
    outcome: str
    reasons: list[dict[str, Any]]
    possible_reasons: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    amounts: split.Amounts
    amounts_missing: Missing
    missing: Missing
    exact: bool
    illustrative: bool

    def document(self, proof: str | None) -> dict[str, Any]:
        return {
            "line_id": self.line.line_id,
            "outcome": self.outcome,
            "reasons": self.reasons,
            "possible_reasons": self.possible_reasons,
            "answers": self.answers,
            "findings": self.findings,
            "amounts": self.amounts.document(),
            "amounts_missing": self.amounts_missing.paths(),
            "looked_up": dict(sorted(self.line.looked_up.items())),
            "refunds": list(self.line.refunds),
            "proof": proof,
        }


def undecided_line(line: Line) -> LineDecision:
    """A line of a claim whose places are not known."""
    return LineDecision(
        line=line,
        outcome="undetermined",
        reasons=[],
        possible_reasons=[],
        answers=[],
        findings=[],
        amounts=split.NOTHING_KNOWN,
        amounts_missing=Missing(),
        missing=Missing(),
        exact=False,
        illustrative=False,
    )


def decide_line(
    policy: Policy, rules: tuple[Rule, ...], judgement: Judgement, claim: Claim, line: Line
) -> LineDecision:
    """The decision of a line from what an engine judged of it. `rules` is the program."""
    return _LineDecider(policy, rules, judgement, claim, line).decide()


class _LineDecider:
    def __init__(self, policy: Policy, rules: tuple[Rule, ...], judgement: Judgement, claim: Claim, line: Line) -> None:
        self.policy, self.rules, self.judgement, self.claim, self.line = policy, rules, judgement, claim, line
        self.by_key = {rule.key: rule for rule in rules}
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
        found = reasons(self.rules, self.policy.closing, judgement, self.claim, self.line)
        possible = [reason(rule, self.claim, self.line) for rule in possible_reasons(self.rules, judgement)]
        answers = self._answers() if judgement.admitted else []
        own_findings = findings(
            (rule for rule in self.rules if rule.about is Scope.LINE), judgement, self.claim, self.line
        )
        return LineDecision(
            line=self.line,
            outcome=outcome,
            reasons=found,
            possible_reasons=possible,
            answers=answers,
            findings=own_findings,
            amounts=amounts,
            amounts_missing=self.amounts_missing,
            missing=self.missing,
            exact=self.exact and (judgement.exact or not judgement.verdict_open),
            illustrative=self._illustrative([*found, *possible, *answers, *own_findings]),
        )

    def _verdict(self) -> tuple[str, split.Amounts]:
        if self.judgement.verdict_open:
            return "undetermined", split.NOTHING_KNOWN
        if not self.judgement.admitted:
            return "excluded", self._noting_amount(split.excluded(self.line))
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
        amounts = split.admitted(billed, ceiling, share_bp, first_bp)
        partly = bool(amounts.over_ceiling) or (share_bp is not None and share_bp < WHOLE_BASIS_POINTS)
        return ("partly_covered" if partly else "covered"), self._noting_amount(amounts)

    def _value(self, question: str) -> int | Unknown | None:
        if question in self.judgement.open_answers:
            return UNKNOWN
        declared = self.policy.questions.get(question)
        standing = self._standing(question)
        if declared is None or not standing:
            return None
        return split.value_of(declared, standing, self.claim, self.line, self.policy.catalogues)

    def _standing(self, question: str) -> list[Rule]:
        return [self.by_key[key] for key in self.judgement.answers.get(question, ())]

    def _ids(self, question: str) -> set[str]:
        return {rule.id for rule in self._standing(question)}

    def _note_unknown_value(self, question: str, missing: Missing) -> None:
        self._add(missing, self.judgement.open_answers.get(question, ()))
        for rule in self._standing(question):
            if isinstance(rule.answer, Value):
                add_absent(missing, rule.answer.term, {rule.id}, *self._where())

    def _note_possible_values(self, question: str) -> None:
        """What a ceiling or share that may answer would still have to read, once the rest is known."""
        noted = False
        for rule in self.rules:
            may_answer = isinstance(rule.answer, Value) and rule.answer.question == question
            if may_answer and self.judgement.stands[rule.key] is not False and isinstance(rule.answer, Value):
                before = self.missing.paths()
                add_absent(self.missing, rule.answer.term, {rule.id}, *self._where())
                self.exact = self.exact and before == self.missing.paths()
                noted = True
        if noted and question == CEILING and split.billed_of(self.line) is None:
            self._note_amount()
            self.exact = False

    def _note_amount(self) -> None:
        add_absent(self.missing, FactTerm(split.AMOUNT, Kind.FEN), self._ids(CEILING), *self._where())

    def _values_are_bare(self) -> bool:
        """Whether each unknown value is one fact that one rule answers with, on an amount that it can touch."""
        for question in (CEILING, SHARE):
            rules = self._standing(question)
            unknown = isinstance(self._value(question), Unknown) and question not in self.judgement.open_answers
            bare = len(rules) == 1 and isinstance(rules[0].answer, Value) and isinstance(rules[0].answer.term, FactTerm)
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

    def _answers(self) -> list[dict[str, Any]]:
        """Each determined value question with its value and the rules that answer it."""
        found = []
        for question in sorted(self.judgement.answers):
            declared, value = self.policy.questions.get(question), self._value(question)
            if declared is None:
                raise Fault(f"`{question}` is answered but not declared")
            unit = "fen" if declared.kind is Kind.FEN else "bp"
            for rule in self._standing(question):
                found.append(
                    {
                        "question": question,
                        f"value_{unit}": None if isinstance(value, Unknown) else value,
                        "rule": rule.id,
                        "title": rule.title.document(),
                        "cites": [citation.document() for citation in rule.cites],
                        "facts": facts_read(rule, self.claim, self.line),
                        "illustrative": rule.illustrative,
                    }
                )
        return found

    def _illustrative(self, shown: list[dict[str, Any]]) -> bool:
        names = {str(one["rule"]) for one in shown}
        rests = any(rest_on for rule in self.rules if rule.id in names and (rest_on := self._rests(rule)))
        filled_in = {self.policy.catalogues[name].illustrative for name in self.line.looked_up.values()}
        return rests or True in filled_in or any(one["illustrative"] for one in shown)

    def _rests(self, rule: Rule) -> bool:
        return rests_on_illustration(rule, self.policy.catalogues)

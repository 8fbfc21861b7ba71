"""What is said of all lines that come to one result: worked out once, with holes for what differs between them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from yibao.basics.money import WHOLE_BASIS_POINTS
from yibao.basics.problems import Fault
from yibao.coverage import line_holes
from yibao.coverage.explanation import findings, reason, reasons, rests_on_illustration
from yibao.coverage.judgement import Judgement
from yibao.coverage.line_decision import LineDecision
from yibao.coverage.line_holes import Filling, LineHole, ValueHole
from yibao.coverage.missing import NOTHING_MISSING
from yibao.coverage.quick_lines import Decided, FactSpellings, Filler, QuickForm, Values
from yibao.coverage.reasons import Rules, possible_reasons
from yibao.coverage.split import AMOUNT, CEILING, FIRST_PAYMENT, SHARE, Amounts, Valued, parted
from yibao.coverage.template import Template
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Scope
from yibao.model.facts import Kind, Unknown
from yibao.model.policy import DocumentsDue, Policy, Rule

ENQUIRY = "enquiry"
LineTemplate = Template[Filling, LineHole]
_NO_VALUES: Values = {}


class Wording:
    """The words for the lines of one result; `judgement` is that of any profile that comes to it.

    Atoms differ between such profiles, so nothing here reads them.
    """

    def __init__(self, policy: Policy, rules: Rules, judgement: Judgement, spellings: FactSpellings) -> None:
        self._spellings = spellings
        self._policy, self._rules, self._judgement = policy, rules, judgement
        self.valued: Mapping[str, Valued] = {
            question: Valued(policy.questions[question], self.standing(question), policy.catalogues)
            for question in judgement.answers
            if question in policy.questions
        }
        self._open = judgement.verdict_open or bool(judgement.open_answers)
        self._admitted = judgement.admitted
        of_line = findings(rules, judgement, Scope.LINE)
        self._line: dict[str, Any] = {
            "reasons": reasons(rules, policy.closing, judgement),
            "possible_reasons": [reason(rule) for rule in possible_reasons(rules, judgement)],
            "answers": self._answers() if judgement.admitted else [],
            "findings": of_line,
        }
        said = [one for part in self._line.values() for one in part]
        self.illustrative = self._illustrative(said)
        self.of_claim = findings(rules, judgement, Scope.CLAIM)
        found = [*self.of_claim, *of_line]
        self.enquiry = any(one["finding"] == ENQUIRY for one in found)
        self.illustrative_finding = any(one["illustrative"] for one in found)
        # What is said of the claim because of such a line, beside the line itself; most say nothing.
        self.concerns_claim = bool(found) or self.asks_for_documents

    def known(self, claim: Claim, line: Line) -> Decided | None:
        """What is decided of a line of which everything is known; None for another, which takes the long way."""
        billed = line.facts.get(AMOUNT)
        if self._open or not isinstance(billed, int):
            return None
        values = self._values(claim, line) if self.valued else _NO_VALUES
        if values is None:
            return None
        if not self._admitted:
            return "excluded", (billed, billed, 0, 0, 0), values
        if not values:
            return "covered", (billed, 0, 0, 0, billed), values
        share_bp = values.get(SHARE)
        parts = parted(billed, values.get(CEILING), share_bp, values.get(FIRST_PAYMENT))
        _billed, _full, over, _first, _rest = parts
        partly = over or (share_bp is not None and share_bp < WHOLE_BASIS_POINTS)
        return "partly_covered" if partly else "covered", parts, values

    def _values(self, claim: Claim, line: Line) -> Values | None:
        """The answers to the questions with a value; None where one of them is unknown."""
        values: dict[str, int | None] = {}
        for question, valued in self.valued.items():
            value = valued.of(claim, line)
            if isinstance(value, Unknown):
                return None
            values[question] = value
        return values

    def decide(self, claim: Claim, line: Line) -> LineDecision | None:
        """The same as a record."""
        known = self.known(claim, line)
        if known is None:
            return None
        outcome, (billed, full, over, first, rest), values = known
        amounts = Amounts(billed=billed, full_self_pay=full, over_ceiling=over, first_self_pay=first, in_scope=rest)
        illustrative = self.rests_on_illustration(line)
        return LineDecision(line, outcome, amounts, values, NOTHING_MISSING, NOTHING_MISSING, True, illustrative)

    def rests_on_illustration(self, line: Line) -> bool:
        """Whether what is said of a line, or a catalogue that filled in one of its facts, is illustrative."""
        return self.illustrative or any(self._policy.catalogues[name].illustrative for name in line.looked_up.values())

    def standing(self, question: str) -> list[Rule]:
        """The rules that answer a question with a value."""
        return [self._rules[key] for key in self._judgement.answers.get(question, ())]

    @cached_property
    def line(self) -> LineTemplate:
        """A line of the document."""
        return _line_template(self._line)

    @cached_property
    def quick_line(self) -> Filler:
        """The bytes of a line in one step, where everything in it is known; all others take the long way (`line`)."""
        form = QuickForm(self._spellings)
        return form.finished(self.line.spelt(lambda hole: hole.quick(form)))

    @cached_property
    def claim_findings(self) -> LineTemplate:
        """The findings about the claim."""
        return Template(self.of_claim, LineHole)

    @cached_property
    def asks_for_documents(self) -> bool:
        """Whether a rule asks for documents, or may."""
        return bool(self.documents_due or self.documents_possible)

    @cached_property
    def documents_due(self) -> tuple[str, ...]:
        """The keys of the rules that surely ask for documents."""
        return self._asking_for_documents(self._judgement.stands.sure_names())

    @cached_property
    def documents_possible(self) -> tuple[str, ...]:
        """The keys of the rules that may ask for documents."""
        return self._asking_for_documents(self._judgement.stands.open_names())

    def _asking_for_documents(self, keys: list[str]) -> tuple[str, ...]:
        return tuple(key for key in keys if isinstance(self._rules[key].answer, DocumentsDue))

    def _answers(self) -> list[dict[str, Any]]:
        """Each determined value question with its value and the rules that answer it."""
        found = []
        for question in sorted(self._judgement.answers):
            declared = self._policy.questions.get(question)
            if declared is None:
                raise Fault(f"`{question}` is answered but not declared")
            unit = "fen" if declared.kind is Kind.FEN else "bp"
            for rule in self.standing(question):
                found.append(
                    {
                        "question": question,
                        f"value_{unit}": ValueHole(question),
                        "rule": rule.id,
                        "title": rule.title.document(),
                        "cites": [citation.document() for citation in rule.cites],
                        "facts": line_holes.FactsHole(rule.facts_read),
                        "illustrative": rule.illustrative,
                    }
                )
        return found

    def _illustrative(self, said: list[dict[str, Any]]) -> bool:
        names = {str(one["rule"]) for one in said}
        shown = (rule for rule in self._rules.values() if rule.id in names)
        rests = any(rests_on_illustration(rule, self._policy.catalogues) for rule in shown)
        return rests or any(one["illustrative"] for one in said)


def _line_template(said: Mapping[str, Any]) -> LineTemplate:
    """A line of the document: what is said of it between its outcome and its amounts."""
    return Template(
        {
            "line_id": line_holes.IdHole(),
            "outcome": line_holes.OutcomeHole(),
            **said,
            "amounts": line_holes.AmountsHole(),
            "amounts_missing": line_holes.MissingAmountsHole(),
            "looked_up": line_holes.LookedUpHole(),
            "refunds": line_holes.RefundsHole(),
            "proof": line_holes.ProofHole(),
        },
        LineHole,
    )


# A line of a claim whose places are not known.
UNDECIDED = _line_template({"reasons": [], "possible_reasons": [], "answers": [], "findings": []})

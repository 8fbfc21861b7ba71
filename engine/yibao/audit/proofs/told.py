"""What a decision says of one line, told again from the line's facts and from what stands of its rules.

Values, amounts, reasons, missing facts and texts are worked out once more, plainly; nothing of the inference is used.
"""

from __future__ import annotations

import datetime
from typing import Any

from yibao.audit.proofs.standing import NO, OPEN, YES, Axes, World
from yibao.language.truth import absent_facts, read
from yibao.model import expressions as ir
from yibao.model import policy as law
from yibao.model.claim import Claim, Line
from yibao.model.facts import UNKNOWN, Given, Kind, Unknown
from yibao.model.walks import atoms_in

Said = dict[str, Any]
Absent = dict[str, tuple[set[str], set[str]]]
CEILING, SHARE, FIRST = "ceiling", "share", "first_payment"
AMOUNT = ir.FactTerm("line.amount_fen", Kind.FEN)
AMOUNTS = ("billed_fen", "full_self_pay_fen", "over_ceiling_fen", "first_self_pay_fen", "in_scope_fen")
WHOLE = 10_000


class LineTold:
    """One line under the statuses of `world`. `missing` is what its verdict misses, `unsplit` what its amounts do."""

    def __init__(self, policy: law.Policy, world: World, claim: Claim, line: Line) -> None:
        self.policy, self.world, self.claim, self.line = policy, world, claim, line
        self.missing: Absent = {}
        self.unsplit: Absent = {}
        deciding = [*self._answering(CEILING), *self._answering(SHARE)]
        self.admitted, _standing, self.matters, self.exact = world.judged(deciding, policy.vocabulary)
        self.answers: dict[str, list[law.Rule]] = {}
        self.open_answers: dict[str, Axes] = {}
        for question in sorted(policy.questions) if self.admitted and not self.matters else ():
            _admitted, standing, axes, _exact = world.judged(self._answering(question), policy.vocabulary)
            if axes:
                self.open_answers[question] = axes
            elif standing:
                self.answers[question] = standing
        self.outcome, amounts = self._verdict()
        self.amounts = dict(zip(AMOUNTS, amounts, strict=True))

    def document(self, proof: str | None) -> Said:
        """The line's part of the decision."""
        return {
            "line_id": self.line.line_id,
            "outcome": self.outcome,
            "reasons": self._reasons(),
            "possible_reasons": [self._reason(rule) for rule in self._possible()],
            "answers": self._answers(),
            "findings": self.findings(ir.Scope.LINE),
            "amounts": self.amounts,
            "amounts_missing": sorted(self.unsplit),
            "looked_up": dict(self.line.looked_up),
            "refunds": list(self.line.refunds),
            "proof": proof,
        }

    def findings(self, about: ir.Scope) -> list[Said]:
        """The findings that hold of the line or of the claim."""
        told, line = [], self.line if about is ir.Scope.LINE else None
        for rule in self.world.giving(law.Conclude):
            if rule.about is about and self.world.stands(rule) == YES and isinstance(rule.answer, law.Conclude):
                advice = rule.advice.document() if rule.advice is not None else None
                told.append({"finding": rule.answer.finding, "advice": advice, **self._read(rule, line), **_said(rule)})
        return told

    def rests_on_illustration(self, told: Said) -> bool:
        """Whether the line shows a rule, or was filled in from a catalogue, that is illustrative."""
        shown = [*told["reasons"], *told["possible_reasons"], *told["answers"], *told["findings"]]
        names = {one["rule"] for one in shown}
        return (
            any(rule.id in names and self.illustrative(rule) for rule in self.world.rules.values())
            or any(self.policy.catalogues[name].illustrative for name in self.line.looked_up.values())
            or any(one["illustrative"] for one in shown)
        )

    def illustrative(self, rule: law.Rule) -> bool:
        """Whether the rule, or a catalogue that it asks, is marked illustrative."""
        asked = [
            self.policy.catalogues[one.catalogue] for one in atoms_in(rule.when) if isinstance(one, ir.InCatalogue)
        ]
        return rule.illustrative or any(catalogue.illustrative for catalogue in asked)

    def note(self, absent: Absent, node: ir.Condition | ir.Term, asking: set[str]) -> None:
        """Add the absent facts that an atom or term reads, with the rules that ask for them."""
        for path, line_id in absent_facts(node, self.claim, self.line):
            named = self.policy.vocabulary.axis_of(path)
            lines, rules = absent.setdefault(named, (set(), set()))
            lines.update([line_id] if named.startswith("line.") and line_id is not None else [])
            rules.update(asking)

    def _note_axes(self, absent: Absent, axes: Axes) -> None:
        for axis in axes:
            open_rules = [rule for rule in self.world.rules.values() if self.world.applies(rule) == OPEN]
            asking = {rule.id for rule in open_rules if {*axis} & {*atoms_in(self.world.conditions[rule.key])}}
            for atom in axis:
                self.note(absent, atom, asking)

    def _verdict(self) -> tuple[str, tuple[int | None, ...]]:
        amount, nothing = self.line.given(AMOUNT.path), (None,) * 5
        billed = amount if isinstance(amount, int) else None
        if self.matters:
            self._note_axes(self.missing, self.matters)
            self._note_possible_values(billed)
            return "undetermined", nothing
        ceiling, share, first = (self._value(question) for question in (CEILING, SHARE, FIRST))
        if self.admitted and (UNKNOWN in (ceiling, share) or (ceiling is not None and billed is None)):
            self._note_values(self.missing, CEILING, SHARE)
            if CEILING in self.answers:
                self.note(self.missing, AMOUNT, {rule.id for rule in self.answers[CEILING]})
            self.exact = self.exact and all(self._bare(question, billed) for question in (CEILING, SHARE))
            return "undetermined", nothing
        if billed is None:
            self.note(self.unsplit, AMOUNT, set())
        if not self.admitted:
            return "excluded", nothing if billed is None else (billed, billed, 0, 0, 0)
        if first is UNKNOWN:
            self._note_axes(self.unsplit, self.open_answers.get(FIRST, []))
            self._note_values(self.unsplit, FIRST)
        over = max(0, (billed or 0) - ceiling) if isinstance(ceiling, int) else 0
        outcome = "partly_covered" if over or (isinstance(share, int) and share < WHOLE) else "covered"
        if billed is None:
            return outcome, nothing
        rest = billed - over
        full = rest - _part(rest, share if isinstance(share, int) else WHOLE)
        if first is UNKNOWN:
            return outcome, (billed, full, over, None, None)
        paid_first = _part(rest - full, first if isinstance(first, int) else 0)
        return outcome, (billed, full, over, paid_first, rest - full - paid_first)

    def _note_values(self, absent: Absent, *questions: str) -> None:
        for rule in [rule for question in questions for rule in self.answers.get(question, ())]:
            self.note(absent, _term(rule), {rule.id})

    def _note_possible_values(self, billed: int | None) -> None:
        """What a ceiling or share that may answer would still read, once the rest is known."""
        for question in (CEILING, SHARE):
            before = len(self.missing)
            possible = [rule for rule in self._answering(question) if self.world.stands(rule) != NO]
            for rule in possible:
                self.note(self.missing, _term(rule), {rule.id})
            self.exact = self.exact and before == len(self.missing)
            if possible and question == CEILING and billed is None:
                self.note(self.missing, AMOUNT, set())
                self.exact = False

    def _bare(self, question: str, billed: int | None) -> bool:
        """Whether a value, if unknown, is one fact that one rule answers with, on an amount that it can touch."""
        terms = [_term(rule) for rule in self.answers.get(question, ())]
        one_fact = len(terms) == 1 and isinstance(terms[0], ir.FactTerm) and billed != 0
        return one_fact or self._value(question) is not UNKNOWN

    def _answering(self, question: str) -> list[law.Rule]:
        return self.world.giving(law.Value, to=f"value:{question}")

    def _value(self, question: str) -> int | Unknown | None:
        """The answer of the standing rules: the least or the greatest; None where there is none."""
        rules = self.answers.get(question, ())
        values = [read(_term(rule), self.policy.catalogues)(self.claim, self.line) for rule in rules]
        if question in self.open_answers or UNKNOWN in values:
            return UNKNOWN
        numbers = sorted(value for value in values if isinstance(value, int))
        greatest = bool(numbers) and self.policy.questions[question].combine is law.Combine.GREATEST
        return (numbers[-1] if greatest else numbers[0]) if numbers else None

    def _answers(self) -> list[Said]:
        told = []
        for question, rules in self.answers.items():
            unit = "value_fen" if self.policy.questions[question].kind is Kind.FEN else "value_bp"
            value = self._value(question)
            shown = {"question": question, unit: None if value is UNKNOWN else value}
            told += [{**shown, **self._read(rule, self.line), **_said(rule)} for rule in rules]
        return told

    def _possible(self) -> list[law.Rule]:
        """The rules that may be the reason, where each completion has one of its own."""
        speaking = self.world.giving(law.Exclude if self.admitted is False else law.Admit)
        settled = self.matters or any(self.world.stands(rule) == YES for rule in speaking)
        return [] if settled else [rule for rule in speaking if self.world.stands(rule) == OPEN]

    def _reasons(self) -> list[Said]:
        """What stands, what is silenced and by what; the closing rule where nothing admits and nothing excludes."""
        world, closing = self.world, self.policy.closing
        speaking = world.giving(law.Exclude if self.admitted is False else law.Admit)
        told = {rule.key: self._reason(rule) for rule in speaking if world.stands(rule) == YES}
        if not told and self.admitted is False and not self.matters and world.some_stands(law.Admit) != YES:
            none: Said = dict.fromkeys(("date", "dated_by", "in_force_from", "silenced_by"))
            told[closing.id] = {**_said(closing), **none, "effect": "exclude", "reason": closing.reason, "facts": {}}
        for key, upper in world.certificate[1]["silenced"].items():
            if world.rules[key].question == law.COVERAGE:
                told.setdefault(upper, self._reason(world.rules[upper]))
                told[key] = self._reason(world.rules[key], silenced_by=world.rules[upper].id)
        return [told[key] for key in sorted(told, key=lambda key: (str(told[key]["rule"]), key))]

    def _reason(self, rule: law.Rule, silenced_by: str | None = None) -> Said:
        by, period = rule.in_force.by, rule.in_force.period
        return {
            **_said(rule),
            **self._read(rule, self.line),
            "effect": law.effect_of(rule.answer),
            "reason": rule.answer.reason if isinstance(rule.answer, law.Exclude) else None,
            "date": _plain(self.claim.of_line(by.path, self.line)),
            "dated_by": by.path,
            "in_force_from": _plain(period.start),
            "silenced_by": silenced_by,
        }

    def _read(self, rule: law.Rule, line: Line | None) -> Said:
        """The given facts that the rule reads, as the line sees them or, without one, the claim."""
        values = {path: self.claim.of_line(path, line) for path in rule.facts_read}
        return {"facts": {path: _plain(value) for path, value in values.items() if value is not UNKNOWN}}


def _said(rule: law.Rule | law.ClosingRule) -> Said:
    cites = [citation.document() for citation in rule.cites]
    return {"rule": rule.id, "title": rule.title.document(), "cites": cites, "illustrative": rule.illustrative}


def _term(rule: law.Rule) -> ir.Term:
    if not isinstance(rule.answer, law.Value):
        raise TypeError(f"`{rule.id}` answers no question with a value")
    return rule.answer.term


def _part(amount: int, basis_points: int) -> int:
    """A share of an amount, rounded once, half up."""
    return (2 * amount * basis_points + WHOLE) // (2 * WHOLE)


def _plain(value: Given) -> Any:
    """A value as JSON has it; an unknown one is null."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return None if value is UNKNOWN else sorted(value) if isinstance(value, frozenset) else value

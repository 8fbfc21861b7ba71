"""The main engine: profile, forward chaining by strata in durable_rules, standing, completions; memoised by profile.

durable_rules reports, for each stratum, in a sure and a maybe run, which rules apply, and nothing else. Overrides,
negation and what is unknown are judged by our own code around it (`kleene`, `completions`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TypeVar

from attrs import frozen

from yibao.coverage.brief import Answered, Brief
from yibao.coverage.completions import OpenState, complete, everything_open
from yibao.coverage.conditions import Bits, ProfileOf, compile_conditions
from yibao.coverage.judgement import VERDICT_QUESTIONS, Axis, Judgement, Truth
from yibao.coverage.kleene import Statuses, admission, found_of, standing
from yibao.coverage.patterns import pattern_of, symbols
from yibao.coverage.program import Program, numbers_in
from yibao.coverage.rete import Network
from yibao.model.claim import Claim
from yibao.model.expressions import Scope

# A memo holds a status for each rule and profile; this many of them are some tens of megabytes.
MEMO_RULES = 300_000
LEAST_MEMOISED = 64
T = TypeVar("T")


@frozen
class _Statuses:
    applies: Statuses
    findings: Mapping[str, Truth]


class Inference:
    """Judges the lines of claims under one program. Keeps a bounded memo of profiles."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._claim_profile = _conditions(program, Scope.CLAIM)
        self._line_profile = _conditions(program, Scope.LINE)
        self._most_memoised = max(LEAST_MEMOISED, MEMO_RULES // max(1, len(program.rules)))
        self._nothing_yet = _Statuses(
            Statuses(0, 0), {name: False for name, by in program.concluding.items() if not by}
        )
        self._claim_networks = [self._networks(level) for level in program.claim_levels]
        self._line_networks = [self._networks(level) for level in program.line_levels]
        self._claim_memo: OrderedDict[Bits, _Statuses] = OrderedDict()
        self._line_memo: OrderedDict[Bits, Judgement] = OrderedDict()
        self._briefs: OrderedDict[Bits, Brief] = OrderedDict()

    def judge(self, claim: Claim) -> list[Judgement]:
        """The judgement of each line, in the order of the claim."""
        facts = claim.facts
        of_claim = self._claim_profile(facts, facts, claim, None)
        profile_of = self._line_profile
        return [self._judge_line(of_claim, profile_of(facts, line.facts, claim, line)) for line in claim.lines]

    def brief(self, claim: Claim, brief_of: Callable[[Judgement], Brief]) -> list[Answered]:
        """The short answer of each line, in the order of the claim; `brief_of` is asked once for each profile."""
        facts, answers = claim.facts, []
        true, unknown = self._claim_profile(facts, facts, claim, None)
        profile_of, known = self._line_profile, self._briefs
        for line in claim.lines:
            line_true, line_unknown = profile_of(facts, line.facts, claim, line)
            profile = (true | line_true, unknown | line_unknown)
            brief = known.get(profile)
            if brief is None:
                brief = brief_of(self._judge_line((true, unknown), (line_true, line_unknown)))
                self._remember(known, profile, brief)
            answers.append(brief.fixed or brief.answer(claim, line))
        return answers

    def _networks(self, level: tuple[int, ...]) -> Network:
        return Network((number, pattern_of(self._program.conditions[number], self._program)) for number in level)

    def _judge_line(self, of_claim: Bits, of_line: Bits) -> Judgement:
        profile = (of_claim[0] | of_line[0], of_claim[1] | of_line[1])
        known = self._line_memo.get(profile)
        if known is None:
            known = self._judge_profile(of_claim, profile)
            self._remember(self._line_memo, profile, known)
        return known

    def _remember(self, memo: OrderedDict[Bits, T], profile: Bits, value: T) -> None:
        memo[profile] = value
        if len(memo) > self._most_memoised:
            memo.popitem(last=False)

    def _claim_statuses(self, profile: Bits) -> _Statuses:
        known = self._claim_memo.get(profile)
        if known is None:
            known = self._chain(self._claim_networks, profile, self._nothing_yet)
            self._remember(self._claim_memo, profile, known)
        return known

    def _judge_profile(self, of_claim: Bits, profile: Bits) -> Judgement:
        statuses = self._chain(self._line_networks, profile, self._claim_statuses(of_claim))
        stands = standing(self._program, statuses.applies)
        state = OpenState(true=profile[0], unknown=profile[1], applies=statuses.applies, stands=stands)
        return judgement_of(self._program, state, statuses.findings)

    def _chain(self, networks: list[Network], profile: Bits, before: _Statuses) -> _Statuses:
        """Run the strata upwards: each is given the atoms and the findings of those below."""
        applies, findings = before.applies, dict(before.findings)
        for network in networks:
            sure = self._fired(network, profile, findings, sure=True)
            open_below = profile[1] or None in findings.values()
            maybe = self._fired(network, profile, findings, sure=False) if open_below else sure
            applies = Statuses(applies.sure | sure, applies.maybe | maybe)
            stands = standing(self._program, applies)
            findings.update({name: found_of(self._program, name, stands) for name in self._program.concluding})
        return _Statuses(applies, findings)

    def _fired(self, network: Network, profile: Bits, findings: Mapping[str, Truth], sure: bool) -> int:
        given = symbols(profile[0], profile[1], len(self._program.atoms), findings, sure)
        return sum(1 << number for number in network.fired(given))


def judgement_of(program: Program, state: OpenState, findings: Mapping[str, Truth]) -> Judgement:
    """The judgement that follows from which rules apply: Kleene first, completions where it stays open."""
    admitted, verdict_open, matters, exact = _verdict(program, state)
    answers: dict[str, tuple[str, ...]] = {}
    open_answers: dict[str, tuple[Axis, ...]] = {}
    if admitted is True and not verdict_open:
        for question in sorted(program.answering):
            keys, axes = _answer(program, state, question)
            if axes:
                open_answers[question] = axes
            elif keys:
                answers[question] = keys
    return Judgement(
        atoms={text: _truth(state, number) for number, text in enumerate(program.atom_texts)},
        findings={name: findings.get(name, False) for name in sorted(program.concluding)},
        applies={rule.key: state.applies.of(number) for number, rule in enumerate(program.rules)},
        stands={rule.key: state.stands.of(number) for number, rule in enumerate(program.rules)},
        silenced_by=_silencers(program, state),
        admitted=admitted,
        verdict_open=verdict_open,
        matters=matters,
        exact=exact,
        answers=answers,
        open_answers=open_answers,
    )


def _verdict(program: Program, state: OpenState) -> tuple[Truth, bool, tuple[Axis, ...], bool]:
    """Admission after completions; whether the verdict stays open, on what it depends, and whether that is exact."""
    admitted = admission(program, state.stands)
    valued = _rules_answering(program, VERDICT_QUESTIONS) & state.stands.open
    if admitted is False or (admitted is True and not valued):
        return admitted, False, (), True
    wanted = valued | (_open_coverage(program, state) if admitted is None else 0)
    numbers = tuple(numbers_in(valued))

    def outputs(stands: Mapping[int, int]) -> tuple[int, ...]:
        row = _admitted_row(program, stands)
        return (row, *(row & stands[number] for number in numbers))

    completed = complete(program, state, wanted, outputs)
    if completed is None:
        return None, True, everything_open(program, state, wanted), False
    still_open = None in completed.outputs
    return completed.outputs[0], still_open, completed.matters, completed.exact


def _answer(program: Program, state: OpenState, question: str) -> tuple[tuple[str, ...], tuple[Axis, ...]]:
    """The standing rules of a value question on an admitted line, or the axes that they depend on."""
    numbers = program.answering[question]
    asked = sum(1 << number for number in numbers)
    if not state.stands.open & asked:
        return tuple(program.rules[number].key for number in numbers if state.stands.sure >> number & 1), ()

    def outputs(stands: Mapping[int, int]) -> tuple[int, ...]:
        row = _admitted_row(program, stands)
        return tuple(row & stands[number] for number in numbers)

    wanted = asked | (_open_coverage(program, state) if admission(program, state.stands) is None else 0)
    completed = complete(program, state, wanted, outputs)
    if completed is None:
        return (), everything_open(program, state, wanted)
    standing_keys = [
        program.rules[number].key for number, truth in zip(numbers, completed.outputs, strict=True) if truth
    ]
    return tuple(standing_keys), completed.matters


def _open_coverage(program: Program, state: OpenState) -> int:
    """The coverage rules that admission still hangs on: one sure admission makes the other admissions idle."""
    if state.stands.sure & program.admits:
        return program.excludes
    if not state.stands.maybe & program.excludes:
        return program.admits
    return program.admits | program.excludes


def _admitted_row(program: Program, stands: Mapping[int, int]) -> int:
    admitted = excluded = 0
    for number in numbers_in(program.admits):
        admitted |= stands[number]
    for number in numbers_in(program.excludes):
        excluded |= stands[number]
    return admitted & ~excluded


def _rules_answering(program: Program, questions: tuple[str, ...]) -> int:
    return sum(1 << number for question in questions for number in program.answering.get(question, ()))


def _silencers(program: Program, state: OpenState) -> dict[str, str]:
    """For each rule that surely applies under a rule that surely applies: the one to name, a standing one if any."""
    found: dict[str, str] = {}
    for number in numbers_in(state.applies.sure):
        above = program.above[number] & state.applies.sure
        if above:
            best = above & state.stands.sure or above
            found[program.rules[number].key] = program.rules[next(numbers_in(best))].key
    return found


def _truth(state: OpenState, number: int) -> Truth:
    return None if state.unknown >> number & 1 else bool(state.true >> number & 1)


def _conditions(program: Program, scope: Scope) -> ProfileOf:
    return compile_conditions(scope, program.atoms, program.vocabulary, program.catalogues)

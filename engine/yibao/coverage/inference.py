"""The main engine: key, profile, forward chaining by strata in durable_rules, standing, completions; all remembered.

durable_rules says which rules apply, and nothing else (`strata`). Overrides, negation and what is unknown are judged by
our own code around it (`kleene`, `completions`). What follows from which rules apply is worked out once for all
profiles that come to the same (`Result`), and never before somebody asks for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from weakref import WeakValueDictionary

from yibao.coverage.brief import Answered, Brief
from yibao.coverage.completions import OpenState, complete, everything_open
from yibao.coverage.conditions import Bits, Key, compile_conditions
from yibao.coverage.judgement import VERDICT_QUESTIONS, Axis, Judgement, Names, Truth, Truths, names_of
from yibao.coverage.kleene import Statuses, admission, found_of, standing
from yibao.coverage.profile import Profile, Shared
from yibao.coverage.program import Program, numbers_in
from yibao.coverage.room import Room
from yibao.coverage.strata import Findings, Strata
from yibao.model.claim import Claim
from yibao.model.expressions import Scope

# Of the room there is, a key with its profile takes some 1,000 bytes and a bit for each atom, thrice;
# a result, with what is said of it, some 10,000 bytes.
KEY_BYTES = 1_000
RESULT_BYTES = 10_000


class Inference:
    """Judges the lines of claims under one program. Remembers keys and results, as long as there is `room`.

    A result is remembered while a profile that is remembered comes to it. `remembered` counts the keys of claims and
    lines.
    """

    def __init__(self, program: Program, room: Room) -> None:
        self._program = program
        vocabulary, catalogues = program.vocabulary, program.catalogues
        self._of_claim = compile_conditions(Scope.CLAIM, program.atoms, vocabulary, catalogues)
        self._of_line = compile_conditions(Scope.LINE, program.atoms, vocabulary, catalogues)
        self._claim_strata = Strata(program, program.claim_levels)
        self._line_strata = Strata(program, program.line_levels)
        self._names = _ProgramNames(program)
        self._claims: OrderedDict[Key, ClaimPart] = OrderedDict()
        self._results: WeakValueDictionary[tuple[int, ...], Result] = WeakValueDictionary()
        self._key_bytes = KEY_BYTES + len(program.atoms) * 3 // 8
        self.remembered = 0
        self._room = room
        room.enter(self)

    def profiles(self, claim: Claim) -> list[Profile]:
        """What is said of each line, in the order of the claim."""
        part = self._part(claim)
        known = part.lines
        return [known.get(key) or self._profile(part, key) for key in self._of_line.keys_of(claim)]

    def judge(self, claim: Claim) -> list[Judgement]:
        """The judgement of each line, in the order of the claim."""
        return [profile.judgement for profile in self.profiles(claim)]

    def brief(self, claim: Claim, brief_of: Callable[[Judgement], Brief]) -> list[Answered]:
        """The short answer of each line, in the order of the claim; `brief_of` is asked once for each result."""
        part = self._part(claim)
        known, answers = part.lines, []
        for line, key in zip(claim.lines, self._of_line.keys_of(claim), strict=True):
            profile = known.get(key) or self._profile(part, key)
            brief = profile.shared.brief
            if brief is None:
                brief = profile.shared.brief = brief_of(profile.judgement)
            answers.append(brief.fixed or brief.answer(claim, line))
        return answers

    def _part(self, claim: Claim) -> ClaimPart:
        (key,) = self._of_claim.keys_of(claim)
        return self._claims.get(key) or self._new_part(key)

    def _new_part(self, key: Key) -> ClaimPart:
        true, unknown = self._of_claim.bits_of(key)
        nothing = dict.fromkeys(self._program.concluding, False)
        applies = self._claim_strata.applying(true, unknown, Statuses(0, 0), nothing)
        stands = standing(self._program, applies)
        findings = {name: found_of(self._program, name, stands) for name in self._program.concluding}
        part = self._claims[key] = ClaimPart((true, unknown), applies, findings)
        self.remembered += 1
        self._room.make()
        return part

    def _profile(self, part: ClaimPart, key: Key) -> Profile:
        own_true, own_unknown = self._of_line.bits_of(key)
        true, unknown = part.bits[0] | own_true, part.bits[1] | own_unknown
        applies = self._line_strata.applying(true, unknown, part.applies, part.findings)
        # Without open rules the atoms say no more than which rules apply.
        same = (applies.sure,) if not applies.open else (applies.sure, applies.maybe, true, unknown)
        result = self._results.get(same)
        if result is None:
            stands = standing(self._program, applies)
            state = OpenState(true=true, unknown=unknown, applies=applies, stands=stands)
            result = self._results[same] = Result(self._program, self._names, state)
        profile = part.lines[key] = Profile(result, true, unknown)
        # A claim of many lines may have had itself forgotten on the way: then the rest of its lines count no more.
        if part.kept:
            self.remembered += 1
            self._room.make()
        return profile

    @property
    def taken(self) -> int:
        """The bytes that all of it takes, estimated."""
        return self.remembered * self._key_bytes + len(self._results) * RESULT_BYTES

    def forget(self) -> bool:
        """Forget the claim seen first; of a single claim, its lines. False where nothing is left to forget."""
        alone = len(self._claims) == 1
        part = next(iter(self._claims.values()), None)
        if part is None or (alone and not part.lines):
            return False
        keys = len(part.lines)
        part.lines.clear()
        if not alone:
            self._claims.popitem(last=False)
            part.kept = False
            keys += 1
        self.remembered -= keys
        return True


class ClaimPart:
    """What is known of all claims with one key: their atoms, what their own rules come to, and their lines by key.

    `kept`: whether it is remembered still.
    """

    __slots__ = ("applies", "bits", "findings", "kept", "lines")

    def __init__(self, bits: Bits, applies: Statuses, findings: Findings) -> None:
        self.bits, self.applies, self.findings = bits, applies, findings
        self.lines: dict[Key, Profile] = {}
        self.kept = True


class _ProgramNames:
    """The names that judgements of one program speak of."""

    def __init__(self, program: Program) -> None:
        self.rules: Names = names_of(tuple(rule.key for rule in program.rules))
        self.atoms: Names = names_of(program.atom_texts)


class Result:
    """What follows from which rules apply: Kleene first, completions where it stays open."""

    def __init__(self, program: Program, names: _ProgramNames, state: OpenState) -> None:
        self.shared = Shared()
        self._program, self._names, self._state = program, names, state

    def judgement(self, true: int, unknown: int) -> Judgement:
        """The judgement of a profile with these atoms that comes to this result."""
        program, state = self._program, self._state
        admitted, verdict_open, matters, exact = self._verdict
        answers, open_answers = self._answers
        return Judgement(
            atoms=Truths(self._names.atoms, true, true | unknown),
            findings={name: found_of(program, name, state.stands) for name in sorted(program.concluding)},
            applies=Truths(self._names.rules, state.applies.sure, state.applies.maybe),
            stands=Truths(self._names.rules, state.stands.sure, state.stands.maybe),
            silenced_by=_silencers(program, state),
            admitted=admitted,
            verdict_open=verdict_open,
            matters=matters,
            exact=exact,
            answers=answers,
            open_answers=open_answers,
        )

    @cached_property
    def _verdict(self) -> tuple[Truth, bool, tuple[Axis, ...], bool]:
        return _verdict(self._program, self._state)

    @cached_property
    def _answers(self) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[Axis, ...]]]:
        answers: dict[str, tuple[str, ...]] = {}
        open_answers: dict[str, tuple[Axis, ...]] = {}
        admitted, verdict_open, _matters, _exact = self._verdict
        if admitted is True and not verdict_open:
            for question in sorted(self._program.answering):
                keys, axes = _answer(self._program, self._state, question)
                if axes:
                    open_answers[question] = axes
                elif keys:
                    answers[question] = keys
        return answers, open_answers


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

"""A line looked at through every completion of its claim: whether it is open, and which facts make a difference.

The meaning of rules is written here once more, for claims in which nothing is missing: what applies, what stands, what
is found, what the verdict is. It shares with the engines the rules, and with the reference its reading of atoms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from tests.support.completing import Answers, Completing, Missing, verdict
from yibao.coverage.judgement import VERDICT_QUESTIONS, Judgement
from yibao.coverage.reference_atoms import Facts, truth
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Always, And, Atom, Condition, Finding, Not, Or
from yibao.model.facts import Value as Given
from yibao.model.policy import Admit, Conclude, Exclude, Rule, Value
from yibao.model.walks import atoms_in, conjunction

Verdict = tuple[object, ...]
Above = Mapping[str, Sequence[Rule]]


class Wrong(AssertionError):
    """What was said of a line is not what its completions show."""


@frozen(kw_only=True)
class Seen:
    """How much was looked at: completions, lines, and how many of them were open with exactly what matters, or with
    facts that suffice."""

    completions: int
    lines: int
    exact: int
    sufficient: int


def check_by_enumeration(
    rules: Sequence[Rule],
    above: Above,
    claim: Claim,
    judged: Sequence[Judgement],
    completing: Completing,
    most: int,
) -> Seen | None:
    """Hold every judgement against all completions of the claim; None when there are more than `most`.

    `above` gives, for each rule, those above it in the program. Raises Wrong.
    """
    ways = completing.every(completing.open_facts(claim), claim, most)
    if ways is None:
        return None
    for line, judgement in zip(claim.lines, judged, strict=True):
        found = verdicts(rules, above, claim, line, ways, completing)
        missing = completing.missing(judgement.matters, claim, line)
        _hold_against(judgement, missing, ways, found, f"line {line.line_id}")
    return Seen(
        completions=len(ways),
        lines=len(judged),
        exact=sum(one.verdict_open and one.exact for one in judged),
        sufficient=sum(one.verdict_open and not one.exact for one in judged),
    )


def _hold_against(
    judgement: Judgement, missing: set[Missing], ways: Sequence[Answers], found: Sequence[Verdict], where: str
) -> None:
    """Undetermined exactly when completions differ, missing exactly what matters; or at least enough."""
    different = len(set(found)) > 1
    if not judgement.verdict_open and (different or found[0] != verdict(judgement)):
        raise Wrong(f"{where} is determined as {verdict(judgement)}; its completions are {set(found)}")
    if judgement.verdict_open and judgement.exact:
        if not different:
            raise Wrong(f"{where} is undetermined, and all its completions are {found[0]}")
        mattering = moving(ways, found)
        if mattering != missing:
            raise Wrong(f"{where} misses {sorted(missing, key=str)}; what matters is {sorted(mattering, key=str)}")
    if judgement.verdict_open and not settles(missing, ways, found):
        raise Wrong(f"{where} misses {sorted(missing, key=str)}, and that does not settle it")


def moving(ways: Sequence[Answers], found: Sequence[Verdict]) -> set[Missing]:
    """The missing facts along which the verdict differs between two completions that differ in nothing else."""
    moved: set[Missing] = set()
    for at, key in enumerate(ways[0]):
        seen: dict[tuple[Given, ...], Verdict] = {}
        for answers, outcome in zip(ways, found, strict=True):
            values = tuple(answers.values())
            if seen.setdefault((*values[:at], *values[at + 1 :]), outcome) != outcome:
                moved.add(key)
                break
    return moved


def settles(missing: set[Missing], ways: Sequence[Answers], found: Sequence[Verdict]) -> bool:
    """Whether completions that agree about the missing facts agree about the verdict."""
    seen: dict[tuple[Given, ...], Verdict] = {}
    keys = [key for key in ways[0] if key in missing]
    pairs = zip(ways, found, strict=True)
    return all(seen.setdefault(tuple(way[key] for key in keys), outcome) == outcome for way, outcome in pairs)


def verdicts(
    rules: Sequence[Rule], above: Above, claim: Claim, line: Line, ways: Sequence[Answers], completing: Completing
) -> list[Verdict]:
    """The verdict on the line in each completion; worked out once for completions in which the same atoms hold."""
    atoms = sorted({atom for rule in rules for atom in atoms_in(_condition(rule))}, key=repr)
    readers = [_reader(atom, claim, line, completing) for atom in atoms]
    known: dict[tuple[bool, ...], Verdict] = {}
    found = []
    for answers in ways:
        holding = tuple(reader(answers) for reader in readers)
        if holding not in known:
            known[holding] = _Meaning(rules, above, dict(zip(atoms, holding, strict=True))).verdict()
        found.append(known[holding])
    return found


def _reader(atom: Atom, claim: Claim, line: Line, completing: Completing) -> Callable[[Answers], bool]:
    """The truth of the atom in a completion, asked of the facts once for the same values of what it reads."""
    keys = sorted(completing.missing([(atom,)], claim, line), key=str)
    known: dict[tuple[Given, ...], bool] = {}

    def read(answers: Answers) -> bool:
        values = tuple(answers[key] for key in keys)
        if values not in known:
            completed = completing.answered(claim, dict(zip(keys, values, strict=True)))
            own = next(each for each in completed.lines if each.line_id == line.line_id)
            holds = truth(atom, Facts(completed, own, {}))
            if holds is None:
                raise Wrong(f"{atom} is unknown although all that it reads is given")
            known[values] = holds
        return known[values]

    return read


def _condition(rule: Rule) -> Condition:
    return conjunction(rule.in_force, rule.when)


class _Meaning:
    """Which rules apply and stand where every atom is true or false."""

    def __init__(self, rules: Sequence[Rule], above: Above, atoms: Mapping[Atom, bool]) -> None:
        self.rules, self.above, self.atoms = rules, above, atoms
        self._known: dict[str, bool] = {}

    def applies(self, rule: Rule) -> bool:
        if rule.key not in self._known:
            self._known[rule.key] = self.holds(_condition(rule))
        return self._known[rule.key]

    def stands(self, rule: Rule) -> bool:
        return self.applies(rule) and not any(self.applies(upper) for upper in self.above[rule.key])

    def holds(self, condition: Condition) -> bool:
        match condition:
            case And(conditions):
                return all(self.holds(inner) for inner in conditions)
            case Or(conditions):
                return any(self.holds(inner) for inner in conditions)
            case Not(inner):
                return not self.holds(inner)
            case Always(constant):
                return constant
            case Finding(name):
                return any(self.stands(rule) for rule in self.rules if rule.answer == Conclude(name))
        return self.atoms[condition]

    def verdict(self) -> Verdict:
        standing = [rule for rule in self.rules if self.stands(rule)]
        kinds = {type(rule.answer) for rule in standing}
        if Admit not in kinds or Exclude in kinds:
            return (False,)
        answers = [(rule.answer.question, rule.key) for rule in standing if isinstance(rule.answer, Value)]
        return (True, *(tuple(key for name, key in answers if name == question) for question in VERDICT_QUESTIONS))

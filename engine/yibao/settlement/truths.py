"""The conditions of a plan as functions of a run: true, false, or what they would need to be either."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from yibao.language.truth import absent_facts, asked
from yibao.model.claim import Line
from yibao.model.expressions import Condition, Operator
from yibao.model.facts import Vocabulary
from yibao.model.policy import Catalogue
from yibao.model.walks import atoms_in
from yibao.settlement.absence import Absent, Missed, together
from yibao.settlement.run import Ask, AskTruth, Run

_COMPARE: Mapping[Operator, Callable[[int, int], bool]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


def of_facts(
    condition: Condition, vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue], asked_by: str
) -> Callable[[Run, Line | None], bool | Missed]:
    """A condition of the language, asked of the claim or of one of its lines."""
    ask = asked(condition, catalogues)

    def truth(run: Run, line: Line | None) -> bool | Missed:
        found = ask(run.claim, line)
        if found is not None:
            return found
        absent = [
            (vocabulary.axis_of(path), line_id)
            for atom in atoms_in(condition)
            if asked(atom, catalogues)(run.claim, line) is None
            for path, line_id in absent_facts(atom, run.claim, line)
        ]
        return Missed(
            tuple(
                Absent(fact=path, line_id=line_id if path.startswith("line.") else None, asked_by=asked_by)
                for path, line_id in dict.fromkeys(absent)
            )
        )

    return truth


def compared(sign: Operator, left: Ask, right: Ask) -> AskTruth:
    """Two values compared. Codes are the same or not; a comparison with none is false."""
    equality = sign in (Operator.EQUAL, Operator.UNEQUAL)
    test = None if equality else _COMPARE[sign]

    def truth(run: Run) -> bool | Missed:
        first, second = left(run), right(run)
        if isinstance(first, Missed) or isinstance(second, Missed):
            return together([first, second])
        if first is None or second is None:
            return False
        if test is None:
            return (first == second) is (sign is Operator.EQUAL)
        return isinstance(first, int) and isinstance(second, int) and test(first, second)

    return truth


def negated(inner: AskTruth) -> AskTruth:
    """`not`: what is unknown stays so."""

    def truth(run: Run) -> bool | Missed:
        found = inner(run)
        return found if isinstance(found, Missed) else not found

    return truth


def joined(parts: tuple[AskTruth, ...], deciding: bool) -> AskTruth:
    """`and` (one false part decides) or `or` (one true part does); parts behind the deciding one are not read."""

    def truth(run: Run) -> bool | Missed:
        unknown: list[bool | Missed] = []
        for part in parts:
            found = part(run)
            if found is deciding:
                return deciding
            if isinstance(found, Missed):
                unknown.append(found)
        return together(unknown) if unknown else not deciding

    return truth

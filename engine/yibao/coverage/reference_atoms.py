"""The reference interpreter's own reading of terms, atoms and cells: slow, plain, and shared with nothing.

Values are given, none (`None`) or unknown (`UNKNOWN`); truths are true, false or unknown (`None`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from yibao.model import expressions as ir
from yibao.model import walks
from yibao.model.claim import Claim, Line
from yibao.model.facts import UNKNOWN, Given, Kind, Value, Vocabulary
from yibao.model.policy import Catalogue

Truth = bool | None
BEYOND = "\uffff"


@frozen
class Facts:
    """The facts that an atom is asked of: a claim, perhaps one of its lines, and the catalogues."""

    claim: Claim
    line: Line | None
    catalogues: Mapping[str, Catalogue]


def value(term: ir.Term, facts: Facts) -> Given:
    """What a term comes to."""
    match term:
        case ir.Constant(constant):
            return constant
        case ir.FactTerm(path):
            return facts.claim.of_line(path, facts.line)
        case ir.Aggregate():
            return _aggregate(term, facts)
    parts = [value(part, facts) for part in _parts(term)]
    if UNKNOWN in parts:
        return UNKNOWN
    return None if None in parts else _calculate(term, parts)


def truth(atom: ir.Condition, facts: Facts) -> Truth:
    """Whether an atom holds, or a condition inside an aggregate does."""
    match atom:
        case ir.Always(constant):
            return constant
        case ir.Not(inner):
            return negation(truth(inner, facts))
        case ir.And(inner):
            return every(truth(each, facts) for each in inner)
        case ir.Or(inner):
            return some(truth(each, facts) for each in inner)
        case ir.ForAllLines(inner):
            return every(truth(inner, Facts(facts.claim, line, facts.catalogues)) for line in facts.claim.lines)
        case ir.ForAnyLine(inner):
            return some(truth(inner, Facts(facts.claim, line, facts.catalogues)) for line in facts.claim.lines)
    values = [value(term, facts) for term in _terms(atom)]
    if UNKNOWN in values:
        return None
    if isinstance(atom, ir.IsNone):
        return values[0] is None
    return None not in values and holds(atom, values, facts.catalogues)


def negation(found: Truth) -> Truth:
    """Not; unknown stays unknown."""
    return None if found is None else not found


def every(truths: Iterator[Truth]) -> Truth:
    """And: false once one part is, else unknown once one part is."""
    found = list(truths)
    return False if False in found else None if None in found else True


def some(truths: Iterator[Truth]) -> Truth:
    """Or: true once one part is, else unknown once one part is."""
    found = list(truths)
    return True if True in found else None if None in found else False


def holds(atom: ir.Condition, values: list[Given], catalogues: Mapping[str, Catalogue]) -> bool:
    """A test of values that are all given and none of them none."""
    first = values[0]
    match atom:
        case ir.Compare(operator):
            return _compare(operator.value, first, values[1])
        case ir.Among(_, constants):
            return any(first == constant.value for constant in constants)
        case ir.Holds(_, code):
            return isinstance(first, frozenset) and code in first
        case ir.InForce(_, period):
            return isinstance(first, datetime.date) and period.start <= first < (period.end or datetime.date.max)
        case ir.InCatalogue(_, name):
            day = values[1]
            rows = catalogues[name].rows.get(str(first), ())
            return isinstance(day, datetime.date) and any(day in row.period for row in rows)
    raise TypeError(f"no atom of the language: {atom!r}")


def cells(path: str, atoms: list[ir.Condition], vocabulary: Vocabulary) -> list[tuple[Truth, ...]]:
    """The ways in which atoms that compare one fact with constants alone can turn out together."""
    found: dict[tuple[Truth, ...], None] = {}
    for candidate in _candidates(path, atoms, vocabulary):
        facts = {fact.path: candidate for atom in atoms for fact in walks.facts_in(atom)}
        line = Line(line_id="", facts=facts)
        asked = Facts(Claim(claim_id=None, facts=facts, lines=(line,), digest=""), line, {})
        found[tuple(truth(atom, asked) for atom in atoms)] = None
    return list(found)


def number_of_codes(atoms: Iterable[ir.Condition]) -> int:
    """How many codes a group of atoms looks for in one set: they can be there in any combination."""
    return len({atom.code for atom in atoms if isinstance(atom, ir.Holds)})


def _candidates(path: str, atoms: list[ir.Condition], vocabulary: Vocabulary) -> list[Value]:
    """Values of a fact's domain among which every cell has one."""
    declared = vocabulary.facts[path]
    kind, table = declared.type.kind, declared.type.table
    named = [constant for atom in atoms for constant in _constants(atom)]
    if kind in (Kind.BOOLEAN, Kind.OBJECT):
        found: list[Value] = [True, False] if kind is Kind.BOOLEAN else [True]
    elif kind is Kind.CODE and table is not None:
        found = list(vocabulary.tables[table].codes)
    elif kind is Kind.CODES:
        found = [frozenset()]
        for code in dict.fromkeys(str(each) for each in named):
            found += [chosen | {code} for chosen in found if isinstance(chosen, frozenset)]
    elif kind is Kind.DATE:
        days = [day for each in named if isinstance(each, datetime.date) for day in _around(each)]
        found = [datetime.date(1900, 1, 1), *days, datetime.date(2199, 12, 31)]
    elif declared.type.is_number:
        near = [number + step for number in named if isinstance(number, int) for step in (-1, 0, 1)]
        low, high = declared.type.low, declared.type.high
        found = [low, *(number for number in near if low <= number <= high), high]
    elif (digits := declared.type.digits) is not None:
        stems = [text[:at] for text in named if isinstance(text, str) for at in range(min(len(text), digits) + 1)]
        found = [(stem + digit).ljust(digits, "0")[:digits] for stem in ("", *stems) for digit in "0123456789"]
    else:
        found = [BEYOND, *(text + tail for text in named if isinstance(text, str) for tail in ("", BEYOND))]
    return [*found, None] if declared.nullable else found


def _around(day: datetime.date) -> list[datetime.date]:
    return [day + datetime.timedelta(days=step) for step in (-1, 0, 1)]


def _constants(atom: ir.Condition) -> Iterator[ir.ConstantValue]:
    match atom:
        case ir.Holds(_, code):
            yield code
        case ir.InForce(_, period):
            yield from (day for day in (period.start, period.end) if day is not None)
        case ir.Among(term, constants):
            yield from (_unshifted(term, constant.value) for constant in constants)
        case ir.Compare(_, left, right):
            for term, constant in ((left, right), (right, left)):
                if isinstance(constant, ir.Constant):
                    yield _unshifted(term, constant.value)


def _unshifted(term: ir.Term, constant: ir.ConstantValue) -> ir.ConstantValue:
    if isinstance(term, ir.ShiftedDate) and isinstance(constant, datetime.date):
        return datetime.date.fromordinal(constant.toordinal() - term.days)
    return constant


def _terms(atom: ir.Condition) -> tuple[ir.Term, ...]:
    match atom:
        case ir.Compare(_, left, right):
            return (left, right)
        case ir.Among(term, _):
            return (term,)
        case ir.InCatalogue(fact, _, by):
            return (fact, by)
        case ir.Holds(fact, _) | ir.IsNone(fact) | ir.InForce(fact, _):
            return (fact,)
    raise TypeError(f"no atom of the language: {atom!r}")


def _parts(term: ir.Term) -> tuple[ir.Term, ...]:
    match term:
        case ir.Prefix(fact) | ir.ShiftedDate(fact):
            return (fact,)
        case ir.DaysBetween(start, end):
            return (start, end)
        case ir.Computed(_, left, right):
            return (left, right)
    raise TypeError(f"no term of the language: {term!r}")


def _calculate(term: ir.Term, parts: list[Given]) -> Given:
    match term, parts:
        case ir.Prefix(_, length), [str(code)]:
            return code[:length]
        case ir.ShiftedDate(_, days), [datetime.date() as day]:
            bounded = min(max(day.toordinal() + days, 1), datetime.date.max.toordinal())
            return datetime.date.fromordinal(bounded)
        case ir.DaysBetween(), [datetime.date() as start, datetime.date() as end]:
            return end.toordinal() - start.toordinal()
        case ir.Computed(operation), [int(left), int(right)]:
            results = {"+": left + right, "-": left - right, "*": left * right}
            return results.get(operation.value, min(left, right) if operation.value == "min" else max(left, right))
    return None


def _aggregate(term: ir.Aggregate, facts: Facts) -> Given:
    counted: list[int | datetime.date] = []
    for line in facts.claim.lines:
        own = Facts(facts.claim, line, facts.catalogues)
        chosen = truth(term.where, own)
        contribution = 1 if term.value is None else value(term.value, own)
        if chosen is None or (chosen and contribution is UNKNOWN):
            return UNKNOWN
        if chosen and isinstance(contribution, int | datetime.date):
            counted.append(contribution)
    kind = term.aggregation.value
    if kind in ("sum", "count"):
        return sum(each for each in counted if isinstance(each, int))
    ordered = sorted(counted, key=lambda each: each if isinstance(each, int) else each.toordinal())
    return None if not ordered else ordered[0] if kind == "min" else ordered[-1]


def _compare(operator: str, left: object, right: object) -> bool:
    if operator in ("==", "!="):
        return (left == right) is (operator == "==")
    if isinstance(left, datetime.date) and isinstance(right, datetime.date):
        left, right = left.toordinal(), right.toordinal()
    if not isinstance(left, int) or not isinstance(right, int):
        raise TypeError("only numbers and dates have an order")
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]

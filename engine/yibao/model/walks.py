"""Walking typed expressions: the atoms, findings and facts that they read, and what they are about."""

from __future__ import annotations

from collections.abc import Iterator

from yibao.model.expressions import (
    Aggregate,
    Always,
    Among,
    And,
    Atom,
    Compare,
    Computed,
    Condition,
    Constant,
    DaysBetween,
    FactTerm,
    Finding,
    ForAllLines,
    ForAnyLine,
    Holds,
    InCatalogue,
    InForce,
    IsNone,
    Not,
    Or,
    Prefix,
    Scope,
    ShiftedDate,
    Term,
)


def conjunction(*conditions: Condition) -> Condition:
    """All of them, flattened; a single one stays itself."""
    flat: list[Condition] = []
    for condition in conditions:
        flat.extend(condition.conditions if isinstance(condition, And) else (condition,))
    flat = [condition for condition in flat if condition != Always(True)]
    if not flat:
        return Always(True)
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def atoms_in(condition: Condition) -> Iterator[Atom]:
    """The atoms of a condition, left to right, with repetitions; an aggregate counts as one atom."""
    match condition:
        case And(conditions) | Or(conditions):
            for inner in conditions:
                yield from atoms_in(inner)
        case Not(inner):
            yield from atoms_in(inner)
        case Always() | Finding():
            return
        case _:
            yield condition


def findings_in(condition: Condition) -> Iterator[Finding]:
    """The findings that a condition reads."""
    match condition:
        case And(conditions) | Or(conditions):
            for inner in conditions:
                yield from findings_in(inner)
        case Not(inner):
            yield from findings_in(inner)
        case Finding():
            yield condition
        case _:
            return


def facts_in(node: Term | Condition) -> Iterator[FactTerm]:
    """Every fact that a term or condition reads, inside aggregates too, with repetitions."""
    match node:
        case FactTerm():
            yield node
        case Constant() | Always() | Finding():
            return
        case Prefix(fact) | Holds(fact) | IsNone(fact):
            yield fact
        case InCatalogue(fact, _, by):
            yield from (fact, by)
        case DaysBetween(start, end):
            yield from (start, end)
        case ShiftedDate(date):
            yield date
        case InForce(by):
            yield by
        case Computed(_, left, right) | Compare(_, left, right):
            yield from facts_in(left)
            yield from facts_in(right)
        case Aggregate(_, value, where):
            if value is not None:
                yield value
            yield from facts_in(where)
        case Among(term, _):
            yield from facts_in(term)
        case And(conditions) | Or(conditions):
            for inner in conditions:
                yield from facts_in(inner)
        case Not(inner) | ForAnyLine(inner) | ForAllLines(inner):
            yield from facts_in(inner)


def reads_aggregate(node: Term | Condition) -> bool:
    """Whether an atom or term looks at several lines at once."""
    match node:
        case ForAnyLine() | ForAllLines() | Aggregate():
            return True
        case Compare(_, left, right) | Computed(_, left, right):
            return reads_aggregate(left) or reads_aggregate(right)
        case Among(term, _):
            return reads_aggregate(term)
        case _:
            return False


def scope_of(node: Term | Condition) -> Scope:
    """LINE if the node reads a fact or finding of the line at hand (outside aggregates), else CLAIM."""
    match node:
        case ForAnyLine() | ForAllLines() | Aggregate():
            return Scope.CLAIM
        case Finding(_, scope):
            return scope
        case Compare(_, left, right) | Computed(_, left, right):
            return _widest(scope_of(left), scope_of(right))
        case Among(term, _):
            return scope_of(term)
        case And(conditions) | Or(conditions):
            return _widest(*(scope_of(inner) for inner in conditions))
        case Not(inner):
            return scope_of(inner)
        case _:
            return _widest(*(_scope_of_fact(fact) for fact in facts_in(node)))


def _scope_of_fact(fact: FactTerm) -> Scope:
    return Scope.LINE if fact.path.startswith("line.") else Scope.CLAIM


def _widest(*scopes: Scope) -> Scope:
    return Scope.LINE if Scope.LINE in scopes else Scope.CLAIM


def compared_alone(atom: Atom) -> FactTerm | None:
    """The one fact that the atom compares with constants only; None for every other atom.

    Such a fact, when missing, is an axis whose domain falls into finitely many cells (`docs/language.md`, unknown).
    """
    match atom:
        case Compare(_, left, Constant()):
            return _bare_fact(left)
        case Compare(_, Constant(), right):
            return _bare_fact(right)
        case Among(term, _):
            return _bare_fact(term)
        case Holds(fact) | IsNone(fact):
            return fact
        case InForce(by):
            return by
        case _:
            return None


def _bare_fact(term: Term) -> FactTerm | None:
    match term:
        case FactTerm():
            return term
        case Prefix(fact) | ShiftedDate(fact):
            return fact
        case _:
            return None

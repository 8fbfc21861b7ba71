"""The value side of an expression: facts, constants, prefixes, dates moved by days, arithmetic, aggregates."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from yibao.basics.problems import did_you_mean
from yibao.language.trees import Binary, Call, Days, Literal, Span, Tree, Word
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Arithmetic,
    Computed,
    Condition,
    Constant,
    DaysBetween,
    FactTerm,
    Prefix,
    ShiftedDate,
    Term,
)
from yibao.model.facts import Kind

if TYPE_CHECKING:
    from yibao.language.resolve import Resolver

_NUMBERS = (Kind.INTEGER, Kind.FEN, Kind.BASIS_POINTS)
_CALLS = ("prefix", "days", "sum", "count", "min", "max", "any", "all", "catalogue")


@frozen
class TermResolver:
    """Resolves terms with the names of one expression's resolver."""

    names: Resolver

    def pair(self, left: Tree, right: Tree) -> tuple[Term, Term]:
        """Both sides of a comparison or sum, of one kind: a constant takes its kind from the other side."""
        if self._is_constant(left) and not self._is_constant(right):
            second = self.term(right)
            return self.constant_for(second, left), second
        first = self.term(left)
        if self._is_constant(right):
            return first, self.constant_for(first, right)
        second = self.term(right)
        self._same_kind(first, second, right.span)
        return first, second

    def of_kind(self, tree: Tree, kind: Kind) -> Term:
        """A term that must have the given kind."""
        if self._is_constant(tree):
            return self._constant(tree, kind, None)
        if isinstance(tree, Binary) and tree.operator in ("+", "-") and kind in _NUMBERS:
            operation = Arithmetic(tree.operator)
            return Computed(operation, self.of_kind(tree.left, kind), self.of_kind(tree.right, kind), kind)
        term = self.term(tree)
        found = self.kind_of(term)
        if found is not kind:
            raise self.names.wrong("wrong-type", f"a {kind.value} is expected, this is a {found.value}", tree.span)
        return term

    def term(self, tree: Tree) -> Term:
        """Any term that is not a bare constant."""
        match tree:
            case Word():
                return self.names.fact(tree)
            case Binary("+" | "-", _, Days()):
                return self._shifted(tree)
            case Binary("+" | "-" | "*" as sign, left, right):
                return self._computed(Arithmetic(sign), left, right, tree.span)
            case Call():
                return self._call(tree)
            case Literal(value):
                kind = Kind.BASIS_POINTS if tree.percent else _kind_of_value(value)
                return Constant(value, kind)
        raise self.names.misplaced(tree, "a value is expected here, not a condition")

    def kind_of(self, term: Term) -> Kind:
        match term:
            case Prefix():
                return Kind.CODE
            case DaysBetween():
                return Kind.INTEGER
            case ShiftedDate():
                return Kind.DATE
            case _:
                return term.kind

    def constant_for(self, term: Term, tree: Tree) -> Constant:
        """The constant `tree` in the kind, and code table, of the term it stands beside."""
        if isinstance(term, Prefix):
            return self._start_of_code(term, tree)
        return self._constant(tree, self.kind_of(term), term if isinstance(term, FactTerm) else None)

    def code_for(self, fact: FactTerm, tree: Tree) -> str:
        """A code that the set of codes `fact` can hold."""
        return str(self._constant(tree, Kind.CODE, fact).value)

    def _constant(self, tree: Tree, kind: Kind, fact: FactTerm | None) -> Constant:
        match tree:
            case Word(text) | Literal(str(text)) if kind in (Kind.CODE, Kind.CODES, Kind.TEXT):
                return Constant(text, self._check_code(text, fact, tree.span))
            case Literal(bool(value)) if kind is Kind.BOOLEAN:
                return Constant(value, kind)
            case Literal(bool()):
                pass
            case Literal(int(value), percent) if kind in _NUMBERS and percent == (kind is Kind.BASIS_POINTS):
                self._check_number(value, fact, tree.span)
                return Constant(value, kind)
            case Literal(datetime.date() as value) if kind is Kind.DATE:
                return Constant(value, kind)
        hint = "write it as a percentage, such as 80%" if kind is Kind.BASIS_POINTS else None
        raise self.names.wrong("wrong-type", f"a {kind.value} is expected here", tree.span, hint)

    def _start_of_code(self, prefix: Prefix, tree: Tree) -> Constant:
        """What the beginning of a code is compared with: as many characters as are looked at."""
        constant = self._constant(tree, Kind.TEXT, None)
        start = str(constant.value)
        digits = self.names.vocabulary.facts[prefix.fact.path].type.digits
        if len(start) != prefix.length or (digits is not None and not _all_digits(start)):
            message = f"the first {prefix.length} characters are never `{constant.value}`"
            raise self.names.wrong("out-of-range", message, tree.span)
        return constant

    def _check_code(self, code: str, fact: FactTerm | None, span: Span) -> Kind:
        """The kind of a written code: of a table, which must have it, or any text that the fact can hold."""
        if fact is None:
            return Kind.TEXT
        declared = self.names.vocabulary.facts[fact.path].type
        if declared.table is None:
            digits = declared.digits
            if (digits is not None and not (len(code) == digits and _all_digits(code))) or len(code) > declared.longest:
                raise self.names.wrong("out-of-range", f"`{fact.path}` is never `{code}`", span)
            return Kind.TEXT
        table = self.names.vocabulary.tables[declared.table]
        if code not in table.codes:
            message = f"`{code}` is no code of `{declared.table}`, the table of `{fact.path}`"
            raise self.names.wrong("unknown-code", message, span, did_you_mean(code, table.codes))
        return Kind.CODE

    def _check_number(self, value: int, fact: FactTerm | None, span: Span) -> None:
        if fact is None:
            return
        declared = self.names.vocabulary.facts[fact.path].type
        if not declared.low <= value <= declared.high:
            message = f"`{fact.path}` lies between {declared.low} and {declared.high}"
            raise self.names.wrong("out-of-range", message, span)

    def _is_constant(self, tree: Tree) -> bool:
        match tree:
            case Literal():
                return True
            case Word(text):
                return "." not in text and text not in self.names.vocabulary.facts
        return False

    def _same_kind(self, first: Term, second: Term, span: Span) -> None:
        one, other = self.kind_of(first), self.kind_of(second)
        if one is not other:
            raise self.names.wrong("wrong-type", f"a {other.value} can't meet a {one.value}", span)
        tables = [
            self.names.vocabulary.facts[term.path].type.table for term in (first, second) if isinstance(term, FactTerm)
        ]
        if len(set(tables)) > 1:
            raise self.names.wrong("wrong-type", f"codes of {tables[1]} can't meet codes of {tables[0]}", span)

    def _shifted(self, tree: Binary) -> Term:
        date = self.term(tree.left)
        if not isinstance(date, FactTerm) or date.kind is not Kind.DATE or not isinstance(tree.right, Days):
            raise self.names.wrong("wrong-type", "days are added to a fact that is a date", tree.span)
        return ShiftedDate(date, tree.right.days if tree.operator == "+" else -tree.right.days)

    def _computed(self, operation: Arithmetic, left: Tree, right: Tree, span: Span) -> Term:
        if operation is Arithmetic.TIMES:
            return self._product(left, right, span)
        first, second = self.pair(left, right)
        kind = self.kind_of(first)
        if kind not in _NUMBERS:
            message = f"`{operation.value}` joins numbers; this is a {kind.value}"
            raise self.names.wrong("wrong-type", message, span, "for days between two dates write `days(start, end)`")
        return Computed(operation, first, second, kind)

    def _product(self, left: Tree, right: Tree, span: Span) -> Term:
        if not self._is_constant(left) and not self._is_constant(right):
            raise self.names.wrong("wrong-type", "one side of a product is a whole number", span)
        factor, other = (left, right) if self._is_constant(left) else (right, left)
        term = self.term(other)
        kind = self.kind_of(term)
        if not isinstance(factor, Literal) or factor.percent or kind not in _NUMBERS:
            raise self.names.wrong("wrong-type", "a product is a number times a whole number", span)
        return Computed(Arithmetic.TIMES, term, Constant(factor.value, Kind.INTEGER), kind)

    def _call(self, call: Call) -> Term:
        match call.name, call.arguments:
            case "prefix", (Word() as word, Literal(int(length), False)) if length > 0:
                fact = self.names.fact(word)
                if fact.kind is Kind.CODE:
                    return Prefix(fact, length)
            case "days", (Word() as start, Word() as end):
                first, last = self.names.fact(start), self.names.fact(end)
                if first.kind is Kind.DATE and last.kind is Kind.DATE:
                    return DaysBetween(first, last)
            case (("min" | "max"), (left, right)) if call.where is None:
                return self._computed(Arithmetic(call.name), left, right, call.span)
            case "count", (Word("lines"),):
                return Aggregate(Aggregation.COUNT, None, self._where(call), Kind.INTEGER)
            case (("sum" | "min" | "max"), (Word() as word,)):
                return self._aggregate(call, word)
        if call.name not in _CALLS:
            hint = did_you_mean(call.name, _CALLS)
            raise self.names.wrong("unknown-function", f"`{call.name}` is not a word of the language", call.span, hint)
        hint = "prefix(code, 2), days(start, end), min(a, b), sum(line.fact where …), count(lines where …)"
        raise self.names.wrong("wrong-type", f"`{call.name}` is not used like this", call.span, hint)

    def _aggregate(self, call: Call, word: Word) -> Term:
        if self.names.inside_aggregate:
            raise self.names.wrong("nested-aggregate", "an aggregate can't stand inside another", call.span)
        fact = self.names.aggregated().fact(word)
        allowed = (*_NUMBERS, Kind.DATE) if call.name != "sum" else _NUMBERS
        if not fact.path.startswith("line.") or fact.kind not in allowed:
            raise self.names.wrong("wrong-type", f"`{call.name}` takes a number of the lines", word.span)
        return Aggregate(Aggregation(call.name), fact, self._where(call), fact.kind)

    def _where(self, call: Call) -> Condition:
        if self.names.inside_aggregate:
            raise self.names.wrong("nested-aggregate", "an aggregate can't stand inside another", call.span)
        return Always(True) if call.where is None else self.names.aggregated().condition(call.where)


def _kind_of_value(value: bool | int | str | datetime.date) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int):
        return Kind.INTEGER
    return Kind.DATE if isinstance(value, datetime.date) else Kind.TEXT


def _all_digits(text: str) -> bool:
    """Whether there are digits only, as codes have them: those of other scripts are none."""
    return text.isascii() and text.isdigit()

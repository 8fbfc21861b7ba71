"""Conditions in words: what a condition over facts asks, in Chinese and English, for people who read no code.

Facts and codes are called by their titles. Nothing here says whether a condition holds. What is told is exact: a
comparison with a fact that is not there is false, so `!=` tells that the fact is there, where it could be missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from yibao.basics.money import rate_of_basis_points, yuan
from yibao.basics.problems import Fault
from yibao.language.parameter_texts import percent_of
from yibao.language.titles import enumerated, filled, followed, joined, phrase, same
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Among,
    And,
    Arithmetic,
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
    Operator,
    Or,
    Prefix,
    ShiftedDate,
    Term,
)
from yibao.model.facts import Kind, Title, Vocabulary
from yibao.model.policy import Catalogue

NUMBERS: Mapping[Operator, Title] = {
    Operator.EQUAL: Title(zh="为", en="is"),
    Operator.UNEQUAL: Title(zh="不为", en="is not"),
    Operator.LESS: Title(zh="小于", en="is below"),
    Operator.AT_MOST: Title(zh="不大于", en="is at most"),
    Operator.GREATER: Title(zh="大于", en="is above"),
    Operator.AT_LEAST: Title(zh="不小于", en="is at least"),
}
_DATES: Mapping[Operator, Title] = {
    **NUMBERS,
    Operator.LESS: Title(zh="早于", en="is before"),
    Operator.AT_MOST: Title(zh="不晚于", en="is on or before"),
    Operator.GREATER: Title(zh="晚于", en="is after"),
    Operator.AT_LEAST: Title(zh="不早于", en="is on or after"),
}
_AGGREGATES: Mapping[Aggregation, Title] = {
    Aggregation.SUM: Title(zh="各行{}合计", en="{} of all lines together"),
    Aggregation.COUNT: Title(zh="明细行数", en="number of lines"),
    Aggregation.MINIMUM: Title(zh="各行中最低的{}", en="lowest {} of all lines"),
    Aggregation.MAXIMUM: Title(zh="各行中最高的{}", en="highest {} of all lines"),
}
_COMPUTED: Mapping[Arithmetic, Title] = {
    Arithmetic.PLUS: same("{} + {}"),
    Arithmetic.MINUS: same("{} − {}"),
    Arithmetic.TIMES: same("{} × {}"),
    Arithmetic.MINIMUM: Title(zh="{}与{}中的低者", en="the lower of {} and {}"),
    Arithmetic.MAXIMUM: Title(zh="{}与{}中的高者", en="the higher of {} and {}"),
}
_SUMS = (Arithmetic.PLUS, Arithmetic.MINUS)
YES, NO = Title(zh="是", en="yes"), Title(zh="否", en="no")
AND, OR = Title(zh="，并且", en=" and "), Title(zh="，或者", en=" or ")
BRACKETS = Title(zh="（{}）", en="({})")
DENIED = Title(zh="并非（{}）", en="not ({})")
_ANSWERED = Title(zh="{}：{}", en="{}: {}")


@frozen(kw_only=True)
class ConditionWords:
    """Tells conditions over facts. `findings` has the titles of findings; one without is told by its name."""

    vocabulary: Vocabulary
    catalogues: Mapping[str, Catalogue]
    findings: Mapping[str, Title]

    def condition(self, node: Condition) -> Title:
        """What the condition asks."""
        match node:
            case And(conditions):
                return joined([self._member(condition) for condition in conditions], AND)
            case Or(conditions):
                return joined([self._member(condition) for condition in conditions], OR)
            case Not(inner):
                return self._denied(inner)
            case Always(truth):
                return Title(zh="任何情形", en="in any case") if truth else Title(zh="没有任何情形", en="in no case")
            case Finding(name):
                return self.findings.get(name, same(f"“{name}”"))
        return self._atom(node)

    def fact(self, path: str) -> Title:
        """What a fact is called; its path, where nothing declares it."""
        declaration = self.vocabulary.facts.get(path)
        return same(path) if declaration is None else declaration.title

    def code(self, table: str | None, code: str) -> Title:
        """What a code is called; the code itself, where no table has it."""
        codes = {} if table is None else self.vocabulary.tables[table].codes
        return codes[code].title if code in codes else same(code)

    def table_of(self, term: Term) -> str | None:
        """The code table that the values of a term are from."""
        declaration = self.vocabulary.facts.get(term.path) if isinstance(term, FactTerm) else None
        return None if declaration is None else declaration.type.table

    def _beginning(self, fact: FactTerm, written: str) -> Title:
        """How a code begins, with the title of that beginning where it has one: `31（上海市）`."""
        declaration = self.vocabulary.facts.get(fact.path)
        title = self.code(None if declaration is None else declaration.type.begins, written)
        if title == same(written):
            return title
        return filled(Title(zh=f"{written}（{{}}）", en=f"{written} ({{}})"), title)

    def _member(self, condition: Condition) -> Title:
        told = self.condition(condition)
        return filled(BRACKETS, told) if isinstance(condition, And | Or) else told

    def _denied(self, inner: Condition) -> Title:
        match inner:
            case Among(term, values):
                listed = self._listed(term, values)
                return phrase(self.term(term), Title(zh="不属于", en="is none of"), listed)
            case IsNone(fact):
                return filled(_ANSWERED, self.fact(fact.path), Title(zh="有", en="there is one"))
            case Compare(Operator.EQUAL, FactTerm(path), Constant(bool(truth))) if not self._may_lack(path):
                return filled(_ANSWERED, self.fact(path), NO if truth else YES)
        return filled(DENIED, self.condition(inner))

    def _atom(self, node: Condition) -> Title:
        match node:
            case Compare(Operator.EQUAL, FactTerm(path), Constant(bool(truth))):
                return filled(_ANSWERED, self.fact(path), YES if truth else NO)
            case Compare(operator, left, right):
                return self._comparison(operator, left, right)
            case Among(term, values):
                which = Title(zh="属于", en="is one of") if len(values) > 1 else NUMBERS[Operator.EQUAL]
                return phrase(self.term(term), which, self._listed(term, values))
            case Holds(fact, code):
                return phrase(
                    self.fact(fact.path), Title(zh="包括", en="includes"), self.code(self.table_of(fact), code)
                )
            case InCatalogue(fact, catalogue):
                listed = self.catalogues[catalogue].title if catalogue in self.catalogues else same(catalogue)
                return phrase(self.fact(fact.path), Title(zh="列入", en="is listed in"), listed)
            case IsNone(fact):
                return filled(_ANSWERED, self.fact(fact.path), Title(zh="无", en="none"))
            case ForAnyLine(inner):
                return followed(Title(zh="至少一行：", en="for at least one line, "), self._member(inner))
            case ForAllLines(inner):
                return followed(Title(zh="每一行：", en="for every line, "), self._member(inner))
            case InForce(by, period):
                start = phrase(self.fact(by.path), _DATES[Operator.AT_LEAST], same(period.start.isoformat()))
                if period.end is None:
                    return start
                return joined((start, phrase(_DATES[Operator.LESS], same(period.end.isoformat()))), AND)
        raise Fault(f"no words are known for {node!r}")

    def _comparison(self, operator: Operator, left: Term, right: Term) -> Title:
        dated = Kind.DATE in (_kind(left), _kind(right))
        told = phrase(self._side(left, right), (_DATES if dated else NUMBERS)[operator], self._side(right, left))
        lacking = [term for term in (left, right) if isinstance(term, FactTerm) and self._may_lack(term.path)]
        if operator is not Operator.UNEQUAL or not lacking:
            return told
        there = [filled(_ANSWERED, self.fact(fact.path), Title(zh="有", en="there is one")) for fact in lacking]
        return filled(BRACKETS, joined((*there, told), AND))

    def _side(self, term: Term, peer: Term) -> Title:
        return self._written(term, peer) if isinstance(term, Constant) else self.term(term)

    def _written(self, constant: Constant, peer: Term) -> Title:
        """A constant in terms of what it is compared with."""
        if isinstance(peer, Prefix) and isinstance(constant.value, str):
            return self._beginning(peer.fact, constant.value)
        return self._constant(constant, self.table_of(peer))

    def term(self, node: Term) -> Title:
        """What a value is called."""
        match node:
            case FactTerm(path):
                return self.fact(path)
            case Constant():
                return self._constant(node, None)
            case Prefix(fact, length):
                frame = Title(zh=f"{{}}代码的前 {length} 位", en=f"{{}} by its first {length} characters")
                return filled(frame, self.fact(fact.path))
            case DaysBetween(start, end):
                frame = Title(zh="{} 至 {} 的天数", en="{} to {}, in days")
                return filled(frame, self.fact(start.path), self.fact(end.path))
            case ShiftedDate(date, days):
                which = Title(zh="后", en="after") if days >= 0 else Title(zh="前", en="before")
                frame = Title(zh=f"{{}}{which.zh} {abs(days)} 天", en=f"{abs(days)} days {which.en} {{}}")
                return filled(frame, self.fact(date.path))
            case Computed(operation, left, right):
                return filled(_COMPUTED[operation], self._operand(left, operation), self._operand(right, operation))
            case Aggregate(aggregation, value, where):
                return self._aggregate(aggregation, value, where)
        raise Fault(f"no words are known for {node!r}")

    def _operand(self, term: Term, operation: Arithmetic) -> Title:
        """A side of a computation, in brackets where it would be read otherwise."""
        nested = isinstance(term, Computed) and term.operation in _SUMS
        mixed = operation in (Arithmetic.TIMES, Arithmetic.MINUS)
        return filled(BRACKETS, self.term(term)) if nested and mixed else self.term(term)

    def _aggregate(self, aggregation: Aggregation, value: FactTerm | None, where: Condition) -> Title:
        frame = _AGGREGATES[aggregation]
        told = frame if value is None else filled(frame, self.fact(value.path))
        return told if where == Always(True) else followed(told, self.some(where))

    def some(self, where: Condition) -> Title:
        """Which lines are meant, behind what is said of them."""
        return filled(Title(zh="（限{}的行）", en=" where {}"), self.condition(where))

    def _listed(self, term: Term, values: Sequence[Constant]) -> Title:
        return enumerated([self._written(value, term) for value in values])

    def _constant(self, constant: Constant, table: str | None) -> Title:
        match constant.value, constant.kind:
            case bool(truth), _:
                return YES if truth else NO
            case int(fen), Kind.FEN:
                return Title(zh=f"{yuan(fen)} 元", en=f"{yuan(fen)} yuan")
            case int(basis_points), Kind.BASIS_POINTS:
                return same(percent_of(rate_of_basis_points(basis_points)))
            case str(code), _:
                return self.code(table, code)
        return same(str(constant.value))

    def _may_lack(self, path: str) -> bool:
        """Whether the fact can be known not to exist."""
        declaration = self.vocabulary.facts.get(path)
        return declaration is None or declaration.nullable


def _kind(term: Term) -> Kind | None:
    match term:
        case ShiftedDate():
            return Kind.DATE
        case FactTerm(_, kind) | Constant(_, kind) | Computed(_, _, _, kind) | Aggregate(_, _, _, kind):
            return kind
    return None

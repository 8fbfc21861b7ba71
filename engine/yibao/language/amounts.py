"""Values of plans: text to typed trees. Names are looked up, dimensions checked, mistakes placed under their text.

A few words have no dimension of their own and take the one that is needed where they stand: 0 (an amount or a whole
number), `earlier(…)` of a value that is not defined yet, and codes. Meaning: `docs/settlement.md`.
"""

from __future__ import annotations

from attrs import frozen

from yibao.basics.problems import Place, ProblemsFound
from yibao.language.amount_calls import CALLS, CallResolver
from yibao.language.amount_tests import ConditionResolver
from yibao.language.amount_words import WordResolver
from yibao.language.parsing import resolver_of
from yibao.language.plan_names import WHOLE, Need, PlanNames
from yibao.language.resolve import Resolver
from yibao.language.syntax import parse
from yibao.language.trees import Binary, Call, IfTree, Literal, Span, Tree, Word
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import (
    Amount,
    Choice,
    Dimension,
    Fixed,
    Less,
    Looked,
    Named,
    OfFact,
    Plus,
    Test,
    Times,
    WholeQuotient,
)
from yibao.model.expressions import FactTerm, Scope


def parse_amount(text: str, place: Place, names: PlanNames, dimension: Dimension | None = None) -> Amount:
    """The value written in `text`, which stands at `place`: of the dimension, or (None) of whichever it is.

    Raises ProblemsFound with one located problem.
    """
    need = None if dimension is None else Need(dimension)
    return AmountResolver(place, names).amount(parse(text, place), need)


def parse_test(text: str, place: Place, names: PlanNames) -> Test:
    """The yes/no question written in `text`, which may compare values of the plan.

    Raises ProblemsFound with one located problem.
    """
    return AmountResolver(place, names).tests.test(parse(text, place))


def table_of(amount: Amount, names: PlanNames) -> str | None:
    """The code table of a code; None where it is open, or no code at all."""
    match amount:
        case OfFact(FactTerm(path)):
            return names.names.vocabulary.facts[path].type.table
        case Named(name):
            return names.values[name].table if name in names.values else None
        case Choice(_, then, otherwise):
            return table_of(then, names) or table_of(otherwise, names)
        case _:
            return None


@frozen
class AmountResolver:
    """Resolves one expression of a plan. The first mistake ends it."""

    place: Place
    names: PlanNames

    @property
    def facts(self) -> Resolver:
        """The resolver of conditions and terms over the claim's facts."""
        return resolver_of(self.place, self.names.names, Scope.CLAIM)

    @property
    def tests(self) -> ConditionResolver:
        return ConditionResolver(self)

    def amount(self, tree: Tree, need: Need | None = None) -> Amount:
        """The value of the tree, in the dimension that is needed."""
        found = self._any(tree, need)
        dimension = dimension_of(found)
        if need is not None and dimension is not need.dimension:
            message = f"{_one(need.dimension)} is expected here, this is {_one(dimension)}"
            raise self.wrong("wrong-type", message, tree.span, _remedy(need.dimension, dimension))
        if need is not None and need.table is not None and not self._belongs(found, need.table):
            raise self.wrong("wrong-type", f"a code of the table `{need.table}` is expected here", tree.span)
        return found

    def alike(self, trees: tuple[Tree, ...], need: Need | None) -> tuple[Amount, ...]:
        """Values of one dimension. Where none is needed, the first that has one of its own speaks for all."""
        found: dict[int, Amount] = {}
        if need is None:
            speaks = next((at for at, tree in enumerate(trees) if not self.is_open(tree)), 0)
            found[speaks] = self.amount(trees[speaks])
            need = Need(dimension_of(found[speaks]), table_of(found[speaks], self.names))
        return tuple(found[at] if at in found else self.amount(tree, need) for at, tree in enumerate(trees))

    def is_open(self, tree: Tree) -> bool:
        """Whether the tree has no dimension of its own."""
        match tree:
            case Literal(value, percent):
                return (value == 0 and not percent and not isinstance(value, bool)) or isinstance(value, str)
            case Word(text):
                names = self.names
                return not (text in names.names.vocabulary.facts or "." in text or names.means_in_a_plan(text))
            case Call("earlier", (Word(text),)):
                return text not in self.names.values
            case Binary("+", left, right) | IfTree(_, left, right):
                return self.is_open(left) and self.is_open(right)
            case Call("min" | "max" | "less" | "clamp", arguments) if len(arguments) > 1:
                return all(self.is_open(argument) for argument in arguments)
        return False

    def wrong(self, code: str, message: str, span: Span, hint: str | None = None) -> ProblemsFound:
        """The problem, placed under its text."""
        return self.facts.wrong(code, message, span, hint)

    def _any(self, tree: Tree, need: Need | None) -> Amount:
        match tree:
            case Literal():
                return WordResolver(self).constant(tree, need)
            case Word():
                return WordResolver(self).word(tree, need)
            case Binary("+", _, _):
                return self._sum(tree, need)
            case Binary("-", left, right):
                return self._difference(left, right, tree.span)
            case Binary("*", left, right):
                return self._product(left, right, tree.span)
            case Binary("//", left, right):
                return self._quotient(left, right)
            case IfTree(condition, left, right):
                test = self.tests.test(condition)
                then, otherwise = self.alike((left, right), need)
                return Choice(test, then, otherwise, dimension_of(then))
            case Call():
                return CallResolver(self).call(tree, need)
        hint = f"a value is a name, a constant, a call ({', '.join(CALLS)}) or `if … then … else …`"
        raise self.wrong("wrong-type", "a value is expected here", tree.span, hint)

    def _belongs(self, code: Amount, table: str) -> bool:
        """Whether a code is one of the table; what is written out was looked up when it was read."""
        match code:
            case Fixed():
                return True
            case Choice(_, then, otherwise):
                return self._belongs(then, table) and self._belongs(otherwise, table)
            case _:
                return table_of(code, self.names) == table

    def _sum(self, tree: Tree, need: Need | None) -> Plus:
        parts: list[Tree] = []
        while isinstance(tree, Binary) and tree.operator == "+":
            parts.append(tree.right)
            tree = tree.left
        trees = (tree, *reversed(parts))
        found = self.alike(trees, need)
        dimension = dimension_of(found[0])
        if dimension is Dimension.CODE:
            raise self.wrong("wrong-type", "codes have no sum", trees[0].span)
        flat = [part for each in found for part in (each.parts if isinstance(each, Plus) else (each,))]
        return Plus(tuple(flat), dimension)

    def _difference(self, left: Tree, right: Tree, span: Span) -> Less:
        value = self.amount(left, WHOLE if self.is_open(left) else None)
        if dimension_of(value) is not Dimension.WHOLE:
            hint = "write `less(a, b)`: a without b, never below 0"
            raise self.wrong("wrong-type", "`-` takes whole numbers from whole numbers", span, hint)
        return Less(value, self.amount(right, WHOLE), Dimension.WHOLE)

    def _product(self, left: Tree, right: Tree, span: Span) -> Times:
        one, other = self._factor(left), self._factor(right)
        sides = {dimension_of(one), dimension_of(other)}
        if sides == {Dimension.AMOUNT, Dimension.RATE}:
            hint = "write `share(amount, rate)`, which says how it is rounded"
            raise self.wrong("wrong-product", "an amount is not multiplied by a rate", span, hint)
        if sides == {Dimension.AMOUNT} or Dimension.CODE in sides:
            message = "there is no product of two amounts, nor of codes"
            raise self.wrong("wrong-product", message, span, "one side is a whole number; or both are rates")
        if Dimension.WHOLE not in sides:
            return Times(one, other, Dimension.RATE)
        return Times(one, other, next(iter(sides - {Dimension.WHOLE}), Dimension.WHOLE))

    def _factor(self, tree: Tree) -> Amount:
        return self.amount(tree, WHOLE if isinstance(tree, Literal) and not tree.percent else None)

    def _quotient(self, left: Tree, right: Tree) -> WholeQuotient:
        match right:
            case Literal(bool()):
                pass
            case Literal(int(divisor), False) if divisor > 0:
                return WholeQuotient(self.amount(left, WHOLE), divisor)
        raise self.wrong("wrong-type", "`//` divides by a written whole number from 1 up", right.span)

    def looked_up(self, tree: Tree) -> Looked:
        """A look-up of a parameter, and nothing else."""
        if isinstance(tree, Call) and tree.name == "table":
            return CallResolver(self).table(tree, bands=True)
        raise self.wrong("wrong-type", "`bands` takes its bands from a parameter", tree.span, "write `table(name)`")


def _one(dimension: Dimension) -> str:
    return f"{'an' if dimension is Dimension.AMOUNT else 'a'} {dimension.value}"


def _remedy(needed: Dimension, found: Dimension) -> str | None:
    if needed is Dimension.RATE and found in (Dimension.WHOLE, Dimension.AMOUNT):
        return "a rate is written as a percentage, such as 80%, or looked up with `table(…)`"
    if needed is Dimension.AMOUNT and found is Dimension.RATE:
        return "an amount comes of a rate by `share(amount, rate)`"
    return None

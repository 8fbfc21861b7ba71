"""The conditions in plans: what asks of facts alone is a condition as rules have it, the rest compares plan values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from yibao.language.amount_calls import ALSO_OF_RULES, CALLS
from yibao.language.parsing import resolver_of
from yibao.language.trees import (
    COMPARISONS,
    PLAN_FORMS,
    Binary,
    Braces,
    Call,
    NotTree,
    Span,
    Tree,
    Word,
    trees_in,
)
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import Both, CompareAmounts, Dimension, Either, Fixed, Neither, OfFacts, Test
from yibao.model.expressions import And, Condition, Operator, Or, Scope
from yibao.model.walks import findings_in

if TYPE_CHECKING:
    from yibao.language.amounts import AmountResolver


@frozen
class ConditionResolver:
    """Resolves conditions with the names of one expression's resolver."""

    values: AmountResolver

    def test(self, tree: Tree) -> Test:
        """The tree as a yes/no question."""
        if not self._is_of_the_plan(tree):
            return OfFacts(self._of_facts(tree))
        match tree:
            case Binary("and"):
                return Both(self._flat("and", tree))
            case Binary("or"):
                return Either(self._flat("or", tree))
            case NotTree(inner):
                return Neither(self.test(inner))
            case Binary("in", left, Braces(items)):
                return self._among(left, items)
            case Binary(operator, left, right) if operator in COMPARISONS:
                return self._comparison(Operator(operator), left, right, tree.span)
        hint = "compare values of the plan with `==`, `!=`, `<`, `<=`, `>`, `>=` or `in {…}`"
        raise self.values.wrong("wrong-type", "a condition is expected here", tree.span, hint)

    def about_a_line(self, tree: Tree) -> Condition:
        """The condition that picks lines, by their facts and those of the claim."""
        if self._mentions_the_plan(tree):
            message = "lines are picked by their facts; values of the plan can't be asked here"
            raise self.values.wrong("wrong-type", message, tree.span)
        return resolver_of(self.values.place, self.values.names.names, Scope.LINE).aggregated().condition(tree)

    def _of_facts(self, tree: Tree) -> Condition:
        condition = self.values.facts.condition(tree)
        if any(findings_in(condition)):
            message = "a plan reads facts and its own values, never what rules have found"
            raise self.values.wrong("finding-in-plan", message, tree.span)
        return condition

    def _is_of_the_plan(self, tree: Tree) -> bool:
        """Whether the tree compares values of the plan: because it names one, or because it names no fact at all."""
        if isinstance(tree, Binary) and tree.operator in COMPARISONS:
            return self._mentions_the_plan(tree) or not self._mentions_a_fact(tree)
        if isinstance(tree, Binary) and tree.operator in ("and", "or"):
            return self._is_of_the_plan(tree.left) or self._is_of_the_plan(tree.right)
        if isinstance(tree, NotTree):
            return self._is_of_the_plan(tree.inner)
        return self._mentions_the_plan(tree)

    def _mentions_the_plan(self, tree: Tree) -> bool:
        return any(self._belongs_to_plans(inner) for inner in trees_in(tree))

    def _belongs_to_plans(self, tree: Tree) -> bool:
        match tree:
            case Word(text):
                return self.values.names.means_in_a_plan(text)
            case Call("min" | "max", (_, _, _, *_)) | Call("sum", (Word("lines"), *_)):
                return True
            case Call(name):
                return name in CALLS and name not in ALSO_OF_RULES
            case Binary(operator):
                return operator == "//"
        return isinstance(tree, PLAN_FORMS)

    def _mentions_a_fact(self, tree: Tree) -> bool:
        """Whether a fact is named, or something that is meant to be one."""
        facts = self.values.names.names.vocabulary.facts
        return any(
            isinstance(inner, Call) or (isinstance(inner, Word) and (inner.text in facts or "." in inner.text))
            for inner in trees_in(tree)
        )

    def _flat(self, operator: str, tree: Tree) -> tuple[Test, ...]:
        """The parts of a chain of one operator, which leans to the left and may be long."""
        parts: list[Tree] = []
        while isinstance(tree, Binary) and tree.operator == operator:
            parts.append(tree.right)
            tree = tree.left
        flat: list[Test] = []
        for part in (tree, *reversed(parts)):
            flat.extend(_members(self.test(part), operator))
        return tuple(flat)

    def _among(self, left: Tree, items: tuple[Tree, ...]) -> Test:
        equal = tuple(self._comparison(Operator.EQUAL, left, item, item.span) for item in items)
        return equal[0] if len(equal) == 1 else Either(equal)

    def _comparison(self, operator: Operator, left: Tree, right: Tree, span: Span) -> CompareAmounts:
        first, second = self.values.alike((left, right), None)
        ordered = operator not in (Operator.EQUAL, Operator.UNEQUAL)
        if ordered and dimension_of(first) is Dimension.CODE:
            message = f"`{operator.value}` needs numbers; a code has no order"
            raise self.values.wrong("wrong-type", message, span, "compare with `==`, `!=` or `in {…}`")
        if isinstance(first, Fixed) and isinstance(second, Fixed):
            raise self.values.wrong("no-fact", "both sides are constants: the answer never changes", span)
        return CompareAmounts(operator, first, second)


def _members(test: Test, operator: str) -> tuple[Test, ...]:
    """The parts of a test that is itself a chain of the operator; else the test alone."""
    match test:
        case Both(tests) if operator == "and":
            return tests
        case Either(tests) if operator == "or":
            return tests
        case OfFacts(And(conditions)) if operator == "and":
            return tuple(OfFacts(condition) for condition in conditions)
        case OfFacts(Or(conditions)) if operator == "or":
            return tuple(OfFacts(condition) for condition in conditions)
    return (test,)

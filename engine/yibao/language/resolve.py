"""From syntax to meaning: what each word names, whether the types fit, and the typed node that results.

One resolver serves one expression. The first mistake ends it: later ones would mostly be its echoes.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from yibao.basics.problems import Place, ProblemsFound, did_you_mean, problem_of
from yibao.language.terms import TermResolver
from yibao.language.trees import (
    COMPARISONS,
    PLAN_FORMS,
    Binary,
    Braces,
    Call,
    Literal,
    NoneTest,
    NotTree,
    Span,
    Tree,
    Word,
)
from yibao.model.expressions import (
    Always,
    Among,
    And,
    Compare,
    Condition,
    Constant,
    FactTerm,
    Finding,
    ForAllLines,
    ForAnyLine,
    Holds,
    InCatalogue,
    IsNone,
    Not,
    Operator,
    Or,
    Scope,
    Term,
)
from yibao.model.facts import Kind, Vocabulary
from yibao.model.policy import Catalogue
from yibao.model.walks import atoms_in, facts_in, findings_in, reads_aggregate, scope_of

_ORDERED = (Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST)


@frozen(kw_only=True)
class Resolver:
    """The words that an expression may use, and what it is about."""

    place: Place
    vocabulary: Vocabulary
    catalogues: Mapping[str, Catalogue]
    definitions: Mapping[str, Condition]
    findings: Mapping[str, Scope]
    about: Scope
    inside_aggregate: bool = False

    def condition(self, tree: Tree) -> Condition:
        """The tree as a yes/no question."""
        match tree:
            case Binary("and"):
                return And(self._flat(And, "and", tree))
            case Binary("or"):
                return Or(self._flat(Or, "or", tree))
            case NotTree(inner):
                return Not(self.condition(inner))
            case NoneTest(inner):
                return IsNone(self._fact_of(inner, "`is none` asks about a fact"))
            case Binary("in", left, right):
                return self._membership(left, right)
            case Binary(operator, left, right) if operator in COMPARISONS:
                return self._comparison(Operator(operator), left, right, tree.span)
            case Literal(bool(truth)):
                return Always(truth)
            case Word():
                return self._yes_or_no(tree)
            case Call("any" | "all"):
                return self._over_lines(tree)
        raise self.misplaced(tree, "a condition is expected here, not a value")

    def value(self, tree: Tree, kind: Kind) -> Term:
        """The tree as a value of one kind."""
        return self.terms.of_kind(tree, kind)

    @property
    def terms(self) -> TermResolver:
        return TermResolver(self)

    def aggregated(self) -> Resolver:
        """The resolver for the inside of an aggregate, where a line's facts may be read."""
        return evolve(self, about=Scope.LINE, inside_aggregate=True)

    def fact(self, word: Word) -> FactTerm:
        """The declared fact that the word names."""
        declaration = self.vocabulary.facts.get(word.text)
        if declaration is None:
            hint = did_you_mean(word.text, self.vocabulary.facts)
            raise self.wrong("unknown-field", f"no fact is called `{word.text}`", word.span, hint)
        if declaration.about_line and self.about is Scope.CLAIM:
            hint = "ask about lines with `any(lines, …)`, or make the rule `about: line`"
            raise self.wrong("line-fact", f"`{word.text}` belongs to a line", word.span, hint)
        return FactTerm(word.text, declaration.type.kind)

    def wrong(self, code: str, message: str, span: Span, hint: str | None = None) -> ProblemsFound:
        """The problem, placed under its text."""
        place = self.place.shifted(span.start, span.end - span.start)
        return ProblemsFound([problem_of(code, message, place, hint)])

    def misplaced(self, tree: Tree, message: str) -> ProblemsFound:
        """The problem of a tree that can't stand where it stands; forms of plans are named as such."""
        if isinstance(tree, PLAN_FORMS) or (isinstance(tree, Binary) and tree.operator == "//"):
            hint = "`if … then … else`, `//`, lists, `then` and `from` belong to the amounts of settlement plans"
            return self.wrong("plan-only", "rules and guards have no such form", tree.span, hint)
        return self.wrong("wrong-type", message, tree.span)

    def _flat(self, joint: type[And] | type[Or], operator: str, tree: Tree) -> tuple[Condition, ...]:
        """The parts of a chain of one operator, which leans to the left and may be long."""
        parts: list[Tree] = []
        while isinstance(tree, Binary) and tree.operator == operator:
            parts.append(tree.right)
            tree = tree.left
        flat: list[Condition] = []
        for part in (tree, *reversed(parts)):
            condition = self.condition(part)
            flat.extend(condition.conditions if isinstance(condition, joint) else (condition,))
        return tuple(flat)

    def _yes_or_no(self, word: Word) -> Condition:
        if word.text in self.vocabulary.facts:
            fact = self.fact(word)
            if fact.kind is not Kind.BOOLEAN:
                message = f"`{word.text}` is a {fact.kind.value}, not yes or no"
                raise self.wrong("wrong-type", message, word.span, "compare it with a value")
            return Compare(Operator.EQUAL, fact, Constant(True, Kind.BOOLEAN))
        if word.text in self.definitions:
            return self._definition(word)
        if word.text in self.findings:
            return self._finding(word)
        known = (*self.vocabulary.facts, *self.definitions, *self.findings)
        message = f"no fact, definition or finding is called `{word.text}`"
        raise self.wrong("unknown-field", message, word.span, did_you_mean(word.text, known))

    def _definition(self, word: Word) -> Condition:
        """A named condition is written out here, so it must be one that could stand here."""
        condition = self.definitions[word.text]
        if self.about is Scope.CLAIM and scope_of(condition) is Scope.LINE:
            raise self.wrong("line-fact", f"the definition `{word.text}` reads a fact of a line", word.span)
        if self.inside_aggregate and any(findings_in(condition)):
            raise self.wrong("finding-in-aggregate", f"the definition `{word.text}` reads a finding", word.span)
        if self.inside_aggregate and any(reads_aggregate(atom) for atom in atoms_in(condition)):
            raise self.wrong("nested-aggregate", f"the definition `{word.text}` looks at several lines", word.span)
        return condition

    def _finding(self, word: Word) -> Finding:
        scope = self.findings[word.text]
        if self.inside_aggregate:
            raise self.wrong("finding-in-aggregate", "an aggregate reads facts, never findings", word.span)
        if scope is Scope.LINE and self.about is Scope.CLAIM:
            raise self.wrong("line-fact", f"the finding `{word.text}` belongs to a line", word.span)
        return Finding(word.text, scope)

    def _comparison(self, operator: Operator, left: Tree, right: Tree, span: Span) -> Condition:
        first, second = self.terms.pair(left, right)
        kind = self.terms.kind_of(first)
        ordered = kind in (Kind.INTEGER, Kind.FEN, Kind.BASIS_POINTS, Kind.DATE)
        if operator in _ORDERED and not ordered:
            message = f"`{operator.value}` needs numbers or dates; a {kind.value} has no order"
            raise self.wrong("wrong-type", message, span, "compare with `==`, `!=` or `in {…}`")
        if kind in (Kind.CODES, Kind.OBJECT):
            raise self.wrong("wrong-type", f"a {kind.value} can't be compared", span, "ask `in` or `is none`")
        compared = Compare(operator, first, second)
        if not any(facts_in(compared)) and not reads_aggregate(compared):
            raise self.wrong("no-fact", "both sides are constants: the answer never changes", span)
        return compared

    def _membership(self, left: Tree, right: Tree) -> Condition:
        match right:
            case Braces(items):
                term = self.terms.term(left)
                return Among(term, tuple(self.terms.constant_for(term, item) for item in items))
            case Call("catalogue", (Literal(str(name)),), None):
                return self._in_catalogue(left, name, right.span)
            case Word():
                fact = self.fact(right)
                if fact.kind is not Kind.CODES:
                    message = f"`{right.text}` is a {fact.kind.value}, not a set of codes"
                    raise self.wrong("wrong-type", message, right.span)
                return Holds(fact, self.terms.code_for(fact, left))
        hint = '`in` is followed by {…}, by a fact that is a set of codes, or by catalogue("name")'
        raise self.wrong("wrong-type", "this is no group of values", right.span, hint)

    def _in_catalogue(self, left: Tree, name: str, span: Span) -> Condition:
        catalogue = self.catalogues.get(name)
        if catalogue is None:
            raise self.wrong(
                "unknown-catalogue", f"no catalogue is called `{name}`", span, did_you_mean(name, self.catalogues)
            )
        if catalogue.excerpt:
            message = f"`{name}` is an excerpt: what it leaves out is unknown, so membership can't be asked"
            raise self.wrong("excerpt-catalogue", message, span, "read a fact that is looked up in it instead")
        fact = self._fact_of(left, "a catalogue is asked about a fact")
        if fact.kind is not Kind.CODE:
            raise self.wrong("wrong-type", f"`{fact.path}` is a {fact.kind.value}, not a code", left.span)
        if catalogue.by.path.startswith("line.") and self.about is Scope.CLAIM:
            raise self.wrong("line-fact", f"`{name}` goes by `{catalogue.by.path}`, a line's date", span)
        return InCatalogue(fact, name, catalogue.by)

    def _over_lines(self, tree: Call) -> Condition:
        if self.inside_aggregate:
            raise self.wrong("nested-aggregate", "an aggregate can't stand inside another", tree.span)
        match tree.arguments:
            case (Word("lines"), inner) if tree.where is None:
                condition = self.aggregated().condition(inner)
                return ForAnyLine(condition) if tree.name == "any" else ForAllLines(condition)
        hint = f"write `{tree.name}(lines, condition)`"
        raise self.wrong("expression-syntax", f"`{tree.name}` asks a condition of the lines", tree.span, hint)

    def _fact_of(self, tree: Tree, message: str) -> FactTerm:
        if isinstance(tree, Word):
            return self.fact(tree)
        raise self.wrong("wrong-type", message, tree.span)

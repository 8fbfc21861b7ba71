"""What a rule concludes: the block under `then:`, and the conditions and codes that rule files write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from yibao.basics.money import MAXIMUM_FEN, WHOLE_BASIS_POINTS
from yibao.basics.problems import Place, ProblemsFound
from yibao.language.bounds import bounds_of
from yibao.language.parsing import Names, parse_condition, parse_value
from yibao.model.expressions import (
    Aggregate,
    Always,
    Among,
    And,
    Compare,
    Computed,
    Condition,
    ForAllLines,
    ForAnyLine,
    Not,
    Or,
    Scope,
    Term,
)
from yibao.model.facts import Kind
from yibao.model.policy import Admit, Answer, Conclude, DocumentsDue, Exclude, Lift, Question, Value
from yibao.readers.documents.forms import Form, Problems, choice_of, identifier_of, text_of
from yibao.readers.documents.yaml_nodes import Node, Scalar

_FIXED_ANSWERS = ("admit", "exclude", "lift", "finding", "documents")
REASONS_TABLE = "exclusion-reason"
# Of one condition with the named ones that it uses written out, each of which may be long and be used many times.
MOST_PARTS = 2_000
DOCUMENTS_TABLE = "document"


@frozen
class AnswerReader:
    """Reads conclusions with the names of one rule file."""

    names: Names
    questions: Mapping[str, Question]
    about: Scope
    problems: Problems

    def answers(self, node: Node) -> list[Answer]:
        """Every conclusion under `then:`."""
        form = Form(node, self.problems, "`then`")
        answers = self._fixed_answers(form)
        for name, question in self.questions.items():
            value = form.take(name)
            if value is not None and (term := self._value(value, question)) is not None:
                answers.append(Value(name, term))
        form.finish()
        if not form.node.entries:
            choices = ", ".join((*_FIXED_ANSWERS, *sorted(self.questions)))
            self.problems.add("missing-field", f"`then:` concludes nothing; it can say {choices}", form.place)
        return answers

    def _value(self, node: Node, question: Question) -> Term | None:
        """The term that answers a question: of its kind, and never outside what an amount or a rate can be."""
        if not isinstance(node, Scalar):
            self.problems.add("wrong-shape", f"`{question.name}` is answered by an expression", node.place)
            return None
        try:
            term = parse_value(node.text, inside(node), self.names, question.kind, self.about)
        except ProblemsFound as error:
            self.problems.take(error)
            return None
        low, high = bounds_of(term, self.names.vocabulary)
        highest, unit = (
            (WHOLE_BASIS_POINTS, "100%") if question.kind is Kind.BASIS_POINTS else (MAXIMUM_FEN, "10^13 fen")
        )
        if low < 0 or high > highest:
            message = f"`{question.name}` lies between 0 and {unit}; this could come to {low if low < 0 else high}"
            self.problems.add("out-of-range", message, node.place, "bound it with `max(…, …)` or `min(…, …)`")
            return None
        return term

    def _fixed_answers(self, form: Form) -> list[Answer]:
        answers: list[Answer] = []
        if form.choice("admit", ("true",)) is not None:
            answers.append(Admit())
        if form.choice("lift", ("true",)) is not None:
            answers.append(Lift())
        reason = form.read("exclude", lambda node: code_of(node, REASONS_TABLE, self.names, self.problems))
        if reason is not None:
            answers.append(Exclude(reason))
        finding = form.read("finding", lambda node: finding_name_of(node, self.problems))
        if finding is not None:
            answers.append(Conclude(finding))
        documents = [code_of(node, DOCUMENTS_TABLE, self.names, self.problems) for node in form.items("documents")]
        if documents:
            answers.append(DocumentsDue(tuple(document for document in documents if document is not None)))
        coverage = [answer for answer in answers if isinstance(answer, Admit | Exclude | Lift)]
        if len(coverage) > 1:
            self.problems.add("two-answers", "a rule admits, excludes or lifts: one of the three", form.place)
        return answers


def condition_of(node: Node, names: Names, about: Scope, problems: Problems) -> Condition | None:
    """The condition that a node writes out."""
    if not isinstance(node, Scalar):
        problems.add("wrong-shape", "a condition is an expression", node.place)
        return None
    if node.text.strip() == "always":
        return Always(True)
    try:
        condition = parse_condition(node.text, inside(node), names, about)
    except ProblemsFound as error:
        problems.take(error)
        return None
    if is_too_long((condition,)):
        message = f"with its named conditions written out, the expression has more than {MOST_PARTS} parts"
        problems.add("expression-too-long", message, node.place, "conclude a finding for a part of the condition")
        return None
    return condition


def is_too_long(conditions: Iterable[Condition]) -> bool:
    """Whether conditions with all named ones written out have more parts together than are looked at."""
    parts = 0
    waiting: list[Condition | Term] = [*conditions]
    while waiting and parts <= MOST_PARTS:
        parts += 1
        match waiting.pop():
            case And(conditions) | Or(conditions):
                waiting.extend(conditions)
            case Not(inner) | ForAnyLine(inner) | ForAllLines(inner):
                waiting.append(inner)
            case Compare(_, left, right) | Computed(_, left, right):
                waiting.extend((left, right))
            case Among(term, _):
                waiting.append(term)
            case Aggregate(_, _, where):
                waiting.append(where)
    return parts > MOST_PARTS


def finding_name_of(node: Node, problems: Problems) -> str | None:
    """The name of a finding, which is a word of the language."""
    name = identifier_of(node, problems, "a finding")
    if name is not None and "-" in name:
        problems.add("wrong-type", f"`{name}`: a finding is written with underscores", node.place)
        return None
    return name


def code_of(node: Node, table: str, names: Names, problems: Problems) -> str | None:
    """A code of one of the bundle's tables."""
    known = names.vocabulary.tables.get(table)
    if known is None:
        return text_of(node, problems, "a code")
    return choice_of(node, tuple(known.codes), problems, f"the table `{table}`")


def inside(node: Scalar) -> Place:
    """Where the text of a scalar begins: after the quote, if it has one."""
    return node.place.shifted(1) if node.quoted else node.place

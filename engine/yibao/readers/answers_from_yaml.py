"""What a rule concludes: the block under `then:`, and the conditions and codes that rule files write."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from yibao.basics.problems import Place, ProblemsFound
from yibao.language.parsing import Names, parse_condition, parse_value
from yibao.model.expressions import Always, Condition, Scope
from yibao.model.policy import Admit, Answer, Conclude, DocumentsDue, Exclude, Lift, Question, Value
from yibao.readers.forms import Form, Problems, choice_of, identifier_of, text_of
from yibao.readers.yaml_nodes import Node, Scalar

_FIXED_ANSWERS = ("admit", "exclude", "lift", "finding", "documents")
REASONS_TABLE = "exclusion-reason"
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
            if isinstance(value, Scalar):
                try:
                    term = parse_value(value.text, _inside(value), self.names, question.kind, self.about)
                    answers.append(Value(name, term))
                except ProblemsFound as error:
                    self.problems.found.extend(error.problems)
            elif value is not None:
                self.problems.add("wrong-shape", f"`{name}` is answered by an expression", value.place)
        form.finish()
        if not form.node.entries:
            choices = ", ".join((*_FIXED_ANSWERS, *sorted(self.questions)))
            self.problems.add("missing-field", f"`then:` concludes nothing; it can say {choices}", form.place)
        return answers

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
        return parse_condition(node.text, _inside(node), names, about)
    except ProblemsFound as error:
        problems.found.extend(error.problems)
        return None


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


def _inside(node: Scalar) -> Place:
    """Where the text of a scalar begins: after the quote, if it has one."""
    return node.place.shifted(1) if node.quoted else node.place

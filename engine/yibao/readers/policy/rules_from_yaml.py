"""A rule file to its rules: one for each conclusion of each dated version.

A file is read in two passes by `policy_from_yaml`: first what it declares (its findings), then, when
all names are known, its expressions.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from attrs import evolve, field, frozen

from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.language.parsing import Names
from yibao.model.citations import Citation
from yibao.model.expressions import Condition, FactTerm, InForce, Scope
from yibao.model.policy import (
    Answer,
    ClosingRule,
    Example,
    Layer,
    Question,
    Rule,
    Side,
    Value,
    effect_of,
)
from yibao.model.walks import facts_in
from yibao.readers.documents.forms import Form, Problems, overlapping
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node, Scalar, Sequence
from yibao.readers.policy.answers_from_yaml import REASONS_TABLE, AnswerReader, code_of, condition_of
from yibao.readers.policy.cites_from_yaml import carries_of, check_grade, cites_of, rests_on_unconfirmed
from yibao.readers.policy.examples_from_yaml import examples_of
from yibao.readers.policy.governing_dates import governing_date

MOST_VERSIONS = 100
MOST_OVERRIDES = 1_000


@frozen(kw_only=True)
class RuleFile:
    """What one rule file says: its rules, and the examples beside them."""

    id: str
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class _Version:
    period: Period
    published: datetime.date
    when: Node | None
    then: Node | None
    cites: tuple[Citation, ...]


def findings_declared(node: Node) -> Mapping[str, Scope]:
    """The findings that a rule file concludes, by what they are about. Mistakes are left to the second pass."""
    if not isinstance(node, MappingNode):
        return {}
    about = node.get("about")
    scope = Scope.LINE if isinstance(about, Scalar) and about.text == "line" else Scope.CLAIM
    blocks = [node.get("then")]
    versions = node.get("versions")
    if isinstance(versions, Sequence):
        blocks.extend(item.get("then") for item in versions.items if isinstance(item, MappingNode))
    names = [block.get("finding") for block in blocks if isinstance(block, MappingNode)]
    return {name.text: scope for name in names if isinstance(name, Scalar)}


def rules_from_yaml(
    node: Node, layer: Layer, names: Names, questions: Mapping[str, Question], problems: Problems
) -> RuleFile | None:
    """The rules of one file; None, after its problems are noted, when it can't be used."""
    before = len(problems.found)
    form = Form(node, problems, "a rule")
    rule_id = form.identifier("rule", required=True)
    reader = _RuleReader(form, names, questions, layer)
    rules = reader.rules(rule_id or "unnamed")
    examples = examples_of(form, names.vocabulary)
    form.finish()
    for rule in rules:
        _check_accumulators(rule, names, problems)
    if len(problems.found) > before or rule_id is None:
        return None
    return RuleFile(id=rule_id, rules=rules, examples=examples, place=form.place)


def closing_from_yaml(node: Node, names: Names, problems: Problems) -> tuple[ClosingRule, tuple[Example, ...]] | None:
    """The closing rule: what is said when no rule admits a line."""
    before = len(problems.found)
    form = Form(node, problems, "a closing rule")
    rule_id, title = form.identifier("closing", required=True), form.title("title", required=True)
    carries = carries_of(form)
    cites = cites_of(form, carries)
    reason = form.read("reason", lambda inner: code_of(inner, REASONS_TABLE, names, problems), required=True)
    examples = examples_of(form, names.vocabulary)
    form.finish()
    if len(problems.found) > before or rule_id is None or title is None or reason is None:
        return None
    closing = ClosingRule(
        id=rule_id,
        title=title,
        reason=reason,
        carries=carries,
        cites=cites,
        illustrative=rests_on_unconfirmed(cites),
        place=form.place,
    )
    return closing, examples


class _RuleReader:
    """Reads the fields of one rule file; problems are collected by its form."""

    def __init__(self, form: Form, names: Names, questions: Mapping[str, Question], layer: Layer) -> None:
        self.form = form
        self.problems = form.problems
        self.questions = questions
        self.layer = layer
        # Versions that share a condition or a conclusion read it once.
        self.conditions: dict[int, Condition | None] = {}
        self.conclusions: dict[int, list[Answer]] = {}
        self.about = Scope.CLAIM if form.choice("about", ("claim", "line"), required=True) == "claim" else Scope.LINE
        self.names = self._with_local_names(names)

    def rules(self, rule_id: str) -> tuple[Rule, ...]:
        form = self.form
        title, advice = form.title("title", required=True), form.title("advice")
        carries, side = carries_of(form), self._side()
        cites = cites_of(form, carries, required=not form.has("versions"))
        illustrative = form.flag("illustrative")
        overrides = form.texts("overrides", most=MOST_OVERRIDES)
        by, versions = self._dated_versions(cites)
        found: list[Rule] = []
        for version in versions:
            when = self._condition(version.when)
            check_grade(form, version.cites, illustrative or self.layer.illustrative)
            for answer in self._answers(version.then):
                if title is None or by is None or when is None:
                    continue
                found.append(
                    Rule(
                        id=rule_id,
                        key=f"{rule_id}#{effect_of(answer)}@{version.period.start}",
                        title=title,
                        advice=advice,
                        about=self.about,
                        side=side,
                        layer=self.layer.name,
                        in_force=InForce(by, version.period),
                        when=when,
                        answer=answer,
                        overrides=overrides,
                        carries=carries,
                        cites=version.cites,
                        illustrative=illustrative or self.layer.illustrative,
                        published=version.published,
                        place=form.place_of("rule"),
                        overrides_place=form.place_of("overrides"),
                    )
                )
        return _short_keys(tuple(found))

    def _with_local_names(self, names: Names) -> Names:
        local: dict[str, Condition] = dict(names.definitions)
        for key, node in self.form.entries("let"):
            if key.text in names.vocabulary.facts or key.text in local or key.text in names.findings:
                self.problems.add("name-taken", f"`{key.text}` means something already", key.place)
            elif (condition := condition_of(node, names, self.about, self.problems)) is not None:
                local[key.text] = condition
        return evolve(names, definitions=local)

    def _side(self) -> Side:
        word = self.form.choice("side", ("national", "insured", "treatment"))
        national = self.layer.extends is None
        if word is None:
            return Side.NATIONAL if national else Side.INSURED
        if (word == "national") != national:
            message = f"a rule of the layer `{self.layer.name}` can't have the side `{word}`"
            hint = "leave `side:` out" if national else "write `insured` or `treatment`"
            self.problems.add("wrong-side", message, self.form.place_of("side"), hint)
        return Side(word)

    def _dated_versions(self, cites: tuple[Citation, ...]) -> tuple[FactTerm | None, tuple[_Version, ...]]:
        node = self.form.take("in_force", required=True)
        when, then = self.form.take("when"), self.form.take("then")
        published = self.form.date("published")
        if node is None:
            return None, ()
        force = Form(node, self.problems, "`in_force`")
        by = governing_date(force, self.names.vocabulary, self.about)
        versions: list[_Version] = []
        if self.form.has("versions"):
            versions = self._versions(when, then, cites)
            self._check_overlaps(versions)
        else:
            period = force.period()
            if period is not None:
                day = published or period.start
                versions.append(_Version(period=period, published=day, when=when, then=then, cites=cites))
        force.finish()
        return by, tuple(versions)

    def _versions(self, when: Node | None, then: Node | None, cites: tuple[Citation, ...]) -> list[_Version]:
        forms = self.form.forms("versions", "a version", most=MOST_VERSIONS)
        return [version for form in forms for version in self._version(form, when, then, cites)]

    def _version(self, form: Form, when: Node | None, then: Node | None, cites: tuple[Citation, ...]) -> list[_Version]:
        period, published = form.period(), form.date("published")
        own_when, own_then = form.take("when"), form.take("then")
        own_cites = cites_of(form, carries_of(self.form), required=not cites)
        form.finish()
        if period is None:
            return []
        day = published or period.start
        return [
            _Version(
                period=period, published=day, when=own_when or when, then=own_then or then, cites=own_cites or cites
            )
        ]

    def _check_overlaps(self, versions: list[_Version]) -> None:
        for earlier, later in overlapping(versions, lambda version: version.period):
            message = f"the versions {earlier.period} and {later.period} overlap"
            self.problems.add("overlapping-dates", message, self.form.place_of("versions"))

    def _condition(self, node: Node | None) -> Condition | None:
        if node is None:
            self.problems.add("missing-field", "a rule needs `when:`", self.form.place)
            return None
        if id(node) not in self.conditions:
            self.conditions[id(node)] = condition_of(node, self.names, self.about, self.problems)
        return self.conditions[id(node)]

    def _answers(self, node: Node | None) -> list[Answer]:
        if node is None:
            self.problems.add("missing-field", "a rule needs `then:`", self.form.place)
            return []
        if id(node) not in self.conclusions:
            reader = AnswerReader(self.names, self.questions, self.about, self.problems)
            self.conclusions[id(node)] = reader.answers(node)
        return self.conclusions[id(node)]


def _check_accumulators(rule: Rule, names: Names, problems: Problems) -> None:
    """What grows with each settlement is for settlements: coverage that read it would depend on earlier claims."""
    read = [*facts_in(rule.when), *(facts_in(rule.answer.term) if isinstance(rule.answer, Value) else ())]
    for path in sorted({fact.path for fact in read if names.vocabulary.facts[fact.path].accumulator}):
        message = f"`{rule.id}` reads `{path}`, which earlier settlements change"
        problems.add("accumulator-in-rule", message, rule.place, "limits over a year belong to settlement")


def _short_keys(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """A file with one conclusion in one version needs no longer key than its id."""
    return (evolve(rules[0], key=rules[0].id),) if len(rules) == 1 else rules

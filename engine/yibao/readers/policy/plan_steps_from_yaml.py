"""The steps of a plan file: named values and segments in their order, each with the names of those before it."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.basics.problems import Place, did_you_mean
from yibao.language.amount_bounds import highest
from yibao.language.amounts import table_of
from yibao.language.parsing import Names
from yibao.language.plan_names import BASE, RESERVED, Known, PlanNames
from yibao.model.amount_walks import dimension_of
from yibao.model.amounts import Amount, Dimension, Test
from yibao.model.facts import CodeTable
from yibao.model.plan import Counts, NamedValue, Segment
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node, Scalar
from yibao.readers.policy.cites_from_yaml import check_grade, cites_of
from yibao.readers.policy.plan_texts import PlanTexts

MOST_STEPS = 100
PAYERS_TABLE = "payer"
KINDS_OF_PAYER = ("fund", "hospital", "third_party", "person")


def names_declared(nodes: tuple[Node, ...], kind: str) -> frozenset[str]:
    """The names of all steps of a kind (`value`, `segment`), before any is read."""
    names = [node.get(kind) for node in nodes if isinstance(node, MappingNode)]
    return frozenset(name.text for name in names if isinstance(name, Scalar))


class StepReader:
    """Reads the steps of one plan in their order. `names` grows with them."""

    def __init__(self, names: PlanNames, texts: PlanTexts, problems: Problems, illustrative: bool) -> None:
        self.names = names
        self._texts = texts
        self._problems = problems
        self._illustrative = illustrative
        self._taken: dict[str, Place] = {}

    def steps(self, nodes: tuple[Node, ...]) -> tuple[NamedValue | Segment, ...]:
        """All steps that can be read; the problems of the others are noted."""
        found: list[NamedValue | Segment | None] = []
        for node in nodes:
            form = Form(node, self._problems, "a step")
            if form.has("segment"):
                found.append(self._segment(form))
            elif form.has("value"):
                found.append(self._value(form))
            elif isinstance(node, MappingNode):
                self._problems.add("missing-field", "a step begins with `value:` or with `segment:`", node.place)
        self._texts.check_earlier(self.names)
        return tuple(step for step in found if step is not None)

    def _value(self, form: Form) -> NamedValue | None:
        form.what = "a value"
        name, title = form.identifier("value", required=True), form.title("title", required=True)
        amount = form.read("is", lambda node: self._texts.amount(node, self.names, None), required=True)
        cites = cites_of(form, (), required=False)
        form.finish()
        check_grade(form, cites, self._illustrative)
        free = name is not None and self._is_free(name, form.place_of("value")) and self._means_nothing(name, form)
        if name is None or amount is None or not free:
            if name is not None:
                self._texts.leave_out(name)
            return None
        known = Known(
            dimension=dimension_of(amount), table=table_of(amount, self.names), highest=highest(amount, self.names)
        )
        self.names = self.names.with_value(name, known)
        if title is None:
            return None
        return NamedValue(
            name=name,
            title=title,
            dimension=known.dimension,
            amount=amount,
            cites=cites,
            place=form.place_of("value"),
        )

    def _segment(self, form: Form) -> Segment | None:
        form.what = "a segment"
        name, title = form.identifier("segment", required=True), form.title("title", required=True)
        payer = form.read("payer", self._payer, required=True)
        inner = self.names.with_words(BASE)
        when = form.read("when", lambda node: self._texts.test(node, self.names))
        base = form.read("base", lambda node: self._amount(node, self.names), required=True)
        pays = form.read("pays", lambda node: self._amount(node, inner), required=True)
        limit = form.read("limit", lambda node: self._amount(node, inner))
        counts = form.choice("counts", tuple(each.value for each in Counts))
        cites = cites_of(form, (), required=False)
        form.finish()
        check_grade(form, cites, self._illustrative)
        if counts is not None and not form.has("limit"):
            message = "`counts` says what the limit counts, and there is no `limit:`"
            self._problems.add("missing-field", message, form.place_of("counts"))
        if name is None or not self._is_free(name, form.place_of("segment")):
            return None
        self.names = self.names.with_segment(name)
        if title is None or payer is None or base is None or pays is None or self._lacks(form, when, limit):
            return None
        return Segment(
            name=name,
            title=title,
            payer=payer,
            when=when,
            base=base,
            pays=pays,
            limit=limit,
            counts=Counts.PAID if counts is None else Counts(counts),
            cites=cites,
            place=form.place_of("segment"),
        )

    def _lacks(self, form: Form, when: Test | None, limit: Amount | None) -> bool:
        """Whether something that is written could not be read."""
        return (form.has("when") and when is None) or (form.has("limit") and limit is None)

    def _amount(self, node: Node, names: PlanNames) -> Amount | None:
        return self._texts.amount(node, names, Dimension.AMOUNT)

    def _is_free(self, name: str, place: Place) -> bool:
        """Whether no step before it has the name."""
        if name in self._taken:
            first = self._taken[name]
            self._problems.add("duplicate-name", f"a step `{name}` stands in line {first.line} already", place)
            return False
        self._taken[name] = place
        return True

    def _means_nothing(self, name: str, form: Form) -> bool:
        """Whether a value's name means nothing yet where conditions and values are written."""
        said = meaning_of(name, self.names.names)
        if said is not None:
            self._problems.add("name-taken", f"`{name}` is {said}", form.place_of("value"), "call the value otherwise")
        return said is None

    def _payer(self, node: Node) -> str | None:
        """A code of the table of payers, which says how the payer's part is counted."""
        table = self.names.names.vocabulary.tables.get(PAYERS_TABLE)
        if table is None:
            self._problems.add("unknown-table", f"the bundle has no code table `{PAYERS_TABLE}`", node.place)
            return None
        text = node.text if isinstance(node, Scalar) else ""
        if text not in table.codes:
            hint = did_you_mean(text, table.codes)
            self._problems.add("unknown-payer", f"`{text}` is no code of the table `payer`", node.place, hint)
            return None
        if table.codes[text].attributes.get("kind") not in KINDS_OF_PAYER:
            message = f"the table `payer` does not say of `{text}` which kind it is: {', '.join(KINDS_OF_PAYER)}"
            self._problems.add("payer-without-kind", message, node.place)
            return None
        return text


def meaning_of(name: str, names: Names) -> str | None:
    """What a name means in expressions already; None if nothing."""
    if name in RESERVED:
        return "a word of the language"
    if name in names.vocabulary.facts:
        return "a fact"
    if name in names.definitions or name in names.findings:
        return "a named condition or a finding"
    return _table_with(name, names.vocabulary.tables)


def _table_with(name: str, tables: Mapping[str, CodeTable]) -> str | None:
    return next((f"a code of the table `{table.name}`" for table in tables.values() if name in table.codes), None)

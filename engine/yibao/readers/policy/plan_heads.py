"""What a plan and a credit say alike: since when they are in force, which claims they are for, how they round."""

from __future__ import annotations

import datetime

from yibao.language.parsing import Names
from yibao.model.expressions import Condition, InForce, Scope
from yibao.model.facts import Vocabulary
from yibao.model.plan import BandRounding, Rounding, Ties
from yibao.model.walks import facts_in, findings_in
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.answers_from_yaml import condition_of
from yibao.readers.policy.governing_dates import governing_date


def in_force_of(form: Form, vocabulary: Vocabulary) -> tuple[InForce | None, datetime.date | None]:
    """The period under `in_force:` with the date that it goes by, and the day of publication."""
    published = form.date("published")
    node = form.take("in_force", required=True)
    if node is None:
        return None, None
    force = Form(node, form.problems, "`in_force`")
    by, period = governing_date(force, vocabulary, Scope.CLAIM), force.period()
    force.finish()
    if by is None or period is None:
        return None, None
    return InForce(by, period), published or period.start


def claims_of(node: Node, names: Names, problems: Problems) -> Condition | None:
    """Which claims it is for: by their facts, not by what rules find or by what was settled before."""
    condition = condition_of(node, names, Scope.CLAIM, problems)
    if condition is None:
        return None
    for finding in findings_in(condition):
        message = f"a plan reads facts and its own values, never a finding such as `{finding.name}`"
        problems.add("finding-in-plan", message, node.place)
    facts = names.vocabulary.facts
    for path in sorted({fact.path for fact in facts_in(condition) if facts[fact.path].accumulator}):
        message = f"which plan applies can't hang on `{path}`, which earlier settlements change"
        problems.add("accumulator-in-when", message, node.place, "ask it in the `when` of a segment")
    return condition


def rounding_of(form: Form) -> Rounding | None:
    """How shares of a fen are rounded, under `rounding:`."""
    node = form.take("rounding", required=True)
    if node is None:
        return None
    inner = Form(node, form.problems, "`rounding`")
    ties = inner.choice("ties", tuple(each.value for each in Ties), required=True)
    bands = inner.choice("bands", tuple(each.value for each in BandRounding), required=True)
    inner.finish()
    return None if ties is None or bands is None else Rounding(ties=Ties(ties), bands=BandRounding(bands))

"""Examples beside a credit: a complete claim of the bundle, what differs from it, a month, and what is credited."""

from __future__ import annotations

import datetime
import re

from yibao.model.credits import CreditExample
from yibao.model.facts import Vocabulary
from yibao.readers.documents.forms import Form, Problems, text_of
from yibao.readers.documents.yaml_nodes import Node
from yibao.readers.policy.examples_from_yaml import facts_changed

_MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")


def credit_examples_of(form: Form, vocabulary: Vocabulary) -> tuple[CreditExample, ...]:
    """The examples under `examples:`."""
    return tuple(
        example
        for inner in form.forms("examples", "an example")
        if (example := _example(inner, vocabulary)) is not None
    )


def _example(form: Form, vocabulary: Vocabulary) -> CreditExample | None:
    sentence, base = form.text("it", required=True), form.identifier("from", required=True)
    given, unknown = facts_changed(form, vocabulary)
    month = form.read("month", lambda node: _month(node, form.problems), required=True)
    applies = form.choice("applies", ("yes", "no"))
    credits_fen, missing = form.whole("credits_fen"), form.texts("missing")
    form.finish()
    said = [applies == "no", credits_fen is not None, bool(missing)]
    if said.count(True) != 1:
        message = "an example of a credit expects one thing: `credits_fen:`, `missing:`, or `applies: no`"
        form.problems.add("example-shows-nothing", message, form.place)
        return None
    if sentence is None or base is None or month is None:
        return None
    return CreditExample(
        sentence=sentence,
        base=base,
        given=given,
        unknown=unknown,
        month=month,
        applies=applies != "no",
        credits_fen=credits_fen,
        missing=missing,
        place=form.place,
    )


def _month(node: Node, problems: Problems) -> datetime.date | None:
    """The first day of a month such as 2024-03."""
    text = text_of(node, problems, "`month`")
    if text is not None and not _MONTH.fullmatch(text):
        problems.add("wrong-type", f"`month` is a month such as 2024-03, not `{text}`", node.place)
        return None
    return None if text is None else datetime.date.fromisoformat(f"{text}-01")

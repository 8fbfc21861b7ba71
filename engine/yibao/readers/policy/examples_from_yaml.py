"""Examples beside a rule: a named complete claim of the bundle, what differs from it, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.basics.problems import did_you_mean
from yibao.model.facts import FactDeclaration, Kind, Vocabulary
from yibao.model.policy import Example
from yibao.readers.documents.forms import Form, Problems, date_of, text_of, whole_of
from yibao.readers.documents.yaml_nodes import Node, Scalar, Sequence

OUTCOMES = ("covered", "partly_covered", "excluded", "not excluded", "undetermined")
AMOUNTS = ("full_self_pay_fen", "over_ceiling_fen", "first_self_pay_fen", "in_scope_fen")


def examples_of(form: Form, vocabulary: Vocabulary) -> tuple[Example, ...]:
    """The examples under `examples:`."""
    return tuple(
        example
        for inner in form.forms("examples", "an example")
        if (example := _example(inner, vocabulary)) is not None
    )


def _example(form: Form, vocabulary: Vocabulary) -> Example | None:
    sentence, base = form.text("it", required=True), form.identifier("from", required=True)
    given, unknown = facts_changed(form, vocabulary)
    fires = form.choice("fires", ("yes", "no", "unknown"))
    outcome = form.choice("outcome", OUTCOMES)
    missing = form.texts("missing") if form.has("missing") else None
    documents = form.texts("documents") if form.has("documents") else None
    reason = form.identifier("reason")
    amounts = _amounts(form)
    form.finish()
    if sentence is None or base is None:
        return None
    if fires is None and outcome is None and missing is None and documents is None and reason is None and not amounts:
        form.problems.add("example-shows-nothing", "an example expects something: `fires:` or `outcome:`", form.place)
    return Example(
        sentence=sentence,
        base=base,
        given=given,
        unknown=unknown,
        fires=fires,
        outcome=outcome,
        missing=missing,
        reason=reason,
        documents=documents,
        amounts=amounts,
        place=form.place,
    )


def facts_changed(form: Form, vocabulary: Vocabulary) -> tuple[Mapping[str, object], tuple[str, ...]]:
    """How the claim of an example differs from the one it begins with: facts under `given:` and under `unknown:`."""
    given = {
        key.text: _value(node, declaration, form.problems)
        for key, node in form.entries("given")
        if (declaration := _declared(key.text, key, vocabulary, form.problems)) is not None
    }
    unknown = form.texts("unknown")
    for path in unknown:
        if path not in vocabulary.facts:
            hint = did_you_mean(path, vocabulary.facts)
            form.problems.add("unknown-field", f"no fact is called `{path}`", form.place_of("unknown"), hint)
        if path in given:
            form.problems.add("example-at-odds", f"`{path}` is given and left out", form.place_of("unknown"))
    return given, unknown


def _amounts(form: Form) -> Mapping[str, int]:
    node = form.take("amounts")
    if node is None:
        return {}
    inner = Form(node, form.problems, "`amounts`")
    found = {name: whole_of(value, form.problems, name) for name in AMOUNTS if (value := inner.take(name)) is not None}
    inner.finish()
    return {name: amount for name, amount in found.items() if amount is not None}


def _declared(path: str, key: Scalar, vocabulary: Vocabulary, problems: Problems) -> FactDeclaration | None:
    declaration = vocabulary.facts.get(path)
    if declaration is None:
        hint = did_you_mean(path, vocabulary.facts)
        problems.add("unknown-field", f"no fact is called `{path}`", key.place, hint)
    return declaration


def _value(node: Node, declaration: FactDeclaration, problems: Problems) -> object:
    """The value as a claim document writes it; the claim reader checks it against the declaration."""
    if isinstance(node, Scalar) and node.text == "null" and not node.quoted:
        return None
    match declaration.type.kind:
        case Kind.BOOLEAN if isinstance(node, Scalar) and node.text in ("true", "false"):
            return node.text == "true"
        case Kind.INTEGER | Kind.FEN | Kind.BASIS_POINTS:
            return whole_of(node, problems, f"`{declaration.path}`")
        case Kind.DATE:
            day = date_of(node, problems, f"`{declaration.path}`")
            return None if day is None else day.isoformat()
        case Kind.CODES if isinstance(node, Sequence):
            return [text_of(item, problems, f"an entry of `{declaration.path}`") for item in node.items]
        case Kind.CODE | Kind.TEXT:
            return text_of(node, problems, f"`{declaration.path}`")
    problems.add("wrong-type", f"`{declaration.path}` is a {declaration.type.kind.value}", node.place)
    return None

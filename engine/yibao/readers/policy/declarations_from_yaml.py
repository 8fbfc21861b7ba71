"""The smaller declarations of a bundle: layers, questions, catalogues, definitions, the seed ledger."""

from __future__ import annotations

from yibao.language.parsing import Names
from yibao.model.expressions import Condition, FactTerm, Scope
from yibao.model.facts import Kind, Vocabulary
from yibao.model.policy import NATIONAL, Catalogue, CatalogueRow, Combine, Layer, LedgerRow, Question
from yibao.readers.documents.forms import Form, Problems, overlapping
from yibao.readers.documents.yaml_nodes import Node, Scalar
from yibao.readers.policy.answers_from_yaml import condition_of, finding_name_of
from yibao.readers.policy.cites_from_yaml import cites_of, rests_on_unconfirmed
from yibao.readers.vocabulary.tables_from_yaml import MOST_COLUMNS

MOST_ROWS_OF_A_CODE = 100
_QUESTION_KINDS = {"basis_points": Kind.BASIS_POINTS, "fen": Kind.FEN}


def layer_from_yaml(node: Node, problems: Problems) -> Layer | None:
    """`layer: "990100"`, what it extends, and its title; the national layer extends nothing."""
    form = Form(node, problems, "a layer")
    name, title = form.text("layer", required=True), form.title("title", required=True)
    extends, illustrative = form.text("extends"), form.flag("illustrative")
    form.finish()
    if name is None or title is None:
        return None
    if name != NATIONAL and not (len(name) == 6 and name.isascii() and name.isdigit()):
        message = f"`{name}` is neither `{NATIONAL}` nor a division code of six digits"
        problems.add("wrong-type", message, form.place_of("layer"))
        return None
    if (extends is None) != (name == NATIONAL):
        message = "the national layer extends nothing; every other layer says what it extends"
        problems.add("layer-extends", message, form.place)
        return None
    return Layer(name=name, title=title, extends=extends, illustrative=illustrative, place=form.place)


def question_from_yaml(node: Node, problems: Problems) -> Question | None:
    """`question: share` with its title, kind and combine mode."""
    form = Form(node, problems, "a question")
    name = form.read("question", lambda inner: finding_name_of(inner, problems), required=True)
    title = form.title("title", required=True)
    kind = form.choice("kind", tuple(_QUESTION_KINDS), required=True)
    combine = form.choice("combine", tuple(mode.value for mode in Combine), required=True)
    form.take("source", required=True)
    form.finish()
    if name is None or title is None or kind is None or combine is None:
        return None
    return Question(
        name=name, title=title, kind=_QUESTION_KINDS[kind], combine=Combine(combine), place=form.place_of("question")
    )


def catalogue_from_yaml(node: Node, layer: Layer, vocabulary: Vocabulary, problems: Problems) -> Catalogue | None:
    """A dated list of codes with columns."""
    form = Form(node, problems, "a catalogue")
    name, title = form.identifier("catalogue", required=True), form.title("title", required=True)
    cites = cites_of(form, ())
    by, excerpt = form.text("by", required=True), form.flag("excerpt")
    illustrative = form.flag("illustrative") or layer.illustrative or rests_on_unconfirmed(cites)
    columns = form.texts("columns", most=MOST_COLUMNS)
    rows: dict[str, list[CatalogueRow]] = {}
    for inner in form.forms("rows", "a row", required=True):
        row = _row(inner, columns, problems)
        if row is not None:
            rows.setdefault(row.code, []).append(row)
    for code, dated in rows.items():
        if len(dated) > MOST_ROWS_OF_A_CODE:
            message = f"`{code}` has more than {MOST_ROWS_OF_A_CODE} rows"
            problems.add("too-many", message, dated[MOST_ROWS_OF_A_CODE].place)
        for _earlier, later in overlapping(dated, lambda row: row.period):
            problems.add("overlapping-dates", f"the rows of `{code}` overlap in time", later.place)
    form.finish()
    declaration = vocabulary.facts.get(by or "")
    if declaration is None or declaration.type.kind is not Kind.DATE:
        problems.add("unknown-field", f"`{by}` is no date of a claim", form.place_of("by"))
        return None
    if name is None or title is None:
        return None
    return Catalogue(
        name=name,
        title=title,
        layer=layer.name,
        by=FactTerm(declaration.path, Kind.DATE),
        excerpt=excerpt,
        illustrative=illustrative,
        cites=cites,
        rows={code: tuple(dated) for code, dated in rows.items()},
        place=form.place_of("catalogue"),
    )


def definition_from_yaml(node: Node, names: Names, problems: Problems) -> tuple[str, Condition] | None:
    """A named condition that every rule may use."""
    form = Form(node, problems, "a definition")
    name = form.read("definition", lambda inner: finding_name_of(inner, problems), required=True)
    form.title("title", required=True)
    about = form.choice("about", ("claim", "line"), required=True)
    scope = Scope.LINE if about == "line" else Scope.CLAIM
    condition = form.read("when", lambda inner: condition_of(inner, names, scope, problems), required=True)
    form.finish()
    if name is None or condition is None:
        return None
    if name in names.vocabulary.facts:
        problems.add("name-taken", f"`{name}` is a fact already", form.place_of("definition"))
        return None
    return name, condition


def ledger_from_yaml(node: Node, problems: Problems) -> tuple[LedgerRow, ...]:
    """The rows of the seed ledger: what the source documents state, and what kind of thing carries it."""
    form = Form(node, problems, "the ledger")
    form.text("ledger", required=True)
    sources = {key.text: value.text for key, value in form.entries("sources") if isinstance(value, Scalar)}
    rows: list[LedgerRow] = []
    for inner in form.forms("rows", "a row of the ledger", required=True):
        row, statement = inner.text("row", required=True), inner.title("statement", required=True)
        carried_by = inner.text("carried_by", required=True)
        inner.finish()
        if row is not None and statement is not None and carried_by is not None:
            source = sources.get(row.partition(".")[0], "")
            rows.append(LedgerRow(row=row, statement=statement, carried_by=carried_by, source=source))
    form.finish()
    return tuple(rows)


def _row(form: Form, columns: tuple[str, ...], problems: Problems) -> CatalogueRow | None:
    code, period = form.text("code", required=True), form.period()
    cells = {name: _cell(form.take(name), problems) for name in columns if form.has(name)}
    form.finish()
    if code is None or period is None:
        return None
    return CatalogueRow(code=code, period=period, columns=cells, place=form.place)


def _cell(node: Node | None, problems: Problems) -> object:
    if not isinstance(node, Scalar):
        if node is not None:
            problems.add("wrong-shape", "a cell of a catalogue is one value", node.place)
        return None
    if node.quoted:
        return node.text
    if node.text in ("true", "false"):
        return node.text == "true"
    if node.text.isascii() and node.text.isdigit() and len(node.text) <= 14:
        return int(node.text)
    return None if node.text == "null" else node.text

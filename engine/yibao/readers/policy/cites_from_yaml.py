"""Citations: the source of a statement, where in it the statement stands, and how well the source is established."""

from __future__ import annotations

import re

from yibao.model.citations import Citation, Grade
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.yaml_nodes import Node

_ROW = re.compile(r"S\d\.\d{1,2}[a-z]?")
GRADES = tuple(grade.value for grade in Grade)


def cites_of(form: Form, carries: tuple[str, ...], required: bool = True) -> tuple[Citation, ...]:
    """The citations under `cites:`; one that names no ledger rows of its own carries those of its rule."""
    found = [_citation(node, form.problems, carries) for node in form.items("cites", required)]
    if required and form.has("cites") and not found:
        form.problems.add("missing-cite", f"{form.what} cites no source", form.place_of("cites"))
    return tuple(citation for citation in found if citation is not None)


def carries_of(form: Form) -> tuple[str, ...]:
    """The rows of the seed ledger under `carries:`."""
    rows = form.texts("carries")
    for row in rows:
        if not _ROW.fullmatch(row):
            message = f"`{row}` is no row of the ledger, such as S0.2"
            form.problems.add("unknown-ledger-row", message, form.place_of("carries"))
    return rows


def rests_on_unconfirmed(cites: tuple[Citation, ...]) -> bool:
    """Whether no citation is better than unreliable (D) or unconfirmed (G)."""
    return all(citation.grade in (Grade.UNRELIABLE, Grade.UNCONFIRMED) for citation in cites)


def check_grade(form: Form, cites: tuple[Citation, ...], illustrative: bool) -> None:
    """Note citations that can't carry law alone, where nothing says that this is an illustration."""
    if cites and rests_on_unconfirmed(cites) and not illustrative:
        message = "no citation is better than grade D or G, so this can't pass for law"
        hint = "cite a better source, or write `illustrative: true`"
        form.problems.add("unconfirmed-source", message, form.place_of("cites"), hint)


def _citation(node: Node, problems: Problems, inherited: tuple[str, ...]) -> Citation | None:
    form = Form(node, problems, "a citation")
    source = form.text("source", required=True)
    article, passage, address = form.text("article"), form.text("passage"), form.text("address")
    grade = form.choice("grade", GRADES, required=True)
    own = carries_of(form)
    form.finish()
    if source is None or grade is None:
        return None
    return Citation(
        source=source,
        grade=Grade(grade),
        article=article,
        passage=passage,
        address=address,
        carries=own or inherited,
    )

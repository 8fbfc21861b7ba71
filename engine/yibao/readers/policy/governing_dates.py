"""The date of a claim that chooses a version or entry: the path under `by:`."""

from __future__ import annotations

from yibao.model.expressions import FactTerm, Scope
from yibao.model.facts import Kind, Vocabulary
from yibao.readers.documents.forms import Form


def governing_date(form: Form, vocabulary: Vocabulary, about: Scope) -> FactTerm | None:
    """The date under `by:` of something about claims or about lines; None, after it is noted, for what is none."""
    path = form.text("by", required=True)
    if path is None:
        return None
    declaration = vocabulary.facts.get(path)
    if declaration is None or declaration.type.kind is not Kind.DATE:
        dates = [name for name, fact in vocabulary.facts.items() if fact.type.kind is Kind.DATE]
        message = f"`{path}` is no date of a claim"
        form.problems.add("unknown-field", message, form.place_of("by"), f"one of: {', '.join(sorted(dates))}")
        return None
    if declaration.about_line and about is Scope.CLAIM:
        form.problems.add("line-fact", f"`{path}` belongs to a line", form.place_of("by"))
        return None
    return FactTerm(path, Kind.DATE)

"""What fact declarations say about one another: parents, nullability, inheritance and lookups. Reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from yibao.basics.problems import Place, did_you_mean
from yibao.model.facts import FactDeclaration, Kind, Lookup
from yibao.readers.documents.forms import Problems

# What the reader of claims relies on: it names lines, nets refunds, and gives the claim its own name.
ENVELOPE = {
    "claim_id": Kind.TEXT,
    "line.line_id": Kind.TEXT,
    "line.amount_fen": Kind.FEN,
    "line.refund_of": Kind.TEXT,
}


def parents_of(path: str) -> Iterator[str]:
    """The objects that a fact lies in, the outermost first; lines and the claim itself are no objects."""
    words = path.split(".")
    for count in range(1, len(words)):
        parent = ".".join(words[:count])
        if parent != "line":
            yield parent


def with_effective_nullability(declared: Mapping[str, FactDeclaration]) -> dict[str, FactDeclaration]:
    """The declarations, each nullable if it or an object that it lies in may be null."""
    return {
        path: evolve(
            declaration,
            nullable=declaration.null_allowed
            or any(declared[parent].null_allowed for parent in parents_of(path) if parent in declared),
        )
        for path, declaration in declared.items()
    }


def check_references(declared: Mapping[str, FactDeclaration], anywhere: Place, problems: Problems) -> None:
    """Note every declaration that names something missing or unfit; `anywhere` places what is missing altogether."""
    for declaration in declared.values():
        _check_parents(declaration, declared, problems)
        if declaration.inherits is not None:
            _check_inherits(declaration, declaration.inherits, declared, problems)
        if declaration.lookup is not None:
            _check_lookup(declaration, declaration.lookup, declared, problems)
        for earlier in declaration.not_before:
            _check_order(declaration, earlier, declared, problems)
        for whole in declaration.not_above:
            _check_part(declaration, whole, declared, problems)
    for path, kind in ENVELOPE.items():
        found = declared.get(path)
        if found is None:
            problems.add("missing-declaration", f"no file declares `{path}`, which every claim document has", anywhere)
        elif found.type.kind is not kind:
            problems.add("wrong-type", f"`{path}` has the type `{kind.value}` in every claim document", found.place)


def _check_parents(declaration: FactDeclaration, declared: Mapping[str, FactDeclaration], problems: Problems) -> None:
    for parent in parents_of(declaration.path):
        found = declared.get(parent)
        if found is None or found.type.kind is not Kind.OBJECT:
            objects = [path for path, other in declared.items() if other.type.kind is Kind.OBJECT]
            message = f"`{declaration.path}` lies in `{parent}`, which no file declares as an object"
            problems.add("unknown-object", message, declaration.place, did_you_mean(parent, objects))
            return


def _named(
    declaration: FactDeclaration, says: str, named: str, declared: Mapping[str, FactDeclaration], problems: Problems
) -> FactDeclaration | None:
    """The fact that a declaration names; one that no file declares is noted."""
    found = declared.get(named)
    if found is None:
        hint = did_you_mean(named, declared)
        problems.add("unknown-fact", f"`{declaration.path}` {says} `{named}`", declaration.place, hint)
    return found


def _check_inherits(
    declaration: FactDeclaration, named: str, declared: Mapping[str, FactDeclaration], problems: Problems
) -> None:
    source = _named(declaration, "inherits", named, declared, problems)
    if source is None:
        return
    if not declaration.about_line or source.about_line:
        message = f"`{declaration.path}` can't inherit `{named}`: a fact of a line inherits a fact of the claim"
        problems.add("wrong-inheritance", message, declaration.place)
    elif declaration.type != source.type or declaration.nullable != source.nullable:
        message = f"`{declaration.path}` can't inherit `{named}`: they differ in type or in `nullable`"
        problems.add("wrong-inheritance", message, declaration.place)


def _check_order(
    declaration: FactDeclaration, named: str, declared: Mapping[str, FactDeclaration], problems: Problems
) -> None:
    earlier = _named(declaration, "is not before", named, declared, problems)
    if earlier is None:
        return
    if declaration.type.kind is not Kind.DATE or earlier.type.kind is not Kind.DATE or earlier is declaration:
        message = f"`{declaration.path}` can't be ordered after `{named}`: two different dates have an order"
        problems.add("wrong-order", message, declaration.place)


def _check_part(
    declaration: FactDeclaration, named: str, declared: Mapping[str, FactDeclaration], problems: Problems
) -> None:
    whole = _named(declaration, "is not above", named, declared, problems)
    if whole is None:
        return
    fen = declaration.type.kind is Kind.FEN and whole.type.kind is Kind.FEN
    if not fen or declaration.about_line or whole.about_line or whole is declaration:
        message = (
            f"`{declaration.path}` can't be a part of `{named}`: of two different amounts of the claim, one can be"
        )
        problems.add("wrong-order", message, declaration.place)


def _check_lookup(
    declaration: FactDeclaration, lookup: Lookup, declared: Mapping[str, FactDeclaration], problems: Problems
) -> None:
    if not declaration.about_line:
        message = f"`{declaration.path}` can't be looked up: catalogues speak for lines"
        problems.add("wrong-lookup", message, declaration.place)
    for role, named, kind in (("key", lookup.key, Kind.CODE), ("by", lookup.by, Kind.DATE)):
        found = declared.get(named)
        if found is None:
            message = f"the lookup of `{declaration.path}` has `{role}: {named}`, which is no fact"
            problems.add("unknown-fact", message, declaration.place, did_you_mean(named, declared))
        elif found.type.kind is not kind:
            message = f"the lookup of `{declaration.path}` needs a {kind.value} for `{role}`, not `{named}`"
            problems.add("wrong-lookup", message, declaration.place)

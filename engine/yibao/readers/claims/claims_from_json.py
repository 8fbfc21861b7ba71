"""A claim document to a claim: guarded, decoded strictly, refunds netted, facts by path; or all its problems.

Absent keys stay unknown and nothing is filled in, but one thing: a line without a cause of its own has that of the
encounter, where the declaration says so. Catalogues are consulted later (`lookups`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from yibao.basics.digest import digest_of_document
from yibao.basics.money import MAXIMUM_FEN
from yibao.basics.problems import Fault
from yibao.model.claim import Claim, Line
from yibao.model.facts import Value, Vocabulary
from yibao.readers.claims.claim_checks import ClaimChecks
from yibao.readers.claims.claim_classes import AMOUNT, LINE_ID, LINES, REFUND_OF, ObjectClass, classes_of
from yibao.readers.claims.quick_claims import quick_claims_of
from yibao.readers.claims.refunds import netted
from yibao.readers.documents.pointed_problems import PointedProblems
from yibao.readers.documents.strict_json import Json, plain_json, read_json

CLAIM_ID = "claim_id"


def claim_from_json(content: bytes, vocabulary: Vocabulary, path: str) -> Claim:
    """The claim that the JSON document writes. Raises ProblemsFound with every problem; `path` names the document."""
    quick = quick_claims_of(vocabulary).read(content)
    if quick is not None:
        return quick
    return claim_from_json_at_length(content, vocabulary, path)


def claim_from_json_at_length(content: bytes, vocabulary: Vocabulary, path: str) -> Claim:
    """The same, value by value: what `claim_from_json` does with a document that is in any way unusual."""
    problems = PointedProblems(path)
    return _claim(_checked(read_json(content, problems), vocabulary, problems, partial=False), vocabulary, path)


def claim_from_document(
    document: Mapping[str, object], vocabulary: Vocabulary, path: str, partial: bool = False
) -> Claim:
    """The claim of a document that is in memory: plain JSON values, dates as text. Raises ProblemsFound.

    A `partial` one, such as the facts of a case on its way, may have no lines yet.
    """
    problems = PointedProblems(path)
    return _claim(_checked(plain_json(document, problems), vocabulary, problems, partial), vocabulary, path)


def document_from_json(
    content: bytes | Mapping[str, object], vocabulary: Vocabulary, path: str, partial: bool
) -> dict[str, object]:
    """The document itself (bytes, or already in memory), checked value by value. A `partial` one may lack `lines`; its
    lines still have ids.

    Refunds are not looked at here: what they name may come with another part. Raises ProblemsFound.
    """
    problems = PointedProblems(path)
    written = read_json(content, problems) if isinstance(content, bytes) else plain_json(content, problems)
    return {**_checked(written, vocabulary, problems, partial)}


def _checked(document: Json, vocabulary: Vocabulary, problems: PointedProblems, partial: bool) -> dict[str, Json]:
    ClaimChecks(classes_of(vocabulary), vocabulary, problems, partial).check(document)
    problems.raise_if_any()
    if not isinstance(document, dict):
        raise Fault("a claim document passed its checks and is no object")
    return document


def _claim(document: dict[str, Json], vocabulary: Vocabulary, path: str) -> Claim:
    classes = classes_of(vocabulary)
    try:
        decoded = msgspec.convert(document, classes.claim.made, strict=True)
    except msgspec.ValidationError as error:
        raise Fault(f"the checks passed what the decoder refuses: {error}") from error
    facts = dict(_facts(decoded, classes.claim))
    problems = PointedProblems(path)
    inherited = {path: facts[above] for path, above in classes.inherits.items() if above in facts}
    billed = [_line(line, at, classes.line, inherited) for at, line in enumerate(_lines(decoded))]
    classes.order.note(facts, billed, problems)
    lines = netted(billed, problems)
    _check_total(lines, problems)
    problems.raise_if_any()
    claim_id = facts.get(CLAIM_ID)
    return Claim(
        claim_id=claim_id if isinstance(claim_id, str) else None,
        facts=facts,
        lines=lines,
        digest=digest_of_document(_in_one_order(document)),
    )


def _check_total(lines: Sequence[Line], problems: PointedProblems) -> None:
    """A claim comes to no more than an amount may be, so that all that is worked out of it is one too."""
    total = sum(amount for line in lines if isinstance(amount := line.facts.get(AMOUNT), int))
    if total > MAXIMUM_FEN:
        message = f"the lines come to {total} fen together; a claim comes to {MAXIMUM_FEN} at most"
        problems.add("out-of-range", message, f"/{LINES}")


def _lines(decoded: object) -> list[object]:
    lines = getattr(decoded, LINES)
    return [] if lines is msgspec.UNSET else list(lines)


def _line(decoded: object, position: int, expected: ObjectClass, inherited: Mapping[str, Value]) -> Line:
    facts = dict(_facts(decoded, expected))
    if not isinstance(facts.get(REFUND_OF), str):
        # What a refund leaves unsaid is as its line says, not as the claim says for every line.
        facts = {**inherited, **facts}
    return Line(line_id=str(facts[LINE_ID]), facts=facts, refunds=(), position=position)


def _facts(decoded: object, expected: ObjectClass) -> Iterator[tuple[str, Value]]:
    """The given facts of a decoded object by path. Under an object that is none, everything is none."""
    for name, field in expected.fields.items():
        value = getattr(decoded, name)
        if value is msgspec.UNSET:
            continue
        if value is None:
            yield from ((path, None) for path in field.paths())
        elif field.inner is not None:
            yield field.declaration.path, True
            yield from _facts(value, field.inner)
        else:
            yield field.declaration.path, frozenset(value) if isinstance(value, list) else value


def _in_one_order(value: Json) -> Json:
    """The document with its lines by id and its sets of codes sorted: one content, one digest."""
    if isinstance(value, dict):
        return {key: _in_one_order(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted((_in_one_order(member) for member in value), key=_name_of)
    return value


def _name_of(member: Json) -> str:
    return str(member["line_id"]) if isinstance(member, dict) else str(member)

"""Claim documents in one pass: what a sound document needs, and no word about one that is not.

msgspec decodes the bytes straight into classes that know every key and value, and writes them back with keys sorted:
that is what the digest is taken of, and comparing the two shows whether something was written twice. A document with
anything unusual (an escape, a refund, a mistake) is left to the long way (`claims_from_json`), which gives the same
claim or says what is wrong.
"""

from __future__ import annotations

import datetime
import re
import weakref
from collections.abc import Mapping
from typing import cast

import msgspec
from attrs import frozen
from msgspec.structs import astuple

from yibao.basics.digest import digest_of
from yibao.basics.money import MAXIMUM_FEN
from yibao.basics.periods import FIRST_DAY, LAST_DAY
from yibao.model.claim import Claim, Line
from yibao.model.facts import Kind, Value, Vocabulary
from yibao.readers.claims.claim_classes import (
    AMOUNT,
    LINE_ID,
    LINES,
    MOST_LINES,
    REFUND_OF,
    Expected,
    Field,
    ObjectClass,
    classes_of,
    many,
    or_absent,
    or_none,
)

# Within so many bytes no bound of the long way on containers, texts, characters or commas can be passed.
_MOST_BYTES = 400_000
# Control characters beyond ASCII, in UTF-8.
_UNSEEN = re.compile(rb"\xc2[\x80-\x9f]")
_CLAIM_ID = "claim_id"
_ABSENT = msgspec.UNSET
_NOTHING: Mapping[str, str] = {}


@frozen(eq=False)
class _Object:
    """One object: the class that it is decoded into, the paths of its keys in order, and those to look at again."""

    made: type[msgspec.Struct]
    paths: tuple[str, ...]
    dates: tuple[str, ...]
    sets: tuple[str, ...]
    inner: tuple[tuple[str, Field, _Object], ...]
    looked_at_again: bool


class _Unusual(Exception):
    """The document takes the long way."""


class QuickClaims:
    """Reads the claims of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        classes = classes_of(vocabulary)
        self._line = _object("Line", classes.line)
        lines = (LINES, or_absent(many(self._line.made, MOST_LINES)), msgspec.UNSET)
        self._claim = _object("Claim", classes.claim, lines)
        self._decode = msgspec.json.Decoder(self._claim.made).decode
        self._encode = msgspec.json.Encoder(order="sorted").encode
        self._order, self._inherits = classes.order, [*classes.inherits.items()]

    def read(self, content: bytes) -> Claim | None:
        """The claim in the document, or None where it takes the long way."""
        if len(content) > _MOST_BYTES or b"\\" in content or b"\x7f" in content:
            return None
        if not content.isascii() and _UNSEEN.search(content):
            return None
        try:
            return self._read(content)
        except (msgspec.MsgspecError, _Unusual, UnicodeDecodeError):
            return None

    def _read(self, content: bytes) -> Claim:
        decoded = self._decode(content)
        facts = _facts(self._claim, decoded)
        written: list[msgspec.Struct] = getattr(decoded, LINES) or []
        lines = self._of_lines(written, {path: facts[above] for path, above in self._inherits if above in facts})
        by_id = {line.line_id: one for line, one in zip(lines, written, strict=True)}
        setattr(decoded, LINES, [by_id[line_id] for line_id in sorted(by_id)])
        canonical = self._encode(decoded)
        # Fewer keys than in the document: one stands there twice. Texts are the same in both, with their colons.
        if not lines or len(by_id) < len(lines) or canonical.count(b":") != content.count(b":"):
            raise _Unusual
        if self._order.broken(facts, lines):
            raise _Unusual
        claim_id = facts.get(_CLAIM_ID)
        return Claim(
            claim_id=claim_id if isinstance(claim_id, str) else None,
            facts=facts,
            lines=tuple(lines),
            digest=digest_of(canonical),
        )

    def _of_lines(self, written: list[msgspec.Struct], inherited: Mapping[str, Value]) -> list[Line]:
        """The lines as they stand in the document. All in one place: a call more for each takes a tenth of reading."""
        paths, again, lines, total = self._line.paths, self._line.looked_at_again, list[Line](), 0
        for at, decoded in enumerate(written):
            given = zip(paths, astuple(decoded), strict=True)
            facts: dict[str, Value] = {path: value for path, value in given if value is not _ABSENT}
            if again:
                facts = _looked_at_again(self._line, facts)
            line_id, amount = facts[LINE_ID], facts.get(AMOUNT)
            if REFUND_OF in facts and facts[REFUND_OF] is not None:
                raise _Unusual
            if isinstance(amount, int):
                total += amount
                if amount < 0 or total > MAXIMUM_FEN:
                    raise _Unusual
            if not isinstance(line_id, str):
                raise _Unusual
            if inherited:
                facts = {**inherited, **facts}
            lines.append(Line(line_id=line_id, facts=facts, refunds=(), position=at, looked_up=_NOTHING))
        return lines


def quick_claims_of(vocabulary: Vocabulary) -> QuickClaims:
    """The reader of a vocabulary, made once and kept while the vocabulary lives."""
    kept = _MADE.get(id(vocabulary))
    if kept is None:
        kept = _MADE[id(vocabulary)] = QuickClaims(vocabulary)
        weakref.finalize(vocabulary, _MADE.pop, id(vocabulary), None)
    return kept


# By identity: a vocabulary holds mappings and has no hash. An entry goes when its vocabulary does.
_MADE: dict[int, QuickClaims] = {}


def _facts(expected: _Object, decoded: msgspec.Struct) -> dict[str, Value]:
    """The given facts of an object by path. Raises _Unusual."""
    given = zip(expected.paths, astuple(decoded), strict=False)
    facts: dict[str, Value] = {path: value for path, value in given if value is not _ABSENT}
    return _looked_at_again(expected, facts) if expected.looked_at_again else facts


def _looked_at_again(expected: _Object, facts: dict[str, Value]) -> dict[str, Value]:
    """The facts with sets as sets and objects opened. Raises _Unusual for a day out of range, a code twice in a set."""
    for path in expected.dates:
        day = facts.get(path)
        if day is not None and not FIRST_DAY <= cast(datetime.date, day) <= LAST_DAY:
            raise _Unusual
    for path in expected.sets:
        codes = cast("list[str] | None", facts.get(path))
        if codes is not None:
            facts[path] = frozenset(codes)
            if len(set(codes)) != len(codes):
                raise _Unusual
            # What is written back for the digest is this list.
            codes.sort()
    for path, field, inner in expected.inner:
        value = facts.get(path)
        if value is not None:
            facts[path] = True
            facts.update(_facts(inner, cast(msgspec.Struct, value)))
        elif path in facts:
            facts.update(dict.fromkeys(field.paths()))
    return facts


def _object(name: str, expected: ObjectClass, *more: tuple[str, Expected, object]) -> _Object:
    inner, attributes = [], []
    for key, field in expected.fields.items():
        kind = field.expected
        if field.inner is not None:
            made = _object(f"{name}_{key}", field.inner)
            inner.append((field.declaration.path, field, made))
            kind = or_none(made.made) if field.declaration.null_allowed else made.made
        required = field.declaration.path == LINE_ID
        attributes.append((key, kind) if required else (key, or_absent(kind), msgspec.UNSET))
    declared = [field.declaration for field in expected.fields.values()]
    dates = tuple(fact.path for fact in declared if fact.type.kind is Kind.DATE)
    sets = tuple(fact.path for fact in declared if fact.type.kind is Kind.CODES)
    return _Object(
        msgspec.defstruct(name, [*attributes, *more], kw_only=True, forbid_unknown_fields=True),
        tuple(fact.path for fact in declared),
        dates,
        sets,
        tuple(inner),
        bool(dates or sets or inner),
    )

"""Every bound of what is read of a claim: at the bound another mistake is told, beyond it that the bound is passed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tests.hostile.claim_texts import Hostile
from yibao.readers.claims.claim_classes import MOST_CODES, MOST_LINES
from yibao.readers.documents.pointed_problems import MOST_PROBLEMS
from yibao.readers.documents.strict_json import (
    DEEPEST,
    LARGEST_BYTES,
    LONGEST_WHOLE,
    MOST_CHARACTERS,
    MOST_COMMAS,
    MOST_CONTAINERS,
    MOST_TEXTS,
)

_SLOW = 20.0
_ONE = '"lines": [{"line_id": "1"}]'


def bounds() -> Iterator[Hostile]:
    """Pairs of claims: the first reaches a bound, the second passes it by one."""
    unknown, large = ("unknown-field", "/x"), ("json-too-large", "")
    for name, most, make, within, beyond in (
        ("bytes", LARGEST_BYTES, _of_bytes, unknown, large),
        ("levels", DEEPEST, lambda n: _beside("[" * (n - 1) + "]" * (n - 1)), unknown, ("json-too-deep", "")),
        ("objects", MOST_CONTAINERS, lambda n: _beside(_listed("{}", n - 4)), unknown, large),
        ("texts", MOST_TEXTS, lambda n: _beside(_listed('""', n - 4)), unknown, large),
        ("commas", MOST_COMMAS, lambda n: _beside(_listed("1", n)), unknown, large),
        ("characters of text", MOST_CHARACTERS, _of_characters, unknown, ("json-too-large", "/lines/0/line_id")),
        ("lines", MOST_LINES, _of_lines, ("too-many-problems", ""), ("too-many-lines", "/lines")),
        (
            "codes in a set",
            MOST_CODES,
            _of_codes,
            ("duplicate-code", f"/encounter/diagnoses/{MOST_CODES - 1}"),
            ("too-many", "/encounter/diagnoses"),
        ),
    ):
        yield from _pair(name, most, make, within, beyond)
    yield from _worst()
    yield from _digits()
    yield from _problems()


def _worst() -> Iterator[Hostile]:
    """What takes the most memory for its bytes, just within the bounds."""
    pairs = [f'"{at}":1' for at in range(MOST_TEXTS - 2)]
    objects = [json.dumps({f"{key}{at}": 1 for key in "abcde"}) for at in range(MOST_TEXTS // 5 - 5)]
    fractions = [f"{at}.5" for at in range(MOST_COMMAS - 1)]
    for name, text, problem in (
        ("as many keys as there may be", f"{{{','.join(pairs)}}}", ("too-many-problems", "")),
        ("as many objects with keys of their own", _beside(f"[{','.join(objects)}]"), ("unknown-field", "/x")),
        ("as many fractions as there may be", _beside(f"[{','.join(fractions)}]"), ("unknown-field", "/x")),
    ):
        yield Hostile(name, text.encode(), (problem,), and_more=True, seconds=_SLOW)
    line = dict.fromkeys(("item_code", "name"), "x") | {
        "refund_of": None,
        "ceiling_fen": None,
        "amount_fen": 10**13 // MOST_LINES,
    }
    words = {"category": "drug", "catalogue_class": "A", "purpose": "therapeutic", "cause": "disease"}
    rest = {"charged_on": "2024-02-29", "first_payment_bp": 0, "restriction_met": None, "for_rescue": False}
    lines = [{"line_id": str(at), **line, **words, **rest} for at in range(MOST_LINES)]
    yield Hostile(
        "as many lines as there may be, each complete", json.dumps({"lines": lines}).encode(), (), seconds=_SLOW
    )


def _pair(
    name: str, most: int, make: Callable[[int], str], within: tuple[str, str], beyond: tuple[str, str]
) -> Iterator[Hostile]:
    yield Hostile(f"{most} {name}", make(most).encode(), (within,), and_more=True, seconds=_SLOW)
    yield Hostile(f"{most + 1} {name}", make(most + 1).encode(), (beyond,), and_more=True, seconds=_SLOW)


def _beside(value: str) -> str:
    return f'{{"x": {value}, {_ONE}}}'


def _listed(value: str, count: int) -> str:
    return "[" + ",".join([value] * count) + "]"


def _of_bytes(count: int) -> str:
    start, end = f'{{"x": 1, {_ONE}', "}"
    return start + " " * (count - len(start) - len(end)) + end


def _of_characters(count: int) -> str:
    # Keys are no text; the name of the line is one character, and the last.
    first = count // 2
    return json.dumps({"x": ["a" * first, "a" * (count - first - 1)], "lines": [{"line_id": "1"}]})


def _of_lines(count: int) -> str:
    return json.dumps({"lines": [{"line_id": str(at), "x": 1} for at in range(count)]})


def _of_codes(count: int) -> str:
    codes = [f"X{at}" for at in range(count - 1)]
    return json.dumps({"encounter": {"diagnoses": [*codes, "X0"]}, "lines": [{"line_id": "1"}]})


def _digits() -> Iterator[Hostile]:
    """A whole number of many digits is out of range, however it is kept."""
    for count in (LONGEST_WHOLE, LONGEST_WHOLE + 1, 4_300, 4_301):
        text = f'{{"lines": [{{"line_id": "1", "amount_fen": {"9" * count}}}]}}'
        yield Hostile(f"an amount of {count} digits", text.encode(), (("out-of-range", "/lines/0/amount_fen"),))


def _problems() -> Iterator[Hostile]:
    """As many problems as are listed, and one more."""
    for count in (MOST_PROBLEMS - 1, MOST_PROBLEMS, MOST_PROBLEMS + 1):
        document = {**{f"k{at:03}": 1 for at in range(count)}, "lines": [{"line_id": "1"}]}
        listed = tuple(("unknown-field", f"/k{at:03}") for at in range(min(count, MOST_PROBLEMS)))
        full = (("too-many-problems", ""),) if count >= MOST_PROBLEMS else ()
        yield Hostile(f"{count} problems", json.dumps(document).encode(), (*full, *listed))

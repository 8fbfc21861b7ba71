"""The value of every declared fact in kinds that it is not of, one claim for each.

The values stand in `claims/wrong-values.json`, by the kind of fact that can't have them, with the code of the refusal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tests.hostile.claim_texts import FOLDER, Hostile
from yibao.model.facts import FactDeclaration, Kind, Vocabulary


def wrong_values(vocabulary: Vocabulary) -> Iterator[Hostile]:
    """A claim for each fact and each value that it can't have."""
    values = _values()
    for path, declaration in sorted(vocabulary.facts.items()):
        kind = declaration.type.kind
        for value, code in values[kind.value]:
            yield _claim(declaration, value, code)
        if kind is Kind.CODE:
            yield _claim(declaration, "no such code", "unknown-code" if declaration.type.table else "bad-code")
        if not declaration.null_allowed and path != "line.line_id":
            yield _claim(declaration, None, "null-not-allowed")


def _values() -> Mapping[str, list[tuple[object, str]]]:
    rows = json.loads((FOLDER / "wrong-values.json").read_text(encoding="utf-8"))
    return {row["kind"]: [(value, str(code)) for value, code in row["values"]] for row in rows}


def _claim(declaration: FactDeclaration, value: object, code: str) -> Hostile:
    *objects, key = declaration.path.split(".")
    of_line = objects[:1] == ["line"]
    part: object = {key: value}
    for name in reversed(objects[1:] if of_line else objects):
        part = {name: part}
    assert isinstance(part, dict)
    if of_line:
        document = {"lines": [{"line_id": "1", **part}]}
        pointer = f"/lines/0/{key}"
    else:
        document = {**part, "lines": [{"line_id": "1"}]}
        pointer = "/" + declaration.path.replace(".", "/")
    written = json.dumps(value)
    return Hostile(f"{declaration.path} = {written}", json.dumps(document).encode(), ((code, pointer),))

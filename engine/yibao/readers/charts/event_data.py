"""The data of an event: a partial claim document, and under `change` what an operation on a case is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao.basics.problems import Place, Problem, ProblemsFound, did_you_mean, problem_of
from yibao.model.case import Document
from yibao.model.events import Change
from yibao.model.facts import Vocabulary
from yibao.readers.claims.claims_from_json import document_from_json
from yibao.readers.documents.pointed_problems import PointedProblems
from yibao.readers.documents.strict_json import read_json

CHANGE = "change"
LONGEST_REASON = 1_000
LONGEST_NAME = 200
_FIELDS = {"event": LONGEST_NAME, "key": LONGEST_NAME, "reason": LONGEST_REASON}


def event_data_from(content: bytes | Document, vocabulary: Vocabulary, path: str) -> tuple[Document, Change | None]:
    """The facts and the change in the data of an event. `path` names the document in problems.

    Raises ProblemsFound with every problem of the one, or else of the other.
    """
    problems = PointedProblems(path)
    written = read_json(content, problems) if isinstance(content, bytes) else content
    if not isinstance(written, Mapping) or CHANGE not in written:
        # What is wrong with the text itself is told there too, beside what is wrong with the facts.
        return document_from_json(content, vocabulary, path, partial=True), None
    problems.raise_if_any()
    facts = {key: value for key, value in written.items() if key != CHANGE}
    return document_from_json(facts, vocabulary, path, partial=True), _change_from(written[CHANGE], path)


def change_schema() -> dict[str, Any]:
    """The JSON Schema of what stands under `change`."""
    fields = {name: {"type": "string", "minLength": 1, "maxLength": longest} for name, longest in _FIELDS.items()}
    return {"type": "object", "properties": fields, "required": ["reason"], "additionalProperties": False}


def _change_from(value: object, path: str) -> Change:
    if not isinstance(value, Mapping):
        raise ProblemsFound([_problem("wrong-type", "`change` is an object", path, "")])
    found = [_problem_of_field(key, value[key], path) for key in sorted(value, key=str)]
    if "reason" not in value:
        found.append(_problem("missing-field", "a change gives its `reason`", path, ""))
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise ProblemsFound(problems)
    return Change(event=value.get("event"), key=value.get("key"), reason=value["reason"])


def _problem_of_field(key: object, value: object, path: str) -> Problem | None:
    if not isinstance(key, str) or key not in _FIELDS:
        hint = did_you_mean(str(key), _FIELDS)
        return problem_of(
            "unknown-field", f"a change has no `{key}`", Place(path=path, pointer=f"/{CHANGE}/{key}"), hint
        )
    if not isinstance(value, str) or not value.strip() or len(value) > _FIELDS[key]:
        return _problem("wrong-type", f"`{key}` is a text of 1 to {_FIELDS[key]} characters", path, f"/{key}")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        return _problem("bad-text", f"`{key}` holds half of a character", path, f"/{key}")
    return None


def _problem(code: str, message: str, path: str, pointer: str) -> Problem:
    return problem_of(code, message, Place(path=path, pointer=f"/{CHANGE}{pointer}"))

"""What the application answers: documents with their version, and problem documents (RFC 9457) for what is not done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from yibao import Answer, ProblemsFound

# Most refusals say that the case stands against the step. These say something of the request.
STATUS_OF_REFUSALS = {"unknown_case": 404, "version_conflict": 412, "key_reused": 422, "unknown_event": 422}
CONFLICT, UNPROCESSABLE, UNAVAILABLE = 409, 422, 503


def done(document: Mapping[str, Any], status: int = 200) -> JSONResponse:
    """A document about a case; its version is the entity tag."""
    return JSONResponse(dict(document), status, {"ETag": f'"{document["version"]}"'})


def answered(answer: Answer, status: int) -> JSONResponse:
    """What a command was answered with: what was done, or the refusal, whole, as a problem document."""
    if not answer.refused:
        return done(answer.document, status)
    reason = answer.document["refused"]
    status = STATUS_OF_REFUSALS.get(reason, CONFLICT)
    return problem(status, f"urn:yibao:refusal:{reason}", "the step was refused", answer.document)


async def input_refused(request: Request, error: Exception) -> JSONResponse:
    """What is wrong with the input, each problem with a JSON pointer; or the journal can't take anything just now."""
    assert isinstance(error, ProblemsFound)
    found = [each.document() for each in error.problems]
    if any(each.code.startswith("journal-") for each in error.problems):
        return problem(UNAVAILABLE, "urn:yibao:journal", "the journal can't be used now", {"problems": found})
    return problem(UNPROCESSABLE, "urn:yibao:problems", "the request can't be used", {"problems": found})


async def request_refused(request: Request, error: Exception) -> JSONResponse:
    """What the application itself does not take, such as a header that says nothing."""
    assert isinstance(error, HTTPException)
    return problem(error.status_code, "about:blank", error.detail, {})


async def request_unusable(request: Request, error: Exception) -> JSONResponse:
    """What FastAPI finds missing or wrong in the headers and the query."""
    assert isinstance(error, RequestValidationError)
    found = [{"where": list(each["loc"]), "message": each["msg"]} for each in error.errors()]
    return problem(UNPROCESSABLE, "urn:yibao:request", "the request can't be used", {"problems": found})


def not_found(case_id: str) -> JSONResponse:
    return problem(404, "urn:yibao:refusal:unknown_case", "there is no such case", {"case": case_id})


def problem(status: int, kind: str, title: str, particulars: Mapping[str, Any]) -> JSONResponse:
    content = {"type": kind, "title": title, "status": status, **particulars}
    return JSONResponse(content, status, media_type="application/problem+json")

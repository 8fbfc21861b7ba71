"""Cases over HTTP: open one, send it events, ask what is possible, look at it, decide a claim, let time pass.

The body of a request is handed to yibao as bytes: its reader takes no float, no duplicate key, no unknown field, and
says where each stands. Endpoints are plain functions, so FastAPI runs each in a thread; one Casebook serves them all.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from tests.embedding.app.answers import answered, done, input_refused, not_found, request_refused, request_unusable
from tests.embedding.app.page import page_of
from yibao import Casebook, InForce, ProblemsFound, in_force

MOST_BYTES = 8_000_000
_VERSION = re.compile(r'"([0-9]{1,9})"')
_CHINA = datetime.timezone(datetime.timedelta(hours=8))
routes = APIRouter()


def application(journal: str = "cases.sqlite", law: InForce | None = None) -> FastAPI:
    """The application on one journal. Each process that serves it has a Casebook of its own."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.law = in_force() if law is None else law
        with Casebook.at(journal, app.state.law) as book:
            app.state.book = book
            yield

    app = FastAPI(title="Cases", lifespan=lifespan)
    app.add_exception_handler(ProblemsFound, input_refused)
    app.add_exception_handler(AnyHTTPException, request_refused)
    app.add_exception_handler(RequestValidationError, request_unusable)
    app.include_router(routes)
    return app


async def the_book(request: Request) -> Casebook:
    book: Casebook = request.app.state.book
    return book


async def now() -> str:
    """When a command is recorded. yibao reads no clock; this program does."""
    return datetime.datetime.now(_CHINA).isoformat(timespec="seconds")


async def user(x_user: Annotated[str, Header()]) -> str:
    """Who sends the request. A stand-in for the program's own sign-in: put there what proves it, never a header."""
    return x_user


async def version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """The version that the client last saw: the entity tag of an answer. `*` and an absent header expect none."""
    if if_match is None or if_match == "*":
        return None
    found = _VERSION.fullmatch(if_match)
    if found is None:
        raise HTTPException(422, 'If-Match is the entity tag of an answer, such as "3"')
    return int(found[1])


async def body(request: Request) -> bytes | None:
    """The body as it came, within bounds; None where there is none."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            raise HTTPException(413, "the body is too large")
    return bytes(content) or None


Book = Annotated[Casebook, Depends(the_book)]
Now = Annotated[str, Depends(now)]
User = Annotated[str, Depends(user)]
Version = Annotated[int | None, Depends(version)]
Body = Annotated[bytes | None, Depends(body)]
Key = Annotated[str | None, Header(alias="Idempotency-Key")]


@routes.post("/cases/{case_id}")
def open_case(case_id: str, chart: str, book: Book, data: Body, at: Now, actor: User, key: Key = None) -> Response:
    """Open a case of a chart; the body is what is known already."""
    return answered(book.open(chart, case_id, data, at=at, actor=actor, key=key), 201)


@routes.post("/cases/{case_id}/events/{event}")
def send_event(
    case_id: str, event: str, book: Book, data: Body, at: Now, actor: User, expect: Version, key: Key = None
) -> Response:
    """Send an event with its data: a step of the chart, or an operation such as `correct`."""
    return answered(book.do(case_id, event, data, at=at, actor=actor, key=key, expect_version=expect), 200)


@routes.get("/cases/{case_id}/next")
def possible_now(case_id: str, book: Book, at: Now, actor: User) -> Response:
    """What the case can do now, what each step still needs, and until when it can be taken."""
    following = book.next(case_id, at=at)
    return not_found(case_id) if following is None else done(following.document())


@routes.get("/cases/{case_id}")
def show_case(case_id: str, book: Book, actor: User) -> Response:
    """The case as its events make it, with its claim and its decision."""
    case = book.show(case_id)
    return not_found(case_id) if case is None else done(case.document())


@routes.post("/decisions")
def decide_claim(book: Book, claim: Body, actor: User) -> Response:
    """The decision of a complete claim. One that is not covered is an answer like any other."""
    return JSONResponse(dict(book.decide(claim or b"")))


@routes.post("/time")
def let_time_pass(book: Book, at: Now, actor: User) -> Response:
    """Note every deadline that has passed; for a scheduler to call once a day."""
    return JSONResponse({"at": at, "passed": [dict(noted) for noted in book.tick(at=at, actor=actor)]})


@routes.get("/")
def overview(request: Request, book: Book, at: Now, lang: Literal["zh", "en"] = "zh") -> Response:
    """All cases with what each can do now, in Chinese or English."""
    return HTMLResponse(page_of(book, request.app.state.law, at, lang))

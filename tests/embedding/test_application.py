"""The case-management application, asked as its clients ask it."""

from __future__ import annotations

import ast
import socket
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.embedding import app
from tests.embedding.app.main import application, now
from tests.embedding.stays import AT, INPATIENT, OPENING, stay
from tests.support.bundled import document, policy
from yibao import Casebook, InForce, decide
from yibao.journal import sqlite as door

CLIENTS = 8
DR_WU = {"X-User": "Dr Wu"}
PROBLEM = "application/problem+json"


def at_a_fixed_time(journal: str, law: InForce) -> FastAPI:
    """The application, for which it is always the same time."""

    async def fixed() -> str:
        return AT

    made = application(journal, law)
    made.dependency_overrides[now] = fixed
    return made


@pytest.fixture
def client(tmp_path: Path, law: InForce) -> Iterator[TestClient]:
    with TestClient(at_a_fixed_time(str(tmp_path / "cases.sqlite"), law), headers=DR_WU) as found:
        yield found


def opened(client: httpx2.Client, case_id: str = "C1") -> httpx2.Response:
    return client.post(f"/cases/{case_id}", params={"chart": INPATIENT}, json=OPENING)


def sent(client: httpx2.Client, event: str, case_id: str = "C1", **headers: str) -> httpx2.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/cases/{case_id}/events/{event}", json=stay(case_id)[event], headers=given)


def told(response: httpx2.Response, status: int) -> dict[str, Any]:
    """The problem document of an answer that has this status."""
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    return found


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program writes to the journal all the while."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def test_the_application_needs_nothing_that_the_front_door_does_not_have() -> None:
    modules: set[str | None] = set()
    for path in Path(app.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules |= {node.module} if isinstance(node, ast.ImportFrom) else {each.name for each in node.names}
    assert {module for module in modules if module is not None and module.startswith("yibao")} == {"yibao"}


def test_a_stay_is_followed_from_the_referral_to_the_decision(client: TestClient) -> None:
    answer = opened(client)
    assert (answer.status_code, answer.headers["etag"], answer.json()["state"]) == (201, '"1"', "opened")
    for event in stay():
        answer = sent(client, event)
        assert answer.status_code == 200
    assert answer.json()["decision"]["outcome"] == "covered"
    shown = client.get("/cases/C1")
    assert (shown.headers["etag"], shown.json()["state"]) == ('"7"', "settled")
    assert {step["actor"] for step in shown.json()["steps"]} == {"Dr Wu"}
    assert client.get("/cases/C1/next").json()["possible_now"] == []


def test_what_is_possible_now_is_told(client: TestClient) -> None:
    opened(client)
    following = client.get("/cases/C1/next").json()
    assert [(step["event"], step["needs"]) for step in following["possible_now"]] == [
        ("issue_referral", ["referral_certificate", "issuer_is_local", "issuer_is_county_level_or_above"])
    ]


def test_a_refused_step_is_a_conflict_that_says_what_is_missing(client: TestClient) -> None:
    opened(client)
    refused = told(sent(client, "settle"), 409)
    assert (refused["type"], refused["refused"]) == ("urn:yibao:refusal:skipped_step", "skipped_step")
    assert refused["missing_steps"] == ["referral", "seal", "registration", "treatment", "invoice"]
    assert [step["event"] for step in refused["possible_now"]] == ["issue_referral"]
    assert told(opened(client), 409)["refused"] == "case_exists"


def test_what_is_wrong_in_a_body_is_told_with_a_pointer(client: TestClient) -> None:
    opened(client)
    wrong = {"filing": {"filed_on": "March"}, "insurd": {}}
    found = told(client.post("/cases/C1/events/register", json=wrong), 422)["problems"]
    assert [(each["code"], each["pointer"]) for each in found] == [
        ("bad-date", "/filing/filed_on"),
        ("unknown-field", "/insurd"),
    ]
    broken = told(client.post("/cases/C1/events/register", content=b'{"filing": 1.5'), 422)["problems"]
    assert [each["code"] for each in broken] == ["json-syntax"]
    unnamed = told(client.post("/cases/C2", params={"chart": "out-of-provinz"}), 422)["problems"]
    assert [(each["code"], each["path"]) for each in unnamed] == [("unknown-chart", "chart")]


def test_what_is_wrong_around_a_body_is_a_problem_document_too(client: TestClient) -> None:
    assert told(client.post("/cases/C1"), 422)["problems"][0]["where"] == ["query", "chart"]
    del client.headers["X-User"]
    assert told(client.get("/cases/C1"), 422)["problems"][0]["where"] == ["header", "x-user"]
    assert told(client.get("/nowhere"), 404)["title"] == "Not Found"


def test_a_body_of_any_length_is_not_taken(client: TestClient) -> None:
    assert told(client.post("/decisions", content=b" " * 8_000_001), 413)["title"] == "the body is too large"


def test_a_case_that_is_not_there_is_not_found(client: TestClient) -> None:
    for response in (client.get("/cases/C9"), client.get("/cases/C9/next"), sent(client, "settle", "C9")):
        assert told(response, 404)["type"] == "urn:yibao:refusal:unknown_case"


def test_a_request_that_is_repeated_under_its_key_is_answered_as_before(client: TestClient) -> None:
    opened(client)
    first = sent(client, "issue_referral", Idempotency_Key="k-1")
    again = sent(client, "issue_referral", Idempotency_Key="k-1")
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, first.json(), '"2"')
    other = client.post("/cases/C1/events/issue_referral", json={}, headers={"Idempotency-Key": "k-1"})
    assert told(other, 422)["refused"] == "key_reused"


def test_a_client_that_saw_an_older_version_is_turned_away(client: TestClient) -> None:
    tag = opened(client).headers["etag"]
    assert sent(client, "issue_referral", If_Match=tag).status_code == 200
    late = told(sent(client, "affix_seals", If_Match=tag), 412)
    assert (late["refused"], late["state"]) == ("version_conflict", "referred")
    assert sent(client, "affix_seals", If_Match="*").status_code == 200
    assert told(sent(client, "register", If_Match="3"), 422)["title"].startswith("If-Match")


def test_a_claim_is_decided_whatever_comes_of_it(client: TestClient) -> None:
    covered, cosmetic = document(), document(line__purpose="cosmetic")
    for claim, outcome in ((covered, "covered"), (cosmetic, "not_covered")):
        response = client.post("/decisions", json=claim)
        assert (response.status_code, response.json()) == (200, decide(claim, policy()))
        assert response.json()["outcome"] == outcome
    assert told(client.post("/decisions"), 422)["problems"][0]["code"] == "json-syntax"


def test_time_passes_when_the_scheduler_says_so(client: TestClient) -> None:
    opened(client)
    assert client.post("/time").json() == {"at": AT, "passed": []}


def test_the_overview_shows_each_case_in_two_languages(client: TestClient) -> None:
    opened(client, "C1")
    opened(client, "<b>C2")
    chinese, english = client.get("/").text, client.get("/", params={"lang": "en"}).text
    assert "开具转诊证明" in chinese
    assert "Case opened" in english
    assert "Referral certificate" in english
    assert "&lt;b&gt;C2" in english
    assert told(client.get("/", params={"lang": "fr"}), 422)["problems"][0]["where"] == ["query", "lang"]


def test_a_journal_that_is_held_elsewhere_makes_the_service_unavailable(
    tmp_path: Path, law: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "BUSY_SECONDS", 0)
    path = tmp_path / "cases.sqlite"
    with TestClient(at_a_fixed_time(str(path), law), headers=DR_WU) as client:
        opened(client)
        with held(path):
            assert told(sent(client, "issue_referral"), 503)["problems"][0]["code"] == "journal-busy"
        assert sent(client, "issue_referral").status_code == 200


@contextmanager
def served(serving: FastAPI) -> Iterator[str]:
    """The address of a server in a thread of its own, stopped at the end."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(serving, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_clients_of_a_server_that_act_at_once_lose_nothing(tmp_path: Path, law: InForce) -> None:
    path = str(tmp_path / "cases.sqlite")
    with served(at_a_fixed_time(path, law)) as address:

        def follow(number: int) -> list[int]:
            """A stay of one's own, and a race with all others for the first step of the case `shared`."""
            with httpx2.Client(base_url=address, headers={"X-User": f"clerk-{number}"}, timeout=60) as client:
                statuses = [opened(client, f"C{number}").status_code]
                statuses += [sent(client, event, f"C{number}").status_code for event in stay()]
                opened(client, "shared")
                return [*statuses, sent(client, "issue_referral", "shared", If_Match='"1"').status_code]

        with ThreadPoolExecutor(CLIENTS) as pool:
            statuses = list(pool.map(follow, range(CLIENTS)))
    assert [mine[:-1] for mine in statuses] == [[201] + [200] * len(stay())] * CLIENTS
    assert sorted(mine[-1] for mine in statuses) == [200] + [412] * (CLIENTS - 1)
    with Casebook.at(path, law) as book:
        versions = {case_id: case.version for case_id in book.cases() if (case := book.show(case_id)) is not None}
    assert versions == {"shared": 2, **{f"C{number}": 7 for number in range(CLIENTS)}}

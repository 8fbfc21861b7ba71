"""Every hostile claim through every entry: a whole claim, a partial document, `yibao decide`, the data of an event.

Beside them the bounds of what is read, the value of every declared fact in wrong kinds, and claims that are good and
leave something out: these are undetermined, and say what is missing.
"""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.hostile.claim_bounds import bounds
from tests.hostile.claim_matrix import wrong_values
from tests.hostile.claim_texts import Complaints, Hostile, Reach, written
from tests.hostile.running import Case
from yibao.api import load_policy, read_claim
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.cli import main
from yibao.model.policy import Policy
from yibao.readers.claims.claims_from_json import document_from_json

FILE = "claim.json"
CHART, FIRST_EVENT = "out-of-province-inpatient", "issue_referral"
WRONG_INPUT, UNDETERMINED, REFUSED = 2, 3, 4
SMALL = 10_000


def warm_up() -> object:
    """What every case needs: the shipped policy, read once, and a case that is open."""
    content = json.dumps(policy().claims["inpatient-appendicitis"]).encode()
    return _decided(content), _sent(b'{"documents": []}'), read_claim(content, policy(), FILE)


def cases() -> Iterator[Case]:
    """All cases."""
    for hostile in written():
        yield from _through_every_entry(hostile)
    for number, hostile in enumerate(wrong_values(policy().vocabulary)):
        yield from _through_every_entry(hostile) if number % 20 == 0 else _read(hostile)
    for hostile in bounds():
        yield from _read(hostile)
    yield from _undetermined()


@cache
def policy() -> Policy:
    """The shipped policy."""
    return load_policy()


def _through_every_entry(hostile: Hostile) -> Iterator[Case]:
    yield from _read(hostile)
    yield _case(hostile, "yibao decide", _decided, hostile.complaints, FILE)
    seen = hostile.complaints if hostile.reach in (Reach.DOCUMENT, Reach.REFUNDS) else ()
    yield _case(hostile, "yibao case do", _sent, seen, "case" if hostile.reach is Reach.REFUNDS else FILE)


def _read(hostile: Hostile) -> Iterator[Case]:
    """As a whole claim and as a part of one: what is wrong only in a whole is no mistake of a part."""
    yield _case(hostile, "whole", lambda content: read_claim(content, policy(), FILE), hostile.complaints, FILE)
    seen = hostile.complaints if hostile.reach is Reach.DOCUMENT else ()
    yield _case(hostile, "partial", _partial, seen, FILE)


def _case(
    hostile: Hostile,
    entry: str,
    read: Callable[[bytes], object],
    complaints: Complaints,
    path: str,
) -> Case:
    def read_bytes(given: object) -> object:
        assert isinstance(given, bytes)
        return read(given)

    return Case(
        name=f"{hostile.name} [{entry}]",
        make=lambda: hostile.content,
        read=read_bytes,
        expected=tuple((code, _place(path, where)) for code, where in complaints),
        and_more=hostile.and_more,
        seconds=hostile.seconds,
        alone=len(hostile.content) > SMALL,
    )


def _place(path: str, where: str) -> str:
    """`path:line:column` for a place in the text, `path#/pointer` for one in the document."""
    return f"{path}:{where}" if where[:1].isdigit() else f"{path}#{where}"


def _partial(content: bytes) -> object:
    return document_from_json(content, policy().vocabulary, FILE, partial=True)


def _decided(content: bytes) -> object:
    _file(content)
    return _typed("decide", FILE, "--json")


def _sent(content: bytes) -> object:
    _file(content)
    return _typed("case", "do", "A", FIRST_EVENT, "--data", f"@{FILE}", "--journal", _journal(), "--json")


@cache
def _journal() -> str:
    """A journal in which a case is open, beside the file of the claim: the process stands in their folder."""
    folder = tempfile.TemporaryDirectory()
    _FOLDERS.append(folder)
    contextlib.chdir(folder.name).__enter__()
    code, printed = _output("case", "open", CHART, "--case", "A", "--journal", "cases.sqlite", "--json")
    assert code == 0, printed
    return "cases.sqlite"


# Kept until the process ends, which takes them away.
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []


def _file(content: bytes) -> None:
    _journal()
    Path(FILE).write_bytes(content)


def _typed(*arguments: str) -> Mapping[str, Any]:
    """What a command prints, where it took its input. Raises ProblemsFound with the problems that it prints."""
    code, printed = _output(*arguments)
    document = json.loads(printed)
    if code == WRONG_INPUT:
        raise ProblemsFound(
            problem_of(
                each["code"],
                each["message"],
                Place(path=each["path"], line=each["line"], column=each["column"], pointer=each.get("pointer")),
            )
            for each in document["problems"]
        )
    assert code in (UNDETERMINED, REFUSED, 0), code
    assert isinstance(document, dict)
    return document


def _output(*arguments: str) -> tuple[int, str]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(list(arguments))
    return code, printed.getvalue()


def _undetermined() -> Iterator[Case]:
    """A good claim without some of its facts; the complaint is what the decision says is missing."""
    for base, paths, missing in (
        ("inpatient-appendicitis", ("encounter.cause",), ("encounter.cause",)),
        ("inpatient-appendicitis", ("line.purpose",), ("line.purpose",)),
        ("inpatient-appendicitis", ("insured.insured_area",), ("insured.insured_area",)),
        ("inpatient-appendicitis", ("encounter.treatment_area",), ("encounter.treatment_area",)),
        (
            "inpatient-appendicitis",
            ("insured.insured_area", "encounter.treatment_area"),
            ("encounter.treatment_area", "insured.insured_area"),
        ),
        ("inpatient-appendicitis", ("line.charged_on",), ("line.charged_on",)),
        ("inpatient-appendicitis", ("encounter.institution",), ()),
        ("inpatient-appendicitis", ("insured",), ()),
        ("inpatient-appendicitis", ("encounter",), ()),
        ("traffic-accident", ("third_party",), ()),
        ("out-of-province-inpatient", ("filing",), ()),
        ("out-of-province-inpatient", ("filing.referral.seals",), ("filing.referral.seals",)),
    ):
        yield Case(
            name=f"{base} without {', '.join(paths)}",
            make=lambda base=base, paths=paths: _without(base, paths),
            read=_missing,
            expected=tuple(("undetermined", path) for path in missing),
            and_more=not missing,
            seconds=10,
        )


def _without(base: str, paths: tuple[str, ...]) -> bytes:
    document = json.loads(json.dumps(policy().claims[base]))
    for path in paths:
        *objects, key = path.split(".")
        holder = document["lines"][0] if objects[:1] == ["line"] else document
        for name in objects[1:] if objects[:1] == ["line"] else objects:
            holder = holder[name]
        del holder[key]
    return json.dumps(document).encode()


def _missing(content: object) -> object:
    """Decide by the command line; what is missing comes out as complaints, so that it can be compared."""
    assert isinstance(content, bytes)
    _file(content)
    code, printed = _output("decide", FILE, "--json")
    decision = json.loads(printed)
    assert (code, decision["outcome"]) == (UNDETERMINED, "undetermined")
    assert decision["missing"], "an undetermined claim says what is missing"
    raise ProblemsFound(
        problem_of("undetermined", "missing", Place(path=fact))
        for fact in {each["fact"] for each in decision["missing"]}
    )

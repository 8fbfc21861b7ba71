"""What the tests of procedures and cases share: the shipped charts, and a small law to run them under."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.bundled import policy
from yibao.basics.digest import digest_of_document
from yibao.cases.commands import Law, OpenCase, PassTime, SendEvent, Submission
from yibao.journal import NO_BUNDLES
from yibao.language.parsing import Names
from yibao.model.calendar import Calendar
from yibao.model.chart import Chart
from yibao.model.claim import Claim, Line
from yibao.model.events import Change
from yibao.model.facts import Vocabulary
from yibao.model.parameters import Unit
from yibao.procedure.deadlines import Length, LengthOf
from yibao.procedure.machine import take
from yibao.readers.charts.charts_from_yaml import charts_from_folder
from yibao.readers.claims.claims_from_json import claim_from_document
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.locate import bundled_folder, files_of_folder
from yibao.readers.documents.yaml_nodes import Node, read_yaml
from yibao.readers.vocabulary.facts_from_yaml import vocabulary_from_yaml

WORKFLOWS = bundled_folder("workflows")
INPATIENT = "out-of-province-inpatient"
OUTPATIENT = "out-of-province-outpatient"
AT = "2022-03-01"


@cache
def vocabulary() -> Vocabulary:
    """The shipped facts and code tables, without the rules above them."""
    problems = Problems()
    found = vocabulary_from_yaml(_nodes("facts"), _nodes("tables"), problems)
    assert not problems.found
    return found


def names() -> Names:
    return Names(vocabulary=vocabulary(), catalogues={})


def workflow_files() -> Mapping[str, bytes]:
    return files_of_folder(WORKFLOWS)


def units() -> Mapping[str, Unit]:
    """The units of the shipped parameters."""
    return {each.name: each.unit for each in policy().parameters}


@cache
def charts() -> Mapping[str, Chart]:
    return charts_from_folder(workflow_files(), names(), units())


def covered(claim: Claim) -> dict[str, Any]:
    """Stands in for the policy: a claim is covered as soon as its cause is known."""
    if "encounter.cause" not in claim.facts:
        missing = [{"fact": "encounter.cause", "asked_by": ["traffic-accident"]}]
        return {"outcome": "undetermined", "missing": missing}
    return {"outcome": "covered", "missing": []}


def no_length(parameter: str, claim: Claim) -> Length | None:
    """Stands in for the parameters: none is known, so no deadline runs."""
    return None


def law(
    decide: Callable[[Claim], dict[str, Any]] = covered,
    of: Mapping[str, Chart] | None = None,
    length_of: LengthOf = no_length,
    calendar: Calendar | None = None,
    words: Vocabulary | None = None,
) -> Law:
    """The shipped charts and facts, with a stand-in for the policy."""
    known = vocabulary() if words is None else words
    return Law(
        charts=charts() if of is None else of,
        catalogues={},
        policy_digest="sha256:policy",
        read_claim=lambda document: claim_from_document(document, known, "case", partial=True),
        decide=decide,
        length_of=length_of,
        calendar=calendar,
        move=take,
        bundles=lambda envelope: NO_BUNDLES,
    )


def flags_law(chart: Chart) -> Law:
    """A law under which all that a step of `chart` requires is said by a word of the claim of its own.

    Guards read `flags`, deadlines of ten days the `days` that they count from and hold against each other, and the
    cases that steps wait for are named in `relies`. The claim is decided if its flag says so.
    """

    def read_claim(document: Mapping[str, Any]) -> Claim:
        facts: dict[str, Any] = {"documents": frozenset(document.get("documents", ()))}
        facts |= {f"flag.{name}": value for name, value in document.get("flags", {}).items()}
        facts |= {f"relies.{name}": case_id for name, case_id in document.get("relies", {}).items()}
        for name, day in document.get("days", {}).items():
            facts[f"day.{name}"] = datetime.date.fromisoformat(day)
        return Claim(
            claim_id=None, facts=facts, lines=(Line(line_id="1", facts={}),), digest=digest_of_document(dict(document))
        )

    def decide(claim: Claim) -> dict[str, Any]:
        decided = claim.facts.get("flag.claim_is_decided") is True
        return {"outcome": "covered" if decided else "undetermined", "missing": [{"fact": "encounter.cause"}]}

    return Law(
        charts={chart.name: chart},
        catalogues={},
        policy_digest="p",
        read_claim=read_claim,
        decide=decide,
        length_of=lambda parameter, claim: Length(number=10, months=False),
        calendar=None,
        move=take,
        bundles=lambda envelope: NO_BUNDLES,
    )


def opening(case_id: str = "C1", chart: str = INPATIENT, **given: Any) -> OpenCase:
    """A command to open a case; `given` is its data, and what its submission says differently."""
    data = given.pop("data", {})
    return OpenCase(case_id=case_id, chart=chart, data=data, submission=submission(**given))


def sending(
    event: str,
    data: Mapping[str, Any] | None = None,
    case_id: str = "C1",
    change: Change | None = None,
    **given: Any,
) -> SendEvent:
    """A command to send an event; `given` is what its submission says differently."""
    return SendEvent(case_id=case_id, event=event, data=data or {}, change=change, submission=submission(**given))


def doing(operation: str, data: Mapping[str, Any] | None = None, case_id: str = "C1", **given: Any) -> SendEvent:
    """A command for an operation; `given` is what its change says, and its submission differently."""
    said = {name: given.pop(name, None) for name in ("about", "unknown_key")}
    change = Change(event=said["about"], key=said["unknown_key"], reason=given.pop("reason", "录入有误"))
    return sending(operation, data, case_id, change, **given)


def passing(day: str, case_id: str = "C1", **given: Any) -> PassTime:
    """The command that the deadlines which have passed by a day are noted."""
    return PassTime(case_id=case_id, submission=submission(at=day, **given))


def submission(**given: Any) -> Submission:
    """A command sent on an ordinary day by nobody in particular, with what is said differently."""
    fields: dict[str, Any] = {"at": AT, "actor": None, "key": None, "expected_version": None}
    return Submission(**(fields | given))


# What each event of the inpatient chart brings when everything is in order.
GOOD: Mapping[str, Mapping[str, Any]] = {
    "issue_referral": {
        "insured": {"insured_area": "440300"},
        "filing": {"referral": {"issuer": {"area": "440300", "county_level_or_above": True}}},
        "documents": ["referral_certificate"],
    },
    "affix_seals": {"filing": {"referral": {"seals": ["hospital", "social_security_window"]}}},
    "register": {"filing": {"filed_on": "2022-03-03"}},
    "treat": {
        "encounter": {"admitted_on": "2022-03-10", "cause": "disease"},
        "lines": [{"line_id": "1", "amount_fen": 40000}],
    },
    "issue_invoice": {"documents": ["hospital_invoice"]},
    "settle": {"documents": ["id_card", "household_register", "social_security_card"]},
}


def _nodes(folder: str) -> Mapping[str, Node]:
    files: Mapping[str, bytes] = files_of_folder(Path(bundled_folder("policy")) / folder)
    return {path: read_yaml(content, path) for path, content in files.items()}

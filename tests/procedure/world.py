"""What the tests of procedures and cases share: the shipped charts, and a small law to run them under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from yibao.basics.digest import digest_of_document
from yibao.cases.commands import Law, OpenCase, Submission, TakeStep
from yibao.language.parsing import Names
from yibao.model.chart import Chart
from yibao.model.claim import Claim, Line
from yibao.model.facts import Vocabulary
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


@cache
def charts() -> Mapping[str, Chart]:
    return charts_from_folder(workflow_files(), names())


def covered(claim: Claim) -> dict[str, Any]:
    """Stands in for the policy: a claim is covered as soon as its cause is known."""
    if "encounter.cause" not in claim.facts:
        missing = [{"fact": "encounter.cause", "asked_by": ["traffic-accident"]}]
        return {"outcome": "undetermined", "missing": missing}
    return {"outcome": "covered", "missing": []}


def law(decide: Callable[[Claim], dict[str, Any]] = covered, of: Mapping[str, Chart] | None = None) -> Law:
    """The shipped charts and facts, with a stand-in for the policy."""
    return Law(
        charts=charts() if of is None else of,
        catalogues={},
        policy_digest="sha256:policy",
        read_claim=lambda document: claim_from_document(document, vocabulary(), "case", partial=True),
        decide=decide,
    )


def flags_law(chart: Chart) -> Law:
    """A law under which every guard of `chart` reads one flag of its own, and the claim is decided if it says so."""

    def read_claim(document: Mapping[str, Any]) -> Claim:
        flags = {f"flag.{name}": value for name, value in document.get("flags", {}).items()}
        facts = {**flags, "documents": frozenset(document.get("documents", ()))}
        return Claim(
            claim_id=None, facts=facts, lines=(Line(line_id="1", facts={}),), digest=digest_of_document(dict(document))
        )

    def decide(claim: Claim) -> dict[str, Any]:
        decided = claim.facts.get("flag.claim_is_decided") is True
        return {"outcome": "covered" if decided else "undetermined", "missing": [{"fact": "encounter.cause"}]}

    return Law(charts={chart.name: chart}, catalogues={}, policy_digest="p", read_claim=read_claim, decide=decide)


def opening(case_id: str = "C1", chart: str = INPATIENT, **given: Any) -> OpenCase:
    """A command to open a case; `given` is its data, and what its submission says differently."""
    data = given.pop("data", {})
    return OpenCase(case_id=case_id, chart=chart, data=data, submission=submission(**given))


def sending(event: str, data: Mapping[str, Any] | None = None, case_id: str = "C1", **given: Any) -> TakeStep:
    """A command to send an event; `given` is what its submission says differently."""
    return TakeStep(case_id=case_id, event=event, data=data or {}, submission=submission(**given))


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

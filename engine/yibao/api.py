"""What an embedder calls: load what is in force, read a claim, decide it, run a case. The command line calls the same.

import yibao

policy = yibao.load_policy()
decision = yibao.decide(claim_json, policy)
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from yibao.basics.problems import Place, ProblemsFound, unknown_name
from yibao.cases.carrying_out import carry_out, case_in
from yibao.cases.commands import Law, OpenCase, Submission, TakeStep
from yibao.cases.handling import Answer, what_is_possible
from yibao.coverage.decision import Decider
from yibao.journal.sqlite import Journal
from yibao.language.parsing import Names
from yibao.model.case import Case, Document
from yibao.model.chart import Chart, Scenario
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.readers.charts.charts_from_yaml import charts_from_folder
from yibao.readers.charts.scenarios_from_yaml import scenarios_from_folder
from yibao.readers.claims.claims_from_json import claim_from_document, claim_from_json, document_from_json
from yibao.readers.claims.lookups import with_lookups
from yibao.readers.nhsa.fee_lines import lines_from_nhsa, merge_lines
from yibao.readers.policy.bundles import load_policy, workflow_files

__all__ = [
    "Answer",
    "Case",
    "Decider",
    "InForce",
    "Journal",
    "Law",
    "OpenCase",
    "ProblemsFound",
    "Submission",
    "TakeStep",
    "carry_out",
    "case_in",
    "decide",
    "example_claim",
    "in_force",
    "load_charts",
    "load_policy",
    "read_claim",
    "read_claim_with_nhsa_lines",
    "what_is_possible",
]


def read_claim(content: bytes | Mapping[str, Any], policy: Policy, path: str = "claim") -> Claim:
    """The claim in a JSON document (bytes, or already in memory), with what the catalogues say of its lines.

    `path` names the document in problems. Raises ProblemsFound with every problem, each with a JSON pointer.
    """
    if isinstance(content, bytes):
        claim = claim_from_json(content, policy.vocabulary, path)
    else:
        claim = claim_from_document(content, policy.vocabulary, path)
    return with_lookups(claim, policy, path)


def read_claim_with_nhsa_lines(
    message: bytes, message_path: str, content: bytes | None, policy: Policy, path: str
) -> tuple[Claim, list[str]]:
    """A claim whose lines come from a fee-line message (2204, 2301) of the national interface.

    `content` is the rest of the claim, None when there is nothing else. The second result tells what in the message
    was not understood. Raises ProblemsFound.
    """
    lines, notices = lines_from_nhsa(message, policy.vocabulary, message_path)
    rest = document_from_json(content, policy.vocabulary, path, partial=True) if content is not None else {}
    return read_claim(merge_lines(rest, lines, path), policy, path), [str(notice) for notice in notices]


def decide(
    claim: bytes | Mapping[str, Any] | Claim,
    policy: Policy | None = None,
    *,
    engine: str | None = None,
    as_of: datetime.date | None = None,
) -> dict[str, Any]:
    """The decision document of a claim, under the bundled policy unless another is given.

    For many claims keep one `Decider`. Raises ProblemsFound for a claim that can't be read.
    """
    law = policy if policy is not None else load_policy()
    read = claim if isinstance(claim, Claim) else read_claim(claim, law)
    return Decider(law, engine, as_of).decide(read)


def load_charts(policy: Policy, folder: Path | None = None) -> Mapping[str, Chart]:
    """The procedures of a folder of charts, or the bundled ones, by name. Raises ProblemsFound."""
    return _charts(policy, workflow_files(folder))


def example_claim(policy: Policy, name: str) -> Mapping[str, Any]:
    """A complete claim of the bundle by name. Raises ProblemsFound for a name that is not there."""
    if name not in policy.claims:
        raise ProblemsFound([unknown_name("claim", name, policy.claims, Place(path=name))])
    return policy.claims[name]


@frozen(kw_only=True)
class InForce:
    """A policy and the charts of its procedures, with the files that the charts were read from, by path."""

    policy: Policy
    charts: Mapping[str, Chart]
    files: Mapping[str, bytes]

    def law(self) -> Law:
        """The law for commands to cases: claims are read by this policy's declarations and decided by its rules.

        Keep it for many commands; it keeps what it has worked out.
        """
        decider = Decider(self.policy)

        def read_case(document: Document) -> Claim:
            return claim_from_document(document, self.policy.vocabulary, "case", partial=True)

        def decide_case(claim: Claim) -> Document:
            return decider.decide(with_lookups(claim, self.policy, "case"))

        return Law(
            charts=self.charts,
            catalogues=self.policy.catalogues,
            policy_digest=self.policy.digest,
            read_claim=read_case,
            decide=decide_case,
        )

    def data(self, content: bytes | Document, path: str) -> Document:
        """The data of an event: a partial claim document (bytes, or already in memory), checked.

        `path` names the document in problems. Raises ProblemsFound with every problem.
        """
        return document_from_json(content, self.policy.vocabulary, path, partial=True)

    def scenarios(self) -> Mapping[str, tuple[Scenario, ...]]:
        """The scenarios beside the charts, by the name of the chart. Raises ProblemsFound."""
        return scenarios_from_folder(self.files, self.charts)


def in_force(policy: Path | None = None, workflows: Path | None = None) -> InForce:
    """What is in force: a folder of policy and a folder of charts, or the bundled ones. Raises ProblemsFound."""
    read, files = load_policy(policy), workflow_files(workflows)
    return InForce(policy=read, charts=_charts(read, files), files=files)


def _charts(policy: Policy, files: Mapping[str, bytes]) -> Mapping[str, Chart]:
    return charts_from_folder(files, Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues))

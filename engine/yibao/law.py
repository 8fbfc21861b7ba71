"""What is in force: a policy and the charts of its procedures, and the law for commands to cases that they make."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from attrs import field, frozen

from yibao.basics.remembered import Remembered
from yibao.cases.bundles import Bundles
from yibao.cases.commands import Law
from yibao.decision.decider import Decider
from yibao.decision.lengths import Lengths
from yibao.language.parsing import Names
from yibao.model.case import Document
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.events import Change
from yibao.model.policy import Policy
from yibao.model.scenarios import Scenario
from yibao.procedure.machine import take
from yibao.readers.charts.charts_from_yaml import charts_from_folder
from yibao.readers.charts.event_data import event_data_from
from yibao.readers.charts.scenarios_from_yaml import scenarios_from_folder
from yibao.readers.claims.claims_from_json import claim_from_document, claim_from_json
from yibao.readers.claims.lookups import with_lookups
from yibao.readers.policy.bundles import PolicyFiles, load_policy_and_files, workflow_files

# The calendar of the policy by which deadlines count working days.
WORKING_DAYS = "working-days"


@frozen(kw_only=True)
class InForce:
    """A policy and the charts of its procedures, with the files that they were read from: `files` are those of the
    charts, by path."""

    policy: Policy
    policy_files: tuple[PolicyFiles, ...] = field(repr=False)
    charts: Mapping[str, Chart]
    files: Mapping[str, bytes]

    def law(self) -> Law:
        """The law for commands to cases: claims are read by this policy's declarations and decided by its rules.

        Keep it for many commands; it keeps what it has worked out. Several threads may use it.
        """
        return law_of(self.policy, self.charts, Bundles(self.policy_files, self.files))

    def data(self, content: bytes | Document, path: str) -> tuple[Document, Change | None]:
        """The data of an event, checked: a partial claim document (bytes, or already in memory), and under `change`
        what an operation is about.

        `path` names the document in problems. Raises ProblemsFound with every problem.
        """
        return event_data_from(content, self.policy.vocabulary, path)

    def claim(self, content: bytes | Document, path: str) -> Claim:
        """A complete claim (bytes, or already in memory), with what the catalogues say of its lines.

        `path` names the document in problems. Raises ProblemsFound with every problem.
        """
        if isinstance(content, bytes):
            return with_lookups(claim_from_json(content, self.policy.vocabulary, path), self.policy, path)
        return with_lookups(claim_from_document(content, self.policy.vocabulary, path), self.policy, path)

    def scenarios(self) -> Mapping[str, tuple[Scenario, ...]]:
        """The scenarios beside the charts, by the name of the chart. Raises ProblemsFound."""
        return scenarios_from_folder(self.files, self.charts)


def in_force(policy: Path | None = None, workflows: Path | None = None) -> InForce:
    """What is in force: a folder of policy and a folder of charts, or the bundled ones. Raises ProblemsFound."""
    read, files = load_policy_and_files(policy), workflow_files(workflows)
    return InForce(policy=read.policy, policy_files=read.files, charts=_charts_once(read.policy, files), files=files)


def load_charts(policy: Policy, folder: Path | None = None) -> Mapping[str, Chart]:
    """The procedures of a folder of charts, or the bundled ones, by name. Raises ProblemsFound."""
    return charts_of(policy, workflow_files(folder))


def _charts_once(policy: Policy, files: Mapping[str, bytes]) -> Mapping[str, Chart]:
    """The charts in files: commands that run in one process read the same ones once, and see every change."""
    return _READ.of((policy.digest, tuple(files.items())), lambda: charts_of(policy, files))


_MOST_READ = 4
_READ: Remembered[tuple[str, tuple[tuple[str, bytes], ...]], Mapping[str, Chart]] = Remembered(_MOST_READ)


def charts_of(policy: Policy, files: Mapping[str, bytes]) -> Mapping[str, Chart]:
    """The charts in files by path, read by the declarations of a policy. Raises ProblemsFound."""
    names = Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues)
    return charts_from_folder(files, names, {each.name: each.unit for each in policy.parameters})


def law_of(policy: Policy, charts: Mapping[str, Chart], bundles: Bundles) -> Law:
    """The law that a policy and charts make."""
    decider, lengths, one_at_a_time = Decider(policy), Lengths(policy), Lock()

    def read_case(document: Document) -> Claim:
        return claim_from_document(document, policy.vocabulary, "case", partial=True)

    def decide_case(claim: Claim) -> Document:
        # What a decider has worked out and keeps, and the rule engine underneath, are for one thread at a time.
        with one_at_a_time:
            return decider.decide(with_lookups(claim, policy, "case"))

    return Law(
        charts=charts,
        catalogues=policy.catalogues,
        policy_digest=policy.digest,
        read_claim=read_case,
        decide=decide_case,
        length_of=lengths.length_of,
        calendar=policy.calendars.get(WORKING_DAYS),
        move=take,
        bundles=bundles.named_by,
    )

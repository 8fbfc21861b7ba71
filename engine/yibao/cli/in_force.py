"""What is in force for a command: the policy and the charts, and the law that cases are answered under."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from yibao.basics.digest import canonical_json
from yibao.cases.commands import Law
from yibao.coverage.decision import Decider
from yibao.language.parsing import Names
from yibao.model.case import Document
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.readers.bundles import load_policy, workflow_files
from yibao.readers.charts_from_yaml import charts_from_folder
from yibao.readers.claims_from_json import claim_from_document, document_from_json
from yibao.readers.lookups import with_lookups


@frozen(kw_only=True)
class InForce:
    """The policy, the charts, and the files that the charts were read from, by path."""

    policy: Policy
    charts: Mapping[str, Chart]
    files: Mapping[str, bytes]

    def law(self) -> Law:
        """The law for commands to cases: claims are read by this policy's declarations and decided by its rules."""
        decider = Decider(self.policy)

        def read_claim(document: Document) -> Claim:
            return claim_from_document(document, self.policy.vocabulary, "case", partial=True)

        def decide(claim: Claim) -> Document:
            return decider.decide(with_lookups(claim, self.policy, "case"))

        return Law(
            charts=self.charts,
            catalogues=self.policy.catalogues,
            policy_digest=self.policy.digest,
            read_claim=read_claim,
            decide=decide,
        )

    def read_data(self, document: Document, path: str) -> Document:
        """A partial claim document, checked. Raises ProblemsFound; `path` says where it stands."""
        return self.data(canonical_json(document), path)

    def data(self, content: bytes, path: str) -> Document:
        """The partial claim document written in `content`, checked. Raises ProblemsFound."""
        return document_from_json(content, self.policy.vocabulary, path, partial=True)


def add_workflows(parser: argparse.ArgumentParser) -> None:
    """Add `--workflows`."""
    parser.add_argument(
        "--workflows", type=Path, metavar="PATH", help="a folder of charts (default: the bundled charts)"
    )


def in_force(arguments: argparse.Namespace) -> InForce:
    """What `--policy` and `--workflows` name, or what is bundled. Raises ProblemsFound."""
    policy = load_policy(arguments.policy)
    files = workflow_files(arguments.workflows)
    charts = charts_from_folder(files, Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues))
    return InForce(policy=policy, charts=charts, files=files)

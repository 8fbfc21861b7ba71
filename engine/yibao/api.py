"""What an embedder calls: load a policy, read a claim, decide it. The same functions stand behind the command line.

import yibao

policy = yibao.load_policy()
decision = yibao.decide(claim_json, policy)
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.coverage.decision import Decider
from yibao.language.parsing import Names
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.readers.bundles import load_policy, workflow_files
from yibao.readers.charts_from_yaml import charts_from_folder
from yibao.readers.claims_from_json import claim_from_document, claim_from_json, document_from_json
from yibao.readers.lookups import with_lookups
from yibao.readers.nhsa_lines import lines_from_nhsa, merge_lines

__all__ = ["Decider", "decide", "load_charts", "load_policy", "read_claim", "read_claim_with_nhsa_lines"]


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
    names = Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues)
    return charts_from_folder(workflow_files(folder), names)


def example_claim(policy: Policy, name: str) -> Mapping[str, Any]:
    """A complete claim of the bundle by name. Raises ProblemsFound for a name that is not there."""
    if name not in policy.claims:
        known = ", ".join(sorted(policy.claims))
        raise ProblemsFound([problem_of("unknown-claim", f"no claim is called `{name}`", Place(path=name), known)])
    return policy.claims[name]

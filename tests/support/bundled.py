"""The bundled policy, read once for all tests, and claims made from its complete ones."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from yibao.api import read_claim
from yibao.decision.decider import Decider
from yibao.language.parsing import Names
from yibao.model.policy import Policy
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.bundles import load_policy, load_policy_and_files
from yibao.readers.policy.narrowing import needed_for
from yibao.readers.policy.policy_from_yaml import policy_from_sources


@cache
def policy() -> Policy:
    return load_policy()


def narrow_policy(content: bytes) -> Policy:
    """The policy for the claim in `content` and no other, as a process reads it that has not read all of it before."""
    (shipped,) = load_policy_and_files().files
    sources = [Source(path=f"policy/{path}", content=each) for path, each in shipped.files.items()]
    return policy_from_sources(list(needed_for(content, sources)), shipped.digest)


@cache
def decider(engine: str | None = None) -> Decider:
    return Decider(policy(), engine)


@cache
def names() -> Names:
    return Names(vocabulary=policy().vocabulary, catalogues=policy().catalogues)


def document(base: str = "inpatient-appendicitis", **changes: Any) -> dict[str, Any]:
    """A complete claim of the bundle; `encounter__kind="pharmacy"` changes a fact, `line__purpose` that of each line.

    The value `...` leaves the fact out.
    """
    made = copy.deepcopy(dict(policy().claims[base]))
    for path, value in changes.items():
        *objects, key = path.split("__")
        roots = made["lines"] if objects[:1] == ["line"] else [made]
        for root in roots:
            holder = root
            for name in objects[1:] if objects[:1] == ["line"] else objects:
                holder = holder[name]
            if value is ...:
                holder.pop(key, None)
            else:
                holder[key] = value
    return made


def decide(claim: dict[str, Any], engine: str | None = None) -> dict[str, Any]:
    return decider(engine).decide(read_claim(claim, policy()))

"""Whether memory stays flat: distinct claims, one line each, through one decider in a process of its own.

Every claim is read from its bytes and decided with the ids of its reasons, and every fiftieth to its whole document;
a claim that the reader refuses counts as well. What the decider remembers is bounded, so growth is looked at after the
fourth tenth: of 1,000,000 claims, for instance, long after the bound was reached.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import resource
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from attrs import frozen

from tests.bench.documents import claim_bytes, workload_policy
from tests.bench.draw import ClaimRow, drawn_claims
from tests.bench.shipped import shipped_policy, unread_bytes
from tests.bench.tasks import first_line
from tests.bench.yibao_calls import document_call, fast_reasons
from yibao.api import Decider, read_claim
from yibao.basics.problems import ProblemsFound
from yibao.model.policy import Policy

WORKLOAD, SHIPPED = "the workload's policy", "the shipped policy"
_LOOKS = 10
# What is remembered is full after 100,000 claims or so. Over fewer, growth towards that bound is told as well; over
# less than this, nothing else would be.
_FULL_AT, _FEWEST_CLAIMS = 4, 60_000
_DOCUMENT_EVERY = 50
_MEGABYTE = 1_000_000
_SIZES = Path("/proc/self/statm")


@frozen(kw_only=True)
class Growth:
    """Resident memory in megabytes after each tenth of the claims."""

    claims: int
    megabytes: tuple[float, ...]

    @property
    def full(self) -> bool:
        """Whether so many claims fill the memo early enough to tell."""
        return self.claims >= _FEWEST_CLAIMS

    @property
    def late(self) -> float:
        """By how much it grew after the memo was full."""
        return self.megabytes[-1] - self.megabytes[_FULL_AT - 1]


def growth_over(which: str, claims: int) -> Growth:
    """The growth over so many claims. Raises EOFError when the process ends before it has told."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_grow, args=(theirs, which, claims))
    process.start()
    theirs.close()
    found: Growth = ours.recv()
    process.join()
    return found


def _grow(connection: Connection, which: str, claims: int) -> None:
    policy, written = _side(which)
    decider = Decider(policy)
    reasons, document = fast_reasons(decider), document_call(decider, policy)
    looks = []
    for at, row in enumerate(drawn_claims(claims), start=1):
        content = written(first_line(row))
        with contextlib.suppress(ProblemsFound):
            reasons(read_claim(content, policy))
            if at % _DOCUMENT_EVERY == 0:
                document(content)
        if at * _LOOKS % claims < _LOOKS:
            looks.append(_resident_megabytes())
    connection.send(Growth(claims=claims, megabytes=tuple(looks)))


def _side(which: str) -> tuple[Policy, Callable[[ClaimRow], bytes]]:
    return (workload_policy(), claim_bytes) if which == WORKLOAD else (shipped_policy(), unread_bytes)


def _resident_megabytes() -> float:
    """What is resident now; where the system does not tell, the most that ever was."""
    gc.collect()
    if _SIZES.is_file():
        return int(_SIZES.read_text().split()[1]) * resource.getpagesize() / _MEGABYTE
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / _MEGABYTE

"""What each fuzz target does with bytes, what it begins with, and the words that its grammar is made of.

A target reads the bytes and lets nothing out but ProblemsFound, which it catches: any other exception is a finding.
What is read whole is also used (printed and read again, decided, drawn into a claim), so that a reader which lets too
much through is found as well. This module imports no fuzzer: the ordinary tests run the targets too.
"""

from __future__ import annotations

import contextlib
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from attrs import frozen

from tests.fuzz import (
    charts,
    claims,
    expressions,
    messages,
    parameters,
    plans,
    rules,
    settlements,
    sheets,
    yaml_documents,
)
from yibao.basics.problems import ProblemsFound

LONGEST_SECONDS = 1.0
MOST_GROWTH = 256_000_000
FOUND = Path(__file__).resolve().parent / "found"
_PAGES = Path("/proc/self/statm")
Parser = Callable[[bytes], None]


class TooSlow(Exception):
    """An input kept a parser busy for longer than a caller should have to wait."""


class NothingIsRead(Exception):
    """A parser refuses what it should read, so a run would show nothing."""


class TooLarge(Exception):
    """An input took more memory than a caller should have to have."""


@frozen(kw_only=True)
class Target:
    """One parser under test. `words` are tokens that a mutation may put in; `longest` bounds the inputs in bytes."""

    name: str
    parse: Parser
    seeds: Callable[[], Iterator[bytes]]
    words: tuple[str, ...]
    longest: int

    def __call__(self, data: bytes) -> bool:
        """Whether the input was read whole. Raises what the parser should not have raised, TooSlow and TooLarge."""
        before, highest = _memory(), _highest_memory()
        started = time.process_time()
        try:
            self.parse(data)
            accepted = True
        except ProblemsFound:
            accepted = False
        seconds = time.process_time() - started
        if seconds > LONGEST_SECONDS:
            raise TooSlow(f"{self.name}: {len(data)} bytes took {seconds:.1f} s")
        growth = _highest_memory() - before
        if growth > MOST_GROWTH and _highest_memory() > highest:
            raise TooLarge(f"{self.name}: {len(data)} bytes took {growth / 1e6:.0f} MB")
        return accepted

    def warm_up(self) -> None:
        """Read seeds until one is read whole, so that what is made once is charged to no input.

        Raises NothingIsRead when all are refused: then the policy is broken, or the parser refuses everything.
        """
        for seed in self.seeds():
            with contextlib.suppress(ProblemsFound):
                self.parse(seed)
                return
        raise NothingIsRead(f"{self.name}: every seed is refused")

    def inputs(self) -> Iterator[bytes]:
        """The seeds, and every input that once was a finding."""
        yield from self.seeds()
        for path in sorted((FOUND / self.name).glob("*")):
            yield path.read_bytes()


@cache
def targets() -> Mapping[str, Target]:
    """All targets by name."""
    modules = (
        *(yaml_documents, expressions, rules, plans, parameters, sheets),
        *(claims, messages, settlements, charts),
    )
    made = [
        Target(name=module.NAME, parse=module.parse, seeds=module.seeds, words=module.WORDS, longest=module.LONGEST)
        for module in modules
    ]
    return {target.name: target for target in made}


def _memory() -> int:
    """The memory, in bytes, that the process has now; where the system does not tell, the most that it ever had."""
    if not _PAGES.exists():
        return _highest_memory()
    return int(_PAGES.read_bytes().split()[1]) * resource.getpagesize()


def _highest_memory() -> int:
    """The most memory, in bytes, that the process has ever had (told in KB by this system's kernel)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024

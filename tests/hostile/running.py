"""Running a corpus of hostile inputs, each in a process of its own that has to survive it.

One process reads what all cases need and divides for each case. Of a case it is told what came out (codes and places),
the computing time, and by how much the process grew at its highest; or that it ended the process.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType

from attrs import frozen

from yibao.basics.problems import Problem, ProblemsFound

ROOT = Path(__file__).resolve().parents[2]
MOST_GROWTH = 64_000_000
# What the process may ask the system for beyond what it has after starting: a runaway ends here and not the machine.
MOST_MORE_MEMORY = 1_000_000_000
LONGEST_RUN = 240
_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")

Complaint = tuple[str, str]


@frozen(kw_only=True)
class Case:
    """One hostile input. `make` builds it, `read` hands it to the engine; only the reading is measured.

    `expected` are code and place of the problems that come out, in their order; a longer list may begin with them
    (`and_more`). Nothing expected: the input is accepted, for it stands at a bound and not beyond it. What is not run
    `alone`, in a process of its own, is one of many small ones.
    """

    name: str
    make: Callable[[], object]
    read: Callable[[object], object]
    expected: tuple[Complaint, ...]
    and_more: bool = False
    seconds: float = 1.0
    alone: bool = True


@frozen(kw_only=True)
class Told:
    """What happened to a case. `raised` is the name of an exception that should not have come out."""

    name: str
    complaints: tuple[Complaint, ...]
    raised: str | None
    seconds: float
    growth: int


def complaint(problem: Problem) -> Complaint:
    """Code and place of a problem: `path:line:column`, or `path#/json/pointer`."""
    return problem.code, str(problem.place)


def tell(case: Case) -> Told:
    """Run one case in a process that divides from this one, so that nothing it does is left to the next."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        with open(theirs, "w", encoding="utf-8") as account:
            account.write(as_line(tell_here(case)))
        os._exit(0)
    os.close(theirs)
    with open(ours, encoding="utf-8") as account:
        written = account.read()
    _, status = os.waitpid(child, 0)
    if status == 0 and written:
        return _told_of(json.loads(written))
    raised = f"the process ended with {os.waitstatus_to_exitcode(status)}"
    return Told(name=case.name, complaints=(), raised=raised, seconds=0.0, growth=0)


class _Watched:
    """Keeps whatever is raised inside, so that it can be told: a hostile input may end in anything."""

    error: BaseException | None = None

    def __enter__(self) -> _Watched:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return isinstance(error, Exception | SystemExit)


def tell_here(case: Case) -> Told:
    """Run one case in this process."""
    given = case.make()
    gc.collect()
    before = _start_measuring()
    started = time.process_time()
    with _Watched() as watched:
        kept = case.read(given)
        del kept
    seconds = time.process_time() - started
    growth = max(0, _highest() - before)
    refused = watched.error if isinstance(watched.error, ProblemsFound) else None
    complaints = () if refused is None else tuple(complaint(problem) for problem in refused.problems)
    other = None if refused is not None else watched.error
    raised = None if other is None else f"{type(other).__name__}: {other}"[:500]
    return Told(name=case.name, complaints=complaints, raised=raised, seconds=seconds, growth=growth)


@functools.cache
def account_of(corpus: str) -> dict[str, Told]:
    """What happened to each case of a corpus (a module of this package with `cases()`), by name."""
    folders = os.pathsep.join([str(ROOT), str(ROOT / "engine"), os.environ.get("PYTHONPATH", "")])
    ended = subprocess.run(
        [sys.executable, "-m", "tests.hostile", "--json", corpus],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": folders},
        capture_output=True,
        timeout=LONGEST_RUN,
        check=False,
    )
    told = [_told_of(json.loads(line)) for line in ended.stdout.decode().splitlines()]
    assert ended.returncode == 0, (
        f"ended with {ended.returncode} after {len(told)} cases: {ended.stderr.decode()[-2000:]}"
    )
    return {each.name: each for each in told}


def check(case: Case, told: Told) -> None:
    """That a case came out as expected, in time, and without growing."""
    assert told.raised is None, told.raised
    shown = told.complaints[: len(case.expected)] if case.and_more else told.complaints
    assert shown == case.expected, f"refused with {shown}, and not with {case.expected}"
    assert told.seconds < case.seconds, f"took {told.seconds:.2f} s"
    assert told.growth < MOST_GROWTH, f"grew by {told.growth / 1e6:.0f} MB"


def limit_memory() -> None:
    """Let this process ask for so much more memory and no more, where the system can hold it to that."""
    if _STATUS.exists():
        most = _in_status("VmSize") + MOST_MORE_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def run(cases: Iterable[Case], warm_up: Callable[[], object], show: Callable[[Case, Told], None]) -> None:
    """Run all cases after what every one of them needs has been read once."""
    warm_up()
    gc.collect()
    gc.freeze()
    limit_memory()
    for case in cases:
        show(case, tell(case) if case.alone else tell_here(case))


def as_line(told: Told) -> str:
    """One line of the account."""
    fields = (told.name, told.complaints, told.raised, told.seconds, told.growth)
    return json.dumps(fields, ensure_ascii=False)


def _told_of(fields: Sequence[object]) -> Told:
    name, complaints, raised, seconds, growth = fields
    assert isinstance(complaints, list)
    assert isinstance(seconds, float)
    assert isinstance(growth, int)
    return Told(
        name=str(name),
        complaints=tuple((str(code), str(place)) for code, place in complaints),
        raised=None if raised is None else str(raised),
        seconds=seconds,
        growth=growth,
    )


def _start_measuring() -> int:
    """The memory that the process has now; its highest mark is set back to that, where the system can do so."""
    if not _STATUS.exists():
        return _highest()
    _CLEAR.write_text("5")
    return _in_status("VmRSS")


def _highest() -> int:
    if _STATUS.exists():
        return _in_status("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1_024


def _in_status(name: str) -> int:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1_024

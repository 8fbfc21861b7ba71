"""The commands of `yibao`, and what each ending of one means.

Exit codes: 0 done, 1 a check or test found something, 2 wrong input or usage, or an output that takes nothing,
3 undetermined, 4 a step was refused, 70 a fault of ours, 141 nobody reads the output any more (`yibao … | head -1`).
"""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import NoReturn

from yibao import __version__
from yibao.basics.problems import Fault, Place, ProblemsFound, problem_of
from yibao.cli import account, audit, case, decide, demo, nhsa, policy, schema, workflow
from yibao.cli.output import NOBODY_READS, OUR_FAULT, WRONG_INPUT, print_fault, print_problems
from yibao.cli.streams import OutputNotWritten, escaping_output, forget_the_rest, unsent

_COMMANDS: dict[str, Callable[[argparse._SubParsersAction[argparse.ArgumentParser]], None]] = {
    "demo": lambda commands: demo.register(commands, main),
    "decide": decide.register,
    "schema": schema.register,
    "case": case.register,
    "policy": policy.register,
    "workflow": workflow.register,
    "audit": audit.register,
    "account": account.register,
    "nhsa": nhsa.register,
}
_ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the result is its exit code. Without `arguments` it is what the process was started for."""
    if arguments is None:
        _collect_seldom()
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    with escaping_output(), _Crash(as_json):
        try:
            parsed = parser(given[0] if given and given[0] in _COMMANDS else None).parse_args(given)
            return int(parsed.run(parsed))
        except ProblemsFound as error:
            print_problems(error.problems, as_json=as_json)
            return WRONG_INPUT


def _collect_seldom() -> None:
    """A process that runs one command and ends has a policy to keep and hardly a cycle to free: looking for cycles, on
    the way and once more at the end, would take a sixth of the time of `yibao decide`."""
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)


@cache
def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The commands and their options: all of them, or one alone, for what is typed names one and people wait for it."""
    root = _root()
    root.add_argument("--version", action="version", version=f"yibao {__version__}")
    # Named, for argparse would look at the terminal's width to work the name out.
    commands = root.add_subparsers(required=True, metavar="COMMAND", prog=root.prog)
    for name, register in _COMMANDS.items():
        if command in (None, name):
            register(commands)
    return root


def _root() -> argparse.ArgumentParser:
    return _Parser(prog="yibao", description="医保 · China's basic medical insurance as policy-as-code")


class _Parser(argparse.ArgumentParser):
    """Wrong usage is a problem like any other, so that `--json` can say it too."""

    def error(self, message: str) -> NoReturn:
        hint = f"see `{self.prog} --help`"
        raise ProblemsFound([problem_of("usage", message, Place(path=self.prog), hint)])


class _Crash:
    """Whatever else goes wrong is ours: said on standard error, and told apart by its exit code.

    That nobody reads on is no fault. It ends a command quietly, however that was going to end. Nor is an output that
    can't be written, such as a file on a full disk: a problem, said on standard error for want of the other.
    """

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failures = (error.failure,) if isinstance(error, OutputNotWritten) else unsent()
        if any(isinstance(each, BrokenPipeError) for each in (error, *failures)):
            code = NOBODY_READS
        elif isinstance(error, Exception) and not isinstance(error, OutputNotWritten):
            code = OUR_FAULT
            self._tell(error)
        elif failures:
            code = WRONG_INPUT
            _tell_unwritten(failures[0])
        else:
            return
        forget_the_rest()
        raise SystemExit(code) from None

    def _tell(self, error: Exception) -> None:
        with suppress(OutputNotWritten):
            if isinstance(error, Fault):
                print(f"yibao: a fault of ours: {error}", file=sys.stderr)
            else:
                traceback.print_exception(error)
            if self._as_json:
                print_fault(error)


def _tell_unwritten(failure: OSError) -> None:
    message = f"the output can't be written: {failure.strerror}"
    hint = "what the command recorded stays recorded"
    # Standard error may be what takes nothing; then the exit code alone says it.
    with suppress(OutputNotWritten):
        print_problems([problem_of("output-not-written", message, Place(path="stdout"), hint)], as_json=False)

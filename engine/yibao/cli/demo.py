"""`yibao demo`: a guided tour through the real commands, on the claims of the bundle. Nothing to prepare.

Each stop is run as a user would type it, in a temporary folder, and is held to its exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from yibao.basics.problems import Fault
from yibao.cli import words
from yibao.cli.options import add_common
from yibao.cli.output import DONE, OUR_FAULT, print_document
from yibao.cli.tour import Stop, stops
from yibao.cli.tour_documents import write_documents

Main = Callable[[list[str]], int]


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser], main: Main) -> None:
    """Add the command. `main` runs the commands of the tour."""
    parser = commands.add_parser("demo", help="a guided tour: a claim decided, a step refused, a decision reproduced")
    add_common(parser)
    parser.set_defaults(run=partial(_run, main))


def _run(main: Main, arguments: argparse.Namespace) -> int:
    import tempfile

    from yibao import api

    policy = api.load_policy(arguments.policy)
    shown = []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write_documents(policy, Path(folder))
        for stop in stops():
            if arguments.json:
                shown.append(_document(stop, _output(main, stop, "--json")))
            else:
                _print(stop, _output(main, stop, *(("--lang", arguments.lang) if arguments.lang else ())), arguments)
    if arguments.json:
        print_document({"stops": shown})
    return DONE


def _output(main: Main, stop: Stop, *options: str) -> str:
    """What the command of a stop prints. It has to end as the stop says: the tour is a test, too."""
    printed, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
        try:
            exit_code = main([*stop.command, *options])
        except SystemExit:
            exit_code = OUR_FAULT
    output = printed.getvalue() + complained.getvalue()
    if exit_code != stop.exit_code:
        raise Fault(f"`yibao {shlex.join(stop.command)}` ended with {exit_code}: {output}")
    return output


def _document(stop: Stop, output: str) -> dict[str, Any]:
    return {
        "title": stop.title.document(),
        "command": list(stop.command),
        "exit_code": stop.exit_code,
        "output": json.loads(output),
    }


def _print(stop: Stop, output: str, arguments: argparse.Namespace) -> None:
    if not stop.quiet:
        print(f"\n━━ {words.said(stop.title, arguments.lang)}\n$ yibao {shlex.join(stop.command)}")
        print(output.rstrip())

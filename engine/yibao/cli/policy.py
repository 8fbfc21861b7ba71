"""`yibao policy`: check, test, trace and show what authors declared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.basics.problems import ProblemsFound
from yibao.cli import policy_show, policy_table, words
from yibao.cli.options import add_common, add_workflows
from yibao.cli.output import DONE, FOUND, print_document, print_problems
from yibao.model.facts import Title

if TYPE_CHECKING:
    from yibao.basics.problems import Place


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `policy` and its actions."""
    parser = commands.add_parser("policy", help="check, test, trace and show a policy")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, says, handler in (
        ("check", "every problem of a folder in one run", _check),
        ("test", "run the examples beside the rules", _test),
        ("trace", "every statement of the sources, and what carries and shows it", _trace),
    ):
        action = actions.add_parser(name, help=says, description=says)
        add_common(action)
        if name == "trace":
            add_workflows(action)
        else:
            action.add_argument("folder", nargs="?", type=Path, metavar="PATH", help="a policy folder, as --policy")
        action.set_defaults(run=handler)
    policy_show.register(actions)
    policy_table.register(actions)


def _folder(arguments: argparse.Namespace) -> Path | None:
    given: Path | None = arguments.folder or arguments.policy
    return given


def _check(arguments: argparse.Namespace) -> int:
    from yibao.authoring.policy_check import check_folder

    try:
        policy, problems = check_folder(_folder(arguments))
    except ProblemsFound as error:
        print_problems(error.problems, as_json=arguments.json)
        return FOUND
    if policy is None:
        print_problems(ProblemsFound(problems).problems, as_json=arguments.json)
        return FOUND
    if arguments.json:
        print_document({"problems": [], "digest": policy.digest})
    else:
        clean = Title(zh="没有问题", en="no problems")
        counted, said = words.said(policy_show.all_counted(policy), arguments.lang), words.said(clean, arguments.lang)
        print(f"✓ {counted}: {said}  {policy.digest}")
    return DONE


def _test(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.authoring.examples import run_examples
    from yibao.coverage.rete import available

    folder = _folder(arguments)
    policy = api.load_policy(folder)
    engines = ("durable", "reference") if available() else ("reference",)
    results = [(engine, result) for engine in engines for result in run_examples(policy, engine)]
    failed = [(engine, result) for engine, result in results if result.differences]
    count = len(results) // len(engines)
    own = sum(_is_own(result.example.place, folder) for _engine, result in results) // len(engines)
    if arguments.json:
        rows = [
            {
                "rule": result.rule,
                "example": result.example.sentence,
                "engine": engine,
                "differences": list(result.differences),
            }
            for engine, result in results
        ]
        print_document({"examples": rows, "own": own, "bundled": count - own, "failed": len(failed)})
        return FOUND if failed else DONE
    for engine, result in failed:
        print(f"✗ {result.example.place}: {result.name} ({engine})")
        for difference in result.differences:
            print(f"    {difference}")
    whose = f", {own} of {folder} and {count - own} of the bundled policy," if own else " of the bundled policy"
    tried = f"{len(engines)} engine{'s' if len(engines) > 1 else ''} ({', '.join(engines)})"
    print(f"{count} examples{whose} × {tried}: {len(failed)} failed")
    return FOUND if failed else DONE


def _is_own(place: Place, folder: Path | None) -> bool:
    """Whether an example's place is in the folder itself, and not in what the folder extends."""
    from yibao.readers.documents.locate import bundled_folder

    if folder is None or folder.resolve() == bundled_folder("policy").resolve():
        return False
    # The bundled files are shown as `policy/…`; a folder may have that name too, but not the same file in it.
    path = place.path
    return path.startswith(f"{folder.as_posix()}/") and Path(path).is_file()


def _trace(arguments: argparse.Namespace) -> int:
    from yibao import api
    from yibao.authoring.trace import trace

    now = api.in_force(arguments.policy, arguments.workflows)
    rows = trace(now.policy, now.charts, now.scenarios())
    if arguments.json:
        print_document({"rows": rows})
        return DONE
    for row in rows:
        statement = words.said(Title(**row["statement"]), arguments.lang)
        print(f"{row['row']:6} {row['status']:8} {statement}")
        for carrier in row["carried_by"]:
            print(f"         {carrier}")
        for test in row["tests"]:
            print(f"           ✓ {test}")
    carried = sum(row["status"] == "carried" for row in rows)
    print(f"{carried} carried, {len(rows) - carried} open")
    return DONE

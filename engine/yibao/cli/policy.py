"""`yibao policy`: check, test, trace and show what authors declared."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, unknown_name
from yibao.cli import words
from yibao.cli.options import add_common, add_workflows
from yibao.cli.output import DONE, FOUND, print_document, print_problems
from yibao.cli.speaker import Speaker
from yibao.model.facts import Title

if TYPE_CHECKING:
    from yibao.model.policy import Example, Policy, Rule


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `policy` and its actions."""
    parser = commands.add_parser("policy", help="check, test, trace and show a policy")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, says, handler in (
        ("check", "every problem of a folder in one run", _check),
        ("test", "run the examples beside the rules", _test),
        ("trace", "every statement of the sources, and what carries and shows it", _trace),
        ("show", "one rule, or what the policy holds", _show),
    ):
        action = actions.add_parser(name, help=says, description=says)
        add_common(action)
        if name == "show":
            action.add_argument("id", nargs="?", metavar="ID", help="the id of a rule")
        elif name == "trace":
            add_workflows(action)
        else:
            action.add_argument("folder", nargs="?", type=Path, metavar="PATH", help="a policy folder, as --policy")
        action.set_defaults(run=handler)


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
        counted, said = words.said(_count(policy), arguments.lang), words.said(clean, arguments.lang)
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
    own = sum(_is_own(result.example, folder) for _engine, result in results) // len(engines)
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


def _is_own(example: Example, folder: Path | None) -> bool:
    """Whether an example stands in the folder itself, and not in what the folder extends."""
    from yibao.readers.documents.locate import bundled_folder

    if folder is None or folder.resolve() == bundled_folder("policy").resolve():
        return False
    # The bundled files are shown as `policy/…`; a folder may have that name too, but not the same file in it.
    path = example.place.path
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


def _show(arguments: argparse.Namespace) -> int:
    from yibao import api

    policy = api.load_policy(arguments.policy)
    if arguments.id is None:
        document = _summary(policy)
        if arguments.json:
            print_document(document)
        else:
            counted = document | {"rules": words.said(_count(policy), arguments.lang)}
            print("\n".join(_told(counted, arguments.lang)))
        return DONE
    rules = [rule for rule in policy.rules if rule.id == arguments.id]
    if not rules:
        ids = {rule.id for rule in policy.rules}
        raise ProblemsFound([unknown_name("rule", arguments.id, ids, Place(path="ID"))])
    if arguments.json:
        print_document({"rule": arguments.id, "versions": [_rule_document(rule) for rule in rules]})
        return DONE
    speaker = Speaker(policy.vocabulary, arguments.lang)
    for rule in rules:
        shown = _rule_document(rule) | {"title": speaker.say(rule.title)}
        del shown["cites"]
        sources = (speaker.source(cite.document()) for cite in rule.cites)
        print("\n".join((*_told(shown, arguments.lang), *sources)), end="\n\n")
    return DONE


def _told(document: Mapping[str, object], language: str | None) -> Iterable[str]:
    """Each entry as a line for people."""
    for key, value in document.items():
        if isinstance(value, bool):
            yield f"{key}: {words.said(words.YES if value else words.NO, language)}"
        elif isinstance(value, list):
            yield f"{key}: {', '.join(map(str, value)) or words.said(words.NONE, language)}"
        else:
            yield f"{key}: {value}"


def _count(policy: Policy) -> Title:
    """How many rules there are, each counted once however many versions it has, and in how many files."""
    rules, files = len({rule.id for rule in policy.rules}), len({rule.place.path for rule in policy.rules})
    return Title(
        zh=f"{files} 个文件中的 {rules} 条规则",
        en=f"{rules} rule{'' if rules == 1 else 's'} in {files} file{'' if files == 1 else 's'}",
    )


def _summary(policy: Policy) -> dict[str, object]:
    return {
        "policy": policy.name,
        "digest": policy.digest,
        "layers": sorted(policy.layers),
        "rules": len({rule.id for rule in policy.rules}),
        "facts": len(policy.vocabulary.facts),
        "catalogues": sorted(policy.catalogues),
        "questions": sorted(policy.questions),
    }


def _rule_document(rule: Rule) -> dict[str, object]:
    from yibao.language.printing import text_of
    from yibao.model.policy import effect_of

    period = rule.in_force.period
    return {
        "key": rule.key,
        "title": f"{rule.title.zh} · {rule.title.en}",
        "layer": rule.layer,
        "side": rule.side.value,
        "about": rule.about.value,
        "in_force": f"{rule.in_force.by.path} {period}",
        "when": text_of(rule.when),
        "then": effect_of(rule.answer),
        "overrides": list(rule.overrides),
        "carries": list(rule.carries),
        "cites": [f"{cite} [{cite.grade.value}]" for cite in rule.cites],
        "illustrative": rule.illustrative,
        "file": str(rule.place),
    }

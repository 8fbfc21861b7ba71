"""`yibao policy show`: one rule, parameter, plan or calendar with its periods and sources, or what the policy holds."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, Problem, ProblemsFound, did_you_mean, problem_of
from yibao.cli import words
from yibao.cli.calendar_text import calendar_document, calendar_lines
from yibao.cli.options import add_common, day
from yibao.cli.output import DONE, print_document
from yibao.cli.parameter_text import parameter_document, parameter_lines
from yibao.cli.speaker import Speaker
from yibao.model.facts import Title

if TYPE_CHECKING:
    from yibao.model.plan import Plan
    from yibao.model.policy import Policy, Rule


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `show`."""
    says = "one rule, parameter, plan or calendar, or what the policy holds"
    action = actions.add_parser("show", help=says, description=says)
    add_common(action)
    action.add_argument(
        "id", nargs="?", metavar="ID", help="the id of a rule, parameter, plan or calendar, or LAYER/NAME"
    )
    action.add_argument(
        "--as-of", type=day, metavar="DATE", help="what was published by this day, and the value in force on it"
    )
    action.set_defaults(run=show)


def show(arguments: argparse.Namespace) -> int:
    """`yibao policy show [ID]`. Raises ProblemsFound for an id that nothing has."""
    from yibao import api

    policy = api.load_policy(arguments.policy)
    if arguments.id is None:
        _show_all(policy, arguments)
        return DONE
    rules = [rule for rule in policy.rules if rule.id == arguments.id]
    parameters = [item for item in policy.parameters if arguments.id in (item.name, f"{item.layer}/{item.name}")]
    plans = [plan for plan in policy.plans if arguments.id in (plan.id, f"{plan.layer}/{plan.id}")]
    calendars = [item for item in policy.calendars.values() if arguments.id in (item.name, f"{item.layer}/{item.name}")]
    if not rules and not parameters and not plans and not calendars:
        raise ProblemsFound([_nothing_called(policy, arguments.id)])
    as_of: datetime.date | None = arguments.as_of
    rules = [rule for rule in rules if as_of is None or rule.published <= as_of]
    if arguments.json:
        document: dict[str, object] = {}
        if rules or not (parameters or plans or calendars):
            document |= {"rule": arguments.id, "versions": [_rule_document(rule) for rule in rules]}
        if parameters:
            shown = [parameter_document(item, as_of) for item in parameters]
            document |= {"parameter": arguments.id, "layers": shown}
        if plans:
            document |= {"plan": arguments.id, "plans": [_plan_document(plan) for plan in plans]}
        if calendars:
            document |= {"calendar": arguments.id, "calendars": [calendar_document(item, as_of) for item in calendars]}
        print_document(document)
        return DONE
    speaker = Speaker(policy.vocabulary, arguments.lang)
    for rule in rules:
        _print_rule(rule, speaker, arguments.lang)
    for item in parameters:
        print("\n".join(parameter_lines(item, as_of, speaker)), end="\n\n")
    for plan in plans:
        _print_plan(plan, speaker, arguments.lang)
    for calendar in calendars:
        print("\n".join(calendar_lines(calendar, as_of, speaker)), end="\n\n")
    return DONE


def rules_counted(policy: Policy) -> Title:
    """How many rules there are, each counted once however many versions it has, and in how many files."""
    rules, files = len({rule.id for rule in policy.rules}), len({rule.place.path for rule in policy.rules})
    return Title(zh=f"{files} 个文件中的 {rules} 条规则", en=f"{_many(rules, 'rule')} in {_many(files, 'file')}")


def all_counted(policy: Policy) -> Title:
    """How many rules there are; and how many parameters, plans, sheets and catalogues, where there are any."""
    rules = rules_counted(policy)
    versions = [version for parameter in policy.parameters for version in parameter.versions]
    # A row of a sheet has its place there, and what the parameter's file says itself has it in that file.
    placed = {row.place.path for version in versions for row in version.rows if row.place.path != version.place.path}
    beside = (
        (len(policy.parameters), "个参数", "parameter"),
        (len({(plan.layer, plan.id) for plan in policy.plans}), "个待遇方案", "plan"),
        (len(placed), "个电子表格", "sheet"),
        (len(policy.catalogues), "个目录", "catalogue"),
    )
    return Title(
        zh="、".join([rules.zh, *(f"{count} {zh}" for count, zh, _en in beside if count)]),
        en=", ".join([rules.en, *(_many(count, en) for count, _zh, en in beside if count)]),
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _nothing_called(policy: Policy, name: str) -> Problem:
    known = {rule.id for rule in policy.rules} | {plan.id for plan in policy.plans}
    for parameter in policy.parameters:
        known |= {parameter.name, f"{parameter.layer}/{parameter.name}"}
    known |= set(policy.calendars)
    message = f"no rule, parameter, plan or calendar is called `{name}`"
    return problem_of("unknown-rule", message, Place(path="ID"), did_you_mean(name, known))


def _show_all(policy: Policy, arguments: argparse.Namespace) -> None:
    document = {
        "policy": policy.name,
        "digest": policy.digest,
        "layers": sorted(policy.layers),
        "rules": len({rule.id for rule in policy.rules}),
        "facts": len(policy.vocabulary.facts),
        "catalogues": sorted(policy.catalogues),
        "questions": sorted(policy.questions),
        "parameters": [f"{parameter.layer}/{parameter.name}" for parameter in policy.parameters],
        "plans": [f"{plan.layer}/{plan.id}" for plan in policy.plans],
        "calendars": [f"{calendar.layer}/{calendar.name}" for calendar in policy.calendars.values()],
    }
    if arguments.json:
        print_document(document)
    else:
        counted = document | {"rules": words.said(rules_counted(policy), arguments.lang)}
        print("\n".join(_told(counted, arguments.lang)))


def _print_rule(rule: Rule, speaker: Speaker, language: str | None) -> None:
    shown = _rule_document(rule) | {"title": speaker.say(rule.title)}
    del shown["cites"]
    sources = (speaker.source(cite.document()) for cite in rule.cites)
    print("\n".join((*_told(shown, language), *sources)), end="\n\n")


def _print_plan(plan: Plan, speaker: Speaker, language: str | None) -> None:
    shown = _plan_document(plan) | {"title": speaker.say(plan.title)}
    for name in ("cites", "steps"):
        del shown[name]
    steps = (f"  {step.name}: {speaker.say(step.title)}" for step in plan.steps)
    sources = (speaker.source(cite.document()) for cite in plan.cites)
    print("\n".join((*_told(shown, language), *steps, *sources)), end="\n\n")


def _told(document: Mapping[str, object], language: str | None) -> Iterable[str]:
    """Each entry as a line for people."""
    for key, value in document.items():
        if isinstance(value, bool):
            yield f"{key}: {words.said(words.YES if value else words.NO, language)}"
        elif isinstance(value, list):
            yield f"{key}: {', '.join(map(str, value)) or words.said(words.NONE, language)}"
        else:
            yield f"{key}: {value}"


def _rule_document(rule: Rule) -> dict[str, object]:
    from yibao.language.printing import text_of
    from yibao.model.policy import effect_of

    return {
        "key": rule.key,
        "title": f"{rule.title.zh} · {rule.title.en}",
        "layer": rule.layer,
        "side": rule.side.value,
        "about": rule.about.value,
        "in_force": f"{rule.in_force.by.path} {rule.in_force.period}",
        "when": text_of(rule.when),
        "then": effect_of(rule.answer),
        "overrides": list(rule.overrides),
        "carries": list(rule.carries),
        "cites": [f"{cite} [{cite.grade.value}]" for cite in rule.cites],
        "illustrative": rule.illustrative,
        "file": str(rule.place),
    }


def _plan_document(plan: Plan) -> dict[str, object]:
    from yibao.language.printing import text_of

    return {
        "plan": plan.id,
        "title": f"{plan.title.zh} · {plan.title.en}",
        "layer": plan.layer,
        "in_force": f"{plan.in_force.by.path} {plan.in_force.period}",
        "published": plan.published.isoformat(),
        "when": text_of(plan.when),
        "overrides": list(plan.overrides),
        "steps": [{"name": step.name, "title": step.title.document()} for step in plan.steps],
        "carries": list(plan.carries),
        "cites": [f"{cite} [{cite.grade.value}]" for cite in plan.cites],
        "illustrative": plan.illustrative,
        "file": str(plan.place),
    }

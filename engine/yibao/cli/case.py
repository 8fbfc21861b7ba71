"""`yibao case`: run a procedure. Opens cases, sends events to them, and shows where they stand.

The journal is a file beside the caller (`--journal`). The clock is read when `--at` is not given, and only then.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from yibao.basics.problems import Place, ProblemsFound, problem_of, report
from yibao.cli.journals import add_journal, existing_journal_of, journal_of, refuse_unknown_case
from yibao.cli.options import add_common, add_workflows, called, content_of, number, recorded_at
from yibao.cli.output import DONE, REFUSED, WRONG_INPUT, print_document, print_problems
from yibao.readers.charts.submissions import case_name, name

if TYPE_CHECKING:
    from yibao.api import Answer, Case, InForce, OpenCase, SendEvent, Submission
    from yibao.cli.case_text import CaseText
    from yibao.model.case import Document
    from yibao.model.events import Change

Handler = Callable[[argparse.Namespace], int]


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `case` and what can be done with cases."""
    parser = commands.add_parser("case", help="run a procedure: open a case, send it events, see where it stands")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    opening = _action(actions, "open", "open a case of a chart", open_case)
    opening.add_argument("chart", metavar="CHART", help="the name of the chart")
    opening.add_argument("--case", required=True, metavar="ID", help="the name of the case")
    _add_command_options(opening)
    doing = _action(actions, "do", "send an event to a case", do_event)
    doing.add_argument("case", metavar="ID", help="the name of the case")
    doing.add_argument("event", metavar="EVENT", help="the event, such as issue_referral")
    _add_command_options(doing)
    following = _action(actions, "next", "what the case can do now, and what each step still needs", show_next)
    following.add_argument("case", metavar="ID", help="the name of the case")
    following.add_argument("--at", metavar="TIME", help="as of when: a date or time (now)")
    showing = _action(actions, "show", "the state of a case, its steps and its documents", show_case)
    showing.add_argument("case", metavar="ID", help="the name of the case")
    showing.add_argument("--history", action="store_true", help="all events too, the refused attempts among them")
    _action(actions, "list", "all cases of the journal", list_cases)
    ticking = _action(actions, "tick", "note the deadlines that have passed, and move the cases that they end", tick)
    ticking.add_argument("--at", metavar="TIME", help="by when: a date or time (now)")
    ticking.add_argument("--actor", metavar="NAME", help="who looks")
    ticking.add_argument("--case", metavar="ID", help="one case only")


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], called_by: str, says: str, handler: Handler
) -> argparse.ArgumentParser:
    parser = actions.add_parser(called_by, help=says, description=says)
    add_common(parser)
    add_workflows(parser)
    add_journal(parser)
    parser.set_defaults(run=handler)
    return parser


def _add_command_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="JSON or @FILE", help="a partial claim document; @- reads standard input")
    parser.add_argument("--at", metavar="TIME", help="when it is recorded: a date or time (now)")
    parser.add_argument("--actor", metavar="NAME", help="who does it")
    parser.add_argument("--expect-version", metavar="N", type=number, help="refuse if the case has changed since")
    parser.add_argument("--key", metavar="KEY", help="idempotency key: a repetition is answered as the first time")


def open_case(arguments: argparse.Namespace) -> int:
    """`yibao case open CHART --case ID`."""
    from yibao import api

    in_force = _in_force(arguments)
    data, change = _data(arguments, in_force)
    if change is not None:
        message = "the opening of a case changes nothing; only operations say what they change"
        raise ProblemsFound([problem_of("unknown-field", message, Place(path="--data", pointer="/change"))])
    command = api.OpenCase(
        case_id=case_name(arguments.case, "--case"),
        chart=arguments.chart,
        data=data,
        submission=_submission(arguments),
    )
    return _carried_out(arguments, in_force, command)


def do_event(arguments: argparse.Namespace) -> int:
    """`yibao case do ID EVENT`."""
    from yibao import api

    in_force = _in_force(arguments)
    data, change = _data(arguments, in_force)
    command = api.SendEvent(
        case_id=case_name(arguments.case, "ID"),
        event=name(arguments.event, "EVENT"),
        data=data,
        change=change,
        submission=_submission(arguments),
    )
    return _carried_out(arguments, in_force, command)


def show_next(arguments: argparse.Namespace) -> int:
    """`yibao case next ID`."""
    from yibao import api

    case = _case(arguments)
    if case is None:
        return refuse_unknown_case(arguments, arguments.case)
    in_force = _in_force(arguments)
    law = in_force.law()
    chart = law.chart_of(case)
    with existing_journal_of(arguments) as journal:
        at = recorded_at(arguments.at)
        possible, operations = api.what_is_possible(journal, case, law, at)
    ahead = api.what_lies_ahead(case, law, at)
    if not arguments.json:
        print(_text(arguments, in_force).possible(case, possible, operations, ahead))
        return DONE
    steps = [
        {**each.document(), "step": step.name, "title": step.title.document(), "acts": step.acts}
        for each in possible
        if (step := chart.step_of(each.event)) is not None
    ]
    print_document(
        {
            "case": case.case_id,
            "chart": case.chart,
            "state": case.state,
            "version": case.version,
            "waits_for": chart.states[case.state].waits_for,
            "possible_now": steps,
            "operations": [
                {
                    **each.document(),
                    "title": chart.operations[each.event].title.document(),
                    "acts": chart.operations[each.event].acts,
                }
                for each in operations
            ],
            "deadlines_ahead": [each.document() for each in ahead],
        }
    )
    return DONE


def show_case(arguments: argparse.Namespace) -> int:
    """`yibao case show ID`."""
    case = _case(arguments)
    if case is None:
        return refuse_unknown_case(arguments, arguments.case)
    with existing_journal_of(arguments) as journal:
        events = journal.events(case.case_id) if arguments.history else ()
    if arguments.json:
        print_document(case.document() | ({"events": list(events)} if arguments.history else {}))
    else:
        print(_text(arguments, _in_force(arguments)).case(case, events))
    return DONE


def list_cases(arguments: argparse.Namespace) -> int:
    """`yibao case list`."""
    from yibao import api
    from yibao.cases.carrying_out import told_of_each

    with existing_journal_of(arguments) as journal:
        rows, problems = told_of_each(journal.cases(), lambda case_id: _row(api.case_in(journal, case_id)))
    if arguments.json:
        print_document({"cases": list(rows), **(report(problems) if problems else {})})
        return WRONG_INPUT if problems else DONE
    for row in rows:
        print(f"{row['case']}\t{row['chart']}\t{row['state']}\t{row['version']}")
    if problems:
        print_problems(problems, as_json=False)
    return WRONG_INPUT if problems else DONE


def _row(case: Case | None) -> tuple[dict[str, str | int], ...]:
    """What a list says of a case, if there is one."""
    if case is None:
        return ()
    return ({"case": case.case_id, "chart": case.chart, "state": case.state, "version": case.version},)


def tick(arguments: argparse.Namespace) -> int:
    """`yibao case tick --at TIME`."""
    from yibao import api
    from yibao.cases.carrying_out import told_of_each

    in_force = _in_force(arguments)
    law, at = in_force.law(), recorded_at(arguments.at)
    actor = None if arguments.actor is None else name(arguments.actor, "--actor")
    submission = api.Submission(at=at, actor=actor, key=None, expected_version=None)
    with existing_journal_of(arguments) as journal:
        known = journal.cases()
        if arguments.case is not None and arguments.case not in known:
            return refuse_unknown_case(arguments, case_name(arguments.case, "--case"))
        chosen = known if arguments.case is None else (arguments.case,)
        passed, problems = told_of_each(chosen, lambda case_id: api.pass_time(journal, case_id, submission, law))
    if arguments.json:
        print_document({"at": at, "passed": list(passed), **(report(problems) if problems else {})})
        return WRONG_INPUT if problems else DONE
    text = _text(arguments, in_force)
    for each in passed:
        print(text.passed(each))
    if problems:
        print_problems(problems, as_json=False)
    elif not passed:
        print(text.nothing_passed())
    return WRONG_INPUT if problems else DONE


def _carried_out(arguments: argparse.Namespace, in_force: InForce, command: OpenCase | SendEvent) -> int:
    from yibao import api

    # A file for a case that nobody opened would be of no use, so only opening makes one.
    with journal_of(arguments, create=isinstance(command, api.OpenCase)) as journal:
        answer = api.carry_out(journal, command, in_force.law())
    return _answered(arguments, in_force, answer)


def _answered(arguments: argparse.Namespace, in_force: InForce, answer: Answer) -> int:
    if arguments.json:
        print_document(answer.document)
    elif answer.refused:
        print(_text(arguments, in_force).refused(answer.document, _case(arguments)))
    else:
        print(_text(arguments, in_force).accepted(answer.document))
    return REFUSED if answer.refused else DONE


def _in_force(arguments: argparse.Namespace) -> InForce:
    from yibao import api

    return api.in_force(arguments.policy, arguments.workflows)


def _text(arguments: argparse.Namespace, in_force: InForce) -> CaseText:
    from yibao.cli.case_text import CaseText

    return CaseText(in_force, arguments.lang)


def _case(arguments: argparse.Namespace) -> Case | None:
    from yibao import api

    case_id = case_name(arguments.case, "--case" if arguments.action == "open" else "ID")
    with journal_of(arguments, create=False) if arguments.action == "do" else existing_journal_of(arguments) as journal:
        return api.case_in(journal, case_id)


def _submission(arguments: argparse.Namespace) -> Submission:
    from yibao import api

    return api.Submission(
        at=recorded_at(arguments.at),
        actor=None if arguments.actor is None else name(arguments.actor, "--actor"),
        key=None if arguments.key is None else name(arguments.key, "--key"),
        expected_version=arguments.expect_version,
    )


def _data(arguments: argparse.Namespace, in_force: InForce) -> tuple[Document, Change | None]:
    written = arguments.data
    if written is None:
        return {}, None
    if not written.startswith("@"):
        return in_force.data(os.fsencode(written), "--data")
    return in_force.data(content_of(written[1:]), called(written[1:]))

"""Cases for people: what was done, why something was refused, what can be done now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yibao.basics.problems import Place, ProblemsFound, unknown_name
from yibao.cli import words
from yibao.cli.speaker import Speaker
from yibao.model.case import Case, Document
from yibao.model.chart import DECIDED, DECIDED_AS, RELIED, Chart
from yibao.model.facts import Title
from yibao.model.refusals import PossibleStep
from yibao.procedure.ahead import DeadlineAhead

if TYPE_CHECKING:
    from yibao.api import InForce

DOCUMENTS = "documents"
# What a failed condition says beside the facts that it looked at.
_NO_FACTS = ("problems", "outcome", "decided_as")
_KINDS = {
    "opened": words.OPENED,
    "step_taken": words.DONE,
    "step_refused": words.REFUSED,
    "corrected": words.CORRECTED,
    "withdrawn": words.WITHDRAWN,
    "redecided": words.REDECIDED,
    "settlement_reversed": words.REVERSED,
    "key_voided": words.KEY_VOIDED,
    "step_deleted": words.DELETED,
    "deadline_passed": words.DEADLINE_PASSED,
}


class CaseText:
    """Writes about cases in one language, or in both."""

    def __init__(self, in_force: InForce, language: str | None) -> None:
        self._charts = in_force.charts
        self._speaker = Speaker(in_force.policy.vocabulary, language)

    def accepted(self, document: Document) -> str:
        """After a command that was carried out."""
        chart, event = self._chart(document["chart"]), document["event"]
        done = self._speaker.headed(words.DONE, self._event(chart, event)) if event else self._say(words.OPENED)
        lines = [f"✓ {done}", self._standing(document["case"], chart, document["state"], document["version"])]
        if document["decision"] is not None:
            lines.extend(self._decision(document["decision"]))
        for amounts, heading in ((document.get("owed"), words.OWED), (document.get("mirrored"), words.TAKEN_BACK)):
            if amounts is not None:
                lines.extend(self._amounts(amounts.get("amounts", amounts), heading))
        return "\n".join(lines)

    def passed(self, document: Document) -> str:
        """A deadline that has passed, and where the case is now."""
        chart = self._chart(document["chart"])
        step = chart.step_named(document["step"])
        titles = {} if step is None else {each.name: each.title for each in step.deadlines}
        title = titles.get(document["deadline"])
        said = document["deadline"] if title is None else f"{self._say(title)} ({document['deadline']})"
        event = document["step"] if step is None else self._event(chart, step.event)
        lines = [
            self._speaker.headed(words.DEADLINE_PASSED, said),
            f"  {self._speaker.headed(words.OF_THE_STEP, event)}",
            f"  {self._speaker.headed(words.LAST_DAY, document['last_day'])}",
            f"  {self._standing(document['case'], chart, document['state'], document['version'])}",
        ]
        return "\n".join(lines)

    def nothing_passed(self) -> str:
        """Where no deadline has passed."""
        return self._say(words.NOTHING_PASSED)

    def refused(self, document: Document, case: Case | None) -> str:
        """After a command that was refused: why, what is missing, and what can be done instead."""
        chart = None if case is None else self._charts.get(case.chart)
        lines = [f"✗ {self._speaker.headed(words.REFUSED, self._say(words.REFUSALS[document['refused']]))}"]
        if document["event"]:
            lines.append(self._speaker.headed(words.EVENT, self._event(chart, document["event"])))
        if case is None or chart is None:
            return "\n".join(lines)
        standing = self._standing(case.case_id, chart, case.state, case.version)
        lines.append(f"{standing} ({self._say(words.AS_IT_WAS)})")
        lines.extend(self._missing(document, chart))
        if document["invoice_with"] is not None:
            lines.append(self._speaker.headed(words.INVOICE_WITH, document["invoice_with"]))
        lines.extend(self._possible(document["possible_now"], chart))
        lines.extend(self._operations(document["operations"], chart))
        return "\n".join(lines)

    def possible(
        self,
        case: Case,
        possible: Sequence[PossibleStep],
        operations: Sequence[PossibleStep],
        ahead: Sequence[DeadlineAhead],
    ) -> str:
        """What a case can do now, who is to act, and the deadlines that run for later steps."""
        chart = self._chart(case.chart)
        lines = [self._standing(case.case_id, chart, case.state, case.version), *self._waiting(chart, case.state)]
        lines.extend(self._possible([each.document() for each in possible], chart))
        if not possible:
            lines.append(self._say(words.NOTHING_POSSIBLE))
        lines.extend(self._ahead(ahead))
        lines.extend(self._operations([each.document() for each in operations], chart))
        return "\n".join(lines)

    def case(self, case: Case, events: Sequence[Document]) -> str:
        """A case: where it stands, how it came there, and what was handed in."""
        chart = self._chart(case.chart)
        titles = {step.name: self._say(step.title) for step in chart.steps}
        taken = [f"{each.at}  {titles.get(each.step, each.step)} ({each.event})" for each in case.taken]
        papers = [self._speaker.document(code) for code in case.claim.get(DOCUMENTS) or ()]
        lines = [
            self._standing(case.case_id, chart, case.state, case.version),
            self._speaker.headed(words.PROCEDURE, self._say(chart.title)),
            *self._waiting(chart, case.state),
            *self._section(self._speaker.heading(words.STEPS_TAKEN), taken),
            *self._section(f"{self._speaker.fact(DOCUMENTS)}{self._speaker.colon}".rstrip(), papers),
        ]
        passed = [f"{each.last_day}  {self._need(each.deadline, chart)}" for each in case.passed]
        lines.extend(self._section(self._speaker.heading(words.DEADLINE_PASSED), passed))
        if case.decision is not None:
            lines.extend(self._decision(case.decision))
        records = [self._record(event, chart) for event in events]
        lines.extend(self._section(self._speaker.heading(words.HISTORY), records))
        return "\n".join(lines)

    def _chart(self, name: str) -> Chart:
        if name not in self._charts:
            raise ProblemsFound([unknown_name("chart", name, self._charts, Place(path="workflows"))])
        return self._charts[name]

    def _missing(self, document: Document, chart: Chart) -> Iterator[str]:
        """What stands between the case and the step: steps, documents, conditions, contradictions."""
        steps = {step.name: self._say(step.title) for step in chart.steps}
        sections: tuple[tuple[Title, Iterable[str]], ...] = (
            (words.MISSING_STEPS, (f"{steps[name]} ({name})" for name in document["missing_steps"])),
            (words.MISSING_DOCUMENTS, map(self._speaker.document, document["missing_documents"])),
            (words.FAILED, (line for each in document["failed"] for line in self._failed(each))),
            (words.CONFLICTS, map(self._conflict, document["conflicts"])),
        )
        for title, lines in sections:
            yield from self._section(self._speaker.heading(title), list(lines))

    def _failed(self, failed: Mapping[str, Any]) -> Iterator[str]:
        """A condition that failed: the facts it looked at, those it asks for, and where it is laid down."""
        yield f"{self._speaker.told(failed['title'])} ({failed['condition']})"
        facts = {path: value for path, value in failed["facts"].items() if path not in _NO_FACTS}
        if facts:
            yield f"  {self._speaker.headed(words.FACTS, self._speaker.facts(facts))}"
        if failed["condition"] == DECIDED_AS:
            yield from self._outcomes(**failed["facts"])
        for problem in failed["facts"].get("problems", ()):
            yield f"  {self._speaker.headed(words.PROBLEMS, problem)}"
        if failed["missing"]:
            asked = self._speaker.listed(map(self._speaker.named_fact, failed["missing"]))
            yield f"  {self._speaker.headed(words.STILL_TO_BE_ASKED, asked)}"
        yield from (f"  {self._speaker.source(cite)}" for cite in failed["cites"])

    def _outcomes(self, outcome: str | None, decided_as: Sequence[str]) -> Iterator[str]:
        """What the live decision says, and what it would have to."""
        said = self._say(words.NO_LIVE_DECISION) if outcome is None else self._speaker.outcome(outcome)
        yield f"  {self._speaker.headed(words.DECISION, said)}"
        yield f"  {self._speaker.headed(words.DUE, self._speaker.listed(map(self._speaker.outcome, decided_as)))}"

    def _conflict(self, conflict: Mapping[str, Any]) -> str:
        fact = conflict["fact"]
        sides = self._speaker.listed(
            f"{self._say(title)} {self._speaker.value(fact, conflict[side])}"
            for side, title in (("established", words.ESTABLISHED), ("given", words.GIVEN_NOW))
        )
        return f"{self._speaker.named_fact(fact)}{self._speaker.colon}{sides}"

    def _possible(self, possible: Sequence[Mapping[str, Any]], chart: Chart) -> Iterator[str]:
        lines = []
        for each in possible:
            lines.append(self._event(chart, each["event"]))
            lines.extend(self._days(each))
            if each["needs"]:
                lines.append(f"  {self._speaker.heading(words.STILL_NEEDS)}")
                lines.extend(f"    {self._need(name, chart)}" for name in each["needs"])
        yield from self._section(self._speaker.heading(words.POSSIBLE_NOW), lines)

    def _days(self, possible: Mapping[str, Any]) -> Iterator[str]:
        """From when and until when a step can be taken."""
        for name, title in (("earliest", words.NOT_BEFORE), ("until", words.LAST_DAY)):
            if possible[name] is not None:
                provisional = f" ({self._say(words.PROVISIONAL)})" if possible["provisional"] else ""
                yield f"  {self._speaker.headed(title, possible[name])}{provisional}"

    def _ahead(self, ahead: Sequence[DeadlineAhead]) -> Iterator[str]:
        """The deadlines of later steps: what they are for, until when they run, and whether that is over."""
        lines = []
        for each in ahead:
            last = each.running.last
            remarks = [words.PROVISIONAL] * last.provisional + [words.LAST_DAY_IS_OVER] * each.passed
            said = "".join(f" ({self._say(remark)})" for remark in remarks)
            lines.append(f"{self._say(each.step.title)} ({each.step.event})")
            lines.append(f"  {self._say(each.running.deadline.title)} ({each.running.deadline.name})")
            lines.append(f"    {self._speaker.headed(words.LAST_DAY, last.day.isoformat())}{said}")
        yield from self._section(self._speaker.heading(words.DEADLINES_AHEAD), lines)

    def _operations(self, operations: Sequence[Mapping[str, Any]], chart: Chart) -> Iterator[str]:
        known = [chart.operations[each["event"]] for each in operations if each["event"] in chart.operations]
        lines = [f"{self._say(each.title)} ({each.kind.value})" for each in known]
        yield from self._section(self._speaker.heading(words.OPERATIONS), lines)

    def _amounts(self, amounts: Mapping[str, int], heading: Title) -> Iterator[str]:
        told = [f"{name}: {amount}" for name, amount in amounts.items() if amount]
        yield from self._section(self._speaker.heading(heading), told)

    def _need(self, name: str, chart: Chart) -> str:
        titles = {guard.name: guard.title for step in chart.steps for guard in step.guards}
        titles |= {deadline.name: deadline.title for step in chart.steps for deadline in step.deadlines}
        titles.update((RELIED, step.reliance.title) for step in chart.steps if step.reliance is not None)
        titles |= {DECIDED: words.DECIDED, DECIDED_AS: words.DECIDED_AS}
        return self._say(titles[name]) if name in titles else self._speaker.document(name)

    def _section(self, heading: str, lines: Sequence[str]) -> Iterator[str]:
        if lines:
            yield heading
            yield from (f"  {line}" for line in lines)

    def _standing(self, case_id: str, chart: Chart, state: str, version: int) -> str:
        known = chart.states.get(state)
        called = state if known is None else f"{self._say(known.title)} ({state})"
        head = f"{self._say(words.CASE)} {case_id}{self._speaker.colon}"
        return head + self._speaker.listed((called, f"{self._say(words.VERSION)} {version}"))

    def _waiting(self, chart: Chart, state: str) -> Iterator[str]:
        """Who acts next; nobody in a final state."""
        known = chart.states.get(state)
        if known is not None and known.waits_for is not None:
            yield self._speaker.headed(words.WAITS_FOR, self._say(chart.actors[known.waits_for]))

    def _decision(self, decision: Document) -> Iterator[str]:
        yield self._speaker.headed(words.DECISION, self._speaker.outcome(decision["outcome"]))
        if any(amount is not None for amount in decision["amounts"].values()):
            yield f"  {self._speaker.split(decision['amounts'])}"

    def _event(self, chart: Chart | None, event: str) -> str:
        """An event by the title of its step."""
        known = None if chart is None else chart.step_of(event) or chart.operations.get(event)
        return event if known is None else f"{self._say(known.title)} ({event})"

    def _record(self, event: Document, chart: Chart) -> str:
        kept, what = event["envelope"], event.get("event")
        said = self._say(_KINDS[event["kind"]])
        if event["kind"] == "step_refused":
            said = self._speaker.headed(_KINDS[event["kind"]], self._say(words.REFUSALS[event["refusal"]["refused"]]))
        return "  ".join((str(kept["sequence"]), kept["at"], said, self._event(chart, what) if what else "")).rstrip()

    def _say(self, title: Title) -> str:
        return self._speaker.say(title)

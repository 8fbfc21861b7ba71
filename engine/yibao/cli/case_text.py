"""Cases for people, in Chinese or English: what was done, why something was refused, what can be done now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yibao.model.case import Case, Document, PossibleStep
from yibao.model.chart import DECIDED, Chart
from yibao.model.facts import Title

if TYPE_CHECKING:
    from yibao.cli.in_force import InForce

DOCUMENTS_TABLE = "document"
_REASONS: Mapping[str, Title] = {
    "unknown_case": Title(zh="没有这个案件", en="there is no such case"),
    "case_exists": Title(zh="案件已经存在", en="the case exists already"),
    "version_conflict": Title(zh="案件在此期间已有变化", en="the case has changed in the meantime"),
    "key_reused": Title(zh="同一个键已用于另一项请求", en="the key was used for another request"),
    "case_closed": Title(zh="案件已经办结", en="the case is closed"),
    "unknown_event": Title(zh="程序中没有这个事项", en="the procedure has no such event"),
    "already_taken": Title(zh="这一步已经办过", en="this step has been taken already"),
    "skipped_step": Title(zh="前面还有步骤没有办理", en="earlier steps have not been taken"),
    "conflicting_fact": Title(zh="与案件中已确定的事实相矛盾", en="it contradicts what the case has established"),
    "too_early": Title(zh="时间未到", en="it is too early"),
    "too_late": Title(zh="已经逾期", en="it is too late"),
    "actor_not_allowed": Title(zh="办理人无权办理", en="this actor may not do it"),
    "document_missing": Title(zh="材料不齐", en="documents are missing"),
    "condition_not_met": Title(zh="条件未满足", en="a condition is not met"),
    "duplicate_invoice": Title(zh="发票已用于另一案件", en="the invoice was used in another case"),
}
_OUTCOMES: Mapping[str, Title] = {
    "covered": Title(zh="予以报销", en="covered"),
    "partly_covered": Title(zh="部分报销", en="partly covered"),
    "not_covered": Title(zh="不予报销", en="not covered"),
}
_WORDS: Mapping[str, Title] = {
    "refused": Title(zh="不予办理", en="Refused"),
    "done": Title(zh="已办理", en="Done"),
    "opened": Title(zh="已立案", en="Opened"),
    "case": Title(zh="案件", en="Case"),
    "as_it_was": Title(zh="案件保持原样", en="The case is as it was"),
    "state": Title(zh="状态", en="state"),
    "version": Title(zh="版本", en="version"),
    "missing_steps": Title(zh="尚未办理的步骤", en="Steps not yet taken"),
    "missing_documents": Title(zh="缺少的材料", en="Missing documents"),
    "failed": Title(zh="未满足的条件", en="Conditions not met"),
    "conflicts": Title(zh="相互矛盾的事实", en="Contradicting facts"),
    "possible_now": Title(zh="现在可以办理", en="Possible now"),
    "nothing": Title(zh="没有可办理的步骤，案件已办结", en="Nothing more: the case is closed"),
    "needs": Title(zh="还需", en="still needs"),
    "basis": Title(zh="依据", en="article"),
    "facts": Title(zh="现有", en="given"),
    "asks": Title(zh="须补充", en="to be given"),
    "established": Title(zh="已确定", en="established"),
    "given": Title(zh="这次提供", en="given now"),
    "steps": Title(zh="已办步骤", en="Steps taken"),
    "decision": Title(zh="决定", en="Decision"),
    "documents": Title(zh="已收材料", en="Documents received"),
    "history": Title(zh="全部记录", en="All records"),
    "decided": Title(zh="费用能够作出决定", en="a claim that can be decided"),
    "lines": Title(zh="费用明细", en="The lines of the bill"),
    # Punctuation, which is part of a language too.
    ":": Title(zh="：", en=": "),
    ",": Title(zh="、", en=", "),
    ";": Title(zh="；", en="; "),
}


class CaseText:
    """Writes about cases in one language."""

    def __init__(self, now_in_force: InForce, language: str) -> None:
        self._charts = now_in_force.charts
        self._documents = now_in_force.policy.vocabulary.tables[DOCUMENTS_TABLE].codes
        self._facts = now_in_force.policy.vocabulary.facts
        self._language = language

    def accepted(self, document: Document) -> str:
        """After a command that was carried out."""
        chart = self._charts[document["chart"]]
        step = chart.step_of(document["event"]) if document["event"] else None
        done = "" if step is None else f"{self._word('done')}{self._word(':')}{self._say(step.title)} ({step.event})"
        head = done or self._word("opened")
        lines = [f"✓ {head}", self._standing(document["case"], chart, document["state"], document["version"])]
        if document["decision"] is not None:
            lines.append(f"{self._word('decision')}{self._word(':')}{self._outcome(document['decision'])}")
        return "\n".join(lines)

    def refused(self, document: Document, case: Case | None) -> str:
        """After a command that was refused: why, and what can be done instead."""
        chart = None if case is None else self._charts.get(case.chart)
        reason = self._say(_REASONS[document["refused"]])
        attempt = self._attempt(chart, document["event"])
        lines = [f"✗ {self._word('refused')}{self._word(':')}{attempt}{self._word(';') if attempt else ''}{reason}"]
        if case is not None and chart is not None:
            standing = self._standing(case.case_id, chart, case.state, case.version)
            lines.append(f"{standing} · {self._word('as_it_was')}")
            lines.extend(self._refusal(document, chart))
        return "\n".join(lines)

    def possible(self, case: Case, possible: Sequence[PossibleStep]) -> str:
        """What a case can do now."""
        chart = self._charts[case.chart]
        lines = [self._standing(case.case_id, chart, case.state, case.version)]
        lines.extend(self._possible([each.document() for each in possible], chart))
        if not possible:
            lines.append(self._word("nothing"))
        return "\n".join(lines)

    def case(self, case: Case, events: Sequence[Document]) -> str:
        """A case: where it stands, how it came there, and what it has shown."""
        chart = self._charts[case.chart]
        lines = [self._standing(case.case_id, chart, case.state, case.version), f"{self._say(chart.title)}"]
        titles = {step.name: self._say(step.title) for step in chart.steps}
        taken = [f"{each.at}  {titles.get(each.step, each.step)} ({each.event})" for each in case.taken]
        lines.extend(self._section("steps", taken))
        lines.extend(self._section("documents", [self._document(code) for code in case.claim.get("documents") or ()]))
        if case.decision is not None:
            lines.extend(self._section("decision", [self._outcome(case.decision)]))
        lines.extend(self._section("history", [self._record(event) for event in events]))
        return "\n".join(lines)

    def _refusal(self, document: Document, chart: Chart) -> Iterator[str]:
        steps = {step.name: step for step in chart.steps}
        missing = [f"{self._say(steps[name].title)} ({name})" for name in document["missing_steps"]]
        yield from self._section("missing_steps", missing)
        yield from self._section("missing_documents", [self._document(code) for code in document["missing_documents"]])
        yield from self._section("failed", [line for each in document["failed"] for line in self._failed(each)])
        yield from self._section("conflicts", [self._conflict(each) for each in document["conflicts"]])
        yield from self._possible(document["possible_now"], chart)

    def _conflict(self, conflict: Mapping[str, Any]) -> str:
        established = f"{self._word('established')} {_shown(conflict['established'])}"
        given = f"{self._word('given')} {_shown(conflict['given'])}"
        return f"{self._fact(conflict['fact'])}{self._word(':')}{established}{self._word(';')}{given}"

    def _failed(self, failed: Mapping[str, Any]) -> Iterator[str]:
        yield f"{failed['title'][self._language]} ({failed['condition']})"
        colon, comma = self._word(":"), self._word(",")
        for cite in failed["cites"]:
            where = " ".join(str(cite[part]) for part in ("article", "passage") if part in cite)
            yield f"    {self._word('basis')}{colon}《{cite['source']}》{where} [{' '.join(cite['carries'])}]"
        if failed["facts"]:
            given = comma.join(f"{self._fact(path)} = {_shown(value)}" for path, value in failed["facts"].items())
            yield f"    {self._word('facts')}{colon}{given}"
        if failed["missing"]:
            yield f"    {self._word('asks')}{colon}{comma.join(self._fact(path) for path in failed['missing'])}"

    def _possible(self, possible: Sequence[Mapping[str, Any]], chart: Chart) -> Iterator[str]:
        lines = []
        for each in possible:
            step = chart.step_of(each["event"])
            title = "" if step is None else self._say(step.title)
            needs = self._word(",").join(self._need(name, chart) for name in each["needs"])
            still = f"{self._word(';')}{self._word('needs')}{self._word(':')}{needs}" if needs else ""
            lines.append(f"{title} ({each['event']}){still}")
        yield from self._section("possible_now", lines)

    def _need(self, name: str, chart: Chart) -> str:
        titles = {guard.name: guard.title for step in chart.steps for guard in step.guards}
        if name == DECIDED:
            return self._word("decided")
        return self._say(titles[name]) if name in titles else self._document(name)

    def _fact(self, path: str) -> str:
        if path in self._facts:
            return f"{self._say(self._facts[path].title)} ({path})"
        return self._word(path) if path in _WORDS else path

    def _section(self, word: str, lines: Sequence[str]) -> Iterator[str]:
        if lines:
            yield f"{self._word(word)}{self._word(':')}".rstrip()
            yield from (f"  {line}" for line in lines)

    def _standing(self, case_id: str, chart: Chart, state: str, version: int) -> str:
        known = chart.states.get(state)
        title = state if known is None else f"{self._say(known.title)} ({state})"
        return f"{self._word('case')} {case_id} · {title} · {self._word('version')} {version}"

    def _attempt(self, chart: Chart | None, event: str | None) -> str:
        step = None if chart is None or event is None else chart.step_of(event)
        if step is None:
            return event or ""
        return f"{self._say(step.title)} ({event})"

    def _record(self, event: Document) -> str:
        said = event["refusal"]["refused"] if event["kind"] == "step_refused" else event["kind"]
        kept = event["envelope"]
        return f"{kept['sequence']}  {kept['at']}  {said}  {event.get('event') or event.get('chart') or ''}"

    def _outcome(self, decision: Document) -> str:
        return self._say(_OUTCOMES.get(decision["outcome"], Title(zh=decision["outcome"], en=decision["outcome"])))

    def _document(self, code: str) -> str:
        return self._say(self._documents[code].title) if code in self._documents else code

    def _word(self, name: str) -> str:
        return self._say(_WORDS[name])

    def _say(self, title: Title) -> str:
        return title.in_language(self._language)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(str(member) for member in value) + "]"
    return str(value)

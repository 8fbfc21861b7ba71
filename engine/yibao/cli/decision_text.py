"""A decision as text for people, in Chinese, in English, or in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yibao.cli import words
from yibao.cli.settlement_text import settlement_lines
from yibao.cli.speaker import Speaker, percent
from yibao.model.claim import Claim
from yibao.model.facts import Title
from yibao.model.policy import Policy

_MARKS = {"covered": "✓", "partly_covered": "◐", "excluded": "✗", "not_covered": "✗", "undetermined": "?"}
MOST_ASKED_BY = 3
_HELD = {True: "✓", False: "✗", None: "?"}


def decision_text(decision: Mapping[str, Any], claim: Claim, policy: Policy, language: str | None) -> str:
    """The decision as it is printed. `language` None prints both."""
    return "\n".join(_Text(decision, claim, policy, language).lines())


class _Text:
    """Writes one decision."""

    def __init__(self, decision: Mapping[str, Any], claim: Claim, policy: Policy, language: str | None) -> None:
        self._decision, self._claim, self._policy = decision, claim, policy
        self._speaker = Speaker(policy.vocabulary, language)
        self._say = self._speaker.say

    def lines(self) -> Iterator[str]:
        decision = self._decision
        outcome = self._speaker.headed(words.OUTCOME, self._speaker.outcome(decision["outcome"]))
        yield f"{_MARKS[decision['outcome']]} {outcome}"
        if decision["enquiry"]:
            yield f"  {self._say(words.ENQUIRY)}"
        for line, read in zip(decision["lines"], self._claim.lines, strict=True):
            yield ""
            yield from self._line(line, read.facts)
        if len(decision["lines"]) > 1 and any(amount is not None for amount in decision["amounts"].values()):
            yield ""
            yield self._speaker.headed(words.TOTAL, self._speaker.split(decision["amounts"]))
        if decision["settlement"] is not None:
            yield ""
            yield from settlement_lines(decision["settlement"], self._speaker)
        elif decision["outcome"] != "undetermined":
            yield ""
            yield self._say(words.NOT_SETTLED)
        yield from self._findings()
        yield from self._missing()
        yield from self._documents()
        yield from self._foot()

    def _line(self, line: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
        name = facts.get("line.name") or facts.get("line.item_code")
        billed = line["amounts"]["billed_fen"]
        head = (self._line_name(line["line_id"]), name, None if billed is None else f" {self._speaker.money(billed)}")
        outcome = self._speaker.outcome(line["outcome"])
        yield f"{_MARKS[line['outcome']]} {' '.join(part for part in head if part)} → {outcome}"
        effects = words.EFFECTS_IF_DETERMINED if line["outcome"] == "undetermined" else words.EFFECTS
        for reason in line["reasons"]:
            yield from self._reason(reason, self._effect(reason, effects))
        for reason in line.get("possible_reasons", []):
            yield from self._reason(reason, f"{self._say(words.POSSIBLY)}{self._speaker.colon}{self._effect(reason)}")
        for answer in line["answers"]:
            yield from self._answer(answer)
        if line["outcome"] in ("covered", "partly_covered"):
            yield f"    {self._speaker.headed(words.SPLIT, self._speaker.split(line['amounts']))}"
        if line["amounts_missing"]:
            missing = self._speaker.listed(map(self._speaker.fact, line["amounts_missing"]))
            yield f"    {self._speaker.headed(words.AMOUNTS_MISSING, missing)}"

    def _line_name(self, line_id: str) -> str:
        return self._say(Title(zh=f"第{line_id}行", en=f"line {line_id}"))

    def _effect(self, reason: Mapping[str, Any], effects: Mapping[str, Title] = words.EFFECTS) -> str:
        silenced = reason["silenced_by"]
        if silenced:
            return self._say(Title(zh=f"被 {silenced} 取代", en=f"silenced by {silenced}"))
        return self._say(effects[reason["effect"]])

    def _reason(self, reason: Mapping[str, Any], effect: str) -> Iterator[str]:
        yield f"    {effect}{self._speaker.colon}{self._speaker.told(reason['title'])} [{reason['rule']}]"
        yield from self._sources(reason)
        day = f"  ({self._speaker.fact(reason['dated_by'])} {reason['date']})" if reason["date"] else ""
        facts = self._speaker.facts(reason["facts"])
        if facts or day:
            yield f"      {self._speaker.headed(words.FACTS, facts)}{day}"

    def _answer(self, answer: Mapping[str, Any]) -> Iterator[str]:
        fen, basis_points = answer.get("value_fen"), answer.get("value_bp")
        value = self._speaker.money(fen) if fen is not None else None if basis_points is None else percent(basis_points)
        if value is not None:
            question = self._policy.questions[answer["question"]].title
            yield f"    {self._speaker.headed(question, value)} [{answer['rule']}]"
            yield from self._sources(answer)

    def _sources(self, shown: Mapping[str, Any]) -> Iterator[str]:
        yield from (f"      {self._speaker.source(cite)}" for cite in shown["cites"])

    def _findings(self) -> Iterator[str]:
        """Each finding once, however many lines it holds for."""
        found = [*self._decision["findings"], *(one for line in self._decision["lines"] for one in line["findings"])]
        for finding in {one["rule"]: one for one in found}.values():
            yield f"    {self._speaker.headed(words.NOTE, self._speaker.told(finding['title']))} [{finding['rule']}]"
            if finding["advice"]:
                yield f"      {self._speaker.told(finding['advice'])}"

    def _missing(self) -> Iterator[str]:
        if not self._decision["missing"]:
            return
        yield ""
        yield self._speaker.heading(words.STILL_TO_BE_ASKED)
        for missing in self._decision["missing"]:
            lines = f" ({self._speaker.listed(map(self._line_name, missing['lines']))})" if missing["lines"] else ""
            yield f"  ? {self._named(missing['fact'])}{lines}{_asked_by(missing['asked_by'])}"

    def _named(self, missing: str) -> str:
        """What is missing, by its title: a fact, or a parameter that has no answer."""
        for parameter in self._policy.parameters:
            if missing == f"parameter:{parameter.layer}/{parameter.name}":
                return f"{self._say(parameter.title)} ({missing})"
        return self._speaker.named_fact(missing)

    def _documents(self) -> Iterator[str]:
        if not self._decision["documents_due"]:
            return
        yield ""
        yield self._speaker.heading(words.DOCUMENTS_DUE)
        for due in self._decision["documents_due"]:
            yield f"  {_HELD[due['held']]} {self._speaker.told(due['title'])} [{', '.join(due['rules'])}]"

    def _foot(self) -> Iterator[str]:
        policy = self._decision["policy"]
        as_of = f", {self._say(words.AS_OF)} {policy['as_of']}" if policy["as_of"] else ""
        yield ""
        if self._decision["illustrative"]:
            yield self._say(words.ILLUSTRATIVE)
        yield f"{self._say(words.POLICY)} {policy['digest'][:19]}… ({', '.join(policy['jurisdictions'])}{as_of})"
        yield f"{self._say(words.DECISION_NUMBER)} {self._decision['decision_id'][:19]}…"


def _asked_by(rules: Sequence[str]) -> str:
    """The first few rules that ask for a fact, and how many more there are; the document names them all."""
    more = f", … +{len(rules) - MOST_ASKED_BY}" if len(rules) > MOST_ASKED_BY else ""
    return f"  ← {', '.join(rules[:MOST_ASKED_BY])}{more}" if rules else ""

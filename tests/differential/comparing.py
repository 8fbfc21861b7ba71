"""What has to hold of a claim that two engines judge: they agree, completions agree with them, and the facts said to
be missing are the ones that matter."""

from __future__ import annotations

import random

from attrs import frozen

from tests.differential.tally import Difference, Tally
from tests.support.completing import Answers, Completing, Missing, verdict
from tests.support.enumerating import moving
from yibao.api import Decider
from yibao.basics.digest import canonical_json
from yibao.coverage.judgement import Judgement
from yibao.coverage.proof import certificate
from yibao.model.claim import Claim
from yibao.model.policy import Rule

PARTS = ("applies", "stands", "silenced_by", "findings", "admitted", "verdict_open", "matters", "exact")
SETTLING_TRIES = 8


@frozen(kw_only=True)
class Effort:
    """How much is done for one claim beside comparing judgements: values (which only a checked policy surely has),
    whole documents, certificates, the number of completions drawn, and how many ways to answer for missing facts are
    walked through at most."""

    values: bool
    documents: bool
    certificates: bool
    completions: int
    answers: int


@frozen(kw_only=True)
class Pair:
    """Both engines under one policy, and what completes claims for it."""

    durable: Decider
    reference: Decider
    completing: Completing

    def compare(self, claim: Claim, effort: Effort, draw: random.Random, tally: Tally) -> None:
        """Everything that has to hold of the claim. Raises Difference."""
        judged, again = self.durable.judge(claim), self.reference.judge(claim)
        for number, (one, other) in enumerate(zip(judged, again, strict=True)):
            _same(one, other, f"line {number}")
            tally.see(one)
        rules = self.durable.rules(claim)
        if rules != self.reference.rules(claim):
            raise Difference("the programs of the two engines have different rules")
        if effort.certificates:
            _same_certificates(rules, judged, again, tally)
        if effort.documents:
            self._same_documents(claim, draw, tally)
        if any(None in judgement.atoms.values() for judgement in judged):
            self._completions(claim, judged, effort, draw, tally)
        for number, judgement in enumerate(judged):
            if judgement.verdict_open:
                self._what_is_missing(claim, number, judgement, effort.answers, draw, tally)

    def _same_documents(self, claim: Claim, draw: random.Random, tally: Tally) -> None:
        durable, reference = self.durable.decide(claim), self.reference.decide(claim)
        if canonical_json(durable) != canonical_json(reference):
            parts = [name for name in durable if durable[name] != reference.get(name)]
            raise Difference(f"the documents differ in {', '.join(parts)}")
        tally.add("documents compared")
        if all(line["outcome"] != "undetermined" for line in durable["lines"]):
            return
        keys = {(one["fact"], line) for one in durable["missing"] for line in one["lines"] or [None]}
        for answers in self._some_answers(keys, claim, draw):
            # What the settlement then asks for is another matter: it is not due while a line is undetermined.
            settled = self.durable.decide(self.completing.answered(claim, answers))
            if any(line["outcome"] == "undetermined" for line in settled["lines"]):
                raise Difference(f"`missing` is answered and a line still undetermined: {_shown(answers)}")
            tally.add("documents settled by their `missing`")

    def _completions(
        self, claim: Claim, judged: list[Judgement], effort: Effort, draw: random.Random, tally: Tally
    ) -> None:
        """What is determined stays so, whatever the missing facts turn out to be."""
        short = self._outcomes(claim, effort)
        for _sample in range(effort.completions):
            completed = self.completing.sampled(claim, draw)
            after = self.durable.judge(completed)
            outcomes = self._outcomes(completed, effort)
            tally.add("completions sampled")
            for at, (before, now) in enumerate(zip(judged, after, strict=True)):
                if now.verdict_open:
                    raise Difference(f"line {at} is open although every fact is given: {_facts(completed, at)}")
                if not before.verdict_open and verdict(before) != verdict(now):
                    raise Difference(f"line {at} was determined and a completion differs: {_facts(completed, at)}")
                if short and short[at] not in ("undetermined", outcomes[at]):
                    raise Difference(f"line {at} was {short[at]} and a completion is {outcomes[at]}")
                _nothing_taken_back(before, now, at)

    def _outcomes(self, claim: Claim, effort: Effort) -> list[str]:
        """The outcome of each line, its values computed; nothing where values may contradict each other."""
        return [answered[0] for answered in self.durable.brief(claim)] if effort.values else []

    def _what_is_missing(
        self, claim: Claim, number: int, judgement: Judgement, most: int, draw: random.Random, tally: Tally
    ) -> None:
        """The missing facts settle the line; where they are exact, each of them makes a difference."""
        missing = self.completing.missing(judgement.matters, claim, claim.lines[number])
        if not missing:
            raise Difference(f"line {number} is undetermined and misses nothing")
        ways = self.completing.every(missing, claim, most) if judgement.exact else None
        found = []
        for answers in ways or self._some_answers(missing, claim, draw):
            after = self.durable.judge(self.completing.answered(claim, answers))[number]
            if after.verdict_open:
                raise Difference(f"line {number} is open although what it misses is given: {_shown(answers)}")
            found.append(verdict(after))
        tally.add("answers to missing facts", len(found))
        if ways is not None:
            tally.add("undetermined lines walked through")
            idle = missing - moving(ways, found)
            if idle:
                raise Difference(f"line {number} misses {sorted(path for path, _line in idle)}, which makes no odds")

    def _some_answers(self, missing: set[Missing], claim: Claim, draw: random.Random) -> list[Answers]:
        """A few ways to answer for the missing facts, taken from completions of the whole claim."""
        found: list[Answers] = []
        for _try in range(SETTLING_TRIES):
            whole = self.completing.sampled(claim, draw)
            of_line = {line.line_id: line.facts for line in whole.lines}
            found.append(
                {(path, line): whole.facts[path] if line is None else of_line[line][path] for path, line in missing}
            )
        return found


def _same(one: Judgement, other: Judgement, where: str) -> None:
    if one == other:
        return
    parts = [
        name for name in (*PARTS, "answers", "open_answers", "atoms") if getattr(one, name) != getattr(other, name)
    ]
    told = [f"{name}: {_told(getattr(one, name), getattr(other, name))}" for name in parts]
    raise Difference(f"{where}: the engines differ in {'; '.join(told)}")


def _told(one: object, other: object) -> str:
    """Two different values, of mappings only the entries that differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
        return ", ".join(f"{key} {one.get(key)} / {other.get(key)}" for key in keys[:5])
    return f"{one} / {other}"


def _same_certificates(rules: tuple[Rule, ...], judged: list[Judgement], again: list[Judgement], tally: Tally) -> None:
    for number, (one, other) in enumerate(zip(judged, again, strict=True)):
        if certificate(rules, one) != certificate(rules, other):
            raise Difference(f"line {number}: the certificates differ")
        tally.add("certificates compared")


def _nothing_taken_back(before: Judgement, now: Judgement, at: int) -> None:
    """What Kleene was sure of stays: statuses of rules and findings."""
    for kind in ("applies", "stands", "findings", "atoms"):
        sure = {key: truth for key, truth in getattr(before, kind).items() if truth is not None}
        later = getattr(now, kind)
        changed = [key for key, truth in sure.items() if later[key] is not truth]
        if changed:
            raise Difference(f"line {at}: {kind} of {', '.join(changed)} changed when facts were added")


def _shown(answers: Answers) -> str:
    return ", ".join(f"{path}{f' of {line}' if line else ''} = {value!r}" for (path, line), value in answers.items())


def _facts(claim: Claim, at: int) -> str:
    return repr({**claim.facts, **claim.lines[at].facts})

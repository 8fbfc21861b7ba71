"""From a policy and a claim to the decision document of the outer contract."""

from __future__ import annotations

import datetime
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from attrs import frozen

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.coverage import rete
from yibao.coverage.brief import Answered, Brief, brief_of
from yibao.coverage.explanation import findings
from yibao.coverage.inference import Inference
from yibao.coverage.judgement import Judgement
from yibao.coverage.line_decision import LineDecision, decide_line, undecided_line
from yibao.coverage.missing import INSURED_AREA, PLACES, TREATMENT_AREA, Missing, missing_document
from yibao.coverage.program import compile_program
from yibao.coverage.proof import certificate
from yibao.coverage.reference import Reference
from yibao.coverage.selection import above_of, rules_for
from yibao.coverage.supporting import documents_due, documents_possible
from yibao.model.claim import Claim
from yibao.model.expressions import Scope
from yibao.model.facts import Value
from yibao.model.policy import NATIONAL, Policy, Rule

ENGINES = ("durable", "reference")
ENQUIRY = "enquiry"
MOST_CERTIFICATES = 1_000
MOST_AREAS = 10_000
MOST_PROGRAMS = 64
Chain = tuple[str, ...]
_AMOUNTS = ("billed_fen", "full_self_pay_fen", "over_ceiling_fen", "first_self_pay_fen", "in_scope_fen")


class Decider:
    """Decides claims under one policy. Programs and profiles are worked out once and kept, within bounds.

    `engine` is `durable` or `reference`; None takes durable_rules where it can be installed. `as_of` leaves out what
    was published later. Raises ProblemsFound for an engine that is not there.
    """

    def __init__(self, policy: Policy, engine: str | None = None, as_of: datetime.date | None = None) -> None:
        self.policy = policy
        self.as_of = as_of
        self._engine = engine or ("durable" if rete.available() else "reference")
        if self._engine not in ENGINES or (self._engine == "durable" and not rete.available()):
            message = f"the engine `{self._engine}` is not to be had on this Python"
            hint = "use `reference`; durable_rules installs on Python 3.11 and 3.12"
            raise ProblemsFound([problem_of("no-such-engine", message, Place(path="--engine"), hint)])
        self._certificates: OrderedDict[int, tuple[Judgement, tuple[str, Mapping[str, Any]]]] = OrderedDict()
        self._above = above_of(policy.rules)
        self._programs: OrderedDict[tuple[Chain, Chain], _Compiled] = OrderedDict()
        self._chains: dict[tuple[Value, Value], tuple[Chain, Chain]] = {}

    def decide(self, claim: Claim) -> dict[str, Any]:
        """The decision document of a claim with its catalogue facts filled in. Never refuses, never guesses."""
        places = [path for path in PLACES if not isinstance(claim.facts.get(path), str)]
        if places:
            return self._without_places(claim, places)
        program = self._program_of(claim)
        judgements = program.engine.judge(claim)
        lines = [
            decide_line(self.policy, program.rules, judgement, claim, line)
            for line, judgement in zip(claim.lines, judgements, strict=True)
        ]
        return self._document(claim, program, judgements, lines, _missing_of(lines), all(line.exact for line in lines))

    def brief(self, claim: Claim) -> list[Answered]:
        """For each line its outcome, the ids of its reasons and those of the rules that answer with a value.

        The claim names both its places. What `decide` says at length, many times faster.
        """
        program = self._program_of(claim)
        if isinstance(program.engine, Inference):
            return program.engine.brief(claim, program.brief_of)
        judgements = program.engine.judge(claim)
        return [program.brief_of(one).answer(claim, line) for line, one in zip(claim.lines, judgements, strict=True)]

    def judge(self, claim: Claim) -> list[Judgement]:
        """What the engine says of each line: for comparing engines. The claim names both its places."""
        return self._program_of(claim).engine.judge(claim)

    def rules(self, claim: Claim) -> tuple[Rule, ...]:
        """The program of the claim: the rules that can matter for its two places."""
        return self._program_of(claim).rules

    def _program_of(self, claim: Claim) -> _Compiled:
        """The program of the claim's two places, compiled once for each pair of areas."""
        areas = (claim.facts.get(INSURED_AREA), claim.facts.get(TREATMENT_AREA))
        chains = self._chains.get(areas)
        if chains is None:
            chains = (self._chain_of(claim, INSURED_AREA), self._chain_of(claim, TREATMENT_AREA))
            if len(self._chains) < MOST_AREAS:
                self._chains[areas] = chains
        return self._programs.get(chains) or self._program(*chains)

    def _chain_of(self, claim: Claim, path: str) -> Chain:
        area = claim.facts.get(path)
        return self.policy.chain(area if isinstance(area, str) else None)

    def _program(self, insured: Chain, treatment: Chain) -> _Compiled:
        known = self._programs.get((insured, treatment))
        if known is None:
            rules = rules_for(self.policy, insured, treatment, self.as_of)
            vocabulary, catalogues = self.policy.vocabulary, self.policy.catalogues
            engine: Inference | Reference = (
                Inference(compile_program(rules, self._above, self.policy.digest, vocabulary, catalogues))
                if self._engine == "durable"
                else Reference(rules, self.policy.rules, vocabulary, catalogues)
            )
            places = tuple(dict.fromkeys((*insured, *treatment)))
            known = _Compiled(places, rules, engine, partial(brief_of, self.policy, rules))
            self._programs[insured, treatment] = known
            if len(self._programs) > MOST_PROGRAMS:
                self._programs.popitem(last=False)
        return known

    def _without_places(self, claim: Claim, places: list[str]) -> dict[str, Any]:
        """Undetermined at once, naming the places; then what any place's rules would still have to ask."""
        missing = Missing()
        for path in places:
            missing.add(path, None, set())
        for insured, treatment in self._possible_chains(claim, places):
            program = self._program(insured, treatment)
            for line, judgement in zip(claim.lines, program.engine.judge(claim), strict=True):
                missing.include(decide_line(self.policy, program.rules, judgement, claim, line).missing)
        known = self._program(self._chain_of(claim, INSURED_AREA), self._chain_of(claim, TREATMENT_AREA))
        nothing = _Compiled(known.places, (), known.engine, known.brief_of)
        lines = [undecided_line(line) for line in claim.lines]
        return self._document(claim, nothing, [], lines, missing, exact=False)

    def _possible_chains(self, claim: Claim, places: list[str]) -> Iterator[tuple[Chain, Chain]]:
        everywhere = [
            (NATIONAL,),
            *(self.policy.chain(name) for name in sorted(self.policy.layers) if name != NATIONAL),
        ]
        insured, treatment = (everywhere if path in places else [self._chain_of(claim, path)] for path in PLACES)
        # Of two missing places, each is tried with the other elsewhere, and both as one: rules of two places together
        # are rare, and their number is the square of that of places.
        if len(places) < len(PLACES):
            return itertools.product(insured, treatment)
        here = (NATIONAL,)
        alone = itertools.chain(((chain, here) for chain in insured), ((here, chain) for chain in treatment))
        return itertools.chain(alone, ((chain, chain) for chain in insured))

    def _certificate(self, rules: tuple[Rule, ...], judgement: Judgement) -> tuple[str, Mapping[str, Any]]:
        """The certificate of a judgement, written once for all lines of its profile while the judgement is kept."""
        known = self._certificates.get(id(judgement))
        if known is None:
            known = self._certificates[id(judgement)] = (judgement, certificate(rules, judgement))
            if len(self._certificates) > MOST_CERTIFICATES:
                self._certificates.popitem(last=False)
        return known[1]

    def _document(
        self,
        claim: Claim,
        program: _Compiled,
        judgements: list[Judgement],
        lines: list[LineDecision],
        missing: Missing,
        exact: bool,
    ) -> dict[str, Any]:
        rules = program.rules
        about_claim = (rule for rule in rules if rule.about is Scope.CLAIM)
        of_claim = findings(about_claim, judgements[0], claim, None) if judgements else []
        found = [*of_claim, *itertools.chain(*(line.findings for line in lines))]
        certificates = [self._certificate(rules, judgement) for judgement in judgements]
        proofs: list[str | None] = [name for name, _certificate in certificates]
        proofs += [None] * (len(lines) - len(proofs))
        due = documents_due(self.policy, rules, judgements, lines, claim)
        document: dict[str, Any] = {
            "claim_id": claim.claim_id,
            "claim_digest": claim.digest,
            "policy": {
                "digest": self.policy.digest,
                "as_of": self.as_of.isoformat() if self.as_of else None,
                "jurisdictions": list(program.places),
            },
            "outcome": _outcome(line.outcome for line in lines),
            "enquiry": any(one["finding"] == ENQUIRY for one in found),
            "lines": [line.document(proof) for line, proof in zip(lines, proofs, strict=True)],
            "amounts": _total(lines),
            "settlement": None,
            "findings": of_claim,
            "missing": missing_document(missing),
            "missing_is": "exact" if exact else "sufficient",
            "documents_due": due,
            "documents_possible": documents_possible(self.policy, rules, judgements, lines, claim),
            "proofs": dict(certificates),
            "illustrative": any(line.illustrative for line in lines)
            or any(one["illustrative"] for one in [*found, *due]),
        }
        return {"decision_id": digest_of_document(document), **document}


@frozen(eq=False)
class _Compiled:
    """The program of a pair of places: its layers, its rules, what judges by them, and what puts it shortly."""

    places: tuple[str, ...]
    rules: tuple[Rule, ...]
    engine: Inference | Reference
    brief_of: Callable[[Judgement], Brief]


def _missing_of(lines: list[LineDecision]) -> Missing:
    missing = Missing()
    for line in lines:
        missing.include(line.missing)
    return missing


def _outcome(outcomes: Iterable[str]) -> str:
    found = set(outcomes)
    if "undetermined" in found:
        return "undetermined"
    if found <= {"covered"}:
        return "covered"
    return "not_covered" if found <= {"excluded"} else "partly_covered"


def _total(lines: list[LineDecision]) -> Mapping[str, int | None]:
    """The sums over all lines; None where a line's amount is not known."""
    parts = [line.amounts.document() for line in lines]
    totals: dict[str, int | None] = {}
    for name in _AMOUNTS:
        known = [amount for part in parts if (amount := part[name]) is not None]
        totals[name] = sum(known) if len(known) == len(parts) else None
    return totals

"""From a policy and a claim to the decision document of the outer contract."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from yibao.basics.digest import digest_of_document
from yibao.basics.problems import Fault
from yibao.coverage import rete
from yibao.coverage.explanation import findings
from yibao.coverage.inference import Inference
from yibao.coverage.judgement import Judgement
from yibao.coverage.line_decision import LineDecision, decide_line, undecided_line
from yibao.coverage.missing import Missing, missing_document
from yibao.coverage.program import compile_program
from yibao.coverage.proof import certificate
from yibao.coverage.reference import Reference
from yibao.coverage.selection import rules_for
from yibao.coverage.supporting import documents_due
from yibao.model.claim import Claim
from yibao.model.expressions import Scope
from yibao.model.policy import Policy, Rule

ENGINES = ("durable", "reference")
INSURED_AREA = "insured.insured_area"
TREATMENT_AREA = "encounter.treatment_area"
ENQUIRY = "enquiry"
Chain = tuple[str, ...]
_AMOUNTS = ("billed_fen", "full_self_pay_fen", "over_ceiling_fen", "first_self_pay_fen", "in_scope_fen")


class Decider:
    """Decides claims under one policy. Programs and profiles are worked out once and kept, within bounds.

    `engine` is `durable` or `reference`; None takes durable_rules where it can be installed. `as_of` leaves out what
    was published later. Raises Fault for an engine that is not there.
    """

    def __init__(self, policy: Policy, engine: str | None = None, as_of: datetime.date | None = None) -> None:
        self.policy = policy
        self.as_of = as_of
        self._engine = engine or ("durable" if rete.available() else "reference")
        if self._engine not in ENGINES:
            raise Fault(f"no engine is called `{self._engine}`")
        if self._engine == "durable" and not rete.available():
            raise Fault("durable_rules can't be installed on this Python; use the reference engine")
        self._programs: dict[tuple[Chain, Chain], tuple[tuple[Rule, ...], Inference | Reference]] = {}

    def decide(self, claim: Claim) -> dict[str, Any]:
        """The decision document of a claim with its catalogue facts filled in. Never refuses, never guesses."""
        places = [path for path in (INSURED_AREA, TREATMENT_AREA) if not isinstance(claim.facts.get(path), str)]
        if places:
            return self._without_places(claim, places)
        insured, treatment = (self._chain_of(claim, path) for path in (INSURED_AREA, TREATMENT_AREA))
        rules, engine = self._program(insured, treatment)
        judgements = engine.judge(claim)
        lines = [
            decide_line(self.policy, rules, judgement, claim, line)
            for line, judgement in zip(claim.lines, judgements, strict=True)
        ]
        return self._document(claim, (insured, treatment), rules, judgements, lines)

    def judge(self, claim: Claim) -> list[Judgement]:
        """What the engine says of each line: for comparing engines. The claim names both its places."""
        insured, treatment = (self._chain_of(claim, path) for path in (INSURED_AREA, TREATMENT_AREA))
        return self._program(insured, treatment)[1].judge(claim)

    def rules(self, claim: Claim) -> tuple[Rule, ...]:
        """The program of the claim: the rules that can matter for its two places."""
        insured, treatment = (self._chain_of(claim, path) for path in (INSURED_AREA, TREATMENT_AREA))
        return self._program(insured, treatment)[0]

    def _chain_of(self, claim: Claim, path: str) -> Chain:
        area = claim.facts.get(path)
        return self.policy.chain(area if isinstance(area, str) else None)

    def _program(self, insured: Chain, treatment: Chain) -> tuple[tuple[Rule, ...], Inference | Reference]:
        known = self._programs.get((insured, treatment))
        if known is None:
            rules = rules_for(self.policy, insured, treatment, self.as_of)
            vocabulary, catalogues = self.policy.vocabulary, self.policy.catalogues
            engine: Inference | Reference = (
                Inference(compile_program(rules, self.policy.digest, vocabulary, catalogues))
                if self._engine == "durable"
                else Reference(rules, vocabulary, catalogues)
            )
            known = self._programs[insured, treatment] = (rules, engine)
        return known

    def _without_places(self, claim: Claim, places: list[str]) -> dict[str, Any]:
        """Undetermined at once, naming the places; then what any place's rules would still have to ask."""
        missing = Missing()
        for insured, treatment in self._possible_chains(claim, places):
            rules, engine = self._program(insured, treatment)
            for line, judgement in zip(claim.lines, engine.judge(claim), strict=True):
                missing.include(decide_line(self.policy, rules, judgement, claim, line).missing)
        chains = tuple(self._chain_of(claim, path) for path in (INSURED_AREA, TREATMENT_AREA))
        lines = [undecided_line(line) for line in claim.lines]
        document = self._document(claim, (chains[0], chains[1]), (), [], lines)
        asked = missing_document(missing)
        asked_by = {one["fact"]: one["asked_by"] for one in asked}
        named_first = [{"fact": path, "lines": [], "asked_by": asked_by.get(path, [])} for path in places]
        document["missing"] = [*named_first, *(one for one in asked if one["fact"] not in places)]
        document["missing_is"] = "sufficient"
        return _with_id(document)

    def _possible_chains(self, claim: Claim, places: list[str]) -> Iterator[tuple[Chain, Chain]]:
        everywhere = [
            ("national",),
            *(self.policy.chain(name) for name in sorted(self.policy.layers) if name != "national"),
        ]
        insured, treatment = (
            everywhere if path in places else [self._chain_of(claim, path)] for path in (INSURED_AREA, TREATMENT_AREA)
        )
        return itertools.product(insured, treatment)

    def _document(
        self,
        claim: Claim,
        chains: tuple[Chain, Chain],
        rules: tuple[Rule, ...],
        judgements: list[Judgement],
        lines: list[LineDecision],
    ) -> dict[str, Any]:
        missing = Missing()
        for line in lines:
            missing.include(line.missing)
        of_claim = (
            findings((rule for rule in rules if rule.about is Scope.CLAIM), judgements[0], claim, None)
            if judgements
            else []
        )
        of_lines = [line.findings for line in lines]
        proofs = dict(certificate(rules, judgement) for judgement in judgements)
        due = documents_due(self.policy, rules, judgements, lines, claim)
        document: dict[str, Any] = {
            "claim_id": claim.claim_id,
            "claim_digest": claim.digest,
            "policy": {
                "digest": self.policy.digest,
                "as_of": self.as_of.isoformat() if self.as_of else None,
                "jurisdictions": list(dict.fromkeys(itertools.chain(*chains))),
            },
            "outcome": _outcome(line.outcome for line in lines),
            "enquiry": any(found["finding"] == ENQUIRY for found in itertools.chain(of_claim, *of_lines)),
            "lines": [
                line.document(certificate(rules, judgement)[0] if judgement is not None else None)
                for line, judgement in itertools.zip_longest(lines, judgements)
            ],
            "amounts": _total(lines),
            "settlement": None,
            "findings": of_claim,
            "missing": missing_document(missing),
            "missing_is": "exact" if all(line.exact for line in lines) else "sufficient",
            "documents_due": due,
            "proofs": proofs,
            "illustrative": any(line.illustrative for line in lines)
            or any(one["illustrative"] for one in [*of_claim, *due]),
        }
        return _with_id(document)


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


def _with_id(document: dict[str, Any]) -> dict[str, Any]:
    content = {key: value for key, value in document.items() if key != "decision_id"}
    return {"decision_id": digest_of_document(content), **content}

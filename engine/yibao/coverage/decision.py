"""From a policy and a claim to what coverage decides of each line. `yibao.decision` makes the document of it."""

from __future__ import annotations

import datetime
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar
from weakref import ReferenceType, ref

from attrs import evolve, frozen

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.coverage import rete
from yibao.coverage.brief import Answered, Brief, brief_of
from yibao.coverage.document import Settled, bytes_of
from yibao.coverage.inference import Inference
from yibao.coverage.judgement import Judgement
from yibao.coverage.known_claims import KnownClaim, known_claim
from yibao.coverage.line_decision import LineDecision, undecided_line
from yibao.coverage.line_verdict import decide_line
from yibao.coverage.missing import INSURED_AREA, NOTHING_MISSING, PLACES, TREATMENT_AREA, Missing
from yibao.coverage.parting import parting_of
from yibao.coverage.profile import Profile, Proof, judged, proof_of
from yibao.coverage.program import compile_program
from yibao.coverage.proof import certificate
from yibao.coverage.quick_lines import ClaimSpellings, FactSpellings
from yibao.coverage.reasons import Rules
from yibao.coverage.record import Coverage
from yibao.coverage.reference import Reference
from yibao.coverage.room import Room
from yibao.coverage.split import Parts
from yibao.coverage.wording import Wording
from yibao.model.claim import Claim
from yibao.model.facts import Value
from yibao.model.policy import NATIONAL, Policy, Rule
from yibao.model.selection import above_of, rules_for

ENGINES = ("durable", "reference")
# What the engines of all programs remember of claims, lines and results.
MOST_BYTES = 32_000_000
# Certificates are kept as they are written, up to so many bytes, while their profiles are remembered.
MOST_PROOF_BYTES = 24_000_000
MOST_AREAS = 10_000
MOST_PROGRAMS = 64
Chain = tuple[str, ...]
K = TypeVar("K")


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
        self._room = Room(MOST_BYTES)
        self._proved: deque[tuple[ReferenceType[Profile], int]] = deque()
        self._proof_bytes = 0
        self._spellings = FactSpellings()
        self._above = above_of(policy.rules)
        self._programs: OrderedDict[tuple[Chain, Chain], _Compiled] = OrderedDict()
        self._by_rules: OrderedDict[tuple[str, ...], _Compiled] = OrderedDict()
        self._chains: dict[tuple[Value, Value], tuple[Chain, Chain]] = {}

    def to_json(self, coverage: Coverage, settled: Settled, settlement: bytes) -> bytes:
        """The document of what was covered and settled, as canonical JSON; `settlement` is that of the settlement."""
        return bytes_of(coverage, ClaimSpellings(coverage.claim.facts, self._spellings), settled, settlement)

    def known(self, claim: Claim) -> KnownClaim | None:
        """What is decided of a claim of which everything is known, ready to be written; None for all others.

        The claim names both its places. The same as `cover`, several times faster.
        """
        program = self._program_of(claim)
        profiles = program.profiles(claim)
        wordings = [profile.shared.wording or self._wording(program, profile) for profile in profiles]
        proofs = [profile.proof or self._proof(program, profile) for profile in profiles]
        spellings = ClaimSpellings(claim.facts, self._spellings)
        return known_claim(claim, program.places, wordings, proofs, spellings)

    def cover(self, claim: Claim) -> Coverage:
        """What coverage decides of each line of a claim with its catalogue facts filled in."""
        if not (isinstance(claim.facts.get(INSURED_AREA), str) and isinstance(claim.facts.get(TREATMENT_AREA), str)):
            return self._without_places(claim)
        program = self._program_of(claim)
        policy, rules = self.policy, program.rules
        lines, judgements, wordings, proofs = [], [], [], []
        for line, profile in zip(claim.lines, program.profiles(claim), strict=True):
            wording = profile.shared.wording or self._wording(program, profile)
            judgement = profile.judgement
            decided = wording.decide(claim, line)
            lines.append(decided or decide_line(policy, rules, judgement, wording, claim, line))
            judgements.append(judgement)
            wordings.append(wording)
            proofs.append(profile.proof or self._proof(program, profile))
        missing, exact = _missing_of(lines)
        return Coverage(
            policy=policy,
            as_of=self.as_of,
            claim=claim,
            places=program.places,
            rules=rules,
            lines=tuple(lines),
            missing=missing,
            exact=exact,
            judgements=tuple(judgements),
            wordings=tuple(wordings),
            proofs=tuple(proofs),
        )

    def parts(self, claim: Claim) -> list[Parts] | None:
        """The split of each line alone; None where a verdict or an amount is not known. Many times faster than `cover`.

        The claim names both its places.
        """
        program = self._program_of(claim)
        found = []
        for line, profile in zip(claim.lines, program.profiles(claim), strict=True):
            parting = profile.shared.parting
            if parting is None:
                parting = profile.shared.parting = parting_of(self.policy, program.rules, profile.judgement)
            parts = parting(claim, line)
            if parts is None:
                return None
            found.append(parts)
        return found

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
        return tuple(self._program_of(claim).rules.values())

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
            places = tuple(dict.fromkeys((*insured, *treatment)))
            known = evolve(self._compiled(rules), places=places)
            _keep(self._programs, (insured, treatment), known, MOST_AREAS)
        return known

    def _compiled(self, rules: tuple[Rule, ...]) -> _Compiled:
        """What judges by these rules, of no place: places without rules of their own share the nation's."""
        keys = tuple(rule.key for rule in rules)
        known = self._by_rules.get(keys)
        if known is None:
            vocabulary, catalogues = self.policy.vocabulary, self.policy.catalogues
            engine: Inference | Reference = (
                Inference(compile_program(rules, self._above, self.policy.digest, vocabulary, catalogues), self._room)
                if self._engine == "durable"
                else Reference(rules, self.policy.rules, vocabulary, catalogues)
            )
            by_key = {rule.key: rule for rule in rules}
            known = _Compiled((), by_key, engine, partial(brief_of, self.policy, by_key))
            self._forget(_keep(self._by_rules, keys, known, MOST_PROGRAMS))
        return known

    def _forget(self, program: _Compiled | None) -> None:
        """Forget a program for all places that share it: it holds an engine with its networks."""
        if program is not None:
            for chains in [chains for chains, one in self._programs.items() if one.engine is program.engine]:
                del self._programs[chains]

    def _without_places(self, claim: Claim) -> Coverage:
        """Undetermined at once, naming the places; then what any place's rules would still have to ask."""
        places = [path for path in PLACES if not isinstance(claim.facts.get(path), str)]
        missing = Missing()
        for path in places:
            missing.add(path, None, set())
        for insured, treatment in self._possible_chains(claim, places):
            program = self._program(insured, treatment)
            for line, profile in zip(claim.lines, program.profiles(claim), strict=True):
                wording = self._wording(program, profile)
                decided = decide_line(self.policy, program.rules, profile.judgement, wording, claim, line)
                missing.include(decided.missing)
        known = self._program(self._chain_of(claim, INSURED_AREA), self._chain_of(claim, TREATMENT_AREA))
        return Coverage(
            policy=self.policy,
            as_of=self.as_of,
            claim=claim,
            places=known.places,
            rules={},
            lines=tuple(undecided_line(line) for line in claim.lines),
            missing=missing,
            exact=False,
            judgements=(),
            wordings=(),
            proofs=(),
        )

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

    def _wording(self, program: _Compiled, profile: Profile) -> Wording:
        """What is said of the lines of a profile, worked out once for all profiles that come to the same."""
        wording = profile.shared.wording
        if wording is None:
            wording = profile.shared.wording = Wording(self.policy, program.rules, profile.judgement, self._spellings)
        return wording

    def _proof(self, program: _Compiled, profile: Profile) -> Proof:
        """The certificate of a profile, written once for all its lines while it is remembered."""
        name, body = certificate(tuple(program.rules.values()), profile.judgement)
        proof = profile.proof = proof_of(name, body)
        self._proved.append((ref(profile), len(proof.entry)))
        self._proof_bytes += len(proof.entry)
        while self._proof_bytes > MOST_PROOF_BYTES:
            seen, size = self._proved.popleft()
            self._proof_bytes -= size
            oldest = seen()
            if oldest is not None:
                oldest.proof = None
        return proof


@frozen(eq=False)
class _Compiled:
    """The program of a pair of places: its layers, its rules by key, what judges by them, and what puts it shortly."""

    places: tuple[str, ...]
    rules: Rules
    engine: Inference | Reference
    brief_of: Callable[[Judgement], Brief]

    def profiles(self, claim: Claim) -> list[Profile]:
        """What is known of each line; the reference interpreter remembers nothing."""
        if isinstance(self.engine, Inference):
            return self.engine.profiles(claim)
        return [judged(judgement) for judgement in self.engine.judge(claim)]


def _keep(kept: OrderedDict[K, _Compiled], key: K, compiled: _Compiled, most: int) -> _Compiled | None:
    """Remember it, and forget the oldest beyond so many: that one is given back."""
    kept[key] = compiled
    return kept.popitem(last=False)[1] if len(kept) > most else None


def _missing_of(lines: Sequence[LineDecision]) -> tuple[Missing, bool]:
    """The facts that keep lines open, and whether they are exactly those that matter."""
    opened = [line for line in lines if line.missing is not NOTHING_MISSING]
    if not opened:
        return NOTHING_MISSING, True
    missing = Missing()
    for line in opened:
        missing.include(line.missing)
    return missing, all(line.exact for line in opened)

"""Whether a decision follows from its claim and its policy, by its own certificates and without the inference.

The decision is told once more, from the facts of the claim, the texts of the policy and the statuses that its
certificates claim; each claimed status must follow from the others and from the facts; and every place must read the
same. Only the order of keys, blanks and escapes of the JSON are free.

Trusted are the policy, named by its digest; the readers of claim and policy, look-ups in catalogues included; the truth
of an atom (`language.truth`), the cells of missing facts (`language.cells`), the choice of the program
(`model.selection`) and the evaluator of plans (`settlement`), which is given the splits that are worked out here. That
findings go in no circle is taken from the check of the policy.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from yibao.audit.proofs.settled import NO_SETTLEMENT, settlement_told
from yibao.audit.proofs.standing import NO, OPEN, YES, Pair, World
from yibao.audit.proofs.told import AMOUNTS, Absent, LineTold, Said
from yibao.basics.digest import decision_id_of
from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of
from yibao.language.truth import truth
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Scope
from yibao.model.policy import NATIONAL, DocumentsDue, Policy, Rule
from yibao.model.selection import above_of, rules_for
from yibao.model.walks import atoms_in, conjunction
from yibao.readers.documents.pointed_problems import PointedProblems, pointer_to, shown
from yibao.readers.documents.strict_json import plain_json, read_json

PLACES = ("insured.insured_area", "encounter.treatment_area")
UNDETERMINED = "undetermined"
_NOTHING = object()


def decision_from(content: bytes | Mapping[str, Any], path: str) -> Said:
    """The decision document in JSON, read under the bounds of any document. Raises ProblemsFound."""
    problems = PointedProblems(path)
    decision = read_json(content, problems) if isinstance(content, bytes) else plain_json(content, problems)
    problems.raise_if_any()
    if isinstance(decision, dict) and "decision_id" in decision:
        return {**decision}
    hint = "`yibao decide --json` writes one"
    raise ProblemsFound([problem_of("not-a-decision", "this is no decision document", Place(path=path), hint)])


def findings(decision: Said, claim: Claim, policy: Policy, path: str) -> list[Problem]:
    """Every place where the decision says something else than its claim and policy come to; none if it convinces.

    `path` names the decision in the findings. Of a decision about another claim, or under another policy, that alone is
    said. Raises ProblemsFound where the policy is wrong about the claim, such as two plans that apply: no decision
    follows then.
    """
    claimed, lawful = _at(decision, "claim_digest"), _at(decision, "policy", "digest")
    if claimed != claim.digest:
        return [_other("other-claim", claimed, claim.digest, Place(path=path, pointer="/claim_digest"))]
    if lawful != policy.digest:
        return [_other("other-policy", lawful, policy.digest, Place(path=path, pointer="/policy/digest"))]
    written = _at(decision, "policy", "as_of")
    try:
        as_of = datetime.date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        as_of = None
    told = _Told(policy, claim, as_of).decision(decision)
    return [*_differences(decision, {"decision_id": decision_id_of(told), **told}, path, "")]


def _other(code: str, named: object, at_hand: str, place: Place) -> Problem:
    return problem_of(code, f"the decision was made of {_in_short(named)}, and here is {shown(at_hand)}", place)


class _Told:
    """Tells the decision of a claim once more."""

    def __init__(self, policy: Policy, claim: Claim, as_of: datetime.date | None) -> None:
        self.policy, self.claim, self.as_of = policy, claim, as_of
        self.above = above_of(policy.rules)
        self.absent = [path for path in PLACES if not isinstance(claim.facts.get(path), str)]
        areas = [self.claim.facts.get(path) for path in PLACES]
        self.chains = [policy.chain(area if isinstance(area, str) else None) for area in areas]

    def decision(self, given: Said) -> Said:
        """The decision but for its id; `given` is asked for certificates alone."""
        lines = [] if self.absent else [*self._lines(given)]
        outcome = _outcome({line.outcome for line in lines})
        open_lines = outcome == UNDETERMINED
        settled = NO_SETTLEMENT if open_lines else settlement_told(self.policy, self.claim, self.as_of, lines)
        missing = self._missing([*(line.missing for line in lines or self._lines_anywhere()), settled.missing])
        exact = bool(lines) and all(line.exact for line in lines) and not settled.missing
        proofs = [line.world.certificate for line in lines]
        told = [line.document(name) for line, (name, _body) in zip(lines, proofs, strict=True)]
        of_claim = lines[0].findings(Scope.CLAIM) if lines else []
        due = self._documents_due(lines)
        found = [*of_claim, *itertools.chain(*(line["findings"] for line in told))]
        illustrative = any(line.rests_on_illustration(one) for line, one in zip(lines, told, strict=True))
        return {
            "claim_id": self.claim.claim_id,
            "claim_digest": self.claim.digest,
            "policy": {
                "digest": self.policy.digest,
                "as_of": self.as_of.isoformat() if self.as_of is not None else None,
                "jurisdictions": [*dict.fromkeys(itertools.chain(*self.chains))],
            },
            "outcome": UNDETERMINED if settled.missing else outcome,
            "enquiry": any(one["finding"] == "enquiry" for one in found),
            "lines": told or [_undecided(line) for line in self.claim.lines],
            "amounts": {name: _sum([line.amounts[name] for line in lines]) for name in AMOUNTS},
            "settlement": settled.document,
            "findings": of_claim,
            "missing": missing,
            "missing_is": "exact" if exact else "sufficient",
            "documents_due": due,
            "documents_possible": self._documents_possible(lines),
            "proofs": dict(proofs),
            "illustrative": illustrative or settled.illustrative or any(one["illustrative"] for one in [*found, *due]),
        }

    def _missing(self, parts: list[Absent]) -> list[Said]:
        """What the lines and the settlement miss, together; the places come first."""
        missing: Absent = {path: (set(), set()) for path in self.absent}
        for part in parts:
            for path, (line_ids, asking) in part.items():
                both = missing.setdefault(path, (set(), set()))
                both[0].update(line_ids)
                both[1].update(asking)
        return [
            {"fact": path, "lines": sorted(missing[path][0]), "asked_by": sorted(missing[path][1])}
            for path in sorted(missing, key=lambda path: (PLACES.index(path) if path in PLACES else 2, path))
        ]

    def _lines(self, given: Said) -> Iterator[LineTold]:
        """Each line under the statuses that its certificate claims."""
        world = self._world(*self.chains)
        for at, line in enumerate(self.claim.lines):
            name = _at(given, "lines", at, "proof")
            applies, opened = (_texts(_at(given, "proofs", name, part)) for part in ("applies", "open"))
            claimed = {key: YES if key in applies else OPEN if key in opened else NO for key in world.rules}
            yield self._line(world, line, claimed)

    def _lines_anywhere(self) -> Iterator[LineTold]:
        """Of a claim without a place: each line under the rules of each place that it may be."""
        national = (NATIONAL,)
        everywhere = [national, *(self.policy.chain(name) for name in sorted(self.policy.layers) if name != NATIONAL)]
        insured, treated = (
            everywhere if path in self.absent else [own] for path, own in zip(PLACES, self.chains, strict=True)
        )
        pairs = {*itertools.product(insured, treated)}
        if len(self.absent) == len(PLACES):
            pairs = {(one, other) for one, other in pairs if one == other or national in (one, other)}
        for pair in pairs:
            world = self._world(*pair)
            yield from (self._line(world, line, {}) for line in self.claim.lines)

    def _world(self, insured: tuple[str, ...], treated: tuple[str, ...]) -> World:
        rules = {rule.key: rule for rule in rules_for(self.policy, insured, treated, self.as_of)}
        above = {key: [rules[upper] for upper in sorted(self.above[key]) if upper in rules] for key in rules}
        conditions = {key: conjunction(rule.in_force, rule.when) for key, rule in rules.items()}
        return World(rules=rules, above=above, conditions=conditions, full=1, atoms={}, known={})

    def _line(self, world: World, line: Line, claimed: dict[str, Pair]) -> LineTold:
        atoms = {atom for condition in world.conditions.values() for atom in atoms_in(condition)}
        truths = {atom: truth(atom, self.claim, line, self.policy.catalogues) for atom in atoms}
        known = {atom: OPEN if value is None else YES if value else NO for atom, value in truths.items()}
        return LineTold(self.policy, evolve(world, atoms=known, known=claimed), self.claim, line)

    def _asking(self, lines: list[LineTold], standing: Pair) -> Iterator[tuple[str, Rule, LineTold]]:
        for line in lines:
            for rule in line.world.giving(DocumentsDue) if line.outcome != "excluded" else ():
                if line.world.stands(rule) == standing and isinstance(rule.answer, DocumentsDue):
                    yield from ((document, rule, line) for document in rule.answer.documents)

    def _documents_due(self, lines: list[LineTold]) -> list[Said]:
        asking = [*self._asking(lines, YES)]
        held, codes = self.claim.facts.get("documents"), self.policy.vocabulary.tables
        due = []
        for document in sorted({document for document, _rule, _line in asking}):
            rules = sorted({rule.key: rule for asked, rule, _line in asking if asked == document}.items())
            told = {
                "document": document,
                "title": codes["document"].codes[document].title.document(),
                "rules": sorted({rule.id for _key, rule in rules}),
                "cites": [*dict.fromkeys(str(cite) for _key, rule in rules for cite in rule.cites)],
                "held": document in held if isinstance(held, frozenset) else None,
                "illustrative": any(lines[0].illustrative(rule) for _key, rule in rules),
            }
            due.append(told)
        return due

    def _documents_possible(self, lines: list[LineTold]) -> list[Said]:
        asking: dict[str, tuple[set[str], Absent]] = {}
        for document, rule, line in self._asking(lines, OPEN):
            rules, absent = asking.setdefault(document, (set(), {}))
            rules.add(rule.id)
            for atom in atoms_in(line.world.conditions[rule.key]):
                if line.world.atoms[atom] == OPEN:
                    line.note(absent, atom, set())
        return [
            {"document": document, "rules": sorted(rules), "missing": sorted(absent)}
            for document, (rules, absent) in sorted(asking.items())
        ]


def _undecided(line: Line) -> Said:
    """A line of a claim whose places are not known."""
    empty: Said = {part: [] for part in ("reasons", "possible_reasons", "answers", "findings", "amounts_missing")}
    told = {"line_id": line.line_id, "outcome": "undetermined", "amounts": dict.fromkeys(AMOUNTS), "proof": None}
    return {**empty, **told, "looked_up": dict(line.looked_up), "refunds": list(line.refunds)}


def _outcome(outcomes: set[str]) -> str:
    if not outcomes or UNDETERMINED in outcomes:
        return UNDETERMINED
    if len(outcomes) > 1:
        return "partly_covered"
    return "not_covered" if "excluded" in outcomes else min(outcomes)


def _sum(amounts: list[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if amounts and len(known) == len(amounts) else None


def _at(document: object, *keys: object) -> object:
    """What stands in a document of any shape under these keys and indices; None where nothing does."""
    for key in keys:
        if isinstance(document, dict) and isinstance(key, str):
            document = document.get(key)
        elif isinstance(document, list) and isinstance(key, int) and key < len(document):
            document = document[key]
        else:
            return None
    return document


def _texts(listed: object) -> set[str]:
    return {one for one in listed if isinstance(one, str)} if isinstance(listed, list | dict) else set()


def _differences(given: object, right: object, path: str, pointer: str) -> Iterator[Problem]:
    """Each innermost place where two documents differ; lists of different lengths differ as a whole."""
    if isinstance(given, dict) and isinstance(right, dict):
        for key in sorted({*given, *right}):
            inner = pointer_to(pointer, key)
            yield from _differences(given.get(key, _NOTHING), right.get(key, _NOTHING), path, inner)
    elif isinstance(given, list) and isinstance(right, list) and len(given) == len(right):
        for at, (one, other) in enumerate(zip(given, right, strict=True)):
            yield from _differences(one, other, path, pointer_to(pointer, at))
    elif type(given) is not type(right) or given != right:
        says, follows = (_in_short(value) for value in (given, right))
        message = f"the decision has {says} where {follows} follows from the claim and the policy"
        yield problem_of("decision-differs", message, Place(path=path, pointer=pointer))


def _in_short(value: object) -> str:
    if value is _NOTHING:
        return "nothing"
    return f"a list of {len(value)}" if isinstance(value, list) else shown(value)

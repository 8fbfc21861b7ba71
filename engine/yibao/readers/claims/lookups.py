"""Facts of lines that catalogues fill in, and differences between what a claim says and what a catalogue says.

Which catalogues speak depends on the two places and on the way of settlement: the place of treatment for direct
settlement, the place of insurance for a manual claim. Where that is not known, a value is used only if every
possibility gives the same one: nothing is guessed.
"""

from __future__ import annotations

import datetime
from typing import TypeGuard

from attrs import evolve, frozen

from yibao.basics.problems import Fault
from yibao.model.claim import Claim, Line
from yibao.model.facts import FactDeclaration, Given, Kind, Unknown, Value, Vocabulary
from yibao.model.policy import Catalogue, Policy
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.pointed_problems import PointedProblems, shown

PATH = "encounter.settlement_path"
TREATMENT_AREA = "encounter.treatment_area"
INSURED_AREA = "insured.insured_area"
DIRECT, MANUAL = "direct", "manual"
_NUMBERS = (Kind.INTEGER, Kind.FEN, Kind.BASIS_POINTS)


@frozen
class _Said:
    """A value that a catalogue gives for a fact."""

    value: Value
    catalogue: str


def with_lookups(claim: Claim, policy: Policy, path: str) -> Claim:
    """The claim with the looked-up facts of its lines filled in where they are absent.

    Raises ProblemsFound (`differs-from-catalogue`) where a given fact differs; `path` names the claim document. Raises
    Fault for a catalogue whose column holds what the fact can't be (see `fits`), which a checked policy never has.
    """
    if not policy.vocabulary.looked_up:
        return claim
    problems = PointedProblems(path)
    lookups = _Lookups(claim, policy, problems)
    lines = tuple(lookups.filled(line) for line in claim.lines)
    problems.raise_if_any()
    return evolve(claim, lines=lines)


def fits(value: object, declaration: FactDeclaration, vocabulary: Vocabulary) -> TypeGuard[Value]:
    """Whether a catalogue's column may hold the value for this fact: of its kind, a code of its table, in bounds."""
    fact_type = declaration.type
    match value:
        case None:
            return declaration.null_allowed
        case bool():
            return fact_type.kind is Kind.BOOLEAN
        case int():
            return fact_type.kind in _NUMBERS and fact_type.low <= value <= fact_type.high
        case str() if fact_type.table is not None:
            return fact_type.kind is Kind.CODE and value in vocabulary.tables[fact_type.table].codes
        case str():
            return fact_type.kind in (Kind.CODE, Kind.TEXT)
        case _:
            return fact_type.kind is Kind.DATE and isinstance(value, datetime.date)


def check_catalogue(catalogue: Catalogue, vocabulary: Vocabulary, problems: Problems) -> None:
    """Note every row whose column holds what the fact that looks it up can't be."""
    looked_up = [(fact, fact.lookup.column) for fact in vocabulary.looked_up if fact.lookup is not None]
    for rows in catalogue.rows.values():
        for row in rows:
            for fact, column in looked_up:
                if column in row.columns and not fits(row.columns[column], fact, vocabulary):
                    message = f"{shown(row.columns[column])} in the column `{column}` is no value of `{fact.path}`"
                    problems.add("wrong-column", message, row.place)


class _Lookups:
    """The catalogues that may speak for one claim."""

    def __init__(self, claim: Claim, policy: Policy, problems: PointedProblems) -> None:
        self.claim = claim
        self.policy = policy
        self.problems = problems
        self.declarations = policy.vocabulary.looked_up
        self.chains = _possible_chains(claim, policy)

    def filled(self, line: Line) -> Line:
        """The line with what the catalogues say of it; a difference is noted."""
        found: dict[str, _Said] = {}
        for declaration in self.declarations:
            said, given = self._answer(declaration, line), line.given(declaration.path)
            if said is None or said.value == given:
                continue
            if isinstance(given, Unknown):
                found[declaration.path] = said
            else:
                self._note_difference(declaration, line, said, given)
        if not found:
            return line
        facts = {path: said.value for path, said in found.items()}
        catalogues = {path: said.catalogue for path, said in found.items()}
        return evolve(line, facts={**line.facts, **facts}, looked_up={**line.looked_up, **catalogues})

    def _note_difference(self, declaration: FactDeclaration, line: Line, said: _Said, given: Value) -> None:
        field = declaration.path.removeprefix("line.").replace(".", "/")
        message = f"the catalogue `{said.catalogue}` says {shown(said.value)}, the claim says {shown(given)}"
        hint = "leave the key out: it is looked up"
        self.problems.add("differs-from-catalogue", message, f"/lines/{line.position}/{field}", hint)

    def _answer(self, declaration: FactDeclaration, line: Line) -> _Said | None:
        """What the catalogues say on a fact of a line, if every possible chain says the same."""
        lookup = declaration.lookup
        if lookup is None:
            return None
        key, day = self.claim.of_line(lookup.key, line), self.claim.of_line(lookup.by, line)
        if not isinstance(key, str) or not isinstance(day, datetime.date):
            return None
        answers = [self._nearest(declaration, lookup.column, key, day, chain) for chain in self.chains]
        return answers[0] if all(_same(answer, answers[0]) for answer in answers) else None

    def _nearest(
        self, declaration: FactDeclaration, column: str, key: str, day: datetime.date, chain: tuple[str, ...]
    ) -> _Said | None:
        """The value of the most local layer that has one; none where two catalogues of that layer differ."""
        for layer in reversed(chain):
            said = [
                _Said(self._value(row.columns[column], declaration, name), name)
                for name, catalogue in sorted(self.policy.catalogues.items())
                if catalogue.layer == layer
                and (row := catalogue.row_on(key, day)) is not None
                and column in row.columns
            ]
            if said:
                return said[0] if all(_same(other, said[0]) for other in said) else None
        return None

    def _value(self, value: object, declaration: FactDeclaration, catalogue: str) -> Value:
        if fits(value, declaration, self.policy.vocabulary):
            return value
        raise Fault(f"the catalogue `{catalogue}` has {shown(value)} for `{declaration.path}`")


def _same(one: _Said | None, other: _Said | None) -> bool:
    return one is not None and other is not None and one.value == other.value


def _possible_chains(claim: Claim, policy: Policy) -> tuple[tuple[str, ...], ...]:
    """The chains of layers whose catalogues may speak; more than one while the place or the way is not known."""
    way = claim.given(PATH)
    areas: list[Given] = []
    if way != MANUAL:
        areas.append(claim.given(TREATMENT_AREA))
    if way != DIRECT:
        areas.append(claim.given(INSURED_AREA))
    chains: set[tuple[str, ...]] = set()
    for area in areas:
        if isinstance(area, str):
            chains.add(policy.chain(area))
        else:
            regions = (name for name, layer in policy.layers.items() if layer.extends is not None)
            chains.update(policy.chain(name) for name in (None, *regions))
    return tuple(sorted(chains))

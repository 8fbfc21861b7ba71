"""A stay in parts by benefit years: which lines belong to each, and what the later part begins with."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from attrs import evolve

from yibao.model.claim import Claim
from yibao.model.facts import UNKNOWN, Value
from yibao.settlement.absence import Missed, missed, together
from yibao.settlement.inputs import Splits
from yibao.settlement.program import BENEFIT_YEAR, Program
from yibao.settlement.purses import BALANCES
from yibao.settlement.result import Part

CHARGED_ON = "line.charged_on"
Parts = list[tuple[int | None, Splits]]


def parts_of(program: Program, claim: Claim, splits: Splits) -> Parts | Missed:
    """The lines of each benefit year in order; all of them at once where the plan does not split a stay."""
    asked_by = f"{program.plan.id}/{BENEFIT_YEAR}"
    if not program.plan.benefit_year.split:
        path = program.plan.benefit_year.by.path
        day = claim.facts.get(path, UNKNOWN)
        if isinstance(day, datetime.date):
            return [(program.year_of(day), splits)]
        return missed(path, asked_by) if program.accumulations else [(None, splits)]
    years: dict[int, list[int]] = {}
    unknown = []
    for place, line in enumerate(splits.lines):
        day = line.facts.get(CHARGED_ON, UNKNOWN)
        if isinstance(day, datetime.date):
            years.setdefault(program.year_of(day), []).append(place)
        else:
            unknown.append(missed(CHARGED_ON, asked_by, line.line_id))
    return together(unknown) if unknown else [(year, splits.only(years[year])) for year in sorted(years)]


def claim_of(program: Program, claim: Claim, splits: Splits, before: Part | None) -> Claim:
    """The claim as one part sees it: its own lines; accumulators and balances as the part before left them."""
    return evolve(claim, lines=splits.lines, facts=claim.facts if before is None else _after(program, before))


def _after(program: Program, before: Part) -> Mapping[str, Value]:
    facts = dict(before.run.facts)
    for path, declaration in program.vocabulary.facts.items():
        if declaration.accumulator:
            facts[path] = 0
    for done in before.accumulators:
        if not done.accumulation.resets:
            _say(facts, done.accumulation.fact.path, done.after)
    for paid in before.purses:
        if paid.balance_fen is not None:
            facts[BALANCES[paid.purse.purse]] = paid.balance_fen - paid.pays_fen
    return facts


def _say(facts: dict[str, Value], path: str, value: int | None) -> None:
    """State a fact, or leave it unknown."""
    if value is None:
        facts.pop(path, None)
    else:
        facts[path] = value

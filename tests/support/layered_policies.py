"""Whole random policies on layers and sides, published on several days, with the claims that they are asked about."""

from __future__ import annotations

import datetime
import random

from attrs import evolve

from tests.support.random_claims import AREAS
from tests.support.random_policies import CODES, DAYS, HERE, START, TITLE, VOCABULARY, Draw
from yibao.basics.periods import Period
from yibao.model.citations import Citation, Grade
from yibao.model.claim import Claim
from yibao.model.expressions import FactTerm
from yibao.model.facts import Code, CodeTable, FactDeclaration, FactType, Kind, Value, Vocabulary
from yibao.model.policy import ClosingRule, Combine, Layer, Policy, Question, Rule, Side
from yibao.model.policy import Value as ValueAnswer

LAYERS = ("national", "990000", "990100")
PLACES = ("990100", "990200", "130100")
PUBLISHED = (START, START + datetime.timedelta(days=60))


def _place(path: str) -> FactDeclaration:
    return evolve(VOCABULARY.facts["claim_area"], path=path, type=FactType(kind=Kind.CODE, digits=6))


def _vocabulary() -> Vocabulary:
    paper = Code(code="paper", title=TITLE, nhsa=(), period=Period(START), attributes={}, place=HERE)
    table = CodeTable(name="document", title=TITLE, source="random", codes={"paper": paper}, place=HERE)
    return evolve(
        VOCABULARY,
        facts={**VOCABULARY.facts, **{path: _place(path) for path in AREAS}},
        tables={**VOCABULARY.tables, "document": table},
    )


def _values() -> dict[str, list[Value]]:
    """For each fact, values of which every cell of the random atoms has one."""
    days: list[Value] = [day + datetime.timedelta(days=step) for day in DAYS for step in (-31, -30, -1, 0, 1)]
    of_kind: dict[Kind, list[Value]] = {
        Kind.BOOLEAN: [False, True],
        Kind.CODE: ["1101", "4403", "4401", "99"],
        Kind.CODES: [frozenset()],
        Kind.DATE: list(dict.fromkeys(days)),
        Kind.INTEGER: [0, 1, 9, 10, 11, 20, 49, 50, 51, 59, 99, 100],
        Kind.FEN: [0, 1, 50, 100],
    }
    letters: list[Value] = list(CODES)
    return {
        path: letters if declared.type.kind is Kind.CODE and declared.type.table else of_kind[declared.type.kind]
        for path, declared in LAYERED_VOCABULARY.facts.items()
    }


LAYERED_VOCABULARY = _vocabulary()
VALUES = _values()


def layered_policy(draw: Draw) -> Policy:
    """A policy of rules that the draw makes, most of them the nation's; some values are a number of the line."""
    chance = draw.random
    combine = {"share": Combine.LEAST, "ceiling": Combine.LEAST, "first_payment": Combine.GREATEST}
    if chance.random() < 0.5:
        combine["share"] = Combine.ONE
    return Policy(
        name="random",
        digest="sha256:random",
        vocabulary=LAYERED_VOCABULARY,
        questions={name: _question(name, how) for name, how in combine.items()},
        layers={name: Layer(name=name, title=TITLE, extends=None, illustrative=False, place=HERE) for name in LAYERS},
        rules=tuple(_placed(_valued(rule, chance), chance) for rule in draw.rules()),
        closing=ClosingRule(
            id="nothing-admits",
            title=TITLE,
            reason="x",
            carries=(),
            cites=(Citation(source="random", grade=Grade.SECONDARY),),
            illustrative=False,
            place=HERE,
        ),
        catalogues={},
        examples={},
        claims={},
        ledger=(),
    )


def placed_claim(draw: Draw, unknown: float) -> Claim:
    """A claim with both its places."""
    claim = draw.claim(unknown)
    places = {path: draw.random.choice(PLACES) for path in AREAS}
    return evolve(claim, facts={**claim.facts, **places}, digest="sha256:drawn")


def random_day(draw: Draw) -> datetime.date | None:
    """A day as of which to decide: mostly none."""
    return draw.random.choice((None, None, None, *DAYS[:3]))


def _valued(rule: Rule, chance: random.Random) -> Rule:
    if not isinstance(rule.answer, ValueAnswer) or chance.random() < 0.5:
        return rule
    return evolve(rule, answer=ValueAnswer(rule.answer.question, FactTerm("line.number", Kind.INTEGER)))


def _placed(rule: Rule, chance: random.Random) -> Rule:
    if chance.random() < 0.75:
        return rule
    side, layer = chance.choice((Side.INSURED, Side.TREATMENT)), chance.choice(LAYERS[1:])
    return evolve(rule, side=side, layer=layer, published=chance.choice(PUBLISHED))


def _question(name: str, combine: Combine) -> Question:
    kind = Kind.FEN if name == "ceiling" else Kind.BASIS_POINTS
    return Question(name=name, title=TITLE, kind=kind, combine=combine, place=HERE)

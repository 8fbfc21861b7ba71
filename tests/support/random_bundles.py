"""A whole policy around the rules of a random draw, so that its decisions are documents like any other."""

from __future__ import annotations

from attrs import evolve

from tests.support.random_policies import HERE, START, TITLE, VOCABULARY, Draw
from yibao.basics.periods import Period
from yibao.model.claim import Claim
from yibao.model.expressions import FactTerm
from yibao.model.facts import Code, CodeTable, FactDeclaration, FactType, Kind, Vocabulary
from yibao.model.policy import NATIONAL, ClosingRule, Combine, Layer, Policy, Question, Value

AMOUNT = "line.amount_fen"
PLACES = {"insured.insured_area": "110000", "encounter.treatment_area": "110000"}
KINDS = {"share": Kind.BASIS_POINTS, "first_payment": Kind.BASIS_POINTS, "ceiling": Kind.FEN}


def random_policy(draw: Draw) -> Policy:
    """The drawn rules as a policy; some of their values are the number that a line gives."""
    number = FactTerm("line.number", Kind.INTEGER)
    rules = [
        evolve(rule, answer=Value(rule.answer.question, number))
        if isinstance(rule.answer, Value) and draw.random.random() < 0.5
        else rule
        for rule in draw.rules()
    ]
    return Policy(
        name="random",
        digest="sha256:random",
        vocabulary=_vocabulary(),
        questions={
            name: Question(name=name, title=TITLE, kind=kind, combine=Combine.LEAST, place=HERE)
            for name, kind in KINDS.items()
        },
        layers={NATIONAL: Layer(name=NATIONAL, title=TITLE, extends=None, illustrative=False, place=HERE)},
        rules=tuple(rules),
        closing=ClosingRule(
            id="nothing", title=TITLE, reason="none", carries=(), cites=(), illustrative=False, place=HERE
        ),
        catalogues={},
        examples={},
        claims={},
        ledger=(),
    )


def random_claim(draw: Draw, unknown: float) -> Claim:
    """A claim of known places, whose lines have an amount, mostly."""
    claim = draw.claim(unknown)
    lines = tuple(
        evolve(line, facts={**line.facts, AMOUNT: draw.random.choice((0, 7, 1000))})
        if draw.random.random() >= unknown
        else line
        for line in claim.lines
    )
    return evolve(claim, facts={**claim.facts, **PLACES}, lines=lines, digest="sha256:drawn")


def _vocabulary() -> Vocabulary:
    amount = FactDeclaration(
        path=AMOUNT,
        type=FactType(kind=Kind.FEN),
        nullable=False,
        title=TITLE,
        meaning=TITLE,
        unit="fen",
        source="random",
        lookup=None,
        inherits=None,
        place=HERE,
    )
    paper = Code(code="paper", title=TITLE, nhsa=(), period=Period(START), attributes={}, place=HERE)
    table = CodeTable(name="document", title=TITLE, source="random", codes={"paper": paper}, place=HERE)
    return Vocabulary(facts={**VOCABULARY.facts, AMOUNT: amount}, tables={**VOCABULARY.tables, "document": table})

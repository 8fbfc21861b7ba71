"""A vocabulary of one fact of each kind, two tables and three catalogues: all that expressions can be asked about."""

from __future__ import annotations

import datetime

from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.language.parsing import Names
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Compare, Constant, FactTerm, ForAnyLine, Operator, Scope
from yibao.model.facts import Code, CodeTable, FactDeclaration, FactType, Kind, Title, Value, Vocabulary
from yibao.model.policy import Catalogue, CatalogueRow

HERE = Place(path="here", line=1, column=1)
TITLE = Title(zh="甲", en="A")
DAY = datetime.date(2024, 3, 1)

URGENT = FactTerm("visit.urgent", Kind.BOOLEAN)
KIND = FactTerm("visit.kind", Kind.CODE)
AREA = FactTerm("visit.area", Kind.CODE)
STARTED, ENDED = FactTerm("visit.started", Kind.DATE), FactTerm("visit.ended", Kind.DATE)
SEALS = FactTerm("visit.seals", Kind.CODES)
NIGHTS = FactTerm("visit.nights", Kind.INTEGER)
NOTE = FactTerm("visit.note", Kind.TEXT)
VISIT = FactTerm("visit", Kind.OBJECT)
AMOUNT, CAP = FactTerm("line.amount", Kind.FEN), FactTerm("line.cap", Kind.FEN)
REFUND = FactTerm("line.refund", Kind.FEN)
RATE = FactTerm("line.rate", Kind.BASIS_POINTS)
GOODS, ITEM = FactTerm("line.goods", Kind.CODE), FactTerm("line.item", Kind.CODE)
SOLD = FactTerm("line.sold", Kind.DATE)
RESCUE = FactTerm("line.rescue", Kind.BOOLEAN)

TYPES = {
    URGENT: FactType(kind=Kind.BOOLEAN),
    KIND: FactType(kind=Kind.CODE, table="kinds"),
    AREA: FactType(kind=Kind.CODE, digits=6),
    STARTED: FactType(kind=Kind.DATE),
    ENDED: FactType(kind=Kind.DATE),
    SEALS: FactType(kind=Kind.CODES, table="seals"),
    NIGHTS: FactType(kind=Kind.INTEGER, low=-5, high=400),
    NOTE: FactType(kind=Kind.TEXT, longest=5),
    VISIT: FactType(kind=Kind.OBJECT),
    AMOUNT: FactType(kind=Kind.FEN, high=1_000),
    CAP: FactType(kind=Kind.FEN, low=10, high=500),
    REFUND: FactType(kind=Kind.FEN, low=-9, high=-1),
    RATE: FactType(kind=Kind.BASIS_POINTS, high=10_000),
    GOODS: FactType(kind=Kind.CODE, table="goods"),
    ITEM: FactType(kind=Kind.CODE, longest=4),
    SOLD: FactType(kind=Kind.DATE),
    RESCUE: FactType(kind=Kind.BOOLEAN),
}
TABLES = {"kinds": ("inpatient", "outpatient"), "seals": ("hospital", "office"), "goods": ("device", "drug")}


def _declared(fact: FactTerm) -> FactDeclaration:
    return FactDeclaration(
        path=fact.path,
        type=TYPES[fact],
        nullable=True,
        title=TITLE,
        meaning=TITLE,
        unit=None,
        source="S",
        lookup=None,
        inherits=None,
        place=HERE,
    )


def _table(name: str) -> CodeTable:
    codes = {
        code: Code(code=code, title=TITLE, nhsa=(), period=Period(DAY), attributes={}, place=HERE)
        for code in TABLES[name]
    }
    return CodeTable(name=name, title=TITLE, source="S", codes=codes, place=HERE)


def _catalogue(name: str, by: FactTerm, excerpt: bool) -> Catalogue:
    row = CatalogueRow(code="X1", period=Period(DAY, datetime.date(2024, 4, 1)), columns={}, place=HERE)
    return Catalogue(
        name=name,
        title=TITLE,
        layer="national",
        by=by,
        excerpt=excerpt,
        illustrative=False,
        cites=(),
        rows={"X1": (row,)},
        place=HERE,
    )


VOCABULARY = Vocabulary(
    facts={fact.path: _declared(fact) for fact in TYPES}, tables={name: _table(name) for name in TABLES}
)
CATALOGUES = {
    "sold-goods": _catalogue("sold-goods", SOLD, excerpt=False),
    "areas": _catalogue("areas", STARTED, excerpt=False),
    "part-of-a-list": _catalogue("part-of-a-list", SOLD, excerpt=True),
}
NAMES = Names(
    vocabulary=VOCABULARY,
    catalogues=CATALOGUES,
    definitions={
        "long_stay": Compare(Operator.GREATER, NIGHTS, Constant(90, Kind.INTEGER)),
        "saved": Compare(Operator.EQUAL, RESCUE, Constant(True, Kind.BOOLEAN)),
        "some_saved": ForAnyLine(Compare(Operator.EQUAL, RESCUE, Constant(True, Kind.BOOLEAN))),
    },
    findings={"approved": Scope.CLAIM, "proper": Scope.LINE},
)


def claim_of(facts: dict[str, Value], *lines: dict[str, Value]) -> Claim:
    """A claim with lines that are numbered from 1."""
    made = tuple(Line(line_id=str(at), facts=own) for at, own in enumerate(lines, start=1))
    return Claim(claim_id=None, facts=facts, lines=made, digest="")

"""What a settlement document says of each step of a plan: named values and segments, with their working."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from yibao.basics.money import yuan
from yibao.language.titles import followed, joined, same
from yibao.model.amounts import Dimension, Named, Share
from yibao.model.citations import Citation
from yibao.model.facts import Title
from yibao.model.plan import Counts, NamedValue, Segment
from yibao.settlement.absence import Missed
from yibao.settlement.arithmetic import whole
from yibao.settlement.figures import Figures
from yibao.settlement.program import Program
from yibao.settlement.run import PENDING, Quantity, SegmentRun
from yibao.settlement.telling import Seen, Tale, Written
from yibao.settlement.wording import STOP, rate_text
from yibao.settlement.working import Teller


def cited(cites: Iterable[Citation]) -> list[dict[str, Any]]:
    """The citations as documents write them."""
    return [cite.document() for cite in cites]


def number_text(value: object) -> str:
    """A whole number, or null, as JSON spells it."""
    return "null" if value is None else str(value)


def year_of(seen: Seen) -> str:
    """The benefit year as JSON spells it."""
    return number_text(seen.year)


def values_told(program: Program, seen: Seen) -> Iterator[Written]:
    """The named values that were read, each with its amount, rate, number or code."""
    named = (step for step in program.plan.steps if isinstance(step, NamedValue))
    for place, (step, value) in enumerate(zip(named, [*seen.run.values], strict=True)):
        if value is not PENDING and not isinstance(value, Missed):
            yield program.ways[step.name].told(seen, partial(_value, program, step, place))


def credit_told(program: Program, seen: Seen) -> Iterator[Written]:
    """The working of each named value of a credit, which is a plan of such values alone."""
    named = (step for step in program.plan.steps if isinstance(step, NamedValue))
    for place, step in enumerate(named):
        yield program.ways[step.name].told(seen, partial(_value_of_credit, program, step, place))


def segments_told(program: Program, seen: Seen) -> Iterator[Written]:
    """Every segment, those included that paid nothing."""
    for segment, (_payer, paying) in zip(program.plan.segments, program.paying, strict=True):
        seen.segment = paying.run(seen.run)
        yield program.ways[segment.name].told(seen, partial(_segment, program, segment))


def _value(program: Program, step: NamedValue, place: int, tale: Tale) -> dict[str, Any]:
    working = Teller(program, tale, unread=False).tell(step.amount, lambda seen: seen.run.values[place], _no_base)
    return {
        "value": step.name,
        "title": step.title.document(),
        **_quantity(program, step, place, tale),
        "working": working.document(),
        "cites": cited(step.cites),
        "benefit_year": tale.number(year_of),
    }


def _value_of_credit(program: Program, step: NamedValue, place: int, tale: Tale) -> dict[str, Any]:
    working = Teller(program, tale, unread=True).tell(step.amount, lambda seen: seen.run.values[place], _no_base)
    return {"value": step.name, "title": step.title.document(), "working": working.document()}


def _no_base(seen: Seen) -> Quantity:
    """A named value stands outside all segments."""
    return 0


def _quantity(program: Program, step: NamedValue, place: int, tale: Tale) -> dict[str, Any]:
    match step.dimension:
        case Dimension.AMOUNT:
            return {"amount_fen": tale.number(lambda seen: number_text(seen.run.values[place]))}
        case Dimension.RATE:
            scale = program.named[step.name].scale
            return {"rate": tale.figure(lambda seen: rate_text(whole(seen.run.values[place]), scale))}
        case Dimension.WHOLE:
            return {"number": tale.number(lambda seen: number_text(seen.run.values[place]))}
        case Dimension.CODE:
            return {"code": tale.ask(lambda seen: seen.run.values[place])}


def _segment(program: Program, segment: Segment, tale: Tale) -> dict[str, Any]:
    return _Segment(program, segment, tale).document()


class _Segment:
    """What is said of one segment. What its words turn on is asked at once."""

    def __init__(self, program: Program, segment: Segment, tale: Tale) -> None:
        self._program, self._segment, self._tale = program, segment, tale
        self._teller = Teller(program, tale, unread=False)
        self._active, self._limited, self._paid, self._shares, self._cut, self._bounded = tale.ask(_turning_on)

    def document(self) -> dict[str, Any]:
        segment, plan = self._segment, self._program.plan
        return {
            "segment": segment.name,
            "title": segment.title.document(),
            "payer": segment.payer,
            "base_fen": self._number(lambda found: _fen(found.base)),
            "rate": self._rate(),
            "pays_fen": self._number(lambda found: _fen(found.paid)),
            "left_fen": self._number(lambda found: _fen(found.base) - _fen(found.paid)),
            "limit_fen": self._number(lambda found: _fen(found.limit)) if self._limited else None,
            "cites": cited(segment.cites or plan.cites),
            "working": self._working().document(),
            "illustrative": plan.illustrative,
            "benefit_year": self._tale.number(year_of),
        }

    def _number(self, of: Callable[[SegmentRun], int]) -> str:
        return self._tale.number(lambda seen: str(of(seen.segment)))

    def _yuan(self, of: Callable[[SegmentRun], Quantity]) -> str:
        return self._tale.figure(lambda seen: yuan(_fen(of(seen.segment))))

    def _rate(self) -> str | None:
        """The rate of a segment that pays one share of its base."""
        share = _share_of_base(self._program, self._segment)
        if share is None or not self._shares:
            return None
        figures, scale = Figures(self._program, self._tale, unread=False), self._program.nodes[id(share.rate)].scale
        figures.begin(share.rate, lambda seen: PENDING, _cut)
        rate = figures.value(share.rate)
        if not self._tale.ask(lambda seen: isinstance(rate(seen), int)):
            return None
        return self._tale.figure(lambda seen: rate_text(whole(rate(seen)), scale))

    def _working(self) -> Title:
        segment, teller = self._segment, self._teller
        if not self._active:
            return self._inactive()
        told = [teller.condition(segment.when, holds=True)] if segment.when is not None else []
        told.append(teller.tell(segment.base, _base, _base))
        # A limit or a payment of 0 settles what is paid while the other is unknown; only what is known is told.
        if self._limited and segment.counts is Counts.BASE:
            told.append(self._limit())
            if self._cut:
                amount = self._yuan(lambda found: found.cut)
                told.append(Title(zh=f"计算基数以限额为限：{amount}", en=f"the base is cut to the limit: {amount}"))
        if self._paid:
            told.append(teller.tell(segment.pays, lambda seen: seen.segment.pays, _cut))
        if self._limited and segment.counts is Counts.PAID:
            told.append(self._limit())
        if self._bounded:
            amount = self._yuan(lambda found: found.paid)
            told.append(Title(zh=f"以此为限，支付 {amount}", en=f"so it pays {amount}"))
        return joined(told, STOP)

    def _inactive(self) -> Title:
        """Why a segment paid nothing and read nothing else."""
        segment, nothing = self._segment, Title(zh="，支付 0.00", en=", so it pays 0.00")
        if segment.when is not None:
            applies = self._program.tests[id(segment.when)]
            if self._tale.ask(lambda seen: applies(seen.run) is False):
                return followed(self._teller.condition(segment.when, holds=False), nothing)
        return followed(self._teller.tell(segment.base, _base, _base), nothing)

    def _limit(self) -> Title:
        if self._segment.limit is None:
            return same("")
        told = self._teller.tell(self._segment.limit, lambda seen: seen.segment.limit, _base)
        return followed(Title(zh="限额：", en="limit: "), told)


def _share_of_base(program: Program, segment: Segment) -> Share | None:
    """The share of its own base that a segment pays, written in it or in a value that it names; None for bands, sums
    and bounds, which pay by no single rate."""
    pays = segment.pays
    named = program.plan.value_named(pays.name) if isinstance(pays, Named) else None
    if named is not None:
        pays = named.amount
    match pays:
        case Share(Named("base")):
            return pays
        case Share(amount) if amount == segment.base and segment.counts is Counts.PAID:
            return pays
        case _:
            return None


def _base(seen: Seen) -> Quantity:
    return seen.segment.base


def _cut(seen: Seen) -> Quantity:
    return seen.segment.cut


def _turning_on(seen: Seen) -> tuple[bool, bool, bool, bool, bool, bool]:
    """Whether the segment was active; whether its limit and what it would pay are known, and the latter not 0; whether
    the limit cut its base, and whether it paid otherwise than it would."""
    found = seen.segment
    limited, paid = isinstance(found.limit, int), isinstance(found.pays, int)
    return found.active, limited, paid, bool(found.pays), found.cut != found.base, found.paid != found.pays


def _fen(value: object) -> int:
    return value if isinstance(value, int) else 0

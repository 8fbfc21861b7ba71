"""The contract's `settlement` object, with the working of each value and segment in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from attrs import asdict

from yibao.basics.money import yuan
from yibao.language.parameter_texts import text_of_value
from yibao.language.titles import followed, joined, same
from yibao.model.amounts import Dimension, Share
from yibao.model.citations import Citation
from yibao.model.facts import UNKNOWN, Title
from yibao.model.plan import Counts, NamedValue, Plan, Purse, Segment
from yibao.settlement.absence import Missed
from yibao.settlement.book import Found
from yibao.settlement.reading import MOST_KEPT
from yibao.settlement.result import Part, Settled
from yibao.settlement.run import PENDING, Run, SegmentRun
from yibao.settlement.wording import STOP, rate_text
from yibao.settlement.working import Teller


def settlement_document(settled: Settled) -> dict[str, Any]:
    """What was decided, who pays what, and how it was worked out: each step in the order of the plan."""
    used = list(parameters_read(part.run for part in settled.parts))
    steps = [_Told(settled, part) for part in settled.parts]
    return {
        "plan": _plan(settled),
        "amounts": asdict(settled.amounts),
        "values": [value for told in steps for value in told.values()],
        "segments": [segment for told in steps for segment in told.segments()],
        "purses": [purse for part in settled.parts for purse in _purses(part)],
        "accumulators": [accumulator for part in settled.parts for accumulator in _accumulators(part)],
        "parameters": used,
        "illustrative": settled.illustrative,
    }


def _plan(settled: Settled) -> dict[str, Any]:
    plan = settled.program.plan
    return {
        "id": plan.id,
        "layer": plan.layer,
        "title": plan.title.document(),
        "cites": cited(plan.cites),
        "dated_by": plan.in_force.by.path,
        "date": settled.date.isoformat(),
        "illustrative": plan.illustrative,
    }


def cited(cites: Iterable[Citation]) -> list[dict[str, Any]]:
    """The citations as documents write them."""
    return [cite.document() for cite in cites]


class _Told:
    """The steps of one part."""

    def __init__(self, settled: Settled, part: Part) -> None:
        self._program, self._run, self._year = settled.program, part.run, part.benefit_year
        self._plan: Plan = settled.program.plan
        self._teller = Teller(settled.program, part.run)

    def values(self) -> Iterator[dict[str, Any]]:
        """The named values that were read, each with its amount, rate, number or code."""
        named = [step for step in self._plan.steps if isinstance(step, NamedValue)]
        known = [(step, value) for step, value in zip(named, [*self._run.values], strict=True) if value is not PENDING]
        for step, value in known:
            if not isinstance(value, Missed):
                yield {
                    "value": step.name,
                    "title": step.title.document(),
                    **self._quantity(step, value),
                    "working": self._teller.tell(step.amount).document(),
                    "cites": cited(step.cites),
                    "benefit_year": self._year,
                }

    def _quantity(self, step: NamedValue, value: int | str | None) -> dict[str, Any]:
        match step.dimension:
            case Dimension.AMOUNT:
                return {"amount_fen": value}
            case Dimension.RATE if isinstance(value, int):
                return {"rate": rate_text(value, self._program.named[step.name].scale)}
            case Dimension.WHOLE:
                return {"number": value}
            case _:
                return {"code": value}

    def segments(self) -> Iterator[dict[str, Any]]:
        for segment, (_payer, paying) in zip(self._plan.segments, self._program.paying, strict=True):
            found = paying.run(self._run)
            yield {
                "segment": segment.name,
                "title": segment.title.document(),
                "payer": segment.payer,
                "base_fen": _fen(found.base),
                "rate": self._rate(segment, found),
                "pays_fen": found.paid,
                "left_fen": _fen(found.base) - _fen(found.paid),
                "limit_fen": found.limit if isinstance(found.limit, int) else None,
                "cites": cited(segment.cites or self._plan.cites),
                "working": self._working(segment, found).document(),
                "illustrative": self._plan.illustrative,
                "benefit_year": self._year,
            }

    def _rate(self, segment: Segment, found: SegmentRun) -> str | None:
        """The rate of a segment that pays one share of its base."""
        if not isinstance(segment.pays, Share) or not found.pays:
            return None
        ready = self._program.nodes[id(segment.pays.rate)]
        rate = ready.ask(self._run)
        return rate_text(rate, ready.scale) if isinstance(rate, int) else None

    def _working(self, segment: Segment, found: SegmentRun) -> Title:
        if not found.active:
            return self._inactive(segment, found)
        self._run.base = found.base
        told = [self._teller.condition(segment.when, holds=True)] if segment.when is not None else []
        told.append(self._teller.tell(segment.base))
        # A limit or a payment of 0 settles what is paid while the other is unknown; only what is known is told.
        if isinstance(found.limit, int) and segment.counts is Counts.BASE:
            told += [self._limit(segment), *_cut(found)]
        self._run.base = found.cut
        if isinstance(found.pays, int):
            told.append(self._teller.tell(segment.pays))
        if isinstance(found.limit, int) and segment.counts is Counts.PAID:
            self._run.base = found.base
            told.append(self._limit(segment))
        if found.paid != found.pays:
            amount = yuan(_fen(found.paid))
            told.append(Title(zh=f"以此为限，支付 {amount}", en=f"so it pays {amount}"))
        return joined(told, STOP)

    def _inactive(self, segment: Segment, found: SegmentRun) -> Title:
        """Why a segment paid nothing and read nothing else."""
        nothing = Title(zh="，支付 0.00", en=", so it pays 0.00")
        if segment.when is not None and self._program.tests[id(segment.when)](self._run) is False:
            return followed(self._teller.condition(segment.when, holds=False), nothing)
        return followed(self._teller.tell(segment.base), nothing)

    def _limit(self, segment: Segment) -> Title:
        if segment.limit is None:
            return same("")
        return followed(Title(zh="限额：", en="limit: "), self._teller.tell(segment.limit))


def _cut(found: SegmentRun) -> list[Title]:
    """What the limit cut the base to, where it cut anything."""
    if found.cut == found.base:
        return []
    amount = yuan(_fen(found.cut))
    return [Title(zh=f"计算基数以限额为限：{amount}", en=f"the base is cut to the limit: {amount}")]


def _fen(value: object) -> int:
    return value if isinstance(value, int) else 0


def _purses(part: Part) -> Iterator[dict[str, Any]]:
    left = part.personal_fen
    for paid in part.purses:
        left -= paid.pays_fen
        yield {
            "purse": paid.purse.purse.value,
            "pays_fen": paid.pays_fen,
            "may_pay_fen": paid.may_pay_fen,
            "balance_fen": paid.balance_fen,
            "cites": cited(paid.purse.cites),
            "benefit_year": part.benefit_year,
        }
    yield {
        "purse": Purse.CASH.value,
        "pays_fen": left,
        "may_pay_fen": None,
        "balance_fen": None,
        "cites": [],
        "benefit_year": part.benefit_year,
    }


def _accumulators(part: Part) -> Iterator[dict[str, Any]]:
    for done in part.accumulators:
        yield {
            "fact": done.accumulation.fact.path,
            "benefit_year": part.benefit_year,
            "before": done.before,
            "update": done.accumulation.update.value,
            "amount": done.amount,
            "after": done.after,
        }


def parameters_read(runs: Iterable[Run]) -> Iterator[dict[str, Any]]:
    """Each answer of a parameter that was read, once, in the order of the plan."""
    answers = [found for run in runs for found in run.found if found is not None]
    seen: set[int] = set()
    for found in answers:
        if id(found) not in seen and found.version is not None and found.value is not None:
            seen.add(id(found))
            yield _parameter(found)


@lru_cache(maxsize=MOST_KEPT)
def _parameter(found: Found) -> dict[str, Any]:
    parameter, version = found.parameter, found.version
    period = None if version is None else version.period
    value = None if found.value is None else text_of_value(found.value, parameter.unit)
    return {
        "parameter": found.called,
        "title": parameter.title.document(),
        "unit": parameter.unit.value,
        "value": value,
        "keys": {
            key.name: given for key, given in zip(parameter.keys, found.keys, strict=True) if given is not UNKNOWN
        },
        "from": None if period is None else period.start.isoformat(),
        "to": None if period is None or period.end is None else period.end.isoformat(),
        "by": parameter.by.path,
        "date": None if found.day is None else found.day.isoformat(),
        "cites": [] if version is None else cited(version.cites),
        "illustrative": version is not None and version.illustrative,
    }

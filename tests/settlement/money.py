"""What has to hold of the money of a claim: identities, bounds, two evaluators alike, and what may not matter.

`examine` looks at one drawn claim. Raises Wrong, which says what does not hold.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from tests.settlement.naive import Naive, NaiveSettled
from tests.settlement.naive_claims import Refused, SplitLine
from tests.settlement.short_way import takes_the_short_way
from tests.support.random_settlements import Drawn
from yibao.api import reverse_nhsa
from yibao.basics.problems import ProblemsFound
from yibao.model.facts import Vocabulary
from yibao.model.plan import Counts, Purse
from yibao.readers.nhsa.interface_names import MIRRORED
from yibao.readers.nhsa.settlement_writing import settlement_for_nhsa
from yibao.settlement.document import settlement_document
from yibao.settlement.result import Part, Settled, Unsettled
from yibao.settlement.settler import Settler

# What one rounding may move.
FEN = 1
Gaps = frozenset[tuple[str, str | None, str]]
Count = Callable[[str], None]


class Wrong(Exception):
    """Something does not hold of a claim's money."""


@frozen
class Refusal:
    """The policy is wrong about the claim, by the code of the problem."""

    code: str


Told = dict[str, Any]


@frozen(kw_only=True)
class Money:
    """Both evaluators under one policy; `invented` where values were made up for what it does not know."""

    settler: Settler
    second: Naive
    invented: bool = False

    def examine(self, drawn: Drawn, draw: random.Random, count: Count, thorough: bool) -> Settled | None:
        """All that has to hold of the claim; what was seen is counted. `thorough` bills more as well. The settlement,
        where there is one."""
        found = self.settled(drawn)
        naive = self.naive(drawn)
        _alike(_told(found), _told_naively(naive))
        if not isinstance(found, Refusal):
            short = takes_the_short_way(self.settler, drawn.claim, drawn.splits, found)
            count("the short way" if short else "the long way")
        if not isinstance(found, Settled) or not isinstance(naive, NaiveSettled):
            count("refused" if isinstance(found, Refusal) else "no plan" if found is None else "unknown")
            return None
        count("settled")
        count("settled, something paid" if found.amounts.fund_total_fen else "settled, nothing paid")
        if len(found.parts) > 1:
            count("settled in parts")
        balanced(found)
        within_bounds(found)
        self.rearranged(drawn, found, draw)
        if thorough:
            self.more_billed(drawn, found, naive, draw, count)
        return found

    def settled(self, drawn: Drawn) -> Settled | Unsettled | Refusal | None:
        try:
            return self.settler.settle(drawn.claim, drawn.splits)
        except ProblemsFound as error:
            return Refusal(error.problems[0].code)

    def naive(self, drawn: Drawn) -> NaiveSettled | Gaps | Refusal | None:
        try:
            return self.second.settle(drawn.claim, drawn.lines)
        except Refused as error:
            return Refusal(str(error))

    def rearranged(self, drawn: Drawn, found: object, draw: random.Random) -> None:
        """The order of lines is irrelevant, and so is a line in two pieces whose parts add up to its own."""
        place = draw.randrange(len(drawn.lines))
        pieces = _pieces(drawn.lines[place], draw.random()) if drawn.divisible else [drawn.lines[place]]
        lines = [*drawn.lines[:place], *pieces, *drawn.lines[place + 1 :]]
        if _told(found) != _told(self.settled(drawn.with_lines(draw.sample(lines, len(lines))))):
            raise Wrong(f"line {drawn.lines[place].line.line_id} in pieces and in another order settles otherwise")

    def more_billed(self, drawn: Drawn, found: Settled, naive: NaiveSettled, draw: random.Random, count: Count) -> None:
        """Within a stretch, where no edge of a deductible, a band or a cap is passed, neither what the payers pay
        together nor the personal part falls when more is billed in scope, but for what the roundings move."""
        step = draw.choice((1, 2, 19, 1_000, 50_000))
        place = draw.randrange(len(drawn.lines))
        line = drawn.lines[place]
        # Coverage leaves the share of a third person who pays outside, and so does this.
        third = int(drawn.claim.facts.get("third_party.liability_bp") or 0) if found.amounts.third_party_fen else 0
        outside = step * third // 10_000
        added = {"billed": step, "full_self_pay": outside, "in_scope": step - outside}
        more = {part: (fen or 0) + added.get(part, 0) for part, fen in line.parts.items()}
        lines = [*drawn.lines[:place], evolve(line, parts=more), *drawn.lines[place + 1 :]]
        raised = drawn.with_lines(lines)
        after = self.naive(raised)
        if not isinstance(after, NaiveSettled) or after.trail != naive.trail:
            return
        again = self.settled(raised)
        _alike(_told(again), _told_naively(after))
        count("monotone within a stretch")
        loose = FEN * max(0, sum(turn == "rounded" for turn in naive.trail) + (third > 0) - 1)
        paid, paid_after = _paid(found), _paid(again)
        if paid_after < paid - loose:
            raise Wrong(f"{step} fen more in scope, and the payers pay {paid_after} instead of {paid}")
        if self.invented and _deductibles(found) != _deductibles(again) and len(found.parts) > 1:
            # The deductible of a part moves with what came before it, and with it a fen may pass from band to band.
            # Tables that nobody made for each other can both pay for that fen, and the person then bears less.
            count("moved between made-up bands")
            return
        personal, personal_after = found.amounts.personal_fen, again.amounts.personal_fen
        if personal_after < personal - loose:
            raise Wrong(f"{step} fen more in scope, and the person bears {personal_after} instead of {personal}")


def balanced(found: Settled) -> None:
    """The identities of every settlement."""
    amounts = found.amounts
    parts = amounts.full_self_pay_fen + amounts.over_ceiling_fen + amounts.first_self_pay_fen + amounts.in_scope_fen
    _hold(amounts.billed_fen == parts, "billed = full self-pay + over ceiling + first self-pay + in scope")
    _hold(
        amounts.billed_fen == _paid(found) + amounts.personal_fen, "billed = funds + hospital + third party + personal"
    )
    purses = amounts.account_fen + amounts.family_account_fen + amounts.cash_fen
    _hold(amounts.personal_fen == purses, "personal = account + family account + cash")
    shown = (amounts.fund_total_fen, amounts.hospital_fen, amounts.third_party_fen, amounts.personal_fen)
    _hold(min(*shown, amounts.account_fen, amounts.family_account_fen, amounts.cash_fen) >= 0, "nothing is negative")
    _hold(amounts.pooled_fund_fen <= amounts.fund_total_fen, "the pooled fund is one of the funds")
    _hold(amounts.account_balance_after_fen is None or amounts.account_balance_after_fen >= 0, "no overdraft")


def within_bounds(found: Settled) -> None:
    """No payer pays more than its base or its limit, no purse more than its balance."""
    for part in found.parts:
        for segment, (_payer, paying) in zip(found.program.plan.segments, found.program.paying, strict=True):
            run = paying.run(part.run)
            if run.active and isinstance(run.cut, int):
                _hold(0 <= run.paid <= run.cut <= run.base, f"{segment.name}: paid {run.paid} of a base of {run.base}")
                _hold(run.limit is None or run.paid <= run.limit, f"{segment.name}: paid {run.paid} of {run.limit}")
                if segment.counts is Counts.BASE and run.limit is not None:
                    _hold(run.cut <= run.limit, f"{segment.name}: a base of {run.cut} beyond {run.limit}")
            else:
                _hold(run.paid == 0, f"{segment.name} does not apply, or its limit is unknown, and it pays {run.paid}")
        for purse in part.purses:
            _hold(purse.balance_fen is None or purse.pays_fen <= purse.balance_fen, f"{purse.purse.purse} is overdrawn")
            _hold(purse.may_pay_fen is None or purse.pays_fen <= purse.may_pay_fen, f"{purse.purse.purse} may not")


def shown_alike(found: Settled) -> Mapping[str, Any]:
    """The document of the settlement, which must say what the records say. Returns it."""
    document = settlement_document(found)
    shown = sum(one["pays_fen"] for one in document["segments"] if one["payer"] == "pooled_fund")
    _hold(shown == found.amounts.pooled_fund_fen, "the document's segments add up to the pooled fund")
    purses = sum(one["pays_fen"] for one in document["purses"])
    _hold(purses == found.amounts.personal_fen, "the document's purses add up to the personal part")
    _hold(all(one["working"]["zh"] and one["working"]["en"] for one in document["segments"]), "the working is told")
    return document


def reversal_cancels(document: Mapping[str, Any], scheme: str | None, vocabulary: Vocabulary) -> None:
    """The settlement and its reversal, as messages of the national interface, add up to nothing, field by field."""
    message, _problems = settlement_for_nhsa(document, scheme, vocabulary, "decision")
    turned, _notices = reverse_nhsa(json.dumps(message).encode())
    given, back = _fen_in(message), _fen_in(turned)
    _hold(any(given.values()) or document["amounts"]["billed_fen"] == 0, "the message says amounts")
    _hold(given.keys() == back.keys(), "the reversal has the fields of what it reverses")
    _hold(all(given[name] + back[name] == 0 for name in given), "the reversal cancels")


def _fen_in(message: Mapping[str, Any]) -> dict[str, int]:
    """The amounts that a reversal mirrors, in fen."""
    fields = {name: message["setlinfo"].get(name) for name in sorted(MIRRORED)}
    rows = {f"row {number}": row["fund_payamt"] for number, row in enumerate(message["setldetail"])}
    return {name: int(Decimal(text) * 100) for name, text in {**fields, **rows}.items() if text is not None}


def _hold(truth: bool, what: str) -> None:
    if not truth:
        raise Wrong(f"does not hold: {what}")


def _paid(found: Settled) -> int:
    return found.amounts.fund_total_fen + found.amounts.hospital_fen + found.amounts.third_party_fen


def _pieces(whole: SplitLine, cut: float) -> list[SplitLine]:
    """A line in two."""
    first = {part: int(fen * cut) for part, fen in whole.parts.items() if part != "billed" and fen is not None}
    second = {part: (whole.parts[part] or 0) - fen for part, fen in first.items()}
    return [
        evolve(
            whole,
            line=evolve(whole.line, line_id=f"{whole.line.line_id}/{number}"),
            parts={"billed": sum(parts.values()), **parts},
        )
        for number, parts in enumerate((first, second))
    ]


def _deductibles(found: Settled) -> list[int]:
    return [part.deductible_fen for part in found.parts]


def _told(found: object) -> object:
    """What the evaluator says, in the form in which the two are compared."""
    match found:
        case Unsettled(absent):
            return frozenset((one.fact, one.line_id, one.asked_by) for one in absent)
        case Settled():
            amounts = {name: getattr(found.amounts, name) for name in found.amounts.__slots__ if name != "__weakref__"}
            return {"plan": found.program.plan.id, "amounts": amounts, "parts": [_part(found, p) for p in found.parts]}
    return found


def _part(found: Settled, part: Part) -> Told:
    runs = {
        segment.name: paying.run(part.run)
        for segment, (_payer, paying) in zip(found.program.plan.segments, found.program.paying, strict=True)
    }
    purses: dict[str, int] = {}
    for paid in part.purses:
        name = paid.purse.purse.value
        purses[name] = purses.get(name, 0) + paid.pays_fen
    return {
        "year": part.benefit_year,
        "segments": {name: (run.base, run.paid) for name, run in runs.items() if run.active},
        "purses": {name: fen for name, fen in purses.items() if fen and name != Purse.CASH.value},
        "accumulators": {
            each.accumulation.fact.path: (each.before, each.amount, each.after) for each in part.accumulators
        },
    }


def _told_naively(found: NaiveSettled | Gaps | Refusal | None) -> object:
    if not isinstance(found, NaiveSettled):
        return found
    return {
        "plan": found.plan,
        "amounts": found.amounts,
        "parts": [
            {
                "year": part.year,
                "segments": dict(part.segments),
                "purses": {name: fen for name, fen in part.purses.items() if fen},
                "accumulators": dict(part.accumulators),
            }
            for part in found.parts
        ],
    }


def _alike(told: object, naively: object) -> None:
    """The two evaluators say the same."""
    if told != naively:
        raise Wrong(f"the evaluators differ:\n  yibao: {_seen(told)}\n  naive: {_seen(naively)}")


def _seen(told: object) -> object:
    return sorted(told, key=str) if isinstance(told, frozenset) else told

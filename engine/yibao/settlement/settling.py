"""One plan worked out for one claim: part by part, then the sums, which must balance to the fen."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TypeVar, cast

from yibao.basics.problems import Fault, ProblemsFound, problem_of
from yibao.model.claim import Claim
from yibao.model.facts import UNKNOWN
from yibao.model.plan import Purse
from yibao.settlement.absence import Missed, missed, together
from yibao.settlement.accumulating import accumulated
from yibao.settlement.arithmetic import whole
from yibao.settlement.inputs import Column, Splits
from yibao.settlement.parting import claim_of, parts_of
from yibao.settlement.program import Program
from yibao.settlement.purses import BALANCES, lacking, paid_by_purses
from yibao.settlement.result import FUND, HOSPITAL, PERSON, POOLED_FUND, THIRD_PARTY, Amounts, Part, Settled, Unsettled
from yibao.settlement.run import Quantity, Run

Known = TypeVar("Known")


class Settling:
    """One settlement at work. `payers` has the kind of each payer."""

    def __init__(self, program: Program, payers: Mapping[str, str], claim: Claim, splits: Splits) -> None:
        self._program, self._payers, self._claim, self._splits = program, payers, claim, splits
        self._unknown: list[Missed] = []

    def settle(self) -> Settled | Unsettled:
        """The settlement, or what was read and missing. Raises ProblemsFound for a plan that does not balance."""
        program, claim = self._program, self._claim
        parted = parts_of(program, claim, self._splits)
        if isinstance(parted, Missed):
            return Unsettled(parted.absent)
        parts: list[Part] = []
        for year, splits in parted:
            before = parts[-1] if parts else None
            seen = claim if len(parted) == 1 else claim_of(program, claim, splits, before)
            parts.append(self._part(self._run(seen, splits, before), year))
            if self._unknown:
                return Unsettled(together(self._unknown).absent)
        date = claim.facts.get(program.plan.in_force.by.path)
        if not isinstance(date, datetime.date):
            raise Fault(f"`{program.plan.id}` was chosen without its date")
        amounts = self._amounts(parts)
        if self._unknown:
            return Unsettled(together(self._unknown).absent)
        self._must_balance(amounts, parts)
        return Settled(program=program, date=date, parts=tuple(parts), amounts=amounts)

    def _run(self, claim: Claim, splits: Splits, before: Part | None) -> Run:
        program = self._program
        if before is None:
            return Run(claim, splits, 1, None, program.sizes)
        # What a later part asks of this one is worked out now, so that many parts are no deep recursion.
        for name in program.asked_before:
            program.named[name].ask(before.run)
        return Run(claim, splits, before.run.part + 1, before.run, program.sizes)

    def _part(self, run: Run, year: int | None) -> Part:
        program = self._program
        counted = {FUND: 0, HOSPITAL: 0, THIRD_PARTY: 0, PERSON: 0}
        pooled = 0
        for payer, paying in program.paying:
            paid = self._needed(paying.run(run).paid)
            counted[self._payers[payer]] += paid
            pooled += paid if payer == POOLED_FUND else 0
        billed = self._total(run.splits.billed, run.splits, "billed")
        personal = billed - counted[FUND] - counted[HOSPITAL] - counted[THIRD_PARTY]
        run.personal = together(self._unknown) if self._unknown else personal
        if self._unknown:
            self._unknown.append(together(lacking(program, run)))
        return Part(
            run=run,
            benefit_year=year,
            deductible_fen=0 if program.deductible is None else self._needed(program.deductible(run)),
            fund_fen=counted[FUND],
            pooled_fund_fen=pooled,
            hospital_fen=counted[HOSPITAL],
            third_party_fen=counted[THIRD_PARTY],
            personal_fen=personal,
            purses=() if isinstance(run.personal, Missed) else self._all(paid_by_purses(program, run, personal)),
            accumulators=self._all(accumulated(program, run)),
        )

    def _needed(self, value: Quantity) -> int:
        """A value that the settlement needs; what it lacks is noted."""
        if isinstance(value, Missed):
            self._unknown.append(value)
            return 0
        return whole(value)

    def _all(self, found: Iterable[Known | Missed]) -> tuple[Known, ...]:
        """What is known of those; what the others lack is noted."""
        known = []
        for each in found:
            if isinstance(each, Missed):
                self._unknown.append(each)
            else:
                known.append(each)
        return tuple(known)

    def _total(self, column: Column, splits: Splits, what: str) -> int:
        """The sum of one part of all lines; what leaves one unknown is noted."""
        if None not in column:
            return sum(cast(tuple[int, ...], column))
        asked_by = f"{self._program.plan.id}/{what}"
        unknown = (at for at, fen in enumerate(column) if fen is None)
        self._unknown += [
            missed(path, asked_by, splits.lines[at].line_id) for at in unknown for path in splits.absent[at]
        ]
        return 0

    def _amounts(self, parts: list[Part]) -> Amounts:
        """The sums over the parts. What no purse pays is cash."""
        paid = {Purse.ACCOUNT: 0, Purse.FAMILY_ACCOUNT: 0}
        for part in parts:
            for purse in part.purses:
                paid[purse.purse.purse] += purse.pays_fen
        personal = sum(part.personal_fen for part in parts)
        account, family = paid[Purse.ACCOUNT], paid[Purse.FAMILY_ACCOUNT]
        balance = self._claim.facts.get(BALANCES[Purse.ACCOUNT], UNKNOWN)
        splits = self._splits
        return Amounts(
            billed_fen=self._total(splits.billed, splits, "billed"),
            full_self_pay_fen=self._total(splits.full_self_pay, splits, "full_self_pay"),
            over_ceiling_fen=self._total(splits.over_ceiling, splits, "over_ceiling"),
            first_self_pay_fen=self._total(splits.first_self_pay, splits, "first_self_pay"),
            in_scope_fen=self._total(splits.in_scope, splits, "in_scope"),
            deductible_fen=sum(part.deductible_fen for part in parts),
            pooled_fund_fen=sum(part.pooled_fund_fen for part in parts),
            fund_total_fen=sum(part.fund_fen for part in parts),
            personal_fen=personal,
            hospital_fen=sum(part.hospital_fen for part in parts),
            third_party_fen=sum(part.third_party_fen for part in parts),
            account_fen=account,
            family_account_fen=family,
            cash_fen=personal - account - family,
            account_balance_after_fen=balance - account if isinstance(balance, int) else None,
        )

    def _must_balance(self, amounts: Amounts, parts: list[Part]) -> None:
        """The identities that could break: what payers pay together is at most the bill, in each part."""
        split = amounts.full_self_pay_fen + amounts.over_ceiling_fen + amounts.first_self_pay_fen + amounts.in_scope_fen
        if split != amounts.billed_fen:
            raise self._out_of_balance("the parts of the lines do not add up to the bill", parts)
        if min([part.personal_fen for part in parts]) < 0:
            raise self._out_of_balance("the payers pay more than the bill", parts)

    def _out_of_balance(self, message: str, parts: list[Part]) -> ProblemsFound:
        plan = self._program.plan
        said = f"`{plan.id}`: {message} ({self._told(parts)})"
        hint = "let each segment pay on what the ones before it left"
        return ProblemsFound([problem_of("settlement-out-of-balance", said, plan.place, hint)])

    def _told(self, parts: list[Part]) -> str:
        """What each segment paid, in fen, for a problem."""
        return ", ".join(
            f"{segment.name} {paying.run(part.run).paid}"
            for part in parts
            for segment, (_payer, paying) in zip(self._program.plan.segments, self._program.paying, strict=True)
        )

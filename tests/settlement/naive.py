"""Settlement worked out a second time, straight from `docs/settlement.md`, without haste: the plan, the parts of the
stay, the purses, the year. `naive_values` works out values, `naive_segments` segments; `naive_claims` and
`naive_reading` read facts and parameters.

It shares the model with `yibao.settlement` and no code. It knows no `--as-of`.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from tests.settlement.naive_claims import At, Refused, SplitLine
from tests.settlement.naive_reading import Gap, Missing, Sight, all_of, holds, tried
from tests.settlement.naive_segments import Part
from yibao.model.claim import Claim
from yibao.model.facts import UNKNOWN
from yibao.model.parameters import Parameter
from yibao.model.plan import Accumulation, Plan, Purse, Update
from yibao.model.policy import Policy

PARTS = ("billed", "full_self_pay", "over_ceiling", "first_self_pay", "in_scope")
BALANCE = {Purse.ACCOUNT: "account.balance_fen", Purse.FAMILY_ACCOUNT: "account.family_balance_fen"}
Money = dict[str, int | None]


@frozen(kw_only=True)
class NaivePart:
    """A part of the stay: the segments that apply (base, paid), purses, and accumulators (before, amount, after)."""

    year: int | None
    personal: int
    segments: Mapping[str, tuple[int, int]]
    purses: Mapping[str, int]
    accumulators: Mapping[str, tuple[int | None, int, int | None]]


@frozen(kw_only=True)
class NaiveSettled:
    """A settlement. `trail` has the turns taken on the way."""

    plan: str
    amounts: Money
    parts: tuple[NaivePart, ...]
    trail: tuple[object, ...]


class Naive:
    """Settles claims under one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._speaking: dict[tuple[str, ...], Mapping[str, Sequence[Parameter]]] = {}

    def settle(self, claim: Claim, lines: Sequence[SplitLine]) -> NaiveSettled | frozenset[Gap] | None:
        """The settlement, what is missing for it, or None where no plan applies. Raises Refused."""
        try:
            plan = plan_of(self.policy, claim)
            chain = self.policy.chain(claim.facts.get("insured.insured_area"))
            return None if plan is None else _settled(self.policy, plan, self.speaking(chain), claim, lines)
        except Missing as missing:
            return missing.gaps

    def speaking(self, chain: tuple[str, ...]) -> Mapping[str, Sequence[Parameter]]:
        """The parameters of each name in the layers of a chain, the most local first."""
        if chain not in self._speaking:
            found: dict[str, list[Parameter]] = {}
            for layer in reversed(chain):
                for parameter in self.policy.parameters:
                    if parameter.layer == layer:
                        found.setdefault(parameter.name, []).append(parameter)
            self._speaking[chain] = found
        return self._speaking[chain]


def plan_of(policy: Policy, claim: Claim) -> Plan | None:
    """The plan that speaks. Raises Missing where open plans could make a difference, Refused where two are left."""
    chain = policy.chain(claim.facts.get("insured.insured_area") or None)
    sight = Sight(policy=policy, claim=claim, line=None)
    truths = {}
    for plan in (plan for plan in policy.plans if plan.layer in chain):
        by = f"{plan.id}/in_force", f"{plan.id}/when"
        in_force = tried(lambda plan=plan, by=by: holds(plan.in_force, sight, by[0]))
        when = in_force and tried(lambda plan=plan, by=by: holds(plan.when, sight, by[1]))
        truths[id(plan)] = plan, in_force, when
    sure = [plan for plan, in_force, when in truths.values() if in_force is True and when is True]
    opened = [(plan, tests) for plan, *tests in truths.values() if False not in tests and tests != [True, True]]
    more = [
        [*sure, *some]
        for size in range(len(opened) + 1)
        for some in itertools.combinations([p for p, _ in opened], size)
    ]
    outcomes = [_speaking(policy, chain, some) for some in more]
    if any(outcome != outcomes[0] for outcome in outcomes):
        raise Missing(
            gap for _plan, tests in opened for test in tests if isinstance(test, Missing) for gap in test.gaps
        )
    if len(outcomes[0]) > 1:
        raise Refused("two-plans-apply")
    return next(iter(outcomes[0]), None)


def _speaking(policy: Policy, chain: Sequence[str], holding: Sequence[Plan]) -> list[Plan]:
    """Those that no other overrides, directly or through others, of the most local layer that has one."""
    every = [plan for plan in policy.plans if plan.layer in chain]

    def beneath(names: set[str]) -> set[str]:
        wider = names | {below for plan in every if plan.id in names for below in plan.overrides}
        return wider if wider == names else beneath(wider)

    overridden = {
        name for plan in holding for name in beneath({below for p in every if p.id == plan.id for below in p.overrides})
    }
    left = [plan for plan in holding if plan.id not in overridden]
    local = max((chain.index(plan.layer) for plan in left), default=0)
    return [plan for plan in left if chain.index(plan.layer) == local]


def _settled(
    policy: Policy,
    plan: Plan,
    speaking: Mapping[str, Sequence[Parameter]],
    claim: Claim,
    lines: Sequence[SplitLine],
) -> NaiveSettled:
    trail: list[object] = []
    told: list[NaivePart] = []
    totals = dict.fromkeys(("deductible", "pooled", "fund", "hospital", "third_party", "personal"), 0)
    before: Part | None = None
    for number, (year, here) in enumerate(_years(plan, claim, lines), start=1):
        seen = claim if not plan.benefit_year.split else evolve(claim, lines=tuple(each.line for each in here))
        if before is not None:
            seen = evolve(seen, facts=_afterwards(policy, plan, before.claim, told[-1]))
        part = Part(
            policy=policy,
            plan=plan,
            speaking=speaking,
            claim=seen,
            lines=here,
            number=number,
            before=before,
            trail=trail,
        )
        told.append(_part(part, year, totals))
        before = part
    columns = all_of([tried(lambda name=name: _total(plan, lines, name)) for name in PARTS])
    amounts: Money = {f"{name}_fen": total for name, total in zip(PARTS, columns, strict=True)}
    amounts |= _payers(claim, totals, told)
    parts = sum(amounts[f"{name}_fen"] or 0 for name in PARTS[1:])
    if parts != amounts["billed_fen"] or any(part.personal < 0 for part in told):
        raise Refused("settlement-out-of-balance")
    return NaiveSettled(plan=plan.id, amounts=amounts, parts=tuple(told), trail=tuple(trail))


def _payers(claim: Claim, totals: Mapping[str, int], parts: Sequence[NaivePart]) -> Money:
    account, family = (sum(part.purses.get(name, 0) for part in parts) for name in ("account", "family_account"))
    balance = claim.facts.get("account.balance_fen")
    return {
        "deductible_fen": totals["deductible"],
        "pooled_fund_fen": totals["pooled"],
        "fund_total_fen": totals["fund"],
        "personal_fen": totals["personal"],
        "hospital_fen": totals["hospital"],
        "third_party_fen": totals["third_party"],
        "account_fen": account,
        "family_account_fen": family,
        "cash_fen": totals["personal"] - account - family,
        "account_balance_after_fen": None if balance is None else balance - account,
    }


def _years(plan: Plan, claim: Claim, lines: Sequence[SplitLine]) -> list[tuple[int | None, list[SplitLine]]]:
    """The lines of each benefit year. Raises Missing where a date is not known that places them."""
    year, asked_by = plan.benefit_year, f"{plan.id}/benefit_year"

    def of(day: datetime.date) -> int:
        return day.year if (day.month, day.day) >= (year.month, year.day) else day.year - 1

    if not year.split:
        day = claim.facts.get(year.by.path)
        if day is None and plan.accumulations:
            raise Missing([(year.by.path, None, asked_by)])
        return [(None if day is None else of(day), list(lines))]
    days = [each.line.facts.get("line.charged_on") for each in lines]
    undated = [
        ("line.charged_on", each.line.line_id, asked_by) for each, day in zip(lines, days, strict=True) if not day
    ]
    if undated:
        raise Missing(undated)
    dated = [(of(day), each) for day, each in zip(days, lines, strict=True)]
    return [(number, [each for own, each in dated if own == number]) for number in sorted({own for own, _ in dated})]


def _afterwards(policy: Policy, plan: Plan, claim: Claim, told: NaivePart) -> dict[str, object]:
    """The facts that a later part begins with."""
    facts = dict(claim.facts)
    facts |= {path: 0 for path, fact in policy.vocabulary.facts.items() if fact.accumulator}
    for each in plan.accumulations:
        if not each.resets:
            after = told.accumulators[each.fact.path][2]
            facts[each.fact.path] = UNKNOWN if after is None else after
    for purse, path in BALANCE.items():
        if told.purses.get(purse.value):
            facts[path] -= told.purses[purse.value]
    return {path: fact for path, fact in facts.items() if fact is not UNKNOWN}


def _part(part: Part, year: int | None, totals: dict[str, int]) -> NaivePart:
    """One part, its amounts added to the totals. Raises Missing for all that the part read and lacks."""
    plan, segments = part.plan, part.plan.segments
    kinds = part.policy.vocabulary.tables["payer"].codes
    paid = {segment.name: part.segment(segment.name) for segment in segments}
    billed = tried(lambda: _total(plan, part.lines, "billed"))
    counted: dict[str, int] = {"fund": 0, "hospital": 0, "third_party": 0, "person": 0}
    unknown: list[object] = [each.paid for each in paid.values() if isinstance(each.paid, Missing)]
    unknown += [billed] if isinstance(billed, Missing) else []
    personal: int | Missing = Missing(gap for each in unknown for gap in each.gaps)
    if not unknown:
        for segment in segments:
            counted[kinds[segment.payer].attributes["kind"]] += paid[segment.name].paid
        personal = billed - counted["fund"] - counted["hospital"] - counted["third_party"]
    deductible = 0 if plan.deductible is None else tried(lambda: part.named(plan.deductible))
    purses = tried(lambda: _purses(part, personal))
    amounts = [tried(lambda each=each: part.worth(each.amount, At(step=each.fact.path))) for each in plan.accumulations]
    all_of([*unknown, deductible, purses, *amounts])
    totals["deductible"] += deductible
    totals["pooled"] += sum(paid[segment.name].paid for segment in segments if segment.payer == "pooled_fund")
    totals["personal"] += personal
    for kind in ("fund", "hospital", "third_party"):
        totals[kind] += counted[kind]
    return NaivePart(
        year=year,
        personal=personal,
        segments={name: (each.base, each.paid) for name, each in paid.items() if each.applies},
        purses=purses,
        accumulators={
            each.fact.path: _accumulated(each, part.claim.facts.get(each.fact.path), amount)
            for each, amount in zip(plan.accumulations, amounts, strict=True)
        },
    )


def _purses(part: Part, personal: int | Missing) -> dict[str, int]:
    """What each account pays of the personal part; while that is unknown, only what the accounts would ask is told."""
    left, paid, unknown = personal, {}, []
    for purse in part.plan.purses:
        at = At(step=purse.purse.value, personal=personal)
        if purse.purse is Purse.CASH or (not isinstance(left, Missing) and left <= 0):
            continue
        applies = True if purse.when is None else tried(lambda purse=purse, at=at: part.true(purse.when, at))
        bounds = [] if purse.may_pay is None else [tried(lambda purse=purse, at=at: part.worth(purse.may_pay, at))]
        path = BALANCE[purse.purse]
        balance = part.claim.facts.get(path, Missing([(path, None, f"{part.plan.id}/{purse.purse.value}")]))
        bounds.append(0 if balance is None else balance)
        if applies is False:
            continue
        if not isinstance(personal, Missing) and 0 in bounds:
            continue
        lacking = [each for each in (applies, *bounds) if isinstance(each, Missing)]
        unknown += lacking
        if not lacking and not isinstance(left, Missing):
            paid[purse.purse.value] = paid.get(purse.purse.value, 0) + min(left, *bounds)
            left -= min(left, *bounds)
    all_of([personal, *unknown])
    return paid


def _accumulated(each: Accumulation, before: int | None, amount: int) -> tuple[int | None, int, int | None]:
    if each.update is Update.SET:
        return before, amount, amount
    if before is None:
        return None, amount, None
    return before, amount, before + amount if each.update is Update.ADD else max(before, amount)


def _total(plan: Plan, lines: Sequence[SplitLine], name: str) -> int:
    """The sum of one part of all lines. Raises Missing."""
    lacking = [each for each in lines if each.parts[name] is None]
    if lacking:
        raise Missing((path, each.line.line_id, f"{plan.id}/{name}") for each in lacking for path in each.absent)
    return sum(each.parts[name] for each in lines)

"""Small random plans with parameters of their own, by seed: every construct of the language of plans, in any mixture.

They have no sense, only meaning. Nothing in them can be refused when it is worked out but a bill that does not balance:
rates are cut to the whole, and what a segment pays grows with its base.
"""

from __future__ import annotations

import datetime
import random

from attrs import evolve

from tests.support.random_parameters import CITES, KEYED_BY, PROVINCE, parameters_of
from tests.support.random_values import AMOUNT, CODE, DISCHARGED, MET, RATE, STAYS, WHOLE, Values
from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.model.amounts import (
    Amount,
    Banded,
    Dimension,
    Fixed,
    Greatest,
    Least,
    Less,
    LinePart,
    Looked,
    Named,
    OfFact,
    OfFacts,
    OfSegment,
    Plus,
    SegmentPart,
    Share,
    SumOfLines,
)
from yibao.model.expressions import (
    Always,
    Compare,
    Constant,
    FactTerm,
    InForce,
    Operator,
)
from yibao.model.facts import Kind, Title
from yibao.model.plan import (
    Accumulation,
    BandRounding,
    BenefitYear,
    Counts,
    NamedValue,
    Plan,
    Purse,
    PursePart,
    Rounding,
    Segment,
    Ties,
    Update,
)
from yibao.model.policy import Policy

HERE, TITLE = Place(path="random"), Title(zh="随机", en="random")
START = datetime.date(2022, 1, 1)
USES_ACCOUNT = Compare(Operator.EQUAL, FactTerm("account.use", Kind.BOOLEAN), Constant(True, Kind.BOOLEAN))
PAYERS = ("pooled_fund", "pooled_fund", "large_expense_fund", "medical_assistance", "hospital", "third_party", "person")


def policy_of_seed(seed: int, around: Policy) -> Policy:
    """The facts and layers of a policy with one random plan and random parameters."""
    draw = random.Random(seed)
    return evolve(around, parameters=parameters_of(draw), plans=(_Planner(draw).plan(),))


class _Planner(Values):
    """Draws one plan, step by step, from the names that stand before."""

    def plan(self) -> Plan:
        draw = self.draw
        steps: list[NamedValue | Segment] = [
            self.named(KEYED_BY, WHOLE, Plus((OfFact(STAYS, WHOLE), Fixed(1, WHOLE)), WHOLE)),
            self.named("eligible", AMOUNT, SumOfLines(LinePart.IN_SCOPE, Always(True))),
            self.named("rate-0", RATE, self.rate(2)),
            self.named("whole-0", WHOLE, self.whole(2)),
            self.named("code-0", CODE, self.code()),
        ]
        for name in self.coming:
            steps.append(self.named(name, AMOUNT, self.amount(draw.randint(1, 3))))
            if draw.random() < 0.8:
                steps.append(self.segment(f"paid-by-{name}"))
        return Plan(
            id="random-plan",
            layer=PROVINCE,
            title=TITLE,
            in_force=InForce(DISCHARGED, Period(START)),
            published=START,
            when=Always(True),
            overrides=(),
            rounding=Rounding(ties=draw.choice(list(Ties)), bands=draw.choice(list(BandRounding))),
            benefit_year=BenefitYear(month=draw.choice((1, 7)), day=1, by=DISCHARGED, split=self.split),
            steps=tuple(steps),
            deductible=draw.choice([None, *self.names[AMOUNT]]),
            accumulations=self.accumulations(),
            purses=self.purses(),
            carries=(),
            cites=CITES,
            illustrative=False,
            examples=(),
            place=HERE,
        )

    def named(self, name: str, dimension: Dimension, amount: Amount) -> NamedValue:
        self.names[dimension].append(name)
        return NamedValue(name=name, title=TITLE, dimension=dimension, amount=amount, cites=(), place=HERE)

    def segment(self, name: str) -> Segment:
        draw = self.draw
        left: Amount = OfSegment(SegmentPart.LEFT, self.segments[-1]) if self.segments else Named("eligible", AMOUNT)
        some_of_it = draw.sample((left, self.amount(draw.randint(1, 2))), 2)
        base = left if draw.random() < 0.5 else Least(tuple(some_of_it), AMOUNT)
        limit = None if draw.random() < 0.4 else self.amount(2)
        made = Segment(
            name=name,
            title=TITLE,
            payer=draw.choice(PAYERS),
            when=self.test(1) if draw.random() < 0.3 else None,
            base=self.amount(1) if draw.random() < 0.03 else base,
            pays=self.pays(),
            limit=limit,
            counts=draw.choice(list(Counts)),
            cites=(),
            place=HERE,
        )
        self.segments.append(name)
        return made

    def pays(self) -> Amount:
        """Something that grows with the base."""
        base = Named("base", AMOUNT)
        share, bands = Share(base, self.whole_at_most()), Banded(base, Looked("bands", (), RATE), self.start())
        beyond = Share(Less(base, self.amount(1), AMOUNT), self.whole_at_most())
        return self.draw.choice(
            [
                share,
                share,
                bands,
                beyond,
                base,
                Least((share, self.amount(1)), AMOUNT),
                Greatest((share, bands), AMOUNT),
                Plus((share, beyond), AMOUNT),
                self.amount(1),
            ]
        )

    def accumulations(self) -> tuple[Accumulation, ...]:
        draw = self.draw
        chosen = draw.sample(MET, draw.randint(0, len(MET)))
        return tuple(
            Accumulation(
                fact=fact,
                update=draw.choice(list(Update)),
                amount=self.amount(1),
                resets=draw.random() < 0.5,
                place=HERE,
            )
            for fact in chosen
        )

    def may_pay(self) -> Amount | None:
        personal = Named("personal", AMOUNT)
        return self.draw.choice([None, personal, Less(personal, self.amount(1), AMOUNT), self.amount(1)])

    def purses(self) -> tuple[PursePart, ...]:
        draw = self.draw
        accounts = [purse for purse in (Purse.ACCOUNT, Purse.FAMILY_ACCOUNT) if draw.random() < 0.6]
        told = [
            PursePart(
                purse=purse,
                when=OfFacts(USES_ACCOUNT) if draw.random() < 0.6 else None,
                may_pay=self.may_pay(),
                cites=(),
                place=HERE,
            )
            for purse in draw.sample(accounts, len(accounts))
        ]
        return (*told, PursePart(purse=Purse.CASH, when=None, may_pay=None, cites=(), place=HERE))

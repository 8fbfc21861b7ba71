"""Settlement plans: dated, ordered lists of named values and paying segments, and what they add to a year."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen

from yibao.basics.problems import Place
from yibao.model.amounts import Amount, Dimension, Test
from yibao.model.citations import Citation
from yibao.model.expressions import Condition, FactTerm, InForce
from yibao.model.facts import Title


class Counts(Enum):
    """What the limit of a segment counts: what it pays, or the base that it pays on."""

    PAID = "paid"
    BASE = "base"


class Ties(Enum):
    """Which way half a fen goes."""

    UP = "up"
    EVEN = "even"


class BandRounding(Enum):
    """Whether marginal bands are rounded one by one or on their sum."""

    EACH = "each"
    SUM = "sum"


@frozen(kw_only=True)
class Rounding:
    """How shares of a fen are rounded. The unit is the fen, everywhere."""

    ties: Ties
    bands: BandRounding


@frozen(kw_only=True)
class NamedValue:
    """A value that later ones can name."""

    name: str
    title: Title
    dimension: Dimension
    amount: Amount
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Segment:
    """One payer's step: pays `pays` of `base`, at most the base and at most what `limit` leaves.

    `counts` says what the limit counts. Where `when` is false or the base is 0, the segment pays 0 and reads nothing.
    """

    name: str
    title: Title
    payer: str
    when: Test | None
    base: Amount
    pays: Amount
    limit: Amount | None
    counts: Counts
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


class Update(Enum):
    """How a settlement changes an accumulator."""

    ADD = "add"
    GREATEST = "max"
    SET = "set"


@frozen(kw_only=True)
class Accumulation:
    """What the settlement does to one accumulator: an accumulating fact under `history`."""

    fact: FactTerm
    update: Update
    amount: Amount
    resets: bool
    place: Place = field(eq=False)


@frozen(kw_only=True)
class BenefitYear:
    """The year that accumulators and caps belong to: from `month`-`day`, named by the year it starts in.

    `by` is the date of the claim that places a stay in a year. With `split`, a stay is settled in parts instead: lines
    charged in different benefit years are settled one part after the other.
    """

    month: int
    day: int
    by: FactTerm
    split: bool


class Purse(Enum):
    """Who pays the personal part, in the order of the plan."""

    ACCOUNT = "account"
    FAMILY_ACCOUNT = "family_account"
    CASH = "cash"


@frozen(kw_only=True)
class PursePart:
    """One purse: how much it may pay at most (None: what is left), and under which condition."""

    purse: Purse
    when: Test | None
    may_pay: Amount | None
    cites: tuple[Citation, ...]
    place: Place = field(eq=False)


class Applies(Enum):
    """Whether a plan is the one that speaks for a claim."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class PlanExample:
    """A complete claim of the bundle with differences, and what the plan makes of it.

    `amounts` are the settlement's, `pays` what segments pay, all in fen; `outcome` is that of every line; `missing` is
    what the decision asks for. `shows` are rows of the ledger that the case is about, `shows_not` rows of which it is
    the nearest case that they are not about.
    """

    sentence: str
    base: str
    given: Mapping[str, object]
    unknown: tuple[str, ...]
    applies: Applies
    outcome: str | None
    amounts: Mapping[str, int]
    pays: Mapping[str, int]
    missing: tuple[str, ...] | None
    shows: tuple[str, ...]
    shows_not: tuple[str, ...]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Plan:
    """One plan of one layer. `overrides` are plans of the same chain that it goes before.

    `deductible` names the value shown as the deductible. `steps` are named values and segments in their order.
    """

    id: str
    layer: str
    title: Title
    in_force: InForce
    published: datetime.date
    when: Condition
    overrides: tuple[str, ...]
    rounding: Rounding
    benefit_year: BenefitYear
    steps: tuple[NamedValue | Segment, ...]
    deductible: str | None
    accumulations: tuple[Accumulation, ...]
    purses: tuple[PursePart, ...]
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    illustrative: bool
    examples: tuple[PlanExample, ...]
    place: Place = field(eq=False)

    def value_named(self, name: str) -> NamedValue | None:
        """The value of that name, or None."""
        return next((step for step in self.steps if isinstance(step, NamedValue) and step.name == name), None)

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(step for step in self.steps if isinstance(step, Segment))

    @property
    def called(self) -> str:
        """The plan as people name it: plans of several places may have one name."""
        return f"{self.layer}/{self.id}"

    @property
    def carried(self) -> frozenset[str]:
        """The rows of the ledger that the plan and the sources of its parts carry."""
        cited = (*self.cites, *(cite for part in (*self.steps, *self.purses) for cite in part.cites))
        return frozenset((*self.carries, *(row for cite in cited for row in cite.carries)))

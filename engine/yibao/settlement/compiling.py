"""The values of a plan, made ready once: each becomes a function of a run.

Every node of a value is kept, so that the working (`settlement.working`) can ask each for its own value afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from attrs import frozen

from yibao.basics.problems import Fault, ProblemsFound, problem_of
from yibao.model.amount_walks import amounts_in
from yibao.model.amounts import (
    Amount,
    Banded,
    Both,
    Choice,
    CompareAmounts,
    CompletedYears,
    Dimension,
    Earlier,
    Either,
    Fixed,
    Greatest,
    Least,
    Less,
    Looked,
    Named,
    Neither,
    OfFact,
    OfFacts,
    OfSegment,
    Plus,
    Series,
    Share,
    SumOfLines,
    Test,
    Times,
    WholeQuotient,
)
from yibao.model.expressions import Always, Condition, FactTerm
from yibao.model.facts import Vocabulary
from yibao.model.plan import NamedValue, Plan
from yibao.model.policy import Catalogue
from yibao.settlement import arithmetic, reading, truths
from yibao.settlement.absence import Missed, missed, together
from yibao.settlement.book import Layered
from yibao.settlement.marginal import banded
from yibao.settlement.paying import Paying
from yibao.settlement.run import PENDING, Ask, AskTruth, Quantity, Run
from yibao.settlement.walking import facts_under, scale_of


@frozen(eq=False)
class Ready:
    """A value made ready; its whole numbers are over the scale."""

    ask: Ask
    scale: int


class Compiler:
    """Makes the values of one plan ready, step by step in their order. `step` is the one at work, for problems."""

    def __init__(
        self,
        plan: Plan,
        parameters: Mapping[str, Layered],
        vocabulary: Vocabulary,
        catalogues: Mapping[str, Catalogue],
    ) -> None:
        self.plan, self.parameters, self.vocabulary, self.catalogues = plan, parameters, vocabulary, catalogues
        self.step = ""
        self.nodes: dict[int, Ready] = {}
        self.tests: dict[int, AskTruth] = {}
        self.lookups: dict[int, reading.LookUp] = {}
        self.named: dict[str, Ready] = {}
        self.segments: dict[str, Paying] = {}
        self.asked_before: set[str] = set()
        names = (step.name for step in plan.steps if isinstance(step, NamedValue))
        self.places = {name: place for place, name in enumerate(names)}

    @property
    def asked_by(self) -> str:
        """Who asks for what is missing, as documents name it."""
        return f"{self.plan.id}/{self.step}"

    def name(self, value: NamedValue) -> None:
        """Make a named value ready; later steps may name it."""
        ready, place = self.ready(value.amount), self.places[value.name]
        work_out = ready.ask

        def ask(run: Run) -> Quantity:
            found = run.values[place]
            if found is PENDING:
                found = run.values[place] = work_out(run)
            return found

        self.named[value.name] = Ready(ask, ready.scale)

    def ready(self, node: Amount) -> Ready:
        """One value made ready."""
        ready = self.nodes[id(node)] = self._leaf(node) or self._operation(node)
        return ready

    def _leaf(self, node: Amount) -> Ready | None:
        """What reads; None for what works with other values."""
        match node:
            case Fixed(value, _):
                number = value if isinstance(value, int | str) else value.numerator
                return Ready(arithmetic.constant(number), 1 if isinstance(value, int | str) else value.denominator)
            case OfFact(term, dimension):
                known = (self.vocabulary, self.catalogues, self.asked_by)
                return Ready(reading.of_fact(term, dimension is Dimension.CODE, *known), scale_of(dimension))
            case Named(name, _):
                return self._named(name)
            case Earlier(name, dimension):
                return self._earlier(name, dimension)
            case CompletedYears(start, end):
                return Ready(reading.completed_years(start, end, self.asked_by), 1)
            case Looked():
                found = self._look_up(node)
                return Ready(reading.of_parameter(found.ask), found.scale)
            case SumOfLines(part, where_):
                where = self._facts(where_) if where_ != Always(True) else None
                return Ready(reading.sum_of_lines(part, where, self.asked_by), 1)
            case OfSegment(part, name):
                segment = self.segments[name]
                return Ready(lambda run: segment.part(part, run), 1)
        return None

    def _operation(self, node: Amount) -> Ready:
        """What works with other values."""
        match node:
            case Plus(parts):
                return self._joined(arithmetic.plus, parts)
            case Least(parts):
                return self._joined(arithmetic.least, parts)
            case Greatest(parts):
                return self._joined(arithmetic.greatest, parts)
            case Less(value, deduction):
                (ask, deduct), scale = self._aligned((value, deduction))
                return Ready(arithmetic.less(ask, deduct), scale)
            case Times(left, right):
                first, second = self.ready(left), self.ready(right)
                return Ready(arithmetic.times(first.ask, second.ask), first.scale * second.scale)
            case WholeQuotient(number, divisor):
                return Ready(arithmetic.quotient(self.ready(number).ask, divisor), 1)
            case Share(amount, rate):
                part, ties = self.ready(rate), self.plan.rounding.ties
                too_much = self._too_much(part.scale)
                return Ready(arithmetic.share(self.ready(amount).ask, part.ask, part.scale, ties, too_much), 1)
            case Banded(amount, bands, start):
                found, begin = self._look_up(bands), None if start is None else self.ready(start).ask
                rates, scale = reading.bands_of_parameter(found.ask), found.scale
                return Ready(banded(self.ready(amount).ask, rates, begin, scale, self.plan.rounding), 1)
            case Series(number, values, then):
                place, below = self.ready(number).ask, self._below(number)
                (*listed, last), scale = self._aligned((*values, then))
                return Ready(arithmetic.series(place, tuple(listed), last, below), scale)
            case Choice(condition, then, otherwise):
                truth = self.test(condition)
                (yes, no), scale = self._aligned((then, otherwise))
                return Ready(arithmetic.choice(truth, yes, no), scale)
        raise Fault(f"no value of a plan: {node!r}")

    def test(self, node: Test) -> AskTruth:
        """A condition of the plan made ready."""
        ready = self.tests[id(node)] = self._test(node)
        return ready

    def _test(self, node: Test) -> AskTruth:
        match node:
            case OfFacts(condition):
                of_facts = self._facts(condition)
                return lambda run: of_facts(run, None)
            case CompareAmounts(sign, left, right):
                (first, second), _scale = self._aligned((left, right))
                return truths.compared(sign, first, second)
            case Neither(inner):
                return truths.negated(self.test(inner))
            case Both(tests):
                return truths.joined(tuple(map(self.test, tests)), deciding=False)
            case Either(tests):
                return truths.joined(tuple(map(self.test, tests)), deciding=True)

    def _facts(self, condition: Condition) -> reading.AskOfLine:
        return truths.of_facts(condition, self.vocabulary, self.catalogues, self.asked_by)

    def _joined(self, operation: Callable[[tuple[Ask, ...]], Ask], parts: Iterable[Amount]) -> Ready:
        asks, scale = self._aligned(tuple(parts))
        return Ready(operation(asks), scale)

    def _aligned(self, parts: tuple[Amount, ...]) -> tuple[tuple[Ask, ...], int]:
        """The parts over one common scale."""
        ready = [self.ready(part) for part in parts]
        scale = math.lcm(*(each.scale for each in ready))
        return tuple(arithmetic.multiplied(each.ask, scale // each.scale) for each in ready), scale

    def _named(self, name: str) -> Ready:
        """An earlier value, or a word that a plan knows by itself."""
        known = self.named.get(name) or _OF_ITSELF.get(name)
        if known is None:
            raise Fault(f"`{self.asked_by}` names `{name}`, which the plan does not define before it")
        return known

    def _earlier(self, name: str, dimension: Dimension) -> Ready:
        """A value in the part before. A rate must be one of the values above, so that its scale is known."""
        if dimension is Dimension.RATE and name not in self.named:
            raise Fault(f"`{self.asked_by}` asks for an earlier rate that is worked out no sooner than itself")

        self.asked_before.add(name)

        def ask(run: Run) -> Quantity:
            return 0 if run.before is None else self.named[name].ask(run.before)

        return Ready(ask, self.named[name].scale if name in self.named else 1)

    def _look_up(self, node: Looked) -> reading.LookUp:
        """A parameter for the keys that the plan gives, or else for the values and facts that its keys name."""
        if id(node) in self.lookups:
            return self.lookups[id(node)]
        layered = self.parameters.get(node.parameter)
        if layered is None:
            unknown = missed(f"parameter:{self.plan.layer}/{node.parameter}", self.asked_by)
            found = reading.LookUp(
                layered=None, values=frozenset(), place=len(self.lookups), ask=lambda run: unknown, scale=1
            )
        else:
            names = [key.name for key in layered.parameters[0].keys]
            keys = tuple(map(self._key, node.keys) if node.keys else map(self._key_named, names))
            # Those that the keys look up have their places by now.
            place = len(self.lookups)
            # A run has one value of each fact and of each named value; a value that is worked out here may name a base.
            steady = all(
                isinstance(key, OfFact) or (isinstance(key, Named) and key.name in self.named) for key in node.keys
            )
            ask = reading.looked_up(place, layered, keys, steady, self.asked_by)
            values = frozenset(names) & self.named.keys()
            found = reading.LookUp(layered=layered, values=values, place=place, ask=ask, scale=layered.scale)
        self.lookups[id(node)] = found
        return found

    def _is_step(self, node: Amount) -> bool:
        return isinstance(node, Named) and node.name in self.named

    def _key(self, node: Amount) -> reading.Key:
        match node:
            case OfFact(FactTerm(path)):
                self.ready(node)
                return reading.key_of_fact(path, self.asked_by)
            case _:
                return self.ready(node).ask

    def _key_named(self, name: str) -> reading.Key:
        return self.named[name].ask if name in self.named else reading.key_of_fact(name, self.asked_by)

    def _below(self, number: Amount) -> Callable[[], Missed]:
        """What a place below the first of a series leaves unknown: the facts that it was counted from."""
        absent = together(missed(path, self.asked_by) for path in self._counted_from(number))
        if absent.absent:
            return lambda: absent
        message = f"`{self.asked_by}` asks a series for a place below its first"
        return arithmetic.refusing(problem_of("series-below-first", message, self.plan.place, "a series counts from 1"))

    def _counted_from(self, number: Amount, through: frozenset[str] = frozenset()) -> Iterator[str]:
        """The facts and parameters under a value, through the values that it names: each once, as a value may name what
        it came to itself in the part of the stay before."""
        yield from facts_under(number)
        for node in amounts_in(number):
            match node:
                case Looked(name, _) if name in self.parameters:
                    yield f"parameter:{self.parameters[name].parameters[0].layer}/{name}"
                case Named(name, _) | Earlier(name, _) if name not in through:
                    if (step := self.plan.value_named(name)) is not None:
                        yield from self._counted_from(step.amount, through | {name})

    def _too_much(self, scale: int) -> Callable[[int], None]:
        """Refuses a rate above the whole."""
        plan, step = self.plan, self.asked_by

        def refuse(rate: int) -> None:
            message = f"`{step}` takes a share of more than 100%: {Fraction(rate, scale)}"
            raise ProblemsFound([problem_of("rate-above-whole", message, plan.place, "a share is at most the whole")])

        return refuse


_OF_ITSELF: Mapping[str, Ready] = {
    "base": Ready(lambda run: run.base, 1),
    "personal": Ready(lambda run: run.personal, 1),
    "part": Ready(lambda run: run.part, 1),
}

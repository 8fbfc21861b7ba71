"""A plan made ready for a place: its segments, purses and accumulators as functions of a run. Compiled once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from attrs import frozen

from yibao.basics.money import yuan
from yibao.basics.problems import ProblemsFound, problem_of
from yibao.language.condition_words import ConditionWords
from yibao.language.plan_words import PlanWords
from yibao.model.facts import Vocabulary
from yibao.model.plan import Accumulation, NamedValue, Plan, PursePart, Segment
from yibao.model.policy import Catalogue
from yibao.settlement.book import Layered
from yibao.settlement.compiling import Compiler, Ready
from yibao.settlement.forms import Form
from yibao.settlement.paying import Paying
from yibao.settlement.reading import LookUp
from yibao.settlement.run import Ask, AskTruth
from yibao.settlement.telling import Ways

BENEFIT_YEAR = "benefit_year"


@frozen(kw_only=True, eq=False)
class PurseAsks:
    """A purse of the plan with its condition and its most made ready."""

    purse: PursePart
    when: AskTruth | None
    may_pay: Ask | None


@frozen(kw_only=True, eq=False)
class Program:
    """A plan made ready.

    `paying` has the payer of each segment with the segment made ready; `sizes` is how many values, segments and
    look-ups a run has room for. `nodes`, `tests` and `lookups` are its parts by the identity of their declaration.
    `words` tell its parts, and `ways` remember what was said of each step, by name. `forms` keep what
    is said of its other parts, by identity."""

    plan: Plan
    vocabulary: Vocabulary
    catalogues: Mapping[str, Catalogue]
    paying: tuple[tuple[str, Paying], ...]
    sizes: tuple[int, int, int]
    named: Mapping[str, Ready]
    deductible: Ask | None
    accumulations: tuple[tuple[Accumulation, Ask], ...]
    purses: tuple[PurseAsks, ...]
    asked_before: tuple[str, ...]
    nodes: Mapping[int, Ready]
    tests: Mapping[int, AskTruth]
    lookups: Mapping[int, LookUp]
    words: PlanWords
    ways: Mapping[str, Ways]
    forms: dict[int, Form]

    def year_of(self, day: datetime.date) -> int:
        """The benefit year of a day, by the year in which it starts."""
        year = self.plan.benefit_year
        return day.year if (day.month, day.day) >= (year.month, year.day) else day.year - 1


def compile_plan(
    plan: Plan, parameters: Mapping[str, Layered], vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue]
) -> Program:
    """The program of a plan with the parameters of its chain."""
    compiler = Compiler(plan, parameters, vocabulary, catalogues)
    segments: list[Paying] = []
    for step in plan.steps:
        compiler.step = step.name
        if isinstance(step, NamedValue):
            compiler.name(step)
        else:
            paying = compiler.segments[step.name] = _paying(compiler, step, len(segments))
            segments.append(paying)
    accumulations = []
    for accumulation in plan.accumulations:
        compiler.step = accumulation.fact.path
        accumulations.append((accumulation, compiler.ready(accumulation.amount).ask))
    purses = tuple(_purse(compiler, purse) for purse in plan.purses)
    # All parts are ready before a run is given room for them.
    return Program(
        plan=plan,
        vocabulary=vocabulary,
        catalogues=catalogues,
        paying=tuple((segment.payer, paying) for segment, paying in zip(plan.segments, segments, strict=True)),
        sizes=(len(compiler.named), len(segments), len(compiler.lookups)),
        named=compiler.named,
        deductible=None if plan.deductible is None else compiler.named[plan.deductible].ask,
        accumulations=tuple(accumulations),
        purses=purses,
        asked_before=tuple(sorted(compiler.asked_before)),
        nodes=compiler.nodes,
        tests=compiler.tests,
        lookups=compiler.lookups,
        words=_words(plan, parameters, vocabulary, catalogues),
        ways={step.name: Ways() for step in plan.steps},
        forms={},
    )


def _words(
    plan: Plan, parameters: Mapping[str, Layered], vocabulary: Vocabulary, catalogues: Mapping[str, Catalogue]
) -> PlanWords:
    """What the plan is told with. A parameter is called as the most local layer calls it. A plan reads no finding."""
    return PlanWords(
        facts=ConditionWords(vocabulary=vocabulary, catalogues=catalogues, findings={}),
        steps={step.name: step for step in plan.steps},
        parameters={name: found.parameters[0].title for name, found in parameters.items()},
    )


def _purse(compiler: Compiler, purse: PursePart) -> PurseAsks:
    compiler.step = purse.purse.value
    return PurseAsks(
        purse=purse,
        when=None if purse.when is None else compiler.test(purse.when),
        may_pay=None if purse.may_pay is None else compiler.ready(purse.may_pay).ask,
    )


def _paying(compiler: Compiler, segment: Segment, place: int) -> Paying:
    return Paying(
        place=place,
        when=None if segment.when is None else compiler.test(segment.when),
        base=compiler.ready(segment.base).ask,
        pays=compiler.ready(segment.pays).ask,
        limit=None if segment.limit is None else compiler.ready(segment.limit).ask,
        counts=segment.counts,
        falls=_falls(compiler.asked_by, segment),
    )


def _falls(asked_by: str, segment: Segment) -> Callable[[int, int], None]:
    def refuse(smaller: int, greater: int) -> None:
        message = f"`{asked_by}` pays less on {yuan(greater)} than on {yuan(smaller)}, so `beyond` has no one answer"
        hint = "what a segment pays must not fall while its base grows, where `beyond` asks for it"
        raise ProblemsFound([problem_of("pays-falls", message, segment.place, hint)])

    return refuse

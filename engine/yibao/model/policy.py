"""Rules, questions, catalogues, layers, and the policy that holds them all."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import Any

from attrs import field, frozen

from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.model.calendar import Calendar
from yibao.model.citations import Citation
from yibao.model.credits import Credit
from yibao.model.expressions import Condition, FactTerm, InForce, Scope, Term
from yibao.model.facts import Kind, Title, Vocabulary
from yibao.model.parameters import Parameter
from yibao.model.plan import Plan
from yibao.model.walks import facts_in


class Side(Enum):
    """Whose rule it is: everybody's, that of the place where the person is insured, or where care is given."""

    NATIONAL = "national"
    INSURED = "insured"
    TREATMENT = "treatment"


class Combine(Enum):
    """How the answers of several standing rules to one question become one."""

    ONE = "one"
    LEAST = "least"
    GREATEST = "greatest"


@frozen(kw_only=True)
class Question:
    """A question with a value for an answer, such as the share of an admitted line that the insurance accepts."""

    name: str
    title: Title
    kind: Kind
    combine: Combine
    place: Place = field(eq=False)


# The answers that a rule can give.


@frozen
class Admit:
    """The line is within the insurance."""


@frozen
class Exclude:
    """The line is outside, for a coded reason."""

    reason: str


@frozen
class Lift:
    """Exclusions that this rule overrides fall away; nothing is admitted by it."""


@frozen
class Conclude:
    """A finding holds, which other rules may read."""

    finding: str


@frozen
class DocumentsDue:
    """The claim must be supported by these documents."""

    documents: tuple[str, ...]


@frozen
class Value:
    """The value of a declared question, computed after inference from the line's own facts."""

    question: str
    term: Term


Answer = Admit | Exclude | Lift | Conclude | DocumentsDue | Value
COVERAGE = "coverage"
NATIONAL = "national"
DOCUMENTS = "documents"


def question_of(answer: Answer, about: Scope) -> str:
    """The name of the question that an answer answers; rules join by `overrides` only within one question."""
    match answer:
        case Admit() | Exclude() | Lift():
            return COVERAGE
        case Conclude(finding):
            return f"finding:{about.value}:{finding}"
        case DocumentsDue():
            return DOCUMENTS
        case Value(question, _):
            return f"value:{question}"


def effect_of(answer: Answer) -> str:
    """The word for an answer in a reason."""
    match answer:
        case Admit():
            return "admit"
        case Exclude():
            return "exclude"
        case Lift():
            return "lift"
        case Conclude():
            return "finding"
        case DocumentsDue():
            return "documents"
        case Value(question, _):
            return question


@frozen(kw_only=True)
class Example:
    """A claim that shows the rule: a named complete claim of the bundle with differences, and what is expected."""

    sentence: str
    base: str
    given: Mapping[str, object]
    unknown: tuple[str, ...]
    fires: str | None
    outcome: str | None
    missing: tuple[str, ...] | None
    reason: str | None
    documents: tuple[str, ...] | None
    amounts: Mapping[str, int]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Rule:
    """One conclusion of one dated version of a rule file.

    `key` is unique in the bundle; `id` is the file's, shared by its conclusions and versions. `overrides` are ids.
    """

    id: str
    key: str
    title: Title
    advice: Title | None
    about: Scope
    side: Side
    layer: str
    in_force: InForce
    when: Condition
    answer: Answer
    overrides: tuple[str, ...]
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    illustrative: bool
    published: datetime.date
    place: Place = field(eq=False)
    overrides_place: Place | None = field(eq=False, default=None)

    @cached_property
    def question(self) -> str:
        """The name of the question that the rule answers."""
        return question_of(self.answer, self.about)

    @cached_property
    def facts_read(self) -> tuple[str, ...]:
        """The paths of the facts that the rule's own condition reads, sorted."""
        return tuple(sorted({fact.path for fact in facts_in(self.when)}))


@frozen(kw_only=True)
class ClosingRule:
    """The cited reason given when no rule admits a line: it is in none of the limbs of the insurance."""

    id: str
    title: Title
    reason: str
    carries: tuple[str, ...]
    cites: tuple[Citation, ...]
    illustrative: bool
    place: Place = field(eq=False)


@frozen(kw_only=True)
class CatalogueRow:
    """One dated row: a code with its columns."""

    code: str
    period: Period
    columns: Mapping[str, object]
    place: Place = field(eq=False)


@frozen(kw_only=True)
class Catalogue:
    """A dated list of codes. An excerpt tells what it contains and nothing of what it does not."""

    name: str
    title: Title
    layer: str
    by: FactTerm
    excerpt: bool
    illustrative: bool
    cites: tuple[Citation, ...]
    rows: Mapping[str, tuple[CatalogueRow, ...]]
    place: Place = field(eq=False)

    def row_on(self, code: str, day: datetime.date) -> CatalogueRow | None:
        """The row of the code that is in force on the day."""
        return next((row for row in self.rows.get(code, ()) if day in row.period), None)


@frozen(kw_only=True)
class Layer:
    """National, or one administrative area, which lies over the area (or nation) that it extends."""

    name: str
    title: Title
    extends: str | None
    illustrative: bool
    place: Place = field(eq=False)


@frozen(kw_only=True)
class LedgerRow:
    """One normative statement of a source document."""

    row: str
    statement: Title
    carried_by: str
    source: str


@frozen(kw_only=True)
class Policy:
    """Everything that one bundle declares, checked as a whole and named by its digest.

    `parameters`, `plans` and `credits` are those of all layers, in the order of their layers and names. `calendars` are
    by name.
    """

    name: str
    digest: str
    vocabulary: Vocabulary
    questions: Mapping[str, Question]
    layers: Mapping[str, Layer]
    rules: tuple[Rule, ...]
    closing: ClosingRule
    catalogues: Mapping[str, Catalogue]
    examples: Mapping[str, tuple[Example, ...]]
    claims: Mapping[str, Mapping[str, Any]]
    ledger: tuple[LedgerRow, ...]
    parameters: tuple[Parameter, ...] = ()
    plans: tuple[Plan, ...] = ()
    credits: tuple[Credit, ...] = ()
    calendars: Mapping[str, Calendar] = field(factory=dict)

    def chain(self, area: str | None) -> tuple[str, ...]:
        """The layers that speak for an area, the nation's first: those named by the area or by what it lies in."""
        own = [] if area is None else [name for name in areas_around(area) if name in self.layers]
        return (NATIONAL, *own)


def areas_around(area: str) -> tuple[str, ...]:
    """The division codes that an area lies in, widest first, itself last: province, city, district."""
    return tuple(dict.fromkeys((area[:2] + "0000", area[:4] + "00", area)))

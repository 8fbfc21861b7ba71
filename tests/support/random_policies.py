"""Small random policies and claims, drawn from a seed: for comparing the engines where nobody chose the cases."""

from __future__ import annotations

import datetime
import random

from attrs import evolve

from yibao.basics.periods import Period
from yibao.basics.problems import Place
from yibao.model.citations import Citation, Grade
from yibao.model.claim import Claim, Line
from yibao.model.expressions import (
    Aggregate,
    Aggregation,
    Always,
    Among,
    And,
    Arithmetic,
    Compare,
    Computed,
    Condition,
    Constant,
    DaysBetween,
    FactTerm,
    Finding,
    ForAllLines,
    ForAnyLine,
    Holds,
    InForce,
    IsNone,
    Not,
    Operator,
    Or,
    Prefix,
    Scope,
    ShiftedDate,
)
from yibao.model.facts import Code, CodeTable, FactDeclaration, FactType, Kind, Title, Value, Vocabulary
from yibao.model.policy import (
    Admit,
    Answer,
    Conclude,
    DocumentsDue,
    Exclude,
    Lift,
    Rule,
    Side,
)
from yibao.model.policy import Value as ValueAnswer
from yibao.readers.policy.policy_checks import MOST_ALTERNATIVES, alternatives

HERE = Place(path="random", line=1, column=1)
TITLE = Title(zh="随机", en="random")
START = datetime.date(2020, 1, 1)
CODES = ("a", "b", "c", "d")
DAYS = tuple(START + datetime.timedelta(days=30 * step) for step in range(6))
SAME_TITLE_TABLE = "letters"
EQUALITY = (Operator.EQUAL, Operator.UNEQUAL)


def _declare(
    path: str, kind: Kind, nullable: bool = False, table: str | None = None, inherits: str | None = None
) -> FactDeclaration:
    return FactDeclaration(
        path=path,
        type=FactType(kind=kind, table=table, low=0, high=100),
        nullable=nullable,
        title=TITLE,
        meaning=TITLE,
        unit=None,
        source="random",
        lookup=None,
        inherits=inherits,
        place=HERE,
        null_allowed=nullable,
    )


DECLARED = (
    _declare("claim_flag", Kind.BOOLEAN),
    _declare("claim_other", Kind.BOOLEAN, nullable=True),
    _declare("claim_code", Kind.CODE, table=SAME_TITLE_TABLE),
    _declare("claim_day", Kind.DATE),
    _declare("claim_later", Kind.DATE, nullable=True),
    _declare("claim_set", Kind.CODES, nullable=True, table=SAME_TITLE_TABLE),
    _declare("claim_area", Kind.CODE),
    _declare("line.flag", Kind.BOOLEAN),
    _declare("line.code", Kind.CODE, nullable=True, table=SAME_TITLE_TABLE, inherits="claim_code_of_lines"),
    _declare("claim_code_of_lines", Kind.CODE, nullable=True, table=SAME_TITLE_TABLE),
    _declare("line.number", Kind.INTEGER, nullable=True),
    _declare("line.other", Kind.INTEGER),
    _declare("line.day", Kind.DATE),
    _declare("line.amount_fen", Kind.FEN),
)
VOCABULARY = Vocabulary(
    facts={declaration.path: declaration for declaration in DECLARED},
    tables={
        SAME_TITLE_TABLE: CodeTable(
            name=SAME_TITLE_TABLE,
            title=TITLE,
            source="random",
            codes={
                code: Code(code=code, title=TITLE, nhsa=(), period=Period(START), attributes={}, place=HERE)
                for code in CODES
            },
            place=HERE,
        )
    },
)


class Draw:
    """Draws rules and claims; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def rules(self, most: int = 12) -> tuple[Rule, ...]:
        """Rules whose overrides and findings go in no circle."""
        drawn: list[Rule] = []
        findings: dict[str, Scope] = {}
        for number in range(self.random.randint(2, most)):
            about = self.random.choice((Scope.CLAIM, Scope.LINE, Scope.LINE))
            answer = self.answer(about)
            # A finding is read by rules that conclude a higher one, or none: so findings go in no circle.
            own = answer.finding if isinstance(answer, Conclude) else "~"
            readable = {
                name: scope
                for name, scope in findings.items()
                if (about is Scope.LINE or scope is Scope.CLAIM) and name < own
            }
            rule = self.rule(f"r{number:02}", about, answer, readable, drawn)
            drawn.append(rule)
            if isinstance(answer, Conclude):
                findings[answer.finding] = about
        # Some rules fall away, as those of another place do: what they would have found is then found by nobody.
        kept = [rule for rule in drawn if self.random.random() < 0.95]
        return tuple(sorted(kept, key=lambda rule: rule.key))

    def answer(self, about: Scope) -> Answer:
        kind = self.random.random()
        if kind < 0.3:
            return Admit()
        if kind < 0.5:
            return Exclude("x")
        if kind < 0.6:
            return Lift()
        if kind < 0.8:
            return Conclude(f"found_{about.value}_{self.random.randint(0, 3)}")
        if kind < 0.85:
            return DocumentsDue(("paper",))
        question = self.random.choice(("share", "ceiling", "first_payment"))
        return ValueAnswer(question, Constant(self.random.randint(0, 3), Kind.BASIS_POINTS))

    def rule(self, name: str, about: Scope, answer: Answer, findings: dict[str, Scope], before: list[Rule]) -> Rule:
        when = self.condition(about, findings)
        while max(alternatives(when, True), alternatives(when, False)) > MOST_ALTERNATIVES:
            when = self.condition(about, findings)
        by = "claim_day" if about is Scope.CLAIM or self.random.random() < 0.5 else "line.day"
        start = self.random.choice(DAYS[:3])
        end = self.random.choice((None, None, *DAYS[3:]))
        rule = Rule(
            id=name,
            key=name,
            title=TITLE,
            advice=None,
            about=about,
            side=Side.NATIONAL,
            layer="national",
            in_force=InForce(FactTerm(by, Kind.DATE), Period(start, end)),
            when=when,
            answer=answer,
            overrides=(),
            carries=(),
            cites=(Citation(source="random", grade=Grade.SECONDARY),),
            illustrative=False,
            published=START,
            place=HERE,
        )
        same = [other.id for other in before if other.question == rule.question and self.may_override(rule, other)]
        chosen = tuple(other for other in same if self.random.random() < 0.4)
        return evolve(rule, overrides=chosen)

    @staticmethod
    def may_override(rule: Rule, other: Rule) -> bool:
        """A line rule may be above a claim rule, not a claim rule above a line rule that concludes a finding."""
        return not isinstance(rule.answer, Conclude) or rule.about is other.about

    def condition(self, about: Scope, findings: dict[str, Scope], depth: int = 0) -> Condition:
        kind = self.random.random()
        if depth < 3 and kind < 0.25:
            return And(self.parts(And, about, findings, depth))
        if depth < 3 and kind < 0.45:
            return Or(self.parts(Or, about, findings, depth))
        if depth < 3 and kind < 0.55:
            return Not(self.condition(about, findings, depth + 1))
        if kind < 0.58:
            return Always(self.random.random() < 0.7)
        if findings and kind < 0.72:
            name = self.random.choice(sorted(findings))
            return Finding(name, findings[name])
        return self.atom(about)

    def parts(
        self, joint: type[And] | type[Or], about: Scope, findings: dict[str, Scope], depth: int
    ) -> tuple[Condition, ...]:
        """Two or three conditions, flattened as the parser flattens them."""
        drawn = [self.condition(about, findings, depth + 1) for _ in range(self.random.randint(2, 3))]
        flat: list[Condition] = []
        for condition in drawn:
            flat.extend(condition.conditions if isinstance(condition, joint) else (condition,))
        return tuple(flat)

    def atom(self, about: Scope, inside: bool = False) -> Condition:
        draw = self.random
        makers = [
            lambda: Compare(
                Operator.EQUAL, FactTerm("claim_flag", Kind.BOOLEAN), Constant(draw.random() < 0.5, Kind.BOOLEAN)
            ),
            lambda: Compare(Operator.EQUAL, FactTerm("claim_other", Kind.BOOLEAN), Constant(True, Kind.BOOLEAN)),
            lambda: Compare(draw.choice(EQUALITY), FactTerm("claim_code", Kind.CODE), self.code()),
            lambda: Among(FactTerm("claim_code", Kind.CODE), tuple(self.code() for _ in range(2))),
            lambda: Holds(FactTerm("claim_set", Kind.CODES), draw.choice(CODES)),
            lambda: IsNone(FactTerm(*draw.choice((("claim_set", Kind.CODES), ("claim_later", Kind.DATE))))),
            lambda: Compare(
                draw.choice(tuple(Operator)), FactTerm("claim_later", Kind.DATE), FactTerm("claim_day", Kind.DATE)
            ),
            lambda: Compare(
                Operator.EQUAL,
                Prefix(FactTerm("claim_area", Kind.CODE), 2),
                Constant(draw.choice(("11", "44")), Kind.TEXT),
            ),
            lambda: Compare(draw.choice(EQUALITY), FactTerm("claim_area", Kind.CODE), Constant("4403", Kind.TEXT)),
            lambda: Compare(
                Operator.LESS, ShiftedDate(FactTerm("claim_day", Kind.DATE), 30), Constant(draw.choice(DAYS), Kind.DATE)
            ),
        ]
        if not inside:
            makers += [
                lambda: ForAnyLine(self.atom(Scope.LINE, inside=True)),
                lambda: ForAllLines(self.atom(Scope.LINE, inside=True)),
                lambda: Compare(
                    Operator.GREATER,
                    Aggregate(
                        Aggregation.SUM,
                        FactTerm("line.number", Kind.INTEGER),
                        self.atom(Scope.LINE, inside=True),
                        Kind.INTEGER,
                    ),
                    Constant(50, Kind.INTEGER),
                ),
            ]
        if about is Scope.LINE:
            makers += 2 * [
                lambda: Compare(Operator.EQUAL, FactTerm("line.flag", Kind.BOOLEAN), Constant(True, Kind.BOOLEAN)),
                lambda: Compare(draw.choice(EQUALITY), FactTerm("line.code", Kind.CODE), self.code()),
                lambda: Compare(Operator.EQUAL, FactTerm("claim_code_of_lines", Kind.CODE), self.code()),
                lambda: Compare(
                    draw.choice(tuple(Operator)),
                    FactTerm("line.number", Kind.INTEGER),
                    Constant(draw.choice((0, 10, 50, 100)), Kind.INTEGER),
                ),
                lambda: Compare(
                    Operator.LESS, FactTerm("line.number", Kind.INTEGER), FactTerm("line.other", Kind.INTEGER)
                ),
                lambda: IsNone(FactTerm("line.number", Kind.INTEGER)),
                lambda: Compare(
                    Operator.AT_LEAST, FactTerm("line.day", Kind.DATE), Constant(draw.choice(DAYS), Kind.DATE)
                ),
                lambda: Compare(
                    Operator.GREATER,
                    DaysBetween(FactTerm("claim_day", Kind.DATE), FactTerm("line.day", Kind.DATE)),
                    Constant(20, Kind.INTEGER),
                ),
                lambda: Compare(
                    Operator.LESS,
                    Computed(
                        Arithmetic.PLUS,
                        FactTerm("line.number", Kind.INTEGER),
                        FactTerm("line.other", Kind.INTEGER),
                        Kind.INTEGER,
                    ),
                    Constant(60, Kind.INTEGER),
                ),
            ]
        return draw.choice(makers)()

    def code(self) -> Constant:
        return Constant(self.random.choice(CODES), Kind.CODE)

    def claim(self, unknown: float) -> Claim:
        """A claim in which each fact is missing with the given probability."""
        facts = self.facts(unknown, of_line=False)
        lines = tuple(
            Line(line_id=str(number), facts=self.facts(unknown, of_line=True), position=number)
            for number in range(self.random.randint(1, 3))
        )
        inherited = {"line.code": facts["claim_code_of_lines"]} if "claim_code_of_lines" in facts else {}
        return Claim(
            claim_id=None,
            facts=facts,
            lines=tuple(
                Line(line_id=line.line_id, facts={**inherited, **line.facts}, position=line.position) for line in lines
            ),
            digest="",
        )

    def facts(self, unknown: float, of_line: bool) -> dict[str, Value]:
        return {
            declaration.path: self.value(declaration)
            for declaration in DECLARED
            if declaration.about_line is of_line and self.random.random() >= unknown
        }

    def value(self, declaration: FactDeclaration) -> Value:
        draw = self.random
        if declaration.nullable and draw.random() < 0.25:
            return None
        match declaration.type.kind:
            case Kind.BOOLEAN:
                return draw.random() < 0.5
            case Kind.CODE if declaration.type.table is not None:
                return draw.choice(CODES)
            case Kind.CODE:
                return draw.choice(("1101", "4403", "4401", "99"))
            case Kind.CODES:
                return frozenset(code for code in CODES if draw.random() < 0.5)
            case Kind.DATE:
                return draw.choice(DAYS) + datetime.timedelta(days=draw.randint(-1, 1))
        return draw.choice((0, 9, 10, 11, 49, 50, 51, 100))

"""Every bound of a policy folder: what reaches it is read, and what passes it by one is refused."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator

from tests.hostile.folder_pieces import (
    DAY,
    FACT,
    HOME,
    Files,
    case,
    catalogue,
    counted,
    definition,
    facts,
    rule,
    rules,
    versions,
)
from tests.hostile.running import Case, Complaint
from yibao.language.syntax import DEEPEST, LONGEST_TEXT, MOST_DAYS, MOST_OPERANDS
from yibao.readers.policy.answers_from_yaml import MOST_PARTS
from yibao.readers.policy.declarations_from_yaml import MOST_ROWS_OF_A_CODE
from yibao.readers.policy.policy_checks import MOST_ALTERNATIVES, MOST_CONDITIONS
from yibao.readers.policy.rules_from_yaml import MOST_OVERRIDES, MOST_VERSIONS
from yibao.readers.vocabulary.facts_from_yaml import LONGEST_NAME, MOST_FACTS
from yibao.readers.vocabulary.tables_from_yaml import MOST_COLUMNS

_GOOD_FACTS = 11


def bounds() -> Iterator[Case]:
    """Each bound: what reaches it is read, and what passes it by one is refused."""
    line = "  - {{code: a, from: {}, to: {}}}\n"

    def rows(count: int) -> Files:
        days = [DAY + datetime.timedelta(days=number) for number in range(count + 1)]
        return catalogue("".join(line.format(one, other) for one, other in itertools.pairwise(days)))

    def columns(count: int) -> Files:
        return catalogue("  - {code: a, from: 2000-01-01}\n", f"[{counted(count)}]")

    def many_facts(count: int) -> Files:
        fields = "".join(f"  k{at}: {{{FACT}}}\n" for at in range(count - _GOOD_FACTS))
        return {"policy/facts/the-last.yaml": f"facts: claim\nsource: S0\nfields:\n{fields}".encode()}

    def text(count: int) -> Files:
        return rules(
            rule("large", "encounter.emergency".ljust(count - 1) + " ", more="")
            .replace("when: ", "when: '")
            .replace("\nthen", "'\nthen")
        )

    def ways(count: int) -> Files:
        return rules(rule("large", " or ".join(f"line.amount_fen > {at}" for at in range(count))))

    def things(count: int) -> Files:
        tests = [f"line.amount_fen > {at}" for at in range(count)]
        half = f"let: {{half: {' and '.join(tests[:60])}}}\n"
        return rules(rule("large", " and ".join(["half", *tests[60:]]), more=half))

    def parts(count: int) -> Files:
        # A test is three parts: what is compared, with what, and the comparison. A denial is one more.
        emergency, tests = "encounter.emergency", (count - 3) // 3
        eighty = definition("eighty", " and ".join([emergency] * 80))
        rest = [emergency] * (tests - 8 * 80)
        for at in range(count - 1 - 3 * tests):
            rest[at] = f"not {emergency}"
        wanted = " and ".join(["eighty"] * 8 + rest)
        return {f"{HOME}/eighty.yaml": eighty.encode(), **rules(rule("large", wanted))}

    yield from _bound("things that a condition tests", MOST_CONDITIONS, things, ("too-many-conditions", "1:7"))
    yield from _bound("parts of a condition", MOST_PARTS, parts, ("expression-too-long", "6:7"))
    yield from _bound(
        "brackets of an expression",
        DEEPEST - 1,
        lambda n: rules(rule("large", "(" * n + "encounter.emergency" + ")" * n)),
        ("expression-too-deep", f"6:{7 + DEEPEST}"),
    )
    yield from _bound(
        "parts of a sum",
        MOST_OPERANDS,
        lambda n: rules(rule("large", " + ".join(["line.amount_fen"] * n) + " > 1")),
        ("expression-syntax", "6:743"),
    )
    yield from _bound(
        "days that a date is moved by",
        MOST_DAYS,
        lambda n: rules(rule("large", f"line.charged_on + {n} days > 2024-01-01")),
        ("expression-syntax", "6:25"),
    )
    yield from _bound(
        "overrides",
        MOST_OVERRIDES,
        lambda n: rules(rule("large", more=f"overrides: [{', '.join(['good-rule'] * n)}]\n")),
        ("too-many", "8:12"),
    )
    yield from _bound(
        "versions", MOST_VERSIONS, lambda n: rules(versions(n).replace("many-versions", "large")), ("too-many", "9:3")
    )
    yield from _bound("rows of a code", MOST_ROWS_OF_A_CODE, rows, ("too-many", f"{7 + MOST_ROWS_OF_A_CODE}:5"))
    yield from _bound("columns", MOST_COLUMNS, columns, ("too-many", "5:10"))
    yield from _bound("ways in which a condition can hold", MOST_ALTERNATIVES, ways, ("too-many-alternatives", "1:7"))
    yield from _bound("characters of an expression", LONGEST_TEXT, text, ("expression-too-long", "6:8"))
    yield from _bound("facts", MOST_FACTS, many_facts, ("too-many", "1:1"), "policy/facts/the-last.yaml")
    yield from _bound(
        "characters of the name of a fact",
        LONGEST_NAME,
        lambda n: facts(f"  {'a' * n}: {{{FACT}}}\n"),
        ("wrong-path", "4:3"),
        "policy/facts/large.yaml",
    )


def _bound(
    name: str, most: int, make: Callable[[int], Files], problem: Complaint, at: str = f"{HOME}/large.yaml"
) -> Iterator[Case]:
    code, where = problem
    yield case(f"{most} {name}", lambda: make(most), seconds=16)
    yield case(f"{most + 1} {name}", lambda: make(most + 1), (code, f"{at}:{where}"), and_more=True, seconds=16)

"""A policy of as many rules as one asks for, each about one item code and an amount, and claims for it.

For the question whether the cost of a line grows with the number of rules. At most one rule holds on a line, so what
a line's answer must be is known without any engine.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.draw import LINES, ClaimRow
from tests.bench.tasks import AnyTask, Engine, Task
from tests.bench.yibao_calls import Reasons, fast_reasons, reasons_in, rules_by_key
from yibao.api import Decider, read_claim
from yibao.basics.digest import digest_of_files
from yibao.model.claim import Claim
from yibao.model.policy import Policy
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.policy_from_yaml import policy_from_sources

# Claims of one round: 200 lines, nearly all of which have profiles of their own.
MOST_CLAIMS = 20
_DEAREST_FEN = 200_000
_SOURCE = "source: numbers of a benchmark\n"
_TITLE = "title: {zh: 基准测试, en: Benchmark}\n"
_FIELD = "    title: {zh: 基准测试, en: Benchmark}\n    meaning: {zh: 基准测试, en: Benchmark}\n    source: benchmark\n"
_CITE = "illustrative: true\ncites: [{source: 基准测试规则表, grade: G}]\n"
_RULE = "about: line\nin_force: {by: encounter.admitted_on, from: 2000-01-01}\n"


def code_of(number: int) -> str:
    """The item code that the rule of that number is about."""
    return f"item{number:05}"


def threshold_of(number: int) -> int:
    """The fen above which the rule of that number excludes its item: another amount for every rule."""
    return 20_000 + 37 * number


def policy_of(rules: int) -> Policy:
    """A policy that admits every line but those that one of so many rules excludes."""
    files = {path: text.encode() for path, text in (*_declarations(), *_rules(rules))}
    return policy_from_sources([Source(path=path, content=files[path]) for path in files], digest_of_files(files))


def _declarations() -> Iterator[tuple[str, str]]:
    yield "many/manifest.yaml", f"bundle: many\n{_TITLE}extends: none\n"
    yield "many/national/layer.yaml", f"layer: national\n{_TITLE}illustrative: true\n"
    yield "many/national/nothing-admits.yaml", f"closing: nothing-admits\n{_TITLE}{_closing_cite()}reason: not_paid\n"
    yield "many/facts/claim.yaml", _facts("claim", claim_id="text\n    longest: 64")
    yield "many/facts/insured.yaml", _facts("insured", insured_area="code\n    digits: 6")
    yield "many/facts/encounter.yaml", _facts("encounter", treatment_area="code\n    digits: 6", admitted_on="date")
    yield (
        "many/facts/line.yaml",
        _facts(
            "line",
            line_id="text\n    longest: 64",
            item_code="code\n    longest: 20",
            amount_fen="fen",
            refund_of="text\n    longest: 64\n    nullable: true",
        ),
    )


def _closing_cite() -> str:
    return _CITE.partition("\n")[2]


def _facts(name: str, **types: str) -> str:
    titled = "" if name in ("claim", "line") else f"{_TITLE}meaning: {{zh: 基准测试, en: Benchmark}}\n"
    fields = "".join(f"  {field}:\n    type: {kind}\n{_FIELD}" for field, kind in types.items())
    return f"facts: {name}\n{titled}{_SOURCE}fields:\n{fields}"


def _rules(count: int) -> Iterator[tuple[str, str]]:
    yield (
        "many/national/admitted.yaml",
        f"rule: admitted\n{_TITLE}{_CITE}{_RULE}when: always\nthen: {{admit: true}}\n",
    )
    for number in range(count):
        when = f"line.item_code == {code_of(number)} and line.amount_fen > {threshold_of(number)}"
        name = f"over-{number:05}"
        yield (
            f"many/national/{name}.yaml",
            f"rule: {name}\n{_TITLE}{_CITE}{_RULE}when: {when}\nthen: {{exclude: not_paid}}\n",
        )


def document_of(number: int, rules: int) -> dict[str, Any]:
    """A claim of ten lines with any of the codes, and any amounts."""
    draw = random.Random(number)
    lines = [
        {
            "line_id": f"{at:02}",
            "item_code": code_of(draw.randrange(rules)),
            "amount_fen": draw.randrange(1, _DEAREST_FEN),
        }
        for at in range(1, LINES + 1)
    ]
    places = {"insured": {"insured_area": "110101"}, "encounter": {"treatment_area": "110101"}}
    places["encounter"]["admitted_on"] = "2024-03-01"
    return {"claim_id": f"claim-{number}", **places, "lines": lines}


def right_reasons(claim: Claim) -> list[Reasons]:
    """What must be found of each line."""
    found: list[Reasons] = []
    for line in claim.lines:
        number, amount = int(str(line.facts["line.item_code"])[4:]), line.facts["line.amount_fen"]
        over = isinstance(amount, int) and amount > threshold_of(number)
        found.append(("excluded", (f"over-{number:05}",)) if over else ("covered", ("admitted",)))
    return found


def engine(rules: int) -> Engine:
    """The decisions under so many rules, of claims seen before and of new ones. Raises ValueError for a wrong one."""
    policy = policy_of(rules)
    decider = Decider(policy)
    call = fast_reasons(decider)
    firsts = itertools.count(MOST_CLAIMS, MOST_CLAIMS)

    def read(number: int) -> Claim:
        return read_claim(document_of(number, rules), policy)

    def prepare(row: ClaimRow) -> Claim:
        claim = read(row["number"])
        found = reasons_in(call(claim), rules_by_key(decider, claim))
        if found != right_reasons(claim):
            raise ValueError(f"under {rules} rules claim {claim.claim_id} is decided wrongly: {found}")
        return claim

    def start_anew() -> Callable[[int], object]:
        first = next(firsts)
        claims = [read(number) for number in range(first, first + MOST_CLAIMS)]
        return lambda at: call(claims[at])

    seen: AnyTask = Task(name=f"{rules} rules", prepare=prepare, start=lambda: call, answers=None, most=MOST_CLAIMS)
    new: AnyTask = Task(
        name=f"{rules} rules, new claims",
        prepare=lambda row: row["number"],
        start=start_anew,
        answers=None,
        warm=False,
        most=MOST_CLAIMS,
    )
    return Engine(title=f"yibao, {rules} rules about one code each", tasks=(seen, new))

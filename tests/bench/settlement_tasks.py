"""What is timed of settlement: by hand, ours as bare amounts, ours as the explained document. All warm."""

from __future__ import annotations

import platform

import yibao
from tests.bench.draw import ClaimRow
from tests.bench.settlement_by_hand import Person, paid_in, person_of, settled_by_hand
from tests.bench.settlement_plan import settling_bytes, settling_claim, settling_policy
from tests.bench.tasks import Engine, Task
from tests.bench.yibao_calls import document_call
from yibao.api import Decider
from yibao.model.claim import Claim


def by_hand() -> Engine:
    """The same rules and plan without any engine: what the others are compared with."""
    task: Task[Person, object] = Task(
        name="settled by hand", prepare=person_of, start=lambda: settled_by_hand, answers=None
    )
    return Engine(title=f"CPython {platform.python_version()}, rules and plan written by hand", tasks=(task,))


def engine() -> Engine:
    """Coverage and settlement of claims. Raises ValueError for an amount that differs from the one by hand."""
    policy = settling_policy()
    decider = Decider(policy)

    def prepare(row: ClaimRow) -> Claim:
        claim = settling_claim(row)
        found, wanted = paid_in(decider.settle_amounts(claim)), settled_by_hand(person_of(row))
        if found != wanted:
            raise ValueError(f"claim {row['number']} is settled wrongly: {found} instead of {wanted}")
        return claim

    amounts: Task[Claim, object] = Task(
        name="settled", prepare=prepare, start=lambda: decider.settle_amounts, answers=None
    )
    explained: Task[Claim, bytes] = Task(
        name="settled, explained", prepare=prepare, start=lambda: decider.decide_to_json, answers=None
    )
    document: Task[bytes, bytes] = Task(
        name="settled, bytes to bytes",
        prepare=settling_bytes,
        start=lambda: document_call(decider, policy),
        answers=None,
    )
    return Engine(title=f"yibao {yibao.__version__}, the workload with a plan", tasks=(amounts, explained, document))

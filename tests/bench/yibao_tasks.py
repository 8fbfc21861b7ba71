"""What is timed of yibao, warm and cold, on the workload and on the shipped policy.

Warm means that the profiles of the claims were judged before; cold, that the decider has seen one claim and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

import yibao
from tests.bench.documents import answer_of, answers_in, claim_bytes, model_claim, workload_policy
from tests.bench.draw import ClaimRow, drawn_claims
from tests.bench.fused import Answer
from tests.bench.shipped import shipped_bytes, shipped_document, shipped_policy
from tests.bench.tasks import Engine, Task, every_line, first_line
from tests.bench.yibao_calls import document_call, fast_reasons, profile_of, reasons_in, rules_by_key
from yibao.api import Decider, read_claim
from yibao.model.claim import Claim
from yibao.model.policy import Policy


def _fresh_decider(policy: Policy, seen: Claim) -> Decider:
    """A decider with the program made ready, that has seen one claim."""
    decider = Decider(policy)
    fast_reasons(decider)(seen)
    return decider


def _document_answers(content: bytes) -> list[Answer]:
    return answers_in(msgspec.json.decode(content))


@cache
def _one_claim() -> Claim:
    return model_claim(next(drawn_claims(1)))


@cache
def _one_line() -> Claim:
    return model_claim(first_line(next(drawn_claims(1))))


def _of_new_profile(claims: list[Claim]) -> list[Claim]:
    """Claims of one line, none of which has the profile of another or of the claim that is decided before them."""
    decider = Decider(workload_policy())
    seen, chosen = {profile_of(decider, _one_line())}, []
    for claim in claims:
        profile = profile_of(decider, claim)
        if profile not in seen:
            seen.add(profile)
            chosen.append(claim)
    return chosen


def workload() -> Engine:
    """yibao with the 30 rules as a policy."""
    policy = workload_policy()
    decider = Decider(policy)
    rules = rules_by_key(decider, _one_claim())

    def answers(found: list[Any]) -> list[Answer]:
        return [answer_of(outcome, ids) for outcome, ids in reasons_in(found, rules)]

    def reasons(
        name: str,
        start: Callable[[], Callable[[Claim], list[Any]]],
        view: Callable[[ClaimRow], ClaimRow] = every_line,
        choose: Callable[[list[Claim]], list[Claim]] = list,
        warm: bool = False,
    ) -> Task[Claim, list[Any]]:
        return Task(
            name=name,
            view=view,
            prepare=model_claim,
            start=start,
            choose=choose,
            warm=warm,
            answers=answers if warm else None,
        )

    def documents(name: str, opened: Callable[[], Decider], warm: bool) -> Task[bytes, bytes]:
        return Task(
            name=name,
            prepare=claim_bytes,
            start=lambda: document_call(opened(), policy),
            answers=_document_answers if warm else None,
            warm=warm,
            compare_every=20,
        )

    return Engine(
        title=f"yibao {yibao.__version__}, the workload's policy",
        tasks=(
            reasons("reasons", lambda: fast_reasons(decider), warm=True),
            documents("document", lambda: decider, warm=True),
            reasons("reasons, cold", lambda: fast_reasons(_fresh_decider(policy, _one_claim()))),
            documents("document, cold", lambda: _fresh_decider(policy, _one_claim()), warm=False),
            reasons(
                "new profile",
                lambda: fast_reasons(_fresh_decider(policy, _one_line())),
                view=first_line,
                choose=_of_new_profile,
            ),
            reasons("first claim", lambda: fast_reasons(Decider(policy)), choose=lambda claims: claims[:1]),
        ),
    )


def shipped() -> Engine:
    """yibao with the shipped policy. Nobody else runs it, so there is nothing to compare."""
    policy = shipped_policy()
    decider = Decider(policy)
    one = read_claim(shipped_document(next(drawn_claims(1))), policy)

    def reasons(name: str, start: Callable[[], Callable[[Claim], list[Any]]], warm: bool) -> Task[Claim, list[Any]]:
        return Task(
            name=name,
            prepare=lambda row: read_claim(shipped_document(row), policy),
            start=start,
            answers=None,
            warm=warm,
        )

    def documents(name: str, opened: Callable[[], Decider], warm: bool) -> Task[bytes, bytes]:
        return Task(
            name=name,
            prepare=shipped_bytes,
            start=lambda: document_call(opened(), policy),
            answers=None,
            warm=warm,
        )

    return Engine(
        title=f"yibao {yibao.__version__}, the shipped policy",
        tasks=(
            reasons("shipped reasons", lambda: fast_reasons(decider), warm=True),
            documents("shipped document", lambda: decider, warm=True),
            reasons("shipped reasons, cold", lambda: fast_reasons(_fresh_decider(policy, one)), warm=False),
            documents("shipped document, cold", lambda: _fresh_decider(policy, one), warm=False),
        ),
    )

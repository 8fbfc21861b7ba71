"""A decision document as an account pays it: what its settlement takes from the account, and when."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from attrs import frozen

from yibao.basics.digest import decision_id_of
from yibao.basics.money import MAXIMUM_FEN
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.readers.documents.pointed_problems import PointedProblems
from yibao.readers.documents.strict_json import Json, plain_json, read_json

_AMOUNT = "/settlement/amounts/account_fen"
_DATE = "/settlement/plan/date"


@frozen(kw_only=True)
class DuePayment:
    """What a decided settlement takes from the account; `settled_on` is the date that chose its plan."""

    decision_id: str
    amount_fen: int
    settled_on: datetime.date
    policy_digest: str | None


def payment_from_json(content: bytes | Mapping[str, object], path: str) -> DuePayment:
    """What a decision document takes from the account. Raises ProblemsFound for a document that is no decision, that is
    not what its id says, or that has no settlement."""
    problems = PointedProblems(path)
    decision = read_json(content, problems) if isinstance(content, bytes) else plain_json(content, problems)
    problems.raise_if_any()
    if not isinstance(decision, dict) or not isinstance(decision.get("proofs"), dict) or "decision_id" not in decision:
        hint = "`yibao decide --json` writes one"
        raise ProblemsFound([problem_of("not-a-decision", "this is no decision document", Place(path=path), hint)])
    claimed, found = decision["decision_id"], decision_id_of(decision)
    if claimed != found:
        message = f"the id is not that of this content, which is {found}"
        place = Place(path=path, pointer="/decision_id")
        raise ProblemsFound([problem_of("decision-differs", message, place, "the document was changed since")])
    if decision.get("settlement") is None:
        message = "the decision has no settlement: no plan applies, or facts are missing"
        raise ProblemsFound([problem_of("no-settlement", message, Place(path=path, pointer="/settlement"))])
    amount, day = _at(decision, _AMOUNT), _date(_at(decision, _DATE))
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= MAXIMUM_FEN:
        problems.add("not-a-decision", "a settlement says in whole fen what the account pays", _AMOUNT)
    if day is None:
        problems.add("not-a-decision", "a settlement says by which date its plan was chosen", _DATE)
    problems.raise_if_any()
    digest = _at(decision, "/policy/digest")
    return DuePayment(
        decision_id=found,
        amount_fen=amount if isinstance(amount, int) else 0,
        settled_on=day or datetime.date.min,
        policy_digest=digest if isinstance(digest, str) else None,
    )


def _at(document: Json, pointer: str) -> Json:
    """What stands at a pointer; None where nothing does."""
    found = document
    for key in pointer.split("/")[1:]:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _date(written: Json) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None

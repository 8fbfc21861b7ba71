"""The form of a decision in an event that nobody has confirmed: what others read of it is there, and as it should be.

Whether the decision is right is not asked here.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from attrs import frozen

from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.model.case import Document


@frozen
class _Answer:
    rule: str


@frozen
class _Line:
    line_id: str
    outcome: str
    answers: list[_Answer]
    amounts: Mapping[str, int | None]


@frozen
class _Plan:
    id: str


@frozen
class _Segment:
    segment: str
    payer: str
    pays_fen: int


@frozen
class _Parameter:
    parameter: str
    keys: Mapping[str, str | int | bool | None]
    value: str | None


@frozen
class _Settlement:
    plan: _Plan
    amounts: Mapping[str, int]
    segments: list[_Segment]
    parameters: list[_Parameter]


@frozen
class _Decision:
    decision_id: str
    outcome: str
    lines: list[_Line]
    amounts: Mapping[str, int | None]
    settlement: _Settlement | None


def check_decision_form(decision: Document) -> None:
    """Raises ProblemsFound for a document whose outcome, lines or amounts are not as they should be."""
    try:
        msgspec.convert(decision, _Decision)
    except msgspec.ValidationError as error:
        message = f"an event holds a decision that is none: {error}"
        raise ProblemsFound([problem_of("journal-damaged", message, Place(path="journal"))]) from None

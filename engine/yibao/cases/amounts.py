"""The amounts of a decision taken back, and those of a new decision beside the old. Nothing is worked out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao.model.case import Document


def mirrored(decision: Document) -> dict[str, Any]:
    """The amounts of a decision with every sign turned: those of its lines, of its segments and in all."""
    settlement = decision.get("settlement")
    segments = [] if settlement is None else settlement["segments"]
    return {
        "lines": [{"line_id": line["line_id"], "amounts": _negated(line["amounts"])} for line in decision["lines"]],
        "segments": [
            {"segment": each["segment"], "payer": each["payer"], "pays_fen": -each["pays_fen"]} for each in segments
        ],
        "amounts": {} if settlement is None else _negated(settlement["amounts"]),
    }


def difference(before: Document, after: Document) -> dict[str, int]:
    """New less old for each amount of the settlement, in fen; where there is no settlement every amount is nothing."""
    old, new = _amounts(before), _amounts(after)
    return {name: new.get(name, 0) - old.get(name, 0) for name in sorted({*old, *new})}


def _amounts(decision: Document) -> Mapping[str, int]:
    settlement = decision.get("settlement")
    return {} if settlement is None else settlement["amounts"]


def _negated(amounts: Mapping[str, int | None]) -> dict[str, int | None]:
    return {name: None if amount is None else -amount for name, amount in amounts.items()}

"""The rules in zen-engine: three decision tables in loop mode over the lines, the first row that holds wins.

A row's condition is one expression, in which the claim's facts are read from the request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import msgspec
import zen

from tests.bench.documents import model_claim
from tests.bench.draw import ClaimRow
from tests.bench.fused import Answer, status_of
from tests.bench.peers.rules import Plain, compared, conditions, flat_facts, is_of_line, name_of, plain
from tests.bench.tasks import Engine, Task
from yibao.model.expressions import Among, And, Compare, Condition, FactTerm, Not, Or

Request = dict[str, Any]
_REQUEST = "request"
_TABLES = {"excluded": range(1, 18), "first": range(18, 29), "limited": range(29, 31)}


def _decision() -> zen.ZenDecision:
    """The three tables, one after the other, each writing its row's number into the line."""
    names = [_REQUEST, *_TABLES, "answer"]
    nodes = [
        _node(_REQUEST, "inputNode", {}),
        *(_node(name, "decisionTableNode", _table(name, numbers)) for name, numbers in _TABLES.items()),
        _node("answer", "outputNode", {}),
    ]
    edges = [
        {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
        for source, target in pairwise(names)
    ]
    return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))


def _node(name: str, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, "content": content}


def _table(name: str, numbers: Iterable[int]) -> dict[str, Any]:
    rows = [
        {"_id": f"{name}-{number}", "when": _expression(conditions()[number]), "then": str(number)}
        for number in numbers
    ]
    return {
        "hitPolicy": "first",
        "inputs": [{"id": "when", "name": "when", "field": ""}],
        "outputs": [{"id": "then", "name": "then", "field": name}],
        "rules": [*rows, {"_id": f"{name}-none", "when": "", "then": "0"}],
        "passThrough": True,
        "executionMode": "loop",
        "inputField": "lines",
        "outputPath": "lines",
    }


def _expression(condition: Condition) -> str:
    match condition:
        case And(parts):
            return " and ".join(_bracketed(part) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part) for part in parts)
        case Not(inner):
            return f"not({_expression(inner)})"
        case Among(FactTerm() as fact, values):
            return f"{_read(fact)} in [{', '.join(_literal(plain(value.value)) for value in values)}]"
        case Compare(operator):
            fact, other = compared(condition)
            right = _read(other) if isinstance(other, FactTerm) else _literal(other)
            return f"{_read(fact)} {operator.value} {right}"
    raise TypeError(f"the workload has no {condition}")


def _bracketed(condition: Condition) -> str:
    return f"({_expression(condition)})"


def _read(fact: FactTerm) -> str:
    return name_of(fact) if is_of_line(fact.path) else f"$nodes.{_REQUEST}.{name_of(fact)}"


def _literal(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else str(value)


def _prepared(row: ClaimRow) -> Request:
    of_claim, of_lines = flat_facts(model_claim(row))
    return {**of_claim, "lines": of_lines}


def _prepared_bytes(row: ClaimRow) -> bytes:
    return json.dumps(_prepared(row)).encode()


def _answers(found: Mapping[str, Any]) -> list[Answer]:
    numbers = [line["excluded"] or line["limited"] or line["first"] for line in found["result"]["lines"]]
    return [(status_of(number), number) for number in numbers]


def engine() -> Engine:
    """The tables on claims in memory, and from the bytes of a request to those of an answer with its trace."""
    decision = _decision()

    def traced(request: bytes) -> bytes:
        return msgspec.json.encode(decision.evaluate(request, {"trace": True}))

    return Engine(
        title=f"zen-engine {version('zen-engine')}, decision tables",
        tasks=(
            Task(name="zen", prepare=_prepared, start=lambda: decision.evaluate, answers=_answers),
            Task(
                name="zen, traced",
                prepare=_prepared_bytes,
                start=lambda: traced,
                answers=lambda found: _answers(msgspec.json.decode(found)),
            ),
        ),
    )

"""What two decisions of the same facts differ by: rules, the plan, parameters.

Rules whose appearance or answer differs on lines that come out otherwise; the plan where another one applies;
parameters whose value differs. Where the amounts differ and none of these does, the plan itself was changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from yibao.audit.differences import rules_of
from yibao.model.case import Document

_ADMIT = "admit"
RULE, PLAN, PARAMETER, OTHER = "rule", "plan", "parameter", "other"


@frozen(order=True)
class Cause:
    """A rule, a plan or a parameter by its name; `other` for what can't be told."""

    kind: str
    name: str

    def document(self) -> dict[str, str]:
        return {"kind": self.kind, "name": self.name}


def causes_of(before: Document, after: Document) -> tuple[Cause, ...]:
    """What makes two decisions differ, sorted; at least one."""
    rules = {Cause(RULE, name) for name in _rules(before, after)}
    settled = [each["settlement"] or {} for each in (before, after)]
    plans = {Cause(PLAN, name) for name in _other_plans(*settled)}
    parameters = {Cause(PARAMETER, name) for name in _other_parameters(*settled)} if not plans else set[Cause]()
    found = rules | plans | parameters
    if not found:
        name = _plan(settled[1])
        found = {Cause(OTHER, "") if name is None else Cause(PLAN, name)}
    return tuple(sorted(found))


def _rules(before: Document, after: Document) -> Iterator[str]:
    old = {line["line_id"]: line for line in before["lines"]}
    for line in after["lines"]:
        was = old.get(line["line_id"])
        if was is None or (was["outcome"], was["amounts"]) == (line["outcome"], line["amounts"]):
            continue
        # What an excluded line is not asked any more is a consequence.
        yield from _speaking(rules_of(was), rules_of(line)) or _changed(_answers(was), _answers(line))


def _speaking(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The reasons that differ. Beside an exclusion that comes or goes no admission is at fault: it prevails."""
    changed = list(_changed(before, after))
    weighty = [name for name in changed if {before.get(name), after.get(name)} - {None, _ADMIT}]
    return weighty or changed


def _answers(line: Mapping[str, Any]) -> dict[str, str]:
    """The rules that answer with a value, each with what it answers."""
    found = {}
    for answer in line.get("answers", ()):
        values = {key: value for key, value in answer.items() if key == "question" or key.startswith("value")}
        found[str(answer["rule"])] = str(sorted(values.items()))
    return found


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    yield from (name for name in {**before, **after} if before.get(name) != after.get(name))


def _other_plans(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    names = [_plan(before), _plan(after)]
    if names[0] != names[1]:
        yield from (name for name in names if name is not None)


def _plan(settlement: Mapping[str, Any]) -> str | None:
    plan = settlement.get("plan")
    return None if plan is None else str(plan["id"])


def _other_parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = _parameters(before), _parameters(after)
    # One that is read in one of the two alone is so because something else differs.
    yield from (name for name in old if name in new and old[name] != new[name])


def _parameters(settlement: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The values of each parameter that was read, by its name; one may be read under several keys."""
    found: dict[str, tuple[str, ...]] = {}
    for read in settlement.get("parameters", ()):
        name = str(read["parameter"])
        found[name] = (*found.get(name, ()), f"{sorted(read['keys'].items())} {read['value']}")
    return found

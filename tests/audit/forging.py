"""Forged decisions: true ones of which something was changed, each with the digest that its new content has.

A forgery is changed in the document (a part altered, left out, added, taken from another line) or further back: it is
what an engine truly says of another claim or under another policy, dressed up as a decision of this claim.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from attrs import evolve

from yibao.basics.digest import decision_id_of, digest_of_document
from yibao.basics.problems import Fault
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.expressions import Always
from yibao.model.facts import Kind
from yibao.model.policy import Admit, Exclude, Policy, Rule

Document = dict[str, Any]
Change = Callable[[Document], None]
Keys = tuple[str | int, ...]
OUTCOMES = ("covered", "partly_covered", "excluded", "not_covered", "undetermined")


@dataclass(frozen=True)
class Forgery:
    """A forged decision, what kind of lie it is, and where it was changed."""

    kind: str
    where: str
    decision: Document


@dataclass(frozen=True)
class Lie:
    """A change that makes a decision false, what kind it is of, and where."""

    kind: str
    where: str
    change: Change

    def told_in(self, decision: Document) -> Forgery:
        forged = copy.deepcopy(decision)
        self.change(forged)
        return Forgery(self.kind, self.where, signed(forged))


def signed(decision: Document) -> Document:
    """The decision under the id that its content has; one whose proofs are no proofs any more under any other id."""
    content = {key: value for key, value in decision.items() if key != "decision_id"}
    proofs = isinstance(content.get("proofs"), dict)
    return {"decision_id": decision_id_of(content) if proofs else digest_of_document(content), **content}


def lies(decision: Document) -> list[Lie]:
    """Every change of every part of the document."""
    return [*_of_proofs(decision), *_of_leaves(decision, ()), *_of_lists(decision, ())]


def _at(document: Any, keys: Keys) -> Any:
    for key in keys:
        document = document[key]
    return document


def _of_leaves(value: Any, keys: Keys) -> Iterator[Lie]:
    """Each innermost value made another one of its kind, and each key left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if keys or key != "decision_id":
                yield Lie(_named("left out", (*keys, key)), _pointer((*keys, key)), _leaving_out(keys, key))
                yield from _of_leaves(inner, (*keys, key))
        yield Lie(_named("added", keys), _pointer(keys), lambda document: _at(document, keys).update({"more": None}))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _of_leaves(inner, (*keys, at))
    else:
        for other in _others(value):
            yield Lie(_named("altered", keys), _pointer(keys), _setting(keys, other))


def _of_lists(value: Any, keys: Keys) -> Iterator[Lie]:
    """Each item of a list left out, said twice, or in the place of the next."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_lists(inner, (*keys, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield Lie(_named("left out", (*keys, at)), _pointer((*keys, at)), _leaving_out(keys, at))
            yield Lie(_named("said twice", (*keys, at)), _pointer((*keys, at)), _doubling(keys, at))
            if at:
                yield Lie(_named("in another place", (*keys, at)), _pointer((*keys, at)), _swapping(keys, at))
            yield from _of_lists(inner, (*keys, at))


def _of_proofs(decision: Document) -> Iterator[Lie]:
    """Rules moved between the lists of a certificate; another rule as silencer; proofs swapped between lines."""
    for name, body in decision["proofs"].items():
        keys = ("proofs", name)
        for key in body["applies"]:
            for target in ("fails", "open"):
                yield Lie(
                    f"a rule that applies said to be in {target}", _pointer((*keys, key)), _failing(keys, key, target)
                )
        for source in ("fails", "open"):
            for key in body[source]:
                yield Lie(f"a rule in {source} said to apply", _pointer((*keys, key)), _applying(keys, source, key))
        for key, upper in body["silenced"].items():
            for other in sorted({*body["applies"], *body["fails"]} - {upper}):
                yield Lie("another silencer", _pointer((*keys, key)), _setting((*keys, "silenced", key), other))
        for key in sorted({*body["applies"]} - body["silenced"].keys()):
            yield Lie(
                "a rule silenced by nothing above it", _pointer((*keys, key)), _setting((*keys, "silenced", key), key)
            )
    names = [line["proof"] for line in decision["lines"]]
    for at, name in enumerate(names):
        for other in sorted({*names} - {name, None}):
            yield Lie("a proof of another line", f"/lines/{at}/proof", _setting(("lines", at, "proof"), other))


def _setting(keys: Keys, value: Any) -> Change:
    def change(document: Document) -> None:
        _at(document, keys[:-1])[keys[-1]] = value

    return change


def _leaving_out(keys: Keys, key: str | int) -> Change:
    def change(document: Document) -> None:
        del _at(document, keys)[key]

    return change


def _doubling(keys: Keys, at: int) -> Change:
    def change(document: Document) -> None:
        listed = _at(document, keys)
        listed.insert(at, copy.deepcopy(listed[at]))

    return change


def _swapping(keys: Keys, at: int) -> Change:
    def change(document: Document) -> None:
        listed = _at(document, keys)
        listed[at - 1], listed[at] = listed[at], listed[at - 1]

    return change


def _failing(keys: Keys, key: str, target: str) -> Change:
    def change(document: Document) -> None:
        body = _at(document, keys)
        body["applies"].remove(key)
        literals = [literal for listed in body[target].values() for literal in listed]
        body[target][key] = literals[:1]

    return change


def _applying(keys: Keys, source: str, key: str) -> Change:
    def change(document: Document) -> None:
        body = _at(document, keys)
        del body[source][key]
        body["applies"] = sorted([*body["applies"], key])

    return change


def _others(value: Any) -> list[Any]:
    match value:
        case bool():
            return [not value, int(value), None]
        case int():
            return [value + 1, -value if value else -1, None, str(value)]
        case None:
            return [0, False, "x"]
        case _ if value in OUTCOMES:
            return [other for other in OUTCOMES if other != value]
        case "exact" | "sufficient":
            return ["exact" if value == "sufficient" else "sufficient"]
    return [value + "0", value[:-1], None]


def _named(kind: str, keys: Keys) -> str:
    """The kind of change with the place that it has in every document: `altered lines reasons cites`."""
    words = [key for key in keys if isinstance(key, str) and not key.startswith("profile-")]
    return " ".join([kind, *words[: 2 if "proofs" in keys else 3]])


def _pointer(keys: Keys) -> str:
    return "".join(f"/{key}" for key in keys)


def from_other_policies(policy: Policy, claim: Claim, draw: random.Random, number: int) -> Iterator[Forgery]:
    """What follows when one rule is left out, turned round, made to hold always, or loses its overrides or its end."""
    true = Decider(policy).decide(claim)
    for rule in draw.sample(policy.rules, number):
        for kind, changed in _changed(rule):
            rules = tuple(changed if each is rule else each for each in policy.rules)
            other = evolve(policy, rules=tuple(each for each in rules if each is not None))
            try:
                decision = signed({**Decider(other).decide(claim), "policy": true["policy"]})
            except Fault:
                continue  # Such rules contradict each other about the claim, and nothing follows from them.
            if decision != true:
                yield Forgery(kind, rule.key, decision)


def _changed(rule: Rule) -> Iterator[tuple[str, Rule | None]]:
    yield "a rule that does not exist any more", None
    yield "a rule with other articles", evolve(rule, cites=rule.cites[:-1])
    yield "a rule that always holds", evolve(rule, when=Always(True))
    if rule.overrides:
        yield "a rule without its overrides", evolve(rule, overrides=())
    if isinstance(rule.answer, Admit | Exclude):
        turned = Exclude("x") if isinstance(rule.answer, Admit) else Admit()
        yield "a rule with the contrary effect", evolve(rule, answer=turned)


def from_other_claims(decider: Decider, claim: Claim) -> Iterator[Forgery]:
    """What follows when one fact is unknown, or has another value, under the digest of the true claim."""
    true = decider.decide(claim)
    for path, value in sorted(claim.facts.items(), key=lambda item: item[0]):
        if decider.policy.vocabulary.facts[path].type.kind is Kind.OBJECT:
            continue
        others = [{key: each for key, each in claim.facts.items() if key != path}]
        if isinstance(value, bool):
            others.append({**claim.facts, path: not value})
        for facts in others:
            decision = decider.decide(evolve(claim, facts=facts))
            if decision != true:
                yield Forgery("a fact of the claim", path, decision)

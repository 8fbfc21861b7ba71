"""Honest decisions, made once and then checked many times: of drawn policies and of the shipped one.

They are few and small, and chosen so that a checker which looks at one thing less, or differently, disagrees with one
of them. Making them is no part of what is measured or mutated.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import evolve, frozen

from tests.settlement.worked import of_drugs, parameter, place, plan, read, segment
from tests.support.bundled import decider, document, policy
from tests.support.random_bundles import random_claim, random_policy
from tests.support.random_claims import ClaimDraw
from tests.support.random_policies import Draw
from tests.support.small_bundles import rule, small_bundle
from yibao.api import read_claim
from yibao.decision.decider import Decider
from yibao.model.claim import Claim
from yibao.model.policy import Policy

LAYERS = {
    f"policy/{name}/layer.yaml": f'layer: "{name}"\nextends: national\ntitle: {{zh: 省, en: A province}}\n'
    for name in ("990000", "130000", "140000")
}
WAITING = "question: waiting\ntitle: {zh: 问, en: Q}\nkind: basis_points\ncombine: greatest\nsource: 试\n"
CATALOGUE = """\
catalogue: listed
title: {zh: 目录, en: Listed}
cites: [{source: 试, grade: C}]
by: line.charged_on
rows: [{code: X1, from: 2000-01-01}]
"""
PLACES = ("insured.insured_area", "encounter.treatment_area")
DRAWN_SEEDS = 80
_UNKNOWN = (0.0, 0.15, 0.4)


@frozen(kw_only=True)
class Honest:
    """A decision as a file would hold it, with the claim and the policy that it was made of."""

    name: str
    policy: Policy
    claim: Claim
    decision: dict[str, Any]


@cache
def of_drawn_policies() -> tuple[Honest, ...]:
    """Decisions of claims that lack nothing, little and much, under small policies of any shape."""
    made = []
    for seed in range(DRAWN_SEEDS):
        draw = Draw(seed)
        judge = Decider(random_policy(draw))
        made += [_made(judge, random_claim(draw, unknown), f"{seed}, {unknown} unknown") for unknown in _UNKNOWN]
    return tuple(made)


@cache
def of_the_shipped_policy() -> tuple[Honest, ...]:
    """Decisions of bundled and drawn claims, whole, without their places, bare, and by what was published then."""
    whole = read_claim(document(), policy())
    made = [_made(decider(), read_claim(document(name), policy()), name) for name in sorted(policy().claims)]
    made += [
        _made(decider(), _without(whole, *absent, "encounter.kind"), f"without {absent}")
        for absent in (PLACES[:1], PLACES[1:], PLACES)
    ]
    bare = _without(whole, *(path for path in whole.facts if path not in PLACES))
    empty = evolve(bare, lines=tuple(evolve(line, facts={}) for line in bare.lines))
    made.append(_made(decider(), empty, "nothing but its places"))
    made += [
        _made(Decider(policy(), as_of=datetime.date(year, 6, 1)), whole, f"published by {year}")
        for year in (2005, 2020)
    ]
    for seed in range(4):
        draw = ClaimDraw(policy(), seed)
        made += [_made(decider(), draw.claim(unknown), f"drawn {seed}, {unknown}") for unknown in (0.0, 0.05, 0.3)]
    return tuple(made)


@cache
def of_small_plans() -> tuple[Honest, ...]:
    """Settlements: of a claim that has one, of one that lacks a fact and a parameter, of lines without amounts, and by
    what was published then."""
    return tuple(_of_small_plans())


@cache
def of_small_bundles() -> tuple[Honest, ...]:
    """What the drawn and the shipped rules seldom come to: illustrations, the greatest of several answers, rules of
    several places, and values that nobody told."""
    return tuple(_of_small_bundles())


def _of_small_plans() -> Iterator[Honest]:
    late = parameter("r", "rate", "85%").replace("from: 2023-01-01", "from: 2030-01-01")
    reading = place(plan(segment(pays="share(base, table(r))", limit="history.fund_paid_fen")), late)
    lacking = read(of_drugs(1_000, 2_000, history=...), reading)
    yield _made(Decider(reading), lacking, "a settlement that lacks a fact and a parameter")
    plain = place(plan(segment()))
    judge = Decider(plain)
    yield _made(judge, read(of_drugs(1_000, 2_500), plain), "a settlement")
    for absent in ((0, 1), (1,)):
        partly = of_drugs(1_000, 2_000)
        for at in absent:
            del partly["lines"][at]["amount_fen"]
        yield _made(judge, read(partly, plain), f"a settlement without the amounts of {absent}")
    changed = parameter("r", "rate", "85%").replace("from: 2023-01-01", "from: 2023-01-01, published: 2024-03-01")
    then = place(plan(segment(pays="share(base, table(r))")), changed)
    for day in (datetime.date(2024, 2, 29), datetime.date(2024, 3, 1)):
        yield _made(Decider(then, as_of=day), read(of_drugs(1_000), then), f"a settlement as published by {day}")


def _of_small_bundles() -> Iterator[Honest]:
    for name, law in _illustrations():
        for category in ("drug", "treatment_item"):
            claim = read_claim(document(line__category=category, line__item_code="X1", line__catalogue_class=...), law)
            yield _made(Decider(law), claim, f"{name}, {category}")
    several = small_bundle(
        *(rule(f"r{share}", then=f"{{waiting: {share}%}}") for share in (20, 40, 30)),
        rule("unknown", when="encounter.emergency", then="{waiting: line.first_payment_bp}"),
        rule("admits"),
        files={"policy/national/waiting.yaml": WAITING},
    )
    for changes in ({"encounter__emergency": False}, {"encounter__emergency": True, "line__first_payment_bp": 5_000}):
        yield _made(Decider(several), read_claim(document(**changes), several), f"the greatest of several, {changes}")
    places = small_bundle(files={**LAYERS, **dict(_rules_of_places())})
    for absent in (PLACES, PLACES[:1], PLACES[1:]):
        for area in ("130000", "990000"):
            claim = read_claim(document(insured__insured_area=area, encounter__treatment_area=area), places)
            lacking = _without(
                claim, *absent, *(f"encounter.{fact}" for fact in ("emergency", "planned", "transferred"))
            )
            yield _made(Decider(places), lacking, f"{absent} of {area}")
    yield from _of_untold_values()
    yield from _of_completions()


def _illustrations() -> Iterator[tuple[str, Policy]]:
    """A rule that is an illustration, and one that asks a catalogue which is."""
    listed = 'line.item_code in catalogue("listed")'
    marked = rule("marked", more="illustrative: true\n")
    yield "an illustrative rule", small_bundle(marked, rule("plain", when="line.category == treatment_item"))
    for kind, more in (("an illustrative", "illustrative: true\n"), ("a", "")):
        law = small_bundle(
            rule("asks", when=f"line.category == drug and not {listed}"),
            rule("plain", when="line.category == treatment_item"),
            files={"policy/national/listed.yaml": CATALOGUE + more},
        )
        yield f"{kind} catalogue", law
    looked_up = CATALOGUE.replace("rows: [{code: X1, ", "columns: [class]\nrows: [{code: X1, class: A, ")
    yield (
        "a fact from an illustrative catalogue",
        small_bundle(
            rule("plain", when="line.catalogue_class == A"),
            files={"policy/national/listed.yaml": looked_up + "illustrative: true\n"},
        ),
    )


def _rules_of_places() -> Iterator[tuple[str, str]]:
    """Of a claim without its places: what only the rules of one place together ask for, what those of two places would,
    and what only one place beside the nation does."""
    for place_name, name, side, when, then in (
        ("990000", "admits-there", "insured", "always", "{admit: true}"),
        ("990000", "excludes-there", "treatment", "encounter.emergency", "{exclude: local_exclusion}"),
        ("130000", "excludes-elsewhere", "treatment", "encounter.planned", "{exclude: local_exclusion}"),
        ("140000", "admits-third", "insured", "encounter.transferred", "{admit: true}"),
        ("140000", "excludes-third", "treatment", "always", "{exclude: local_exclusion}"),
    ):
        yield f"policy/{place_name}/{name}.yaml", rule(name, when=when, then=then, more=f"side: {side}\n")


def _of_untold_values() -> Iterator[Honest]:
    """A ceiling or share that is a fact nobody told, alone, with another and within another, of some and no money."""
    for name, texts in {
        "one ceiling": ("{ceiling: line.ceiling_fen}",),
        "two ceilings": ("{ceiling: line.ceiling_fen}", "{ceiling: 5000}"),
        "the least of two facts as ceiling": ('{ceiling: "min(line.ceiling_fen, line.amount_fen)"}',),
        "a share": ("{share: line.first_payment_bp}",),
        "a share and a ceiling": ("{share: line.first_payment_bp}", "{ceiling: line.ceiling_fen}"),
        "a first payment": ("{first_payment: line.first_payment_bp}",),
    }.items():
        answering = [rule(f"answers-{number}", then=then) for number, then in enumerate(texts)]
        law = small_bundle(rule("admits"), *answering)
        for amount in (9_000, 0, 1, ...):
            changes: dict[str, Any] = {
                "line__amount_fen": amount,
                "line__ceiling_fen": ...,
                "line__first_payment_bp": ...,
            }
            yield _made(Decider(law), read_claim(document(**changes), law), f"{name} of {amount}")
        for ceiling, rate, amount in ((7_000, 1_000, 9_000), (0, 10_000, 0), (9_000, 10_000, 9_000)):
            told = document(line__amount_fen=amount, line__ceiling_fen=ceiling, line__first_payment_bp=rate)
            yield _made(Decider(law), read_claim(told, law), f"{name}, told as {ceiling} and {rate} of {amount}")


def _of_completions() -> Iterator[Honest]:
    """What only completions tell, what would have too many of them."""
    emergency, later = "encounter.emergency", "encounter.discharged_on > encounter.settled_on"
    excludes = "{exclude: local_exclusion}"
    chains = [
        " or ".join(f"{fact} == {2 * number}" for number in range(1, 46))
        for fact in ("account.balance_fen", "account.family_balance_fen", "line.ceiling_fen")
    ]
    open_exclusions = [rule(f"excludes-{at}", when=chain, then=excludes) for at, chain in enumerate(chains)]
    open_ceilings = [rule(f"limits-{at}", when=chain, then="{ceiling: 5000}") for at, chain in enumerate(chains)]
    both = [rule("if-urgent", when=emergency), rule("if-not-urgent", when=f"not {emergency}")]
    for name, texts in {
        "admitted either way": both,
        "admitted before and after": [
            rule("before", when="encounter.settled_on < 2024-01-01"),
            rule("after", when="encounter.settled_on >= 2024-01-01"),
        ],
        "admitted either way, with a ceiling": [
            *both,
            rule("limits", when=f"{emergency} or not {emergency}", then="{ceiling: 5000}"),
        ],
        "too many completions": [rule("admits"), *open_exclusions],
        "excluded whatever the ceilings": [rule("admits"), rule("excludes", then=excludes), *open_ceilings],
        "another admission is open": [
            rule("admits"),
            rule("another", when=later),
            rule("excludes", when=emergency, then=excludes),
        ],
        "a share and a first payment": [
            rule("admits"),
            rule("shares", then="{share: 80%}"),
            rule("pays-first", then="{first_payment: 10%}"),
        ],
    }.items():
        law = small_bundle(*texts)
        facts = ("emergency", "settled_on")
        lacking = _without(
            read_claim(document(line__ceiling_fen=..., account=...), law), *(f"encounter.{fact}" for fact in facts)
        )
        yield _made(Decider(law), lacking, name)


def _without(claim: Claim, *paths: str) -> Claim:
    return evolve(claim, facts={path: value for path, value in claim.facts.items() if path not in paths})


def _made(judge: Decider, claim: Claim, name: str) -> Honest:
    decision: dict[str, Any] = json.loads(json.dumps(judge.decide(claim)))
    return Honest(name=name, policy=judge.policy, claim=claim, decision=decision)

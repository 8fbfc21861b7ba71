"""The door to durable_rules: right inside its subset, and guarded where the library is known to fail.

A canary shows that the library still misbehaves, so that a release that cures it is noticed; beside it stands the
guard. Ids are those of the hazards that were reproduced with durable_rules 2.0.28.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import threading

import pytest

from yibao.basics.problems import Fault
from yibao.coverage import rete
from yibao.coverage.rete import ALWAYS, All, AnyOf, Network, Pattern, Symbol, alternatives

pytestmark = pytest.mark.skipif(not rete.available(), reason="durable_rules can't be installed on this Python")

A, B, C = Symbol("a"), Symbol("b"), Symbol("c")


def draw(choose: random.Random, names: list[str], depth: int = 0) -> Pattern:
    kind = choose.random()
    if depth == 3 or kind < 0.4:
        return Symbol(choose.choice(names))
    parts = tuple(draw(choose, names, depth + 1) for _ in range(choose.randint(1, 3)))
    return All(parts) if kind < 0.7 else AnyOf(parts)


def satisfied(pattern: Pattern, holding: frozenset[str]) -> bool:
    match pattern:
        case Symbol(name):
            return name in holding
        case All(parts):
            return all(satisfied(part, holding) for part in parts)
        case AnyOf(parts):
            return any(satisfied(part, holding) for part in parts)


def test_random_networks_fire_what_their_patterns_say() -> None:
    choose = random.Random(20240501)
    for _network in range(60):
        names = [f"s{number}" for number in range(choose.randint(1, 30))]
        drawn = enumerate(draw(choose, names) for _ in range(choose.randint(1, 80)))
        patterns = [(number, pattern) for number, pattern in drawn if alternatives(pattern) <= rete.MOST_ALTERNATIVES]
        network = Network(patterns)
        for _ in range(10):
            likely = choose.choice((0.0, 0.1, 0.5, 0.9, 1.0))
            holding = frozenset(name for name in names if choose.random() < likely)
            assert network.fired(holding) == {number for number, pattern in patterns if satisfied(pattern, holding)}


def test_a_pattern_without_symbols_always_fires_and_one_without_ways_never() -> None:
    network = Network([(0, ALWAYS), (1, A)])
    assert network.fired(frozenset()) == {0}


def test_sixty_alternatives_at_once_are_all_noticed() -> None:
    wide = AnyOf(tuple(Symbol(f"w{number}") for number in range(60)))
    network = Network([(0, wide), (1, A)])
    everything = frozenset({*(f"w{number}" for number in range(60)), "a"})
    assert network.fired(everything) == {0, 1}
    with pytest.raises(Fault, match="alternatives"):
        Network([(0, AnyOf((*wide.parts, A)))])


def test_two_hundred_patterns_true_at_once_are_spread_over_rule_sets() -> None:
    network = Network([(number, All((A, Symbol(f"x{number}")))) for number in range(200)])
    assert network.fired(frozenset({"a", *(f"x{number}" for number in range(200))})) == set(range(200))


CANARY = """
import json, sys
import durable_rules_engine as engine
count = int(sys.argv[1])
tests = {f"r{n}": {"all": [{"m": {"$and": [{"kind": "F"}, {f"a{n}": 1}]}}]} for n in range(count)}
handle = engine.create_ruleset("canary", json.dumps(tests))
facts = {f"a{n}": int(sys.argv[2]) for n in range(count)}
try:
    print(engine.assert_fact(handle, json.dumps({"id": "f1", "sid": "s1", "kind": "F", **facts}))[0])
except engine.error as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("count", "value", "says"),
    [
        (70, 1, "303"),  # a fact that passes more than 64 tests at once is lost whole
        (3, 0, "1"),  # a message that no rule takes is an error code of its own, and its session is not to be deleted
    ],
)
def test_canary_the_library_still_needs_the_guards(count: int, value: int, says: str) -> None:
    command = [sys.executable, "-c", CANARY, str(count), str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert says in done.stdout, "the library has changed: look at the guards again"


def test_dr1_and_dr2_many_sessions_that_match_nothing_end_quietly_in_steady_memory() -> None:
    network = Network([(0, A)])
    for _ in range(5_000):
        assert network.fired(frozenset()) == set()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20_000):
        network.fired(frozenset())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000, "kilobytes for 20,000 sessions"


def test_dr10_rule_sets_are_freed_with_their_network() -> None:
    patterns = [(number, All((Symbol(f"p{number}"), A))) for number in range(120)]
    for _ in range(30):
        Network(patterns)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        Network(patterns)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000, "kilobytes for 200 networks"


def test_dr11_no_thread_is_started() -> None:
    before = threading.active_count()
    for _ in range(50):
        Network([(0, A)]).fired(frozenset({"a"}))
    assert threading.active_count() == before


def test_dr13_the_order_of_patterns_changes_nothing() -> None:
    patterns = [(0, All((A, B))), (1, AnyOf((B, C))), (2, A), (3, C)]
    for holding in (frozenset({"a"}), frozenset({"a", "b"}), frozenset({"c"})):
        assert Network(patterns).fired(holding) == Network(patterns[::-1]).fired(holding)


def test_many_threads_get_their_own_answers() -> None:
    network = Network([(0, A), (1, B)])
    wrong: list[str] = []

    def ask(name: str, expected: set[int]) -> None:
        for _ in range(500):
            if network.fired(frozenset({name})) != expected:
                wrong.append(name)

    threads = [threading.Thread(target=ask, args=each) for each in (("a", {0}), ("b", {1}), ("c", set[int]()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

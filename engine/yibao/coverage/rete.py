"""The one door to durable_rules: sets of positive conditions over interned symbols in, the rules that fire out.

The C engine is driven inside the subset of it that was shown to be right, and nothing from outside reaches it:
symbols are names of our own, every symbol of a set is present as 0 or 1, there is no negation, priority, join, number,
text or null. Each guard answers a reproduced failure of durable_rules 2.0.28:

* every pattern opens with a positive discriminator, and a catch-all rule takes the message if no other does: a
  message that matches nothing, or a session in which nothing ran, ends the process when the session is deleted;
* one session at a time, named by a counter, deleted after use: 1,024 live sessions are the end of memory;
* at most 60 alternatives a set: a fact that passes more than 64 tests at once is lost;
* the engine's own actions are driven here and now: its host starts two threads that take work from the caller;
* a firing limit; every return code is looked at; sets are freed with their owner.
"""

from __future__ import annotations

import itertools
import json
import threading
import weakref
from collections.abc import Iterable, Sequence

from attrs import frozen

from yibao.basics.problems import Fault

try:
    import durable_rules_engine as _engine
except ImportError:  # not installable on Python 3.13, where the reference interpreter judges
    _engine = None

MOST_ALTERNATIVES = 60
MOST_SYMBOLS = 240
_CATCH_ALL = "otherwise"
_counter = itertools.count()
_one_session = threading.Lock()


@frozen
class Symbol:
    """An interned truth: `name` is our own, of letters and digits."""

    name: str


@frozen
class All:
    parts: tuple[Pattern, ...]


@frozen
class AnyOf:
    parts: tuple[Pattern, ...]


Pattern = Symbol | All | AnyOf
NEVER = AnyOf(())
ALWAYS = All(())


def available() -> bool:
    """Whether durable_rules can be used on this interpreter."""
    return _engine is not None


def alternatives(pattern: Pattern) -> int:
    """How many ways there are to satisfy a pattern: how many of the engine's tests it may pass at once."""
    match pattern:
        case Symbol():
            return 1
        case All(parts):
            product = 1
            for part in parts:
                product *= alternatives(part)
            return product
        case AnyOf(parts):
            return sum(alternatives(part) for part in parts)


class Network:
    """Numbered patterns, spread over as many rule sets of the engine as its limits ask for."""

    def __init__(self, patterns: Iterable[tuple[int, Pattern]]) -> None:
        self._sets = [_RuleSet(group) for group in _groups(patterns)]

    def fired(self, holding: frozenset[str], wanted: frozenset[int] | None = None) -> set[int]:
        """The numbers of the patterns that the symbols in `holding` satisfy.

        Where `wanted` is given, sets without a pattern of these numbers are not asked; what others are found is idle.
        """
        found: set[int] = set()
        for rule_set in self._sets:
            if wanted is None or not rule_set.numbers.isdisjoint(wanted):
                found |= rule_set.fired(holding)
        return found


class _RuleSet:
    """One rule set of the engine, freed when this object is."""

    def __init__(self, patterns: Sequence[tuple[int, Pattern]]) -> None:
        if _engine is None:
            raise Fault("durable_rules is not installed on this interpreter")
        self.numbers = frozenset(number for number, _pattern in patterns)
        symbols = sorted({name for _number, pattern in patterns for name in _names(pattern)})
        self._symbols = [(name, f',"{name}":0', f',"{name}":1') for name in symbols]
        self._firing_limit = 10 + sum(alternatives(pattern) for _number, pattern in patterns)
        rules = {f"r{number}": {"all": [{"m": _condition(pattern)}]} for number, pattern in patterns}
        rules[_CATCH_ALL] = {"all": [{"m": _condition(ALWAYS)}]}
        self._handle = _engine.create_ruleset(f"yibao{next(_counter)}", json.dumps(rules))
        weakref.finalize(self, _engine.delete_ruleset, self._handle)

    def fired(self, holding: frozenset[str]) -> set[int]:
        session = f"s{next(_counter)}"
        given = "".join([present if name in holding else absent for name, absent, present in self._symbols])
        with _one_session:
            try:
                return self._run(f'{{"id":"f{next(_counter)}","sid":"{session}","kind":"F"{given}}}')
            finally:
                _engine.delete_state(self._handle, session)

    def _run(self, fact: str) -> set[int]:
        code, state = _engine.assert_fact(self._handle, fact)
        if code != 0:
            raise Fault(f"durable_rules answered {code} to a well-formed fact")
        found: set[int] = set()
        started = _engine.start_action_for_state(self._handle, state)
        message = started[1] if started else None
        caught = False
        for _firing in range(self._firing_limit):
            if message is None:
                break
            for name in json.loads(message):
                caught = caught or name == _CATCH_ALL
                if name != _CATCH_ALL:
                    found.add(int(name[1:]))
            message = _engine.complete_and_start_action(self._handle, state)
        if message is not None or not caught:
            raise Fault("durable_rules did not end as a set of positive rules must")
        return found


def _groups(patterns: Iterable[tuple[int, Pattern]]) -> list[list[tuple[int, Pattern]]]:
    groups: list[list[tuple[int, Pattern]]] = []
    weight, symbols = 0, set[str]()
    for number, pattern in patterns:
        own_weight, own_symbols = alternatives(pattern), set(_names(pattern))
        if own_weight > MOST_ALTERNATIVES:
            raise Fault(
                f"pattern {number} has {own_weight} alternatives; a checked policy has at most {MOST_ALTERNATIVES}"
            )
        full = weight + own_weight > MOST_ALTERNATIVES or len(symbols | own_symbols) > MOST_SYMBOLS
        if len(own_symbols) > MOST_SYMBOLS:
            raise Fault(f"pattern {number} has {len(own_symbols)} symbols; a checked policy has at most {MOST_SYMBOLS}")
        if not groups or full:
            groups.append([])
            weight, symbols = 0, set()
        groups[-1].append((number, pattern))
        weight += own_weight
        symbols |= own_symbols
    return groups


def _names(pattern: Pattern) -> Iterable[str]:
    match pattern:
        case Symbol(name):
            yield name
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _names(part)


def _condition(pattern: Pattern) -> dict[str, object]:
    discriminator: dict[str, object] = {"kind": "F"}
    return {"$and": [discriminator, _tests(pattern)]} if pattern != ALWAYS else discriminator


def _tests(pattern: Pattern) -> dict[str, object]:
    match pattern:
        case Symbol(name):
            return {name: 1}
        case All(parts):
            return {"$and": [_tests(part) for part in parts]}
        case AnyOf(parts):
            return {"$or": [_tests(part) for part in parts]}

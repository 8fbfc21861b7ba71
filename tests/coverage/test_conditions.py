"""The key of a claim or line stands for the truth of every atom, and is one key wherever the atoms agree."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

import pytest

from tests.language.small_names import AMOUNT, CATALOGUES, HERE, NAMES, SOLD, VOCABULARY, claim_of
from tests.support.random_policies import VOCABULARY as RANDOM_VOCABULARY
from tests.support.random_policies import Draw
from yibao.basics.periods import Period
from yibao.coverage.conditions import Bits, compile_conditions
from yibao.language.parsing import parse_condition
from yibao.language.printing import text_of
from yibao.language.truth import truth
from yibao.model.claim import Claim, Line
from yibao.model.expressions import Atom, Compare, Constant, Holds, InForce, Operator, Scope
from yibao.model.facts import UNKNOWN, Given, Kind, Unknown, Value
from yibao.model.walks import atoms_in, scope_of

DAYS = [datetime.date(2024, 3, 1) + datetime.timedelta(days=number) for number in range(8)]


def atoms_of(*texts: str) -> tuple[Atom, ...]:
    """The atoms of conditions about a line, in the order in which they are written."""
    found = [atom for text in texts for atom in atoms_in(parse_condition(text, HERE, NAMES, Scope.LINE))]
    return tuple(dict.fromkeys(found))


def true_bits(atoms: tuple[Atom, ...], claim: Claim, line: Line | None, scope: Scope) -> Bits:
    """What holds and what is unknown, asked of each atom alone."""
    true = unknown = 0
    for number, atom in enumerate(atoms):
        if scope_of(atom) is scope:
            answer = truth(atom, claim, line, CATALOGUES)
            true |= (answer is True) << number
            unknown |= (answer is None) << number
    return true, unknown


def keys_where(atoms: tuple[Atom, ...], path: str, values: list[Given]) -> dict[object, Bits]:
    """What each key stands for that a fact gives which has one of these values, or none, or is not told."""
    scope = Scope.LINE if path.startswith("line.") else Scope.CLAIM
    conditions = compile_conditions(scope, atoms, VOCABULARY, CATALOGUES)
    meanings: dict[object, Bits] = {}
    for value in (UNKNOWN, None, *values):
        facts = {} if isinstance(value, Unknown) else {path: value}
        claim = claim_of({}, facts) if scope is Scope.LINE else claim_of(facts, {})
        (key,) = conditions.keys_of(claim)
        right = true_bits(atoms, claim, claim.lines[0] if scope is Scope.LINE else None, scope)
        assert conditions.bits_of(key) == right, (value, key)
        assert meanings.setdefault(key, right) == right
    return meanings


@pytest.mark.parametrize(
    ("path", "texts", "values", "keys"),
    [
        ("line.rescue", ("line.rescue",), [True, False], 3),
        ("line.rescue", ("line.rescue", "line.rescue == false"), [True, False], 4),
        ("line.goods", ("line.goods == drug",), ["drug", "device"], 3),
        ("line.goods", ("line.goods != drug",), ["drug", "device"], 3),
        ("line.goods", ("line.goods in {drug, device}",), ["drug", "device"], 3),
        ("visit.kind", ("visit.kind == inpatient", "visit.kind is none"), ["inpatient", "outpatient"], 4),
        (
            "line.item",
            ('line.item == "X1"', 'line.item != "X2"', 'line.item in {"X1", "X3", "X4"}', 'line.item != "X4"'),
            ["X1", "X2", "X3", "X4", "X5"],
            7,
        ),
        ("line.item", ('line.item != "X1"', 'line.item != "X2"', 'line.item == "X3"'), ["X1", "X2", "X3", "X4"], 6),
        ("line.item", ('line.item != "X1"', '"X1" != line.item', '"X2" == line.item'), ["X1", "X2", "X3"], 4),
        ("visit", ("visit is none",), [True], 3),
        ("visit.note", ('visit.note == "ab"', 'visit.note != "ab"', "visit.note is none"), ["ab", "b"], 4),
        ("visit.seals", ("hospital in visit.seals", "visit.seals is none"), [frozenset()], 3),
        (
            "visit.seals",
            ("hospital in visit.seals", "office in visit.seals"),
            [frozenset(), frozenset({"hospital"}), frozenset({"office"}), frozenset({"hospital", "office"})],
            6,
        ),
        ("line.amount", ("line.amount > 5",), [0, 4, 5, 6, 7], 4),
        ("line.amount", ("line.amount >= 5",), [0, 4, 5, 6, 7], 4),
        ("line.amount", ("line.amount < 5",), [0, 4, 5, 6, 7], 4),
        ("line.amount", ("line.amount <= 5",), [0, 4, 5, 6, 7], 4),
        ("line.amount", ("line.amount == 5",), [0, 4, 5, 6, 7], 5),
        ("line.amount", ("line.amount != 5",), [0, 4, 5, 6, 7], 5),
        ("line.amount", ("5 < line.amount", "5 <= line.amount"), [0, 4, 5, 6, 7], 5),
        ("line.amount", ("5 > line.amount", "5 >= line.amount"), [0, 4, 5, 6, 7], 5),
        ("line.amount", ("5 == line.amount", "5 != line.amount"), [0, 4, 5, 6, 7], 5),
        ("line.amount", ("line.amount in {3, 4, 9}",), [*range(12)], 8),
        ("line.amount", ("line.amount in {3, 3, 5}",), [*range(8)], 7),
        ("line.amount", ("line.amount is none",), [0, 1], 3),
        ("line.amount", ("line.amount is none", "line.amount > 2", "line.amount <= 2"), [0, 2, 3], 4),
        ("line.amount", ("line.amount < 3", "line.amount > 3", "line.amount == 7"), [*range(9)], 7),
        ("visit.nights", ("visit.nights < 0", "visit.nights > 3"), [-5, -1, 0, 1, 3, 4], 5),
        ("line.rate", ("line.rate >= 50%",), [4_999, 5_000, 5_001], 4),
        ("line.sold", ("line.sold >= 2024-03-03", "line.sold < 2024-03-05"), [*DAYS], 5),
        ("line.sold", ("line.sold == 2024-03-03",), [*DAYS], 5),
        ("line.sold", ("line.sold in {2024-03-02, 2024-03-03}",), [*DAYS], 6),
    ],
)
def test_a_fact_has_a_key_for_each_answer_and_no_more_than_its_stretches(
    path: str, texts: tuple[str, ...], values: list[Given], keys: int
) -> None:
    assert len(keys_where(atoms_of(*texts), path, values)) == keys


@pytest.mark.parametrize("end", [None, DAYS[4]])
def test_a_period_begins_with_its_first_day_and_ends_before_its_last(end: datetime.date | None) -> None:
    atoms = (InForce(SOLD, Period(DAYS[2], end)), *atoms_of("line.sold > 2024-03-02"))
    assert len(keys_where(atoms, "line.sold", [*DAYS])) == (4 if end is None else 5)


def asked_of(text: str, facts: Mapping[str, Value]) -> bool | None:
    """A condition of one atom about a line with the facts that begin with `line.`."""
    atoms = atoms_of(text)
    own = {path: value for path, value in facts.items() if path.startswith("line.")}
    claim = claim_of({path: value for path, value in facts.items() if path not in own}, own)
    conditions = compile_conditions(scope_of(atoms[0]), atoms, VOCABULARY, CATALOGUES)
    (key,) = conditions.keys_of(claim)
    return {(1, 0): True, (0, 0): False, (0, 1): None}[conditions.bits_of(key)]


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("visit.started < visit.ended", {"visit.started": DAYS[0], "visit.ended": DAYS[1]}, True),
        ("visit.started < visit.ended", {"visit.started": DAYS[1], "visit.ended": DAYS[1]}, False),
        ("visit.started != visit.ended", {"visit.started": DAYS[1], "visit.ended": DAYS[0]}, True),
        ("visit.started < visit.ended", {"visit.started": None, "visit.ended": DAYS[1]}, False),
        ("visit.started < visit.ended", {"visit.started": DAYS[0], "visit.ended": None}, False),
        ("visit.started < visit.ended", {"visit.started": None}, None),
        ("visit.started < visit.ended", {"visit.ended": None}, None),
        ("visit.started < visit.ended", {}, None),
        ("line.amount > line.cap", {"line.amount": 20, "line.cap": 10}, True),
        ("line.sold >= visit.started", {"visit.started": DAYS[1], "line.sold": DAYS[1]}, True),
        ("line.sold >= visit.started", {"visit.started": DAYS[1]}, None),
        ("line.amount + line.cap > 25", {"line.amount": 20, "line.cap": 10}, True),
        ("line.amount + line.cap > 25", {"line.amount": 20}, None),
        ('prefix(visit.area, 2) == "44"', {"visit.area": "440300"}, True),
        ('line.item in catalogue("sold-goods")', {"line.item": "X1", "line.sold": DAYS[0]}, True),
        ('line.item in catalogue("sold-goods")', {"line.item": "X2", "line.sold": DAYS[0]}, False),
        ("any(lines, line.rescue)", {"line.rescue": True}, True),
        ("any(lines, line.rescue)", {}, None),
    ],
)
def test_what_compares_no_fact_with_constants_is_asked_by_itself(
    text: str, facts: Mapping[str, Value], answer: bool | None
) -> None:
    assert asked_of(text, facts) is answer


def test_each_line_has_its_key_in_their_order_and_the_claim_has_one() -> None:
    atoms = atoms_of("line.amount > 5", "line.rescue", "visit.nights > 5", "line.sold > visit.started")
    claim = claim_of({"visit.nights": 9, "visit.started": DAYS[0]}, {"line.amount": 9}, {"line.rescue": True}, {})
    of_lines = compile_conditions(Scope.LINE, atoms, VOCABULARY, CATALOGUES)
    of_claim = compile_conditions(Scope.CLAIM, atoms, VOCABULARY, CATALOGUES)
    assert [of_lines.bits_of(key) for key in of_lines.keys_of(claim)] == [(0b1, 0b1010), (0b10, 0b1001), (0, 0b1011)]
    assert [of_claim.bits_of(key) for key in of_claim.keys_of(claim)] == [(0b100, 0)]
    assert [len(key) for key in of_lines.keys_of(claim)] == [3, 3, 3]


class Counted(Mapping[str, Value]):
    """Facts that count how often each is asked for."""

    def __init__(self, facts: Mapping[str, Value]) -> None:
        self.facts = facts
        self.asked: list[str] = []

    def __getitem__(self, path: str) -> Value:
        self.asked.append(path)
        return self.facts[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


def test_a_fact_is_read_once_however_many_atoms_compare_it() -> None:
    atoms = atoms_of("visit.started < visit.ended", "visit.started > 2024-03-02", "line.sold > visit.started")
    claim = Counted({"visit.started": DAYS[0], "visit.ended": DAYS[1]})
    line = Counted({"line.sold": DAYS[0]})
    read = Claim(claim_id=None, facts=claim, lines=(Line(line_id="1", facts=line),), digest="")
    for scope in Scope:
        compile_conditions(scope, atoms, VOCABULARY, CATALOGUES).keys_of(read)
    assert sorted(claim.asked) == ["visit.ended", "visit.started", "visit.started"]
    assert line.asked == ["line.sold"]


def random_atoms(draw: Draw) -> Iterator[Atom]:
    """Atoms of drawn rules, with what says when they are in force."""
    for rule in draw.rules():
        yield from (each for condition in (rule.in_force, rule.when) for each in atoms_in(condition))


@pytest.mark.parametrize("first_seed", range(0, 60, 20))
def test_drawn_atoms_are_answered_as_each_alone_is(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 20):
        draw = Draw(seed)
        atoms = tuple({text_of(atom): atom for atom in random_atoms(draw)}.values())
        made = {scope: compile_conditions(scope, atoms, RANDOM_VOCABULARY, {}) for scope in Scope}
        for unknown in (0.0, 0.2, 0.6):
            claim = draw.claim(unknown)
            for scope, lines in ((Scope.CLAIM, (None,)), (Scope.LINE, claim.lines)):
                keys = made[scope].keys_of(claim)
                for line, key in zip(lines, keys, strict=True):
                    assert made[scope].bits_of(key) == true_bits(atoms, claim, line, scope), seed


def test_what_is_no_test_of_a_number_is_our_own_mistake() -> None:
    of_a_code = Compare(Operator.LESS, AMOUNT, Constant("drug", Kind.CODE))
    with pytest.raises(TypeError, match=r"^no number and no date: 'drug'$"):
        compile_conditions(Scope.LINE, (of_a_code,), VOCABULARY, CATALOGUES)
    with pytest.raises(TypeError, match=r"^no test of a number: Holds\("):
        compile_conditions(Scope.LINE, (Holds(AMOUNT, "drug"),), VOCABULARY, CATALOGUES)

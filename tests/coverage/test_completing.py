"""Small programs with open facts: what all completions say, what it depends on, and whether that is exact."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest

from tests.language.small_names import HERE, NAMES, SOLD, TITLE, VOCABULARY
from yibao.basics.periods import Period
from yibao.coverage.completions import Completed, OpenState, complete, everything_open, lay_out
from yibao.coverage.judgement import MOST_COMPLETIONS
from yibao.coverage.kleene import Statuses, found_of, standing, truth_of
from yibao.coverage.program import Program, compile_program
from yibao.language.parsing import parse_condition
from yibao.language.printing import text_of
from yibao.model.expressions import Atom, InForce, Scope
from yibao.model.policy import Admit, Conclude, Rule, Side

DAY = datetime.date(2024, 1, 1)
IN_FORCE = InForce(SOLD, Period(DAY))
Known = Mapping[str, bool]


def rule(name: str, when: str) -> Rule:
    """A rule that is called after the finding that it concludes, or else admits."""
    found = name.partition("-")[0]
    return Rule(
        id=name,
        key=name,
        title=TITLE,
        advice=None,
        about=Scope.LINE,
        side=Side.NATIONAL,
        layer="national",
        in_force=IN_FORCE,
        when=parse_condition(when, HERE, NAMES, Scope.LINE),
        answer=Conclude(found) if found in NAMES.findings else Admit(),
        overrides=(),
        carries=(),
        cites=(),
        illustrative=False,
        published=DAY,
        place=HERE,
    )


def program_of(conditions: Mapping[str, str], above: Mapping[str, str] | None = None) -> Program:
    """The rules in this order; `above` says which of them stand above which."""
    over = {name: frozenset((above or {}).get(name, "").split()) for name in conditions}
    rules = tuple(rule(name, when) for name, when in conditions.items())
    return compile_program(rules, over, "sha256:0", VOCABULARY, NAMES.catalogues)


def state_of(program: Program, known: Known) -> OpenState:
    """Where three values leave the rules, when these atoms are known and every rule is in force."""
    given = {text_of(IN_FORCE): True, **known}
    truths = {atom: given.get(text) for text, atom in zip(program.atom_texts, program.atoms, strict=True)}
    applies = stands = Statuses(0, 0)
    for level in program.line_levels:
        for number in level:
            applies = _added(program, number, applies, stands, truths)
        stands = standing(program, applies)
    bits = {number: truths[atom] for number, atom in enumerate(program.atoms)}
    return OpenState(
        true=sum(1 << number for number, truth in bits.items() if truth),
        unknown=sum(1 << number for number, truth in bits.items() if truth is None),
        applies=applies,
        stands=stands,
    )


def _added(
    program: Program, number: int, applies: Statuses, stands: Statuses, truths: Mapping[Atom, bool | None]
) -> Statuses:
    """With one rule more, whose findings are those of the levels below."""
    held = truth_of(program.conditions[number], truths.__getitem__, lambda name: found_of(program, name, stands))
    bit = 1 << number
    return Statuses(applies.sure | (bit if held else 0), applies.maybe | (0 if held is False else bit))


def completed(
    conditions: Mapping[str, str], above: Mapping[str, str] | None = None, known: Known | None = None, wanted: int = 1
) -> Completed | None:
    """What the completions say of the standing of the first rule."""
    program = program_of(conditions, above)
    return complete(program, state_of(program, known or {}), wanted, lambda stands: (stands[0],))


@pytest.mark.parametrize(
    ("when", "known", "outcome", "matters"),
    [
        ("visit.urgent", {}, None, [["visit.urgent"]]),
        ("visit.urgent or not visit.urgent", {}, True, []),
        ("visit.urgent and not visit.urgent", {}, False, []),
        ("visit.nights > 3 and visit.nights < 2", {}, False, []),
        ("visit.nights > 3 or visit.nights <= 3 or visit.nights is none", {}, True, []),
        ("visit.nights > 3 or visit.nights <= 3", {}, None, [["visit.nights <= 3", "visit.nights > 3"]]),
        ("visit.urgent and visit.nights > 3", {}, None, [["visit.nights > 3"], ["visit.urgent"]]),
        ("visit.urgent and visit.nights > 3", {"visit.urgent": True}, None, [["visit.nights > 3"]]),
        ("visit.urgent or visit.nights > 3", {"visit.urgent": False}, None, [["visit.nights > 3"]]),
        ("not (visit.urgent or not visit.nights > 3)", {"visit.urgent": False}, None, [["visit.nights > 3"]]),
        (
            "(visit.urgent and visit.nights > 3) or (visit.urgent and not visit.nights > 3)",
            {},
            None,
            [["visit.urgent"]],
        ),
        ("true and visit.urgent or false", {}, None, [["visit.urgent"]]),
        (
            "visit.kind == inpatient or visit.kind == outpatient or visit.kind is none",
            {},
            True,
            [],
        ),
    ],
)
def test_what_one_rule_says_and_depends_on(
    when: str, known: Known, outcome: bool | None, matters: list[list[str]]
) -> None:
    found = completed({"r": when}, known=known)
    assert found is not None
    assert found.outputs == (outcome,)
    assert [[text_of(atom) for atom in axis] for axis in found.matters] == matters
    assert found.exact


NIGHTS, URGENT, RESCUE = ["visit.nights > 3"], ["visit.urgent"], ["line.rescue"]


@pytest.mark.parametrize(
    ("conditions", "above", "known", "outcome", "matters"),
    [
        ({"r": "visit.urgent", "s": "visit.nights > 3"}, {}, {}, None, [URGENT]),
        ({"r": "visit.urgent", "s": "visit.nights > 3"}, {"r": "s"}, {}, None, [NIGHTS, URGENT]),
        ({"r": "visit.urgent", "s": "visit.nights > 3"}, {"r": "s"}, {"visit.urgent": True}, None, [NIGHTS]),
        ({"r": "visit.urgent", "s": "visit.urgent"}, {"r": "s"}, {}, False, []),
        ({"r": "visit.urgent", "s": "not visit.urgent"}, {"r": "s"}, {}, None, [URGENT]),
        (
            {"r": "visit.urgent", "s": "visit.nights > 3", "t": "line.rescue"},
            {"r": "s", "s": "t"},
            {},
            None,
            [NIGHTS, URGENT],
        ),
        ({"r": "proper", "proper-1": "visit.nights > 3"}, {}, {}, None, [NIGHTS]),
        (
            {"r": "not proper", "proper-1": "visit.nights > 3", "proper-2": "visit.urgent"},
            {},
            {},
            None,
            [NIGHTS, URGENT],
        ),
        (
            {"r": "proper", "proper-1": "visit.nights > 3", "proper-2": "visit.nights <= 3"},
            {},
            {},
            None,
            [["visit.nights <= 3", "visit.nights > 3"]],
        ),
        (
            {"r": "not proper", "proper-1": "visit.nights > 3", "s": "line.rescue"},
            {"proper-1": "s"},
            {},
            None,
            [RESCUE, NIGHTS],
        ),
        ({"r": "proper", "proper-1": "visit.nights > 3"}, {}, {"visit.nights > 3": True}, True, []),
        (
            {"r": "proper and visit.urgent", "proper-1": "visit.nights > 3"},
            {},
            {"visit.urgent": True},
            None,
            [NIGHTS],
        ),
    ],
)
def test_what_rules_say_together(
    conditions: dict[str, str], above: dict[str, str], known: Known, outcome: bool | None, matters: list[list[str]]
) -> None:
    found = completed(conditions, above, known)
    assert found is not None
    assert found.outputs == (outcome,)
    assert [[text_of(atom) for atom in axis] for axis in found.matters] == matters
    assert found.exact


@pytest.mark.parametrize(
    ("when", "exact"),
    [
        ("line.amount > line.cap", False),
        ("line.amount > line.cap or not (line.amount > line.cap)", True),
        ("visit is none or visit.nights > 3", False),
        ("visit is none or line.rescue", True),
        ("visit.nights > 3 or visit.urgent", True),
    ],
)
def test_facts_that_hang_together_make_an_answer_sufficient_only(when: str, exact: bool) -> None:
    found = completed({"r": when})
    assert found is not None
    assert found.exact is exact


def test_each_output_is_judged_and_any_may_matter() -> None:
    program = program_of({"r": "visit.urgent", "s": "visit.nights > 3", "t": "line.rescue or not line.rescue"})
    found = complete(program, state_of(program, {}), 0b111, lambda stands: (stands[0], stands[1], stands[2], 0))
    assert found is not None
    assert found.outputs == (None, None, True, False)
    assert [[text_of(atom) for atom in axis] for axis in found.matters] == [NIGHTS, URGENT]


def test_completions_lie_side_by_side() -> None:
    program = program_of({"r": "visit.nights > 3 and visit.kind == inpatient", "s": "visit.urgent"}, {"r": "s"})
    layout = lay_out(program, state_of(program, {}), 1)
    assert layout is not None
    sizes = [axis.size for axis in layout.axes]
    assert [axis.path for axis in layout.axes] == ["visit.kind", "visit.nights", "visit.urgent"]
    assert sizes == [2, 2, 2]
    assert layout.strides == (1, 2, 4)
    assert layout.full == 0b11111111
    rows = {text: layout.atoms[number] for number, text in enumerate(program.atom_texts)}
    assert rows["visit.kind == inpatient"] == 0b01010101
    assert rows["visit.nights > 3"] == 0b11001100
    assert rows["visit.urgent"] == 0b00001111
    assert rows[text_of(IN_FORCE)] == layout.full
    assert layout.stands[1] == 0b00001111
    assert layout.stands[0] == 0b01000000


def rows_of(
    conditions: Mapping[str, str], above: Mapping[str, str] | None = None, wanted: int = 1
) -> tuple[list[tuple[bool, ...]], list[str]]:
    """Of each completion, in order, which rules stand; and the paths of the axes."""
    program = program_of(conditions, above)
    layout = lay_out(program, state_of(program, {}), wanted)
    assert layout is not None
    assert all(0 <= row <= layout.full for row in (*layout.atoms.values(), *layout.stands.values()))
    completions = range(layout.full.bit_length())
    standing_rules = [tuple(bool(layout.stands[rule] >> at & 1) for rule in layout.stands) for at in completions]
    return standing_rules, [str(axis.path) for axis in layout.axes]


def test_axes_of_three_cells_fill_no_more_than_all_completions() -> None:
    when = {"r": "visit.nights > 3 and visit.kind == inpatient or visit.nights > 7"}
    found, paths = rows_of(when)
    assert paths == ["visit.kind", "visit.nights"]
    # First the kind (inpatient, outpatient), then the nights (up to 3, to 7, beyond).
    assert found == [(False,), (False,), (True,), (False,), (True,), (True,)]
    found, paths = rows_of({"r": "visit.nights > 3 and visit.urgent and not visit.nights > 7"})
    assert paths == ["visit.nights", "visit.urgent"]
    assert found == [(False,), (True,), (False,), (False,), (False,), (False,)]
    completions = completed({"r": "visit.nights > 3 or visit.nights > 7 or visit.urgent or not visit.urgent"})
    assert completions is not None
    assert completions.outputs == (True,)


def test_what_never_holds_adds_nothing_to_any_completion() -> None:
    assert rows_of({"r": "false or visit.urgent"})[0] == [(True,), (False,)]
    assert rows_of({"r": "visit.urgent and false or not visit.urgent"})[0] == [(False,), (True,)]
    assert rows_of({"r": "approved or not visit.urgent"})[0] == [(False,), (True,)]


def test_each_of_two_rules_above_silences() -> None:
    conditions = {"r": "true or visit.urgent", "s": "visit.urgent", "t": "visit.nights > 3"}
    found, paths = rows_of({**conditions, "r": "visit.urgent or not visit.urgent"}, {"r": "s t"})
    assert paths == ["visit.nights", "visit.urgent"]
    assert [standing_rules[0] for standing_rules in found] == [False, False, True, False]


def test_a_rule_that_was_followed_does_not_hide_the_next() -> None:
    conditions = {"proper-1": "visit.nights > 3", "r": "proper", "proper-2": "visit.urgent"}
    found = rows_of(conditions, wanted=0b011)[1]
    assert found == ["visit.nights", "visit.urgent"]


def test_what_no_longer_matters_for_a_finding_is_not_followed() -> None:
    conditions = {"r": "proper and visit.urgent", "proper-1": "visit.nights > 3", "proper-2": "line.rescue"}
    program = program_of(conditions)
    (axis,) = everything_open(program, state_of(program, {"visit.nights > 3": True}), 1)
    assert [text_of(atom) for atom in axis] == URGENT


def many(count: int) -> str:
    """So many questions, each an axis of its own."""
    return " or ".join(f"line.amount + {number} > line.cap" for number in range(count))


def test_up_to_65536_completions_are_looked_at() -> None:
    assert MOST_COMPLETIONS == 2**16
    found = completed({"r": many(16)})
    assert found is not None
    assert len(found.matters) == 16
    assert completed({"r": many(17)}) is None


def test_where_there_are_too_many_every_axis_that_reaches_the_rule_is_told() -> None:
    program = program_of({"r": f"{many(17)} or visit.nights > 3 or visit.nights < 2", "s": "visit.urgent"})
    axes = everything_open(program, state_of(program, {}), 1)
    assert len(axes) == 18
    assert [text_of(atom) for atom in axes[-1]] == ["visit.nights < 2", "visit.nights > 3"]
    assert axes == tuple(sorted(axes, key=lambda axis: [text_of(atom) for atom in axis]))
    assert everything_open(program, state_of(program, {}), 0b10) == (
        (program.atoms[program.atom_texts.index("visit.urgent")],),
    )

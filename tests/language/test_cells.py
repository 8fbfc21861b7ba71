"""Missing facts fall into cells: the stretches of their values on which all open questions agree."""

from __future__ import annotations

import datetime

import pytest
from attrs import evolve

from tests.language.small_names import AREA, DAY, GOODS, HERE, ITEM, KIND, NAMES, NOTE, SEALS, STARTED, VOCABULARY
from yibao.basics.periods import Period
from yibao.language.cells import MOST_CODES, axes_of, cells_of, constants_of, grouped
from yibao.language.parsing import parse_condition
from yibao.model.expressions import (
    Among,
    Atom,
    Compare,
    Constant,
    Holds,
    InForce,
    Operator,
    Prefix,
    Scope,
    ShiftedDate,
)
from yibao.model.facts import FactDeclaration, Kind, Vocabulary
from yibao.model.walks import atoms_in

WIDE = Vocabulary(
    facts={path: evolve(declared, nullable=False) for path, declared in VOCABULARY.facts.items()},
    tables=VOCABULARY.tables,
)
T, F = True, False


def atoms(*texts: str) -> list[Atom]:
    """The one atom of each text."""
    found = []
    for text in texts:
        (atom,) = atoms_in(parse_condition(text, HERE, NAMES, Scope.LINE))
        found.append(atom)
    return found


def cells(path: str, *texts: str, vocabulary: Vocabulary = WIDE) -> set[tuple[bool, ...]] | None:
    found = cells_of(path, atoms(*texts), vocabulary, 100)
    return None if found is None else set(found)


@pytest.mark.parametrize(
    ("path", "texts", "expected"),
    [
        ("visit.urgent", ("visit.urgent",), {(T,), (F,)}),
        ("visit.urgent", ("visit.urgent", "visit.urgent == false"), {(T, F), (F, T)}),
        ("visit.urgent", ("visit.urgent is none",), {(F,)}),
        ("visit", ("visit is none",), {(F,)}),
        ("visit.nights", ("visit.nights > 3", "visit.nights > 7"), {(F, F), (T, F), (T, T)}),
        ("visit.nights", ("visit.nights == 3", "visit.nights >= 3"), {(F, F), (T, T), (F, T)}),
        ("visit.nights", ("visit.nights >= 0 ",), {(F,), (T,)}),
        ("visit.nights", ("visit.nights > 3", "visit.nights < 5"), {(F, T), (T, T), (T, F)}),
        ("visit.nights", ("visit.nights <= 400",), {(T,)}),
        ("visit.nights", ("visit.nights < 400",), {(T,), (F,)}),
        ("visit.nights", ("visit.nights in {1, 3}", "visit.nights == 2"), {(F, F), (T, F), (F, T)}),
        ("line.amount", ("line.amount > 0",), {(F,), (T,)}),
        ("line.amount", ("line.amount >= 0",), {(T,)}),
        ("line.rate", ("line.rate > 100%",), {(F,)}),
        ("visit.kind", ("visit.kind == inpatient", "visit.kind == outpatient"), {(T, F), (F, T)}),
        ("visit.kind", ("visit.kind in {inpatient, outpatient}",), {(T,)}),
        ("visit.started", ("visit.started > 2024-01-01", "visit.started > 2024-01-02"), {(F, F), (T, F), (T, T)}),
        ("visit.started", ("visit.started > 2024-01-01", "visit.started > 2024-01-01"), {(F, F), (T, T)}),
        ("visit.started", ("visit.started > 2024-01-01", "visit.started < 2024-01-03"), {(F, T), (T, T), (T, F)}),
        ("visit.started", ("visit.started >= 1900-01-01",), {(T,)}),
        ("visit.started", ("visit.started > 1900-01-01",), {(F,), (T,)}),
        ("visit.started", ("visit.started < 2199-12-31",), {(F,), (T,)}),
        (
            "visit.started",
            ("visit.started + 5 days > 2024-01-06", "visit.started == 2024-01-01"),
            {(F, F), (F, T), (T, F)},
        ),
        ("visit.seals", ("hospital in visit.seals",), {(T,), (F,)}),
        ("visit.seals", ("hospital in visit.seals", "office in visit.seals"), {(T, T), (T, F), (F, T), (F, F)}),
        ("visit.area", ('visit.area == "440300"', 'prefix(visit.area, 2) == "44"'), {(T, T), (F, T), (F, F)}),
        ("visit.area", ('prefix(visit.area, 2) == "00"',), {(T,), (F,)}),
        (
            "visit.area",
            ('prefix(visit.area, 2) == "99"', 'prefix(visit.area, 1) == "9"'),
            {(T, T), (F, T), (F, F)},
        ),
        ("visit.area", ('prefix(visit.area, 1) in {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}',), {(T,)}),
        (
            "visit.area",
            (
                'prefix(visit.area, 2) == "44"',
                'prefix(visit.area, 3) in {"440", "441", "442", "443", "444", "445", "446", "447", "448", "449"}',
            ),
            {(T, T), (F, F)},
        ),
        ("visit.area", ('visit.area == "440300"', 'visit.area == "440301"'), {(T, F), (F, T), (F, F)}),
        ("line.item", ("line.item == ab", 'prefix(line.item, 2) == "ab"'), {(T, T), (F, T), (F, F)}),
        ("visit.note", ("visit.note == ab", "visit.note == cd"), {(T, F), (F, T), (F, F)}),
    ],
)
def test_every_truth_that_questions_can_have_together(
    path: str, texts: tuple[str, ...], expected: set[tuple[bool, ...]]
) -> None:
    assert cells(path, *texts) == expected


def test_a_fact_that_can_be_none_has_that_cell_too() -> None:
    assert cells("visit.nights", "visit.nights >= 0", vocabulary=VOCABULARY) == {(F,), (T,)}
    assert cells("visit.nights", "visit.nights is none", "visit.nights <= 400", vocabulary=VOCABULARY) == {
        (F, T),
        (T, F),
    }
    assert cells("visit.kind", "visit.kind in {inpatient, outpatient}", vocabulary=VOCABULARY) == {(T,), (F,)}


def test_a_period_parts_the_days() -> None:
    later = datetime.date(2024, 4, 1)
    closed, opened = InForce(STARTED, Period(DAY, later)), InForce(STARTED, Period(DAY))
    assert cells_of("visit.started", [closed, opened], WIDE, 9) == ((F, F), (T, T), (F, T))
    assert [*constants_of(closed)] == [DAY, later]
    assert [*constants_of(opened)] == [DAY]


def test_constants_are_told_in_terms_of_the_fact() -> None:
    day = Constant(DAY, Kind.DATE)
    moved = datetime.date(2024, 2, 25)
    assert [*constants_of(Compare(Operator.LESS, ShiftedDate(STARTED, 5), day))] == [moved]
    assert [*constants_of(Compare(Operator.LESS, day, ShiftedDate(STARTED, 5)))] == [moved]
    assert [*constants_of(Among(ShiftedDate(STARTED, 5), (day, day)))] == [moved, moved]
    assert [*constants_of(Among(Prefix(AREA, 2), (Constant("44", Kind.TEXT),)))] == ["44"]
    assert [*constants_of(Holds(SEALS, "hospital"))] == []


@pytest.mark.parametrize(("limit", "fits"), [(2, False), (3, True)])
def test_more_cells_than_the_limit_are_not_listed(limit: int, fits: bool) -> None:
    found = cells_of("visit.nights", atoms("visit.nights > 3", "visit.nights > 7"), WIDE, limit)
    assert (found is not None) is fits


@pytest.mark.parametrize(("limit", "fits"), [(3, False), (4, True)])
def test_as_many_subsets_of_codes_as_the_limit_allows(limit: int, fits: bool) -> None:
    found = cells_of("visit.seals", atoms("hospital in visit.seals", "office in visit.seals"), WIDE, limit)
    assert (found is not None) is fits


def test_a_set_of_very_many_codes_is_refused_before_it_is_counted() -> None:
    many: list[Atom] = [Holds(SEALS, f"c{number}") for number in range(MOST_CODES + 5)]
    assert cells_of("visit.seals", many, WIDE, (1 << MOST_CODES) - 1) is None


def test_only_a_question_about_one_fact_has_cells() -> None:
    with pytest.raises(TypeError, match=r"^only an atom about one fact has cells$"):
        cells_of("visit.nights", atoms("visit.nights > count(lines)"), WIDE, 9)


def test_questions_are_grouped_by_the_fact_that_they_compare() -> None:
    nights, more, mixed, alone = atoms(
        "visit.nights > 3", "visit.nights > 7", "line.amount > line.cap", 'line.item in catalogue("areas")'
    )
    assert grouped([nights, mixed, more, alone], WIDE) == [
        ("visit.nights", [nights, more]),
        (None, [mixed]),
        (None, [alone]),
    ]
    capped = atoms("line.cap > 20")[0]
    assert grouped([capped, mixed, nights], WIDE) == [("visit.nights", [nights]), (None, [capped]), (None, [mixed])]


def test_a_line_that_inherits_lies_on_the_axis_of_the_claim() -> None:
    facts: dict[str, FactDeclaration] = {
        **WIDE.facts,
        "line.goods": evolve(WIDE.facts["line.goods"], inherits="visit.kind"),
    }
    inherited = Vocabulary(facts=facts, tables=WIDE.tables)
    own, of_line = (
        Compare(Operator.EQUAL, KIND, Constant("inpatient", Kind.CODE)),
        Compare(Operator.EQUAL, GOODS, Constant("drug", Kind.CODE)),
    )
    assert grouped([of_line, own], inherited) == [("visit.kind", [of_line, own])]
    entangled = Compare(Operator.EQUAL, GOODS, ITEM)
    assert grouped([own, entangled], inherited) == [(None, [own]), (None, [entangled])]


def test_axes_multiply_up_to_the_limit() -> None:
    listed = atoms("visit.urgent", "visit.nights > 3", "line.amount > line.cap")
    for most, fits in ((8, True), (7, False), (4, False), (3, False), (1, False)):
        found = axes_of(listed, WIDE, most)
        assert (found is not None) is fits
    axes = axes_of(listed, WIDE, 8)
    assert axes is not None
    assert [(axis.path, axis.atoms, axis.size) for axis in axes] == [
        ("visit.urgent", (listed[0],), 2),
        ("visit.nights", (listed[1],), 2),
        (None, (listed[2],), 2),
    ]
    assert axes[2].cells == ((True,), (False,))
    assert axes_of([], WIDE, 1) == ()
    (nights,) = axes_of(atoms("visit.nights > 3", "visit.nights > 7"), WIDE, 3) or ()
    assert nights.cells == ((F, F), (T, F), (T, T))


def test_a_text_beside_all_that_is_named_is_thought_of() -> None:
    named = Among(NOTE, (Constant("ab", Kind.TEXT), Constant("abc", Kind.TEXT)))
    begins = Compare(Operator.EQUAL, Prefix(NOTE, 2), Constant("ab", Kind.TEXT))
    assert set(cells_of("visit.note", [named, begins], WIDE, 9) or ()) == {(T, T), (F, T), (F, F)}

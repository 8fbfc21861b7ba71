"""Parameters as authors write them: what is read, what is refused and where, and which value answers."""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.support.small_bundles import small_bundle
from tests.support.small_parameters import FILE, NAME, SOURCE, parameter, problems, text
from yibao.basics.problems import ProblemsFound
from yibao.model.facts import UNKNOWN, Given
from yibao.model.parameters import Band, ParameterValue
from yibao.settlement.lookup import entries_by, entry_on, value_of

EVERYBODY = '"active, flexible, retired, minor, student, adult, elderly"'
BY_PERSON = "[insured.person_type]"
BY_LEVEL = "[encounter.institution.level]"
BY_BOTH = "[insured.person_type, encounter.institution.level]"


def one(value: str, unit: str = "yuan") -> str:
    return text(f"- {{from: 2023-01-01, value: {value}}}", unit)


def table(rows: str, unit: str = "rate", keys: str = BY_PERSON, more: str = "", entry: str = "") -> str:
    """A parameter with one entry, whose table is written in one line."""
    return text(f"- {{from: 2023-01-01, table: {{{rows}}}{entry}}}", unit, keys, more)


def asked(written: str, *keys: Given) -> ParameterValue | None:
    found = parameter(written)
    return value_of(found, found.versions[0], keys)


@pytest.mark.parametrize(
    ("unit", "written", "value"),
    [
        ("yuan", "1300", 130_000),
        ("yuan", '"0.50"', 50),
        ("yuan", '"0.5"', 50),
        ("yuan", "0", 0),
        ("yuan", "100000000000", 10**13),
        ("rate", "85%", Fraction(17, 20)),
        ("rate", "4.5%", Fraction(9, 200)),
        ("rate", "0.0001%", Fraction(1, 1_000_000)),
        ("rate", "100%", Fraction(1)),
        ("factor", "120%", Fraction(6, 5)),
        ("factor", "1000%", Fraction(10)),
        ("count", "3", 3),
        ("days", "90", 90),
        ("months", "24", 24),
        (
            "bands",
            "[{upto: 30000, rate: 85%}, {rate: 90%}]",
            (Band(3_000_000, Fraction(17, 20)), Band(None, Fraction(9, 10))),
        ),
        ("bands", "[{upto: 300, rate: 1%}]", (Band(30_000, Fraction(1, 100)),)),
    ],
)
def test_a_value_is_exact_in_its_unit(unit: str, written: str, value: ParameterValue) -> None:
    (row,) = parameter(one(written, unit)).versions[0].rows
    assert row.value == value


@pytest.mark.parametrize(
    ("unit", "written", "code"),
    [
        ("yuan", '"-1"', "out-of-range"),
        ("yuan", "100000000001", "out-of-range"),
        ("yuan", '"0.505"', "finer-than-a-fen"),
        ("yuan", "85%", "wrong-type"),
        ("yuan", '"1,300"', "wrong-type"),
        ("yuan", "007", "wrong-type"),
        ("yuan", "0.5", "yaml-float"),
        ("yuan", "[1]", "wrong-shape"),
        ("rate", "101%", "out-of-range"),
        ("rate", '"-1%"', "out-of-range"),
        ("rate", '"0.85"', "wrong-type"),
        ("rate", "0.00001%", "wrong-type"),
        ("factor", "1001%", "out-of-range"),
        ("count", '"1.5"', "wrong-type"),
        ("days", "1000001", "out-of-range"),
        ("months", '"-1"', "out-of-range"),
        ("bands", "85%, 90%", "wrong-type"),
        ("bands", "{upto: 1, rate: 85%}", "wrong-shape"),
        ("bands", "[]", "wrong-shape"),
        ("bands", "[{upto: 300, rate: 1%}, {upto: 300, rate: 2%}]", "bands-out-of-order"),
        ("bands", "[{upto: 300, rate: 1%}, {upto: 200, rate: 2%}]", "bands-out-of-order"),
        ("bands", "[{rate: 1%}, {upto: 200, rate: 2%}]", "bands-out-of-order"),
        ("bands", "[{upto: 0, rate: 1%}]", "bands-out-of-order"),
        ("bands", "[{upto: 300, rate: 101%}]", "out-of-range"),
        ("bands", "[{from: 0, upto: 300, rate: 1%}]", "unknown-field"),
        ("bands", "[{upto: 300}]", "missing-field"),
    ],
)
def test_a_value_that_is_none_of_its_unit_is_refused_where_it_stands(unit: str, written: str, code: str) -> None:
    (problem,) = problems(one(written if written != "85%, 90%" else '"85% 90%"', unit))
    assert (problem.code, problem.place.path, problem.place.line) == (code, FILE, 7)
    assert problem.place.column is not None


@pytest.mark.parametrize(
    ("unit", "written", "hint"),
    [
        ("rate", "101%", "a factor may exceed 100 %: `unit: factor`"),
        ("bands", "[{rate: 101%}]", "a band pays at most all that lies in it"),
        ("bands", '"300: 101%"', "a band pays at most all that lies in it"),
        ("factor", "1001%", None),
    ],
)
def test_a_rate_above_the_highest_is_answered_with_what_its_unit_can_say(
    unit: str, written: str, hint: str | None
) -> None:
    (problem,) = problems(one(written, unit))
    assert (problem.code, problem.hint) == ("out-of-range", hint)


def test_the_rate_of_a_band_is_one_percentage() -> None:
    assert [problem.code for problem in problems(one("[{rate: [1%]}]", "bands"))] == ["wrong-shape"]


def test_a_hit_policy_that_begins_several_is_answered_with_all_of_them() -> None:
    (problem,) = problems(table('"*": 1', "count", more="hit: COLLECT"))
    assert (problem.code, problem.hint) == ("unknown-choice", "one of `COLLECT+`, `COLLECT<`, `COLLECT>`")


def test_a_band_is_named_where_it_stands() -> None:
    (problem,) = problems(one("[{upto: 300, rate: 1%}, {upto: 200, rate: 2%}]", "bands"))
    assert (problem.place.line, problem.place.column) == (7, 55)


def test_more_bands_than_are_read_are_refused() -> None:
    bands = ", ".join(f"{{upto: {edge}, rate: 1%}}" for edge in range(1, 53))
    assert [problem.code for problem in problems(one(f"[{bands}]", "bands"))] == ["too-many"]


def test_a_table_nests_one_level_for_each_key() -> None:
    written = text(
        """
        - from: 2023-01-01
          table:
            "active, flexible": {"0..2": 85%, "3": 80%}
            retired: {"*": 92%}
          incomplete: {zh: 其他人员, en: Others}
        """,
        "rate",
        BY_BOTH,
    )
    assert asked(written, "flexible", 2) == Fraction(85, 100)
    assert asked(written, "active", 3) == Fraction(80, 100)
    assert asked(written, "retired", UNKNOWN) == Fraction(92, 100)
    assert asked(written, "active", UNKNOWN) is None
    assert asked(written, "minor", 1) is None
    assert asked(written, UNKNOWN, 1) is None


@pytest.mark.parametrize(
    ("rows", "key", "value"),
    [
        ('"true": 1, "false": 2', True, 1),
        ('"true": 1, "false": 2', False, 2),
        ('"true": 1, "false": 2', UNKNOWN, None),
        ('"*": 3', UNKNOWN, 3),
        ('"*": 3', None, 3),
    ],
)
def test_a_yes_or_no_is_a_key_too(rows: str, key: Given, value: int | None) -> None:
    assert asked(table(rows, "count", "[encounter.transferred]"), key) == value


def test_none_is_a_fact_that_is_known_not_to_be() -> None:
    written = table('none: 1, "*": 2', "count", "[filing.kind]", "hit: FIRST")
    assert (asked(written, None), asked(written, UNKNOWN)) == (1, None)


@pytest.mark.parametrize(("age", "value"), [(59, None), (60, 1), (69, 1), (70, 2), (120, 2), (UNKNOWN, None)])
def test_a_value_of_the_plan_is_a_key_and_ranges_say_that_it_is_a_number(age: Given, value: int | None) -> None:
    written = table('"60..69": 1, "70..": 2', "count", "[age]", entry=", incomplete: {zh: 年轻人, en: The young}")
    found = parameter(written)
    assert found.keys[0].is_number
    assert value_of(found, found.versions[0], (age,)) == value


@pytest.mark.parametrize(
    ("hit", "level", "value"),
    [
        ("FIRST", 1, 10),
        ("FIRST", 3, 20),
        ("FIRST", UNKNOWN, None),
        ("COLLECT+", 1, 30),
        ("COLLECT<", 1, 10),
        ("COLLECT>", 1, 20),
        ("COLLECT+", 3, 20),
        ("COLLECT+", UNKNOWN, None),
    ],
)
def test_rows_that_match_together_become_one_value_by_the_hit_policy(hit: str, level: Given, value: int | None) -> None:
    assert asked(table('"0..1": 10, "*": 20', "count", BY_LEVEL, f"hit: {hit}"), level) == value


def test_the_first_row_answers_for_an_unknown_key_that_it_does_not_ask_about() -> None:
    written = table('active: {"*": 1}, "*": {"0..1": 2, "*": 3}', "count", BY_BOTH, "hit: FIRST")
    assert (asked(written, "active", UNKNOWN), asked(written, "retired", UNKNOWN)) == (1, None)


@pytest.mark.parametrize(
    ("keys", "rows", "code", "said"),
    [
        (BY_PERSON, f"{EVERYBODY}: 1, actve: 2", "unknown-code", "actve"),
        (BY_PERSON, f'{EVERYBODY}: 1, "retired": 2', "overlapping-rows", "both match"),
        (BY_PERSON, '"active, active": 1, "*": 2', "duplicate-code", "twice"),
        (BY_PERSON, f"{EVERYBODY}: 1, none: 2", "null-not-allowed", "never"),
        (BY_PERSON, "active: 1", "table-gap", "insured.person_type = retired"),
        (BY_PERSON, "active: {retired: 1}", "wrong-shape", "count"),
        (BY_LEVEL, '"0..1": 1, "1..3": 2', "overlapping-rows", "both match"),
        (BY_LEVEL, '"0..1": 1, "3": 2', "table-gap", "encounter.institution.level = 2"),
        (BY_LEVEL, '"1..3": 2', "table-gap", "encounter.institution.level = 0"),
        (BY_LEVEL, '"0..4": 2', "out-of-range", "from 0 to 3"),
        (BY_LEVEL, '"3..0": 2', "empty-range", "no number"),
        (BY_LEVEL, '"0, 1": 2', "wrong-type", "whole number"),
        (BY_LEVEL, "tertiary: 2", "wrong-type", "whole number"),
        (BY_BOTH, '"*": {"0..3": 1}, active: {"2": 2}', "overlapping-rows", "both match"),
        (BY_BOTH, '"*": 1', "wrong-shape", "encounter.institution.level"),
        (BY_BOTH, '"*": {}', "wrong-shape", "encounter.institution.level"),
        ("[insured.persn_type]", '"*": 1', "unknown-field", "insured.persn_type"),
        ("[line.category]", '"*": 1', "line-fact", "line.category"),
        ("[insured.born_on]", '"*": 1', "wrong-type", "insured.born_on"),
        ("[Age]", '"*": 1', "wrong-type", "key"),
        ("[age, age]", '"*": {"*": 1}', "duplicate-name", "age"),
        ("[a, b, c, d, e, f, g]", '"*": 1', "too-many", "keys"),
    ],
)
def test_a_table_that_does_not_answer_once_and_wholly_is_refused(keys: str, rows: str, code: str, said: str) -> None:
    found = problems(table(rows, "count", keys))
    assert code in [problem.code for problem in found]
    first = next(problem for problem in found if problem.code == code)
    assert said in first.message
    assert (first.place.path, first.place.line is not None) == (FILE, True)


def test_a_misspelt_key_and_code_are_told_what_was_meant() -> None:
    hints = {problem.hint for problem in problems(table('"*": 1', "count", "[insured.persn_type]"))}
    hints |= {problem.hint for problem in problems(table(f"{EVERYBODY}: 1, actve: 2", "count"))}
    assert hints == {"did you mean `insured.person_type`?", "did you mean `active`?"}


def test_a_reason_lets_a_table_have_gaps() -> None:
    written = table("active: 1", "count", entry=", incomplete: {zh: 只有职工, en: Employees only}")
    assert problems(written) == []


def test_a_code_that_has_ended_before_the_entry_begins_needs_no_row() -> None:
    table_of_tiers = (
        "adds_to: tier\nsource: a test\n"
        "codes:\n  - {code: abolished, title: {zh: 旧档, en: Old}, from: 2000-01-01, to: 2010-01-01}\n"
    )
    known = small_bundle().vocabulary.tables["tier"].codes
    rows = ", ".join(f'"{code}": 1' for code in known)
    files = {FILE: table(rows, "count", "[insured.tier]"), "policy/tables/more.yaml": table_of_tiers}
    assert small_bundle(files=files).parameters[0].name == NAME


def test_a_row_below_rows_that_match_first_is_never_used() -> None:
    (problem,) = problems(table('"*": 1, active: 2', "count", more="hit: FIRST"))
    assert (problem.code, problem.place.line) == ("row-never-used", 9)


def test_rates_that_are_added_stay_within_the_whole() -> None:
    (problem,) = problems(table('"*": 60%, active: 50%', more="hit: COLLECT+"))
    assert problem.code == "out-of-range"


@pytest.mark.parametrize("hit", ["COLLECT+", "COLLECT<", "COLLECT>"])
def test_bands_are_not_collected(hit: str) -> None:
    found = problems(table('"*": [{rate: 1%}]', "bands", more=f"hit: {hit}"))
    assert [problem.code for problem in found] == ["wrong-type"]


def test_a_table_of_thousands_of_rows_is_read_and_a_larger_one_refused() -> None:
    rows = ", ".join(f'"{number}": 1' for number in range(5_000))
    found = parameter(table(rows, "count", "[number]"))
    assert value_of(found, found.versions[0], (4_999,)) == 1
    refused = problems(table(f'{rows}, "5000": 1', "count", "[number]"))
    assert [problem.code for problem in refused] == ["too-many"]


def test_rows_that_overlap_in_too_many_ways_are_refused_soon() -> None:
    def level(depth: int, path: int) -> str:
        if depth == 6:
            return "1"
        inner = (level(depth + 1, path * 3 + part) for part in range(3))
        low = path % 97
        return "{" + ", ".join(f'"{low + part}..{low + part + 40}": {each}' for part, each in enumerate(inner)) + "}"

    written = text(f"- {{from: 2023-01-01, table: {level(0, 0)}}}", "count", "[a, b, c, d, e, f]", "hit: COLLECT<")
    assert [problem.code for problem in problems(written)] == ["table-too-wide"]


@pytest.mark.parametrize(
    ("entries", "code", "line"),
    [
        ("- {from: 2023-01-01, value: 1}\n- {from: 2024-01-01, value: 2}", "overlapping-dates", 8),
        ("- {from: 2023-01-01, to: 2024-01-02, value: 1}\n- {from: 2024-01-01, value: 2}", "overlapping-dates", 8),
        ("- {from: 2023-01-01, to: 2024-01-01, value: 1}\n- {from: 2024-01-02, value: 2}", "period-gap", 8),
        ("- {from: 2023-01-01, to: 2023-01-01, value: 1}", "empty-period", 7),
        ("- {value: 1}", "missing-field", 7),
        ("- {from: 2023-01-01}", "missing-field", 7),
        ("- {from: 2023-01-01, value: 1, unknown: {zh: 不明, en: unknown}}", "two-values", 7),
        ("- {from: 2023-01-01, table: {active: 1}}", "wrong-shape", 7),
        ("- {from: 2023-01-01, sheet: a.csv}", "wrong-shape", 7),
        ("- {from: 2023-01-01, value: 1, incomplete: {zh: 一, en: one}}", "wrong-shape", 7),
        ("- {from: 2023-01-01, valu: 1}", "unknown-field", 7),
        ("[]", "missing-field", 7),
    ],
)
def test_an_entry_that_does_not_fit_is_refused_where_it_stands(entries: str, code: str, line: int) -> None:
    found = problems(text(entries))
    assert (code, line) in [(problem.code, problem.place.line) for problem in found]


def test_more_entries_than_are_read_are_refused() -> None:
    days = [datetime.date(2000, 1, 1) + datetime.timedelta(days=number) for number in range(202)]
    entries = "\n".join(f"- {{from: {day}, to: {following}, value: 1}}" for day, following in pairwise(days))
    assert [problem.code for problem in problems(text(entries))] == ["too-many"]


def test_a_period_can_say_that_its_value_is_unknown() -> None:
    written = text(
        """
        - {from: 2023-01-01, to: 2024-01-01, value: 1300}
        - {from: 2024-01-01, to: 2025-01-01, unknown: {zh: 未见公布, en: not seen published}}
        - {from: 2025-01-01, value: 1500}
        """
    )
    found = parameter(written)
    middle = entry_on(found.versions, datetime.date(2024, 6, 1))
    assert middle is not None
    assert (middle.unknown is not None, value_of(found, middle, ())) == (True, None)
    assert entry_on(found.versions, datetime.date(2022, 12, 31)) is None


def test_a_value_that_was_published_later_is_not_known_before() -> None:
    written = text(
        """
        - {from: 2023-01-01, to: 2024-01-01, value: 1300}
        - {from: 2024-01-01, to: 2025-01-01, published: 2024-03-01, value: 1400}
        - {from: 2025-01-01, published: 2023-12-01, value: 1500}
        """
    )
    found = parameter(written)
    before = entries_by(found, datetime.date(2024, 2, 1))
    assert [(str(entry.period), entry.rows[0].value) for entry in before] == [
        ("[2023-01-01, 2025-01-01)", 130_000),
        ("[2025-01-01, …)", 150_000),
    ]
    assert len(entries_by(found, datetime.date(2024, 3, 1))) == len(entries_by(found, None)) == 3


@pytest.mark.parametrize(
    ("grades", "illustrative"), [("A", False), ("B", False), ("C", True), ("D", True), ("G", True), ("CB", False)]
)
def test_an_entry_without_a_source_of_grade_a_or_b_is_illustrative(grades: str, illustrative: bool) -> None:
    cites = ", ".join(f"{{source: 某文件, grade: {grade}}}" for grade in grades)
    found = parameter(text("- {from: 2023-01-01, value: 1}", cites=f"[{cites}]"))
    assert found.versions[0].illustrative is illustrative


def test_an_entry_cites_its_own_source_or_that_of_the_parameter() -> None:
    own = "- {from: 2023-01-01, value: 1, cites: [{source: 另一文件, grade: A}]}"
    assert parameter(text(own)).versions[0].cites[0].source == "另一文件"
    assert parameter(text("- {from: 2023-01-01, value: 1}")).versions[0].cites[0].source == "沪医保规〔2023〕6号"
    (problem,) = problems(text("- {from: 2023-01-01, value: 1}", cites=""))
    assert (problem.code, problem.message) == ("missing-field", "an entry needs `cites:`")


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("by: encounter.discharged_on", "by: encounter.dischargd_on", "unknown-field"),
        ("by: encounter.discharged_on", "by: line.charged_on", "line-fact"),
        ("unit: yuan", "unit: fen", "unknown-choice"),
        ("unit: yuan", "unit: yuan\nhit: ANY", "unknown-choice"),
        ("unit: yuan", "unit: yuan\nhit: FIRST", "wrong-shape"),
        ("unit: yuan", "unit: yuan\nillustrativ: true", "unknown-field"),
        (f"cites: [{SOURCE}]", "cites: [{source: 某文件, grade: E}]", "unknown-choice"),
    ],
)
def test_the_head_of_a_parameter_is_checked_too(found: str, instead: str, code: str) -> None:
    written = text("- {from: 2023-01-01, value: 1}").replace(found, instead)
    assert code in [problem.code for problem in problems(written)]


def test_a_layer_has_one_parameter_of_a_name_and_another_layer_has_its_own() -> None:
    city = 'layer: "310000"\ntitle: {zh: 上海市, en: Shanghai}\nextends: national\n'
    written = text("- {from: 2023-01-01, value: 1}")
    files = {"policy/310000/layer.yaml": city, FILE: written, f"policy/310000/{NAME}.yaml": written}
    assert [item.layer for item in small_bundle(files=files).parameters] == ["310000", "national"]
    with pytest.raises(ProblemsFound) as raised:
        small_bundle(files={**files, f"policy/national/again/{NAME}.yaml": written})
    assert [problem.code for problem in raised.value.problems] == ["duplicate-name"]


def test_a_parameter_stands_in_a_file_of_its_name_and_in_a_layer() -> None:
    written = text("- {from: 2023-01-01, value: 1}")
    with pytest.raises(ProblemsFound) as raised:
        small_bundle(files={"policy/national/other.yaml": written, f"policy/{NAME}.yaml": written})
    assert [problem.code for problem in raised.value.problems] == ["no-layer", "file-name"]

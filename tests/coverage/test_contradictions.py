"""Two different answers to a question that has one: which pairs are found, with which case, and which can not meet."""

from __future__ import annotations

import pytest

from tests.hostile.small_world import bundle
from yibao.coverage.contradictions import Contradiction, contradictions
from yibao.model.policy import Policy

PROVINCE = 'layer: "990000"\nextends: national\ntitle: {zh: 省, en: A province}\n'
CITY = 'layer: "{name}"\nextends: "990000"\ntitle: {{zh: 市, en: A city}}\n'
LAYERS = {
    "990000/layer.yaml": PROVINCE,
    "990000/990100/layer.yaml": CITY.format(name="990100"),
    "990000/990200/layer.yaml": CITY.format(name="990200"),
    "130000/layer.yaml": PROVINCE.replace("990000", "130000"),
}
HERE, NEAR, BESIDE, FAR = "990000", "990000/990100", "990000/990200", "130000"


def share(
    name: str,
    percent: int,
    when: str = "line.purpose == therapeutic",
    more: str = "",
    place: str = "national",
    in_force: str = "{by: line.charged_on, from: 2000-01-01}",
    about: str = "line",
) -> tuple[str, str]:
    """The path and text of a rule that answers the question that has one answer."""
    text = (
        f"rule: {name}\ntitle: {{zh: 规则, en: A rule}}\ncites: [{{source: S0, grade: A}}]\nabout: {about}\n"
        f"in_force: {in_force}\nwhen: {when}\nthen: {{share: {percent}%}}\n{more}"
    )
    return f"{place}/{name}.yaml", text


def policy_of(*rules: tuple[str, str], more: dict[str, str] | None = None) -> Policy:
    texts = {**LAYERS, **dict(rules), **(more or {})}
    return bundle({f"policy/{path}": text.encode() for path, text in texts.items()})


def found(*rules: tuple[str, str], more: dict[str, str] | None = None) -> list[tuple[str, str, tuple[str, ...] | None]]:
    """The contradictions by the ids of their rules, with their witness."""
    return [(one.one.id, one.other.id, one.witness) for one in contradictions(policy_of(*rules, more=more))]


URGENT = "encounter.emergency"
FINDING = (
    "rule: local\ntitle: {zh: 规则, en: A rule}\ncites: [{source: S0, grade: A}]\nabout: claim\nside: insured\n"
    f"in_force: {{by: encounter.admitted_on, from: 2000-01-01}}\nwhen: {URGENT}\nthen: {{finding: urgent_here}}\n"
)


def test_a_contradiction_names_its_two_rules_and_a_case_in_which_both_stand() -> None:
    policy = policy_of(share("half", 50), share("whole", 100, when=URGENT))
    half, whole = (next(rule for rule in policy.rules if rule.id == name) for name in ("half", "whole"))
    (only,) = contradictions(policy)
    assert isinstance(only, Contradiction)
    assert (only.one, only.other) == (half, whole)
    assert only.witness is not None
    assert only.witness == tuple(sorted(only.witness))
    assert {URGENT, "line.purpose == therapeutic"} <= {*only.witness}
    assert len(only.witness) == 3


def test_a_case_says_what_does_not_hold() -> None:
    ((_one, _other, witness),) = found(share("half", 50, when=f"not {URGENT}"), share("whole", 100))
    assert witness is not None
    assert f"not ({URGENT})" in witness


def test_every_pair_that_can_meet_is_found_in_the_order_of_the_rules() -> None:
    rules = (share("a", 10), share("b", 20, when=URGENT), share("c", 30), share("d", 20), share("e", 20, when=URGENT))
    pairs = [(one, other) for one, other, _witness in found(*rules)]
    assert pairs == [("a", "b"), ("a", "c"), ("a", "d"), ("a", "e"), ("b", "c"), ("c", "d"), ("c", "e")]


@pytest.mark.parametrize(
    "other",
    [
        share("whole", 100, when="line.purpose == cosmetic"),
        share("whole", 100, more="overrides: [half]\n"),
        share("whole", 50),
        share("whole", 100, in_force="{by: line.charged_on, from: 1999-01-01, to: 2000-01-01}"),
    ],
    ids=["never together", "ordered", "the same answer", "no common day"],
)
def test_what_can_not_meet_is_no_contradiction(other: tuple[str, str]) -> None:
    assert found(share("half", 50), other) == []
    assert found(other, share("half", 50)) == []


def test_order_counts_in_either_direction_and_through_others() -> None:
    lower, middle = share("lower", 10), share("middle", 10, more="overrides: [lower]\n")
    assert found(share("upper", 30, more="overrides: [middle, lower]\n"), middle, lower) == []
    assert found(share("upper", 30, more="overrides: [middle]\n"), middle, lower) == []


def test_a_rule_between_that_silences_one_of_them_keeps_them_apart() -> None:
    silencing = share("upper", 100, when=URGENT, more="overrides: [whole]\n")
    assert [pair[:2] for pair in found(share("upper", 100, when=URGENT), share("whole", 50, when=URGENT))] == [
        ("upper", "whole")
    ]
    assert found(silencing, share("whole", 50, when=URGENT)) == []
    third = share("third", 70, when=URGENT)
    assert [pair[:2] for pair in found(silencing, share("whole", 50, when=URGENT), third)] == [("third", "upper")]


def test_periods_of_one_governing_date_meet_when_they_share_a_day_and_those_of_two_dates_may() -> None:
    early = "{by: line.charged_on, from: 2000-01-01, to: 2010-01-01}"
    late = "{by: line.charged_on, from: 2009-12-31}"
    by_admission = "{by: encounter.admitted_on, from: 2010-01-01}"
    for second, met in ((late, 1), (late.replace("2009-12-31", "2010-01-01"), 0), (by_admission, 1)):
        assert len(found(share("early", 50, in_force=early), share("late", 60, in_force=second))) == met, second


def test_questions_of_which_the_least_or_greatest_holds_have_no_contradictions() -> None:
    question = "question: {name}\ntitle: {{zh: 问, en: Q}}\nkind: basis_points\ncombine: {combine}\nsource: S0\n"
    for combine, met in (("least", 0), ("greatest", 0), ("one", 1)):
        more = {"questions/waiting.yaml": question.format(name="waiting", combine=combine)}
        rules = [
            (path, text.replace("then: {share:", "then: {waiting:")) for path, text in (share("a", 50), share("b", 60))
        ]
        assert len(found(*rules, more=more)) == met, combine


def test_answers_to_different_questions_never_contradict() -> None:
    question = "question: waiting\ntitle: {zh: 问, en: Q}\nkind: basis_points\ncombine: one\nsource: S0\n"
    path, text = share("b", 60)
    other = (path, text.replace("then: {share:", "then: {waiting:"))
    assert found(share("a", 50), other, more={"questions/waiting.yaml": question}) == []


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ((HERE, "insured"), (NEAR, "insured"), True),
        ((NEAR, "insured"), (HERE, "insured"), True),
        ((NEAR, "insured"), (BESIDE, "insured"), False),
        ((NEAR, "insured"), (FAR, "insured"), False),
        ((HERE, "insured"), (FAR, "insured"), False),
        ((NEAR, "insured"), (FAR, "treatment"), True),
        ((NEAR, "treatment"), (FAR, "treatment"), False),
        ((NEAR, "treatment"), (HERE, "treatment"), True),
    ],
)
def test_rules_of_two_places_meet_where_one_claim_has_both(
    one: tuple[str, str], other: tuple[str, str], met: bool
) -> None:
    rules = [
        share(name, percent, place=place, more=f"side: {side}\n")
        for name, percent, (place, side) in (("a", 50, one), ("b", 60, other))
    ]
    assert len(found(*rules)) == met


def test_a_national_rule_meets_one_of_any_place() -> None:
    ((one, other, witness),) = found(share("a", 50), share("b", 60, place=NEAR, more="side: insured\n"))
    assert (one, other) == ("a", "b")
    assert witness is not None
    assert not any("there:" in literal for literal in witness)


def test_a_pair_that_no_claim_has_hides_no_later_one() -> None:
    places = (("a", 50, NEAR), ("b", 60, FAR), ("c", 70, HERE), ("d", 80, FAR))
    rules = [share(name, percent, place=place, more="side: insured\n") for name, percent, place in places]
    assert [each[:2] for each in found(*rules)] == [("a", "c"), ("b", "d")]


def test_a_rule_of_the_other_side_may_be_there_wherever_that_side_is_open() -> None:
    silencing = share("far", 50, place=FAR, more="side: treatment\noverrides: [b]\n")
    pair = [share(name, percent, place=NEAR, more="side: insured\n") for name, percent in (("a", 50), ("b", 60))]
    witness = {each[:2]: each[2] for each in found(*pair, silencing)}["a", "b"]
    assert witness is not None
    assert "not (line.there:far)" in witness


@pytest.mark.parametrize("side", ["insured", "treatment"])
def test_a_rule_of_one_place_that_silences_one_keeps_no_pair_apart_everywhere(side: str) -> None:
    """Elsewhere the silencing rule does not speak, and then both stand."""
    silencing = share("local", 50, place=NEAR, more=f"side: {side}\noverrides: [b]\n")
    pairs = {(one, other): witness for one, other, witness in found(share("a", 50), share("b", 60), silencing)}
    witness = pairs["a", "b"]
    assert witness is not None
    assert [literal for literal in witness if "there:" in literal] == ["not (line.there:local)"]


def test_a_rule_that_speaks_wherever_both_do_keeps_them_apart() -> None:
    rules = [
        share(name, percent, place=place, more=f"side: insured\n{more}")
        for name, percent, place, more in (
            ("a", 50, NEAR, ""),
            ("b", 60, NEAR, ""),
            ("local", 50, HERE, "overrides: [b]\n"),
        )
    ]
    assert found(*rules) == []


def test_a_rule_of_another_place_silences_nothing_here() -> None:
    rules = [
        share(name, percent, place=place, more=f"side: insured\n{more}")
        for name, percent, place, more in (
            ("a", 50, NEAR, ""),
            ("b", 60, NEAR, ""),
            ("far", 50, FAR, "overrides: [b]\n"),
            ("beside", 50, BESIDE, "overrides: [b]\n"),
        )
    ]
    ((one, other, witness),) = found(*rules)
    assert (one, other) == ("a", "b")
    assert witness is not None
    assert not any("there:" in literal for literal in witness)


def test_a_rule_published_later_than_both_may_be_missing() -> None:
    pair = (share("a", 50, more="published: 2001-01-01\n"), share("b", 60, more="published: 2002-01-01\n"))
    for day, met in (("2001-06-01", 0), ("2002-01-01", 0), ("2002-01-02", 1)):
        silencing = share("c", 50, more=f"published: {day}\noverrides: [b]\n")
        pairs = [each[:2] for each in found(*pair, silencing)]
        assert (("a", "b") in pairs) == met, day


def test_a_rule_that_must_be_there_holds_in_the_case_that_is_shown() -> None:
    pair = (share("a", 50, when="urgent_here"), share("b", 60))
    ((_one, _other, witness),) = found(*pair, (f"{NEAR}/local.yaml", FINDING))
    assert witness is not None
    assert {"there:local", URGENT} <= {*witness}


def test_a_claim_rule_that_may_be_missing_is_missing_for_the_whole_claim() -> None:
    ((_one, _other, witness),) = found(
        share("a", 50, when=f"{URGENT} and encounter.admitted_on >= 2000-01-01"),
        share("b", 60, when="not urgent_here"),
        (f"{NEAR}/local.yaml", FINDING),
    )
    assert witness is not None
    assert [literal for literal in witness if "there:" in literal] == ["not (there:local)"]


@pytest.mark.parametrize(("facts", "known"), [(15, True), (16, False)])
def test_beyond_65536_cases_there_is_no_witness(facts: int, known: bool) -> None:
    """Two cells for each yes or no, and two more for the day that governs both rules."""
    names = [f"f{number:02}" for number in range(facts)]
    field = "{type: bool, title: {zh: 甲, en: A}, meaning: {zh: 甲, en: A}, source: S0}"
    fields = "".join(f"  {name}: {field}\n" for name in names)
    declared = f"facts: many\ntitle: {{zh: 多, en: Many}}\nmeaning: {{zh: 多, en: Many}}\nsource: S0\nfields:\n{fields}"
    one, other = (" or ".join(f"many.{name}" for name in half) for half in (names[: facts // 2], names[facts // 2 :]))
    ((*pair, witness),) = found(
        share("a", 50, when=one), share("b", 60, when=other), more={"facts/many.yaml": declared}
    )
    assert pair == ["a", "b"]
    assert (witness is not None) is known
    for first, second in (("a", "b"), ("b", "a")):
        ordered = {
            name: share(name, percent, when=when, more=f"overrides: [{second}]\n" if name == first else "")
            for name, percent, when in (("a", 50, one), ("b", 60, other))
        }
        assert found(*ordered.values(), more={"facts/many.yaml": declared}) == []

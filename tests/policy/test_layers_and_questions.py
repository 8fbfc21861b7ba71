"""Places, sides, definitions and questions: which rules speak for a claim, and how their answers become one."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.support.bundled import document
from tests.support.small_bundles import rule, small_bundle
from yibao.api import read_claim
from yibao.authoring.policy_check import check_policy
from yibao.basics.problems import ProblemsFound
from yibao.decision.decider import Decider
from yibao.model.policy import Policy

PROVINCE = 'layer: "990000"\ntitle: {zh: 省, en: P}\nextends: national\n'
CITY = 'layer: "990100"\ntitle: {zh: 市, en: C}\nextends: "990000"\n'
OTHER = 'layer: "990200"\ntitle: {zh: 市, en: C}\nextends: "990000"\n'
LAYERS = {
    "policy/province/layer.yaml": PROVINCE,
    "policy/province/city/layer.yaml": CITY,
    "policy/province/other/layer.yaml": OTHER,
}
ADMITS = rule("admits")


def line_of(policy: Policy, insured: str = "990100", treatment: str = "990100", **changes: Any) -> dict[str, Any]:
    claim = document(insured__insured_area=insured, encounter__treatment_area=treatment, **changes)
    decisions = [Decider(policy, engine).decide(read_claim(claim, policy)) for engine in (None, "reference")]
    assert decisions[0] == decisions[1]
    line: dict[str, Any] = decisions[0]["lines"][0]
    return line


def test_a_city_overrides_its_province_and_the_province_the_nation() -> None:
    policy = small_bundle(
        rule("national", then="{exclude: local_exclusion}"),
        files={
            **LAYERS,
            "policy/province/provincial.yaml": rule(
                "provincial", then="{admit: true, share: 60%}", more="overrides: [national]\n"
            ),
            "policy/province/city/municipal.yaml": rule(
                "municipal", then="{admit: true, share: 80%}", more="overrides: [provincial]\n"
            ),
        },
    )
    shares = {
        area: [answer["value_bp"] for answer in line_of(policy, area, area)["answers"]]
        for area in ("990100", "990200", "130100")
    }
    assert shares == {"990100": [8_000], "990200": [6_000], "130100": []}
    assert line_of(policy, "130100", "130100")["outcome"] == "excluded"


@pytest.mark.parametrize(
    ("side", "insured", "treatment", "outcome"),
    [
        ("insured", "990100", "130100", "excluded"),
        ("insured", "130100", "990100", "covered"),
        ("treatment", "990100", "130100", "covered"),
        ("treatment", "130100", "990100", "excluded"),
    ],
)
def test_a_rule_speaks_for_the_place_of_its_side(side: str, insured: str, treatment: str, outcome: str) -> None:
    text = rule("local", then="{exclude: local_exclusion}", more=f"side: {side}\n")
    policy = small_bundle(ADMITS, files={**LAYERS, "policy/province/city/local.yaml": text})
    assert line_of(policy, insured, treatment)["outcome"] == outcome


def test_an_override_holds_although_the_rule_between_speaks_for_another_place() -> None:
    """x overrides z overrides y: where x applies y is silent, whether or not z is in the claim's program."""
    z = rule("z-middle", then="{exclude: local_exclusion}", more="side: treatment\noverrides: [y-lower]\n")
    policy = small_bundle(
        rule("y-lower", then="{exclude: self_funded_item}"),
        rule("x-upper", more="overrides: [z-middle]\n"),
        files={**LAYERS, "policy/province/city/z-middle.yaml": z},
    )
    assert line_of(policy, "130100", "130100")["outcome"] == "covered"


def test_a_finding_that_nobody_here_concludes_does_not_hold() -> None:
    finding = rule("local-finding", then="{finding: local_found}")
    policy = small_bundle(
        rule("admits", when="line.category == drug and not local_found"),
        files={**LAYERS, "policy/province/city/local-finding.yaml": finding},
    )
    assert line_of(policy, "130100", "130100")["outcome"] == "covered"
    assert line_of(policy, "990100", "990100")["outcome"] == "excluded"


def test_a_contradiction_through_a_finding_of_one_place_is_found() -> None:
    finding = rule("local-finding", then="{finding: local_found}")
    policy = small_bundle(
        rule("half", when="local_found", then="{share: 50%}"),
        rule("most", then="{share: 80%}"),
        files={**LAYERS, "policy/province/city/local-finding.yaml": finding},
    )
    assert [problem.code for problem in check_policy(policy) if problem.code == "contradiction"] == ["contradiction"]


def test_the_least_of_several_ceilings_holds() -> None:
    policy = small_bundle(
        ADMITS,
        rule("own", when="always", then="{ceiling: line.ceiling_fen}"),
        rule("local", when="encounter.emergency", then="{ceiling: 5000}"),
    )
    over = [
        line_of(policy, line__amount_fen=9_000, line__ceiling_fen=ceiling, encounter__emergency=emergency)["amounts"]
        for ceiling, emergency in ((7_000, False), (7_000, True), (3_000, True), (None, True), (None, False))
    ]
    assert [amounts["over_ceiling_fen"] for amounts in over] == [2_000, 4_000, 6_000, 4_000, 0]


def test_an_answer_to_a_question_of_the_authors_own_is_reported() -> None:
    question = (
        "question: waiting_share\ntitle: {zh: 等待期比例, en: W}\nkind: basis_points\ncombine: greatest\nsource: 试\n"
    )
    policy = small_bundle(
        ADMITS,
        rule("low", then="{waiting_share: 30%}"),
        rule("high", when="encounter.emergency", then="{waiting_share: 50%}"),
        files={"policy/national/waiting_share.yaml": question},
    )
    answers = line_of(policy, encounter__emergency=True)["answers"]
    assert {(answer["question"], answer["rule"], answer["value_bp"]) for answer in answers} == {
        ("waiting_share", "low", 5_000),
        ("waiting_share", "high", 5_000),
    }


DEFINITION = "definition: is_drug\ntitle: {zh: 药品, en: A drug}\nabout: line\nwhen: line.category == drug\n"


def test_a_definition_is_written_out_where_it_is_named() -> None:
    policy = small_bundle(
        rule("admits", when="is_drug and not encounter.emergency"), files={"policy/national/is_drug.yaml": DEFINITION}
    )
    assert line_of(policy)["outcome"] == "covered"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (rule("r", when="is_drug", about="claim", by="encounter.admitted_on", then="{finding: f_one}"), "line-fact"),
        (rule("r", when="any(lines, several)"), "nested-aggregate"),
    ],
)
def test_a_definition_must_be_one_that_could_stand_there(text: str, code: str) -> None:
    several = DEFINITION.replace("is_drug", "several").replace(
        "line.category == drug", "any(lines, line.category == drug)"
    )
    files = {"policy/national/is_drug.yaml": DEFINITION, "policy/national/several.yaml": several}
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(text, files=files)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_rule_cannot_read_what_earlier_settlements_add_up() -> None:
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(rule(when="history.fund_paid_fen > 100"))
    assert [problem.code for problem in caught.value.problems] == ["accumulator-in-rule"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("120%", "out-of-range"),
        ("line.first_payment_bp + 1%", "out-of-range"),
        ("min(line.first_payment_bp + 1%, 100%)", None),
    ],
)
def test_a_share_can_never_leave_the_whole(answer: str, outcome: str | None) -> None:
    text = rule(then=f'{{share: "{answer}"}}')
    if outcome is None:
        small_bundle(text)
        return
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(text)
    assert [problem.code for problem in caught.value.problems] == [outcome]


def test_documents_that_may_be_due_are_named_with_what_they_hang_on() -> None:
    policy = small_bundle(ADMITS, rule("papers", when="encounter.emergency", then="{documents: [id_card]}"))
    claim = read_claim(document(encounter__emergency=...), policy)
    decision = Decider(policy).decide(claim)
    assert decision["documents_due"] == []
    assert decision["documents_possible"] == [
        {"document": "id_card", "rules": ["papers"], "missing": ["encounter.emergency"]}
    ]


def test_an_open_verdict_also_names_what_its_amounts_will_need() -> None:
    """Answering one question must not raise the next: the ceiling is asked for together with the cause."""
    policy = small_bundle(
        rule("admits", when="encounter.emergency"), rule("own", when="always", then="{ceiling: line.ceiling_fen}")
    )
    claim = read_claim(document(encounter__emergency=..., line__ceiling_fen=...), policy)
    decision = Decider(policy).decide(claim)
    assert [one["fact"] for one in decision["missing"]] == ["encounter.emergency", "line.ceiling_fen"]


def test_as_of_a_day_before_the_next_version_was_published_the_old_one_had_no_end() -> None:
    text = rule("versions").replace(
        "in_force: {by: line.charged_on, from: 2000-01-01}", "in_force: {by: line.charged_on}"
    )
    text += (
        "versions:\n"
        "  - {from: 2000-01-01, to: 2024-01-01}\n"
        "  - {from: 2024-01-01, published: 2023-12-20, then: {exclude: check_up}}\n"
    )
    policy = small_bundle(text)
    claim = read_claim(document(line__charged_on="2024-02-20"), policy)
    known = {
        day: Decider(policy, as_of=day).decide(claim)["outcome"]
        for day in (datetime.date(2023, 6, 1), datetime.date(2024, 1, 1))
    }
    assert list(known.values()) == ["covered", "not_covered"]

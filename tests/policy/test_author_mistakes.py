"""What an author writes wrong is reported with its code, at its place, all of a folder in one run."""

from __future__ import annotations

import pytest

from tests.support.small_bundles import CLOSING, rule, small_bundle
from yibao.authoring.policy_check import check_policy
from yibao.basics.problems import ProblemsFound

LAYERS = {
    "policy/990000-province/layer.yaml": 'layer: "990000"\ntitle: {zh: 省, en: P}\nextends: national\n',
    "policy/990000-province/city/layer.yaml": 'layer: "990100"\ntitle: {zh: 市, en: C}\nextends: "990000"\n',
}


@pytest.mark.parametrize(
    ("text", "code", "line", "says"),
    [
        (rule(when="line.purpos == cosmetic"), "unknown-field", 6, "did you mean `line.purpose`?"),
        (rule(when="line.purpose == cosmetics"), "unknown-code", 6, "did you mean `cosmetic`?"),
        (rule(when="line.amount_fen == cosmetic"), "wrong-type", 6, "fen is expected"),
        (rule(then="{exclude: self_funded}"), "unknown-choice", 7, "self_funded_item"),
        (rule(then="{admitt: true}"), "unknown-field", 7, "did you mean `admit`?"),
        (rule(then="{admit: true, lift: true}"), "two-answers", 7, "one of the three"),
        (rule(then="{}"), "missing-field", 7, "concludes nothing"),
        (rule(then="{share: 80}"), "wrong-type", 7, "percentage"),
        (rule(more="whenn: true\n"), "unknown-field", 8, "did you mean `when`?"),
        (rule(more="overrides: [nobody]\n"), "override-of-nothing", 8, "no rule is called `nobody`"),
        (rule(then="{lift: true}"), "lifts-nothing", 1, "overrides no rule"),
        (rule().replace("grade: A", "grade: Z"), "unknown-choice", 3, "`Z`"),
        (
            rule().replace('cites: [{source: 社会保险法, article: "28", grade: A}]\n', ""),
            "missing-field",
            1,
            "`cites:`",
        ),
        (
            rule().replace('cites: [{source: 社会保险法, article: "28", grade: A}]', "cites: []"),
            "missing-cite",
            3,
            "cites no source",
        ),
        (rule().replace("grade: A", "grade: G"), "unconfirmed-source", 3, "can't pass for law"),
        (rule(by="line.charged"), "unknown-field", 5, "no date of a claim"),
        (rule(by="insured.scheme"), "unknown-field", 5, "no date of a claim"),
        (rule().replace("from: 2000-01-01", "from: 2000-01-01, to: 1999-01-01"), "empty-period", 5, "holds no day"),
        (rule().replace("from: 2000-01-01", "from: 2000-02-30"), "wrong-type", 5, "a date such as"),
        (
            rule(about="claim", when="line.category == drug", by="encounter.admitted_on"),
            "line-fact",
            6,
            "belongs to a line",
        ),
        (rule(about="lines"), "unknown-choice", 4, "did you mean `line`?"),
        (rule(more="carries: [S0.99x9]\n"), "unknown-ledger-row", 8, "no row of the ledger"),
        (rule(more="side: insured\n"), "wrong-side", 8, "leave `side:` out"),
        (
            rule(more="let: {line_is_drug: line.categori == drug}\n"),
            "unknown-field",
            8,
            "did you mean `line.category`?",
        ),
        (
            rule(more='examples:\n  - {it: x, from: nobody, fires: "yes"}\n'),
            "unknown-claim",
            9,
            "no claim of the bundle",
        ),
        (
            rule(more="examples:\n  - {it: x, from: inpatient-appendicitis}\n"),
            "example-shows-nothing",
            9,
            "expects something",
        ),
        (
            rule(
                when=" and ".join(
                    ["(" + " or ".join(["line.category == drug", "encounter.emergency", "line.for_rescue"]) + ")"] * 4
                )
            ),
            "too-many-alternatives",
            1,
            "81 ways",
        ),
        (rule(rule_id="Upper_Case"), "wrong-type", 1, "lower-case"),
        (rule().replace("title: {zh: 规则, en: A rule}", "title: 规则"), "wrong-shape", 2, "a mapping"),
    ],
)
def test_a_mistake_in_a_rule_has_its_code_and_line(text: str, code: str, line: int, says: str) -> None:
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(text)
    problem = caught.value.problems[0]
    assert (problem.code, problem.place.line) == (code, line), str(caught.value)
    assert says in str(problem)


def test_all_problems_of_a_folder_are_reported_in_one_run() -> None:
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(
            rule("first", when="line.purpos == cosmetic"),
            rule("second", then="{exclude: nothing_known}"),
            rule("third", about="nobody"),
        )
    assert {problem.place.path for problem in caught.value.problems} == {
        "policy/national/first.yaml",
        "policy/national/second.yaml",
        "policy/national/third.yaml",
    }


def test_overrides_in_a_circle_show_the_circle() -> None:
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(
            rule("one", more="overrides: [two]\n"),
            rule("two", more="overrides: [three]\n"),
            rule("three", more="overrides: [one]\n"),
        )
    (problem,) = caught.value.problems
    assert problem.code == "override-circle"
    assert "one → two → three → one" in problem.message


def test_findings_in_a_circle_show_the_circle_also_through_negation() -> None:
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(
            rule("one", when="not second_found", then="{finding: first_found}"),
            rule("two", when="first_found", then="{finding: second_found}"),
        )
    (problem,) = caught.value.problems
    assert problem.code == "finding-circle"
    assert "first_found → second_found → first_found" in problem.message


def test_versions_that_overlap_are_refused() -> None:
    text = rule().replace("in_force: {by: line.charged_on, from: 2000-01-01}", "in_force: {by: line.charged_on}")
    versions = "versions:\n  - {from: 2000-01-01, to: 2011-07-01}\n  - {from: 2011-06-30}\n"
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(text + versions)
    assert [problem.code for problem in caught.value.problems] == ["overlapping-dates"]


def test_two_answers_to_a_question_that_has_one_are_found_with_a_witness() -> None:
    policy = small_bundle(
        rule("half", when="line.category == drug", then="{share: 50%}"),
        rule("whole", when="encounter.emergency", then="{share: 100%}"),
    )
    found = [problem for problem in check_policy(policy) if problem.code == "contradiction"]
    assert len(found) == 1
    assert "encounter.emergency and" in found[0].message
    assert "line.category == drug" in found[0].message


@pytest.mark.parametrize(
    "second",
    [
        rule("whole", when="line.category == treatment_item", then="{share: 100%}"),
        rule("whole", when="encounter.emergency", then="{share: 100%}", more="overrides: [half]\n"),
        rule("whole", when="encounter.emergency", then="{share: 50%}"),
        rule("whole", when="encounter.emergency", then="{ceiling: line.ceiling_fen}"),
    ],
    ids=["never together", "ordered", "the same answer", "another question"],
)
def test_rules_that_cannot_contradict_pass(second: str) -> None:
    policy = small_bundle(rule("half", when="line.category == drug", then="{share: 50%}"), second)
    assert not [problem for problem in check_policy(policy) if problem.code == "contradiction"]


def test_a_rule_without_examples_is_reported_both_ways() -> None:
    messages = [problem.message for problem in check_policy(small_bundle(rule("bare"))) if "`bare`" in problem.message]
    assert messages == ["`bare` has no example where it fires", "`bare` has no example where it does not fire"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"policy/national/other.yaml": rule("a-rule")}, "file-name"),
        ({"policy/stray/a-rule.yaml": rule("a-rule")}, "no-layer"),
        ({"policy/national/odd.yaml": "rulle: x\n"}, "unknown-document"),
        ({"policy/national/odd.yaml": "- 1\n"}, "unknown-document"),
        ({"policy/x/layer.yaml": 'layer: "990100"\ntitle: {zh: 市, en: C}\nextends: "990000"\n'}, "unknown-layer"),
        ({"policy/x/layer.yaml": "layer: city\ntitle: {zh: 市, en: C}\nextends: national\n"}, "wrong-type"),
        ({**LAYERS, "policy/y/layer.yaml": LAYERS["policy/990000-province/layer.yaml"]}, "duplicate-name"),
        ({"policy/national/second.yaml": CLOSING.replace("nothing-admits", "second")}, "two-closing-rules"),
        ({"policy/claims/broken.json": "{"}, "json-syntax"),
    ],
)
def test_a_mistake_in_a_folder_has_its_code(files: dict[str, str], code: str) -> None:
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(files=files)
    assert code in [problem.code for problem in caught.value.problems], str(caught.value)


def test_a_rule_id_stands_once_in_a_bundle() -> None:
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(rule("a-rule"), files={"policy/national/more/a-rule.yaml": rule("a-rule")})
    assert "duplicate-rule" in [problem.code for problem in caught.value.problems]


def test_a_bundle_adds_a_document_and_a_procedure_of_its_own() -> None:
    added = """\
adds_to: document
source: 试
codes:
  - {code: school_report, title: {zh: 学校证明, en: School report}, from: 2000-01-01}
"""
    policy = small_bundle(
        rule("needs-a-report", then="{documents: [school_report]}"), files={"policy/national/codes.yaml": added}
    )
    assert "school_report" in policy.vocabulary.tables["document"].codes
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(files={"policy/national/codes.yaml": added.replace("school_report", "id_card")})
    assert [problem.code for problem in caught.value.problems] == ["duplicate-code"]
    with pytest.raises(ProblemsFound) as caught:
        small_bundle(files={"policy/national/codes.yaml": added.replace("adds_to: document", "adds_to: documents")})
    assert "did you mean `document`?" in str(caught.value)


def test_two_versions_of_one_rule_never_contradict_each_other_even_beside_a_catalogue() -> None:
    catalogue = """\
catalogue: listed
title: {zh: 目录, en: Listed}
cites: [{source: 试, grade: C}]
by: line.charged_on
rows: [{code: X1, from: 2000-01-01}]
"""
    text = rule("listed-share", when='line.item_code in catalogue("listed")', then="{share: 50%}")
    text = text.replace("in_force: {by: line.charged_on, from: 2000-01-01}", "in_force: {by: line.charged_on}")
    versions = "versions:\n  - {from: 2000-01-01, to: 2020-01-01}\n  - {from: 2020-01-01, then: {share: 60%}}\n"
    policy = small_bundle(text + versions, files={"policy/national/listed.yaml": catalogue})
    assert not [problem for problem in check_policy(policy) if problem.code == "contradiction"]

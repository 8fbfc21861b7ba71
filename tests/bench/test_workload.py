"""The workload is what it is said to be: its rules, its claims, and the policy's answers. Nothing here is timed."""

from __future__ import annotations

import pytest

from tests.bench.documents import answer_of, answers_in, claim_document, model_claim, workload_policy
from tests.bench.draw import drawn_claims
from tests.bench.fused import EXCLUDED, Answer, fused
from tests.bench.fused_money import answers_with_money, fused_with_money
from tests.bench.make_workload_policy import RULE_FOLDER, rule_files
from tests.bench.many_rules import document_of, policy_of, right_reasons
from tests.bench.shipped import shipped_document, shipped_policy
from tests.bench.targets import Ratio
from tests.bench.tasks import Timing, first_line, timing_of
from tests.bench.yibao_calls import fast_reasons, reasons_in, rules_by_key
from yibao.api import Decider, read_claim
from yibao.coverage.contradictions import contradictions

CLAIMS = 200
# What the published workload, as its authors wrote it, gives for its first 200 claims: excluded lines, fen in scope,
# fen that the fund pays, and the sum of its answers by position.
EXCLUDED_LINES, IN_SCOPE_FEN, FUND_FEN, CHECKSUM = 697, 170_433_801, 118_639_451, 290_261_931


def checksum(answers: list[Answer]) -> int:
    return sum((rule * 7 + status) * at for at, (status, rule) in enumerate(answers, start=1))


def test_the_rule_files_are_those_of_the_table() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in RULE_FOLDER.iterdir()} == rule_files()


def test_the_hand_written_rules_give_the_published_figures() -> None:
    found = [fused_with_money(row) for row in drawn_claims(CLAIMS)]
    answers = [answer for one in found for answer in answers_with_money(one)]
    assert len(answers) == 2_000
    assert sum(status == EXCLUDED for status, _rule in answers) == EXCLUDED_LINES
    assert sum(in_scope for lines, _fund, _own in found for _status, _rule, in_scope in lines) == IN_SCOPE_FEN
    assert sum(fund for _lines, fund, _own in found) == FUND_FEN
    assert checksum(answers) == CHECKSUM
    assert answers == [answer for row in drawn_claims(CLAIMS) for answer in fused(row)]


def test_any_number_of_claims_is_the_beginning_of_a_larger_number() -> None:
    assert list(drawn_claims(20)) == list(drawn_claims(40))[:20]
    assert list(drawn_claims(3, start=9_999)) == list(drawn_claims(10_002))[9_999:]


def test_the_policy_gives_the_status_and_rule_of_every_line() -> None:
    decider = Decider(workload_policy())
    decide = fast_reasons(decider)
    rules = rules_by_key(decider, model_claim(next(drawn_claims(1))))
    found = [
        answer_of(outcome, ids)
        for row in drawn_claims(CLAIMS)
        for outcome, ids in reasons_in(decide(model_claim(row)), rules)
    ]
    assert len(found) == 2_000
    assert checksum(found) == CHECKSUM


def test_the_decision_document_says_the_same_and_its_amounts_differ_by_rounding_alone() -> None:
    decider = Decider(workload_policy())
    for row in drawn_claims(20):
        document = decider.decide(read_claim(claim_document(row), workload_policy()))
        lines, _fund, _own = fused_with_money(row)
        assert answers_in(document) == fused(row)
        for line, (_status, _rule, in_scope) in zip(document["lines"], lines, strict=True):
            assert line["amounts"]["in_scope_fen"] - in_scope in (0, -1)


def test_no_two_rules_of_the_policy_contradict_each_other() -> None:
    assert list(contradictions(workload_policy())) == []


@pytest.mark.parametrize(
    ("outcome", "rule_ids"),
    [
        ("excluded", ()),
        ("excluded", ("rule-28-first",)),
        ("excluded", ("rule-01-excluded", "rule-06-excluded")),
        ("covered", ("rule-06-excluded", "rule-28-first")),
        ("covered", ("rule-27-first", "rule-29-limit")),
    ],
)
def test_reasons_that_do_not_give_the_outcome_are_no_answer(outcome: str, rule_ids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=outcome):
        answer_of(outcome, rule_ids)


def test_each_of_many_rules_excludes_its_own_item_above_its_own_amount() -> None:
    policy = policy_of(30)
    decider = Decider(policy)
    claims = [read_claim(document_of(number, 30), policy) for number in range(20)]
    found = [reasons_in(fast_reasons(decider)(claim), rules_by_key(decider, claim)) for claim in claims]
    assert found == [right_reasons(claim) for claim in claims]
    assert {outcome for lines in found for outcome, _ids in lines} == {"covered", "excluded"}


def test_the_claims_for_the_shipped_policy_are_accepted_and_depend_on_their_number_alone() -> None:
    rows = list(drawn_claims(5))
    documents = [shipped_document(row) for row in rows]
    assert documents == [shipped_document(row) for row in rows]
    assert len({read_claim(document, shipped_policy()).digest for document in documents}) == 5
    assert [len(shipped_document(first_line(row))["lines"]) for row in rows] == [1] * 5


def test_a_percentile_is_a_time_that_so_many_calls_reach() -> None:
    found = timing_of([1_000 * number for number in range(100, 0, -1)], 100_000)
    assert found == Timing(p50=50, p99=99, processor=1, calls=100)
    assert timing_of([7_000], 5_000) == Timing(p50=7, p99=7, processor=5, calls=1)


@pytest.mark.parametrize(("most", "least", "met"), [(2.0, None, True), (1.9, None, False), (None, 2.1, False)])
def test_a_ratio_is_that_of_the_best_rounds(most: float | None, least: float | None, met: bool) -> None:
    def round_of(p50: float) -> Timing:
        return Timing(p50=p50, p99=p50, processor=p50, calls=1)

    rounds = {"one": [round_of(90), round_of(20), round_of(40)], "other": [round_of(10), round_of(20), round_of(30)]}
    judged = Ratio(what="one ÷ other", task="one", beside="other", most=most, least=least).judged(rounds)
    assert (judged.reached, judged.met) == ("2.00", met)

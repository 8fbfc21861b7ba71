"""What an undetermined settlement asks for, where it would be easy to ask for too little."""

from __future__ import annotations

from tests.settlement.test_unknown_amounts import asked
from tests.settlement.worked import ELIGIBLE, decide, of_drugs, parameter, place, plan, segment, settle


def test_a_place_below_the_first_asks_what_it_was_counted_from_through_the_values_that_it_names() -> None:
    steps = (ELIGIBLE, ("stay", "history.stays_this_year"), ("some", "series(stay, [eligible], then 0)"))
    policy = place(plan(*steps, segment(base="some")))
    assert asked(decide(policy, of_drugs(1_000, history__stays_this_year=0))) == {
        "history.stays_this_year": ["a-plan/some"]
    }


def test_where_no_entry_could_answer_the_parameter_is_missing_whatever_its_keys_are() -> None:
    table = parameter("r", "rate", "", "[insured.person_type]", "{active: 85%}")
    late = table.replace("from: 2023-01-01", "from: 2030-01-01")
    decision = decide(
        place(plan(segment(pays="share(base, table(r))")), late), of_drugs(1_000, insured__person_type=...)
    )
    assert asked(decision) == {"parameter:990000/r": ["a-plan/pooled-fund"]}


def test_what_is_beyond_no_limit_is_nothing_and_asks_nothing() -> None:
    first = segment("first", base="history.eligible_fen")
    policy = place(plan(("over", "beyond(first)"), segment(base="over")).replace("values:\n", f"values:\n{first}"))
    decision = decide(policy, of_drugs(1_000, history=...))
    assert asked(decision) == {"history.eligible_fen": ["a-plan/first"]}


def test_the_purses_are_asked_although_the_deductible_is_unknown() -> None:
    more = "deductible: shown\npurses: [{purse: account, when: account.use}, {purse: cash}]\n"
    policy = place(plan(("shown", "history.deductible_met_fen"), segment(), more=more))
    decision = decide(policy, of_drugs(1_000, history=..., account={"use": True}))
    assert asked(decision) == {
        "account.balance_fen": ["a-plan/account"],
        "history.deductible_met_fen": ["a-plan/shown"],
    }
    assert settle(policy, of_drugs(1_000, account={"use": True, "balance_fen": 0}))["amounts"]["cash_fen"] == 200

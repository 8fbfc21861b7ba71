"""Each hostile input is refused with its code and place, in time, without growing, and the process lives on.

The inputs of a corpus run in processes of their own (`running`); here it is asked what became of each.
"""

from __future__ import annotations

import importlib
import os
from collections import Counter

import pytest

from tests.hostile.__main__ import CORPORA
from tests.hostile.running import Case, account_of, check, tell

CASES = [(corpus, case) for corpus in CORPORA for case in importlib.import_module(f"tests.hostile.{corpus}").cases()]


@pytest.mark.parametrize(("corpus", "case"), CASES, ids=[f"{corpus}: {case.name}" for corpus, case in CASES])
def test_a_hostile_input_is_refused_in_its_place_and_the_process_lives(corpus: str, case: Case) -> None:
    account = account_of(corpus)
    assert case.name in account, "the process did not come to this input"
    check(case, account[case.name])


def test_there_are_as_many_hostile_inputs_as_were_promised() -> None:
    refused = Counter(corpus for corpus, case in CASES if case.expected)
    assert refused["rule_files"] + refused["yaml_bombs"] + refused["bundles"] + refused["folders"] >= 80
    claims = {case.name.partition(" [")[0] for corpus, case in CASES if corpus == "claim_documents"}
    assert len(claims) >= 150
    assert refused["messages_and_charts"] >= 30


def test_every_hostile_input_has_a_name_of_its_own() -> None:
    names = Counter((corpus, case.name) for corpus, case in CASES)
    assert [name for name, count in names.items() if count > 1] == []


def test_an_input_that_ends_the_process_is_told_and_the_next_one_runs() -> None:
    told = tell(Case(name="dies", make=lambda: None, read=lambda _: os._exit(7), expected=()))
    assert told.raised == "the process ended with 7"
    assert tell(Case(name="lives", make=lambda: None, read=lambda _: None, expected=())).raised is None


def test_an_exception_of_no_type_of_ours_fails_the_case() -> None:
    case = Case(name="wrong", make=lambda: None, read=lambda _: {}["nothing"], expected=())
    with pytest.raises(AssertionError, match="KeyError"):
        check(case, tell(case))


def test_an_input_that_makes_the_process_grow_fails_the_case() -> None:
    case = Case(name="large", make=lambda: 80_000_000, read=lambda size: bytearray(int(str(size))), expected=())
    with pytest.raises(AssertionError, match="grew by"):
        check(case, tell(case))


def test_an_input_that_takes_too_long_fails_the_case() -> None:
    case = Case(name="slow", make=lambda: None, read=lambda _: sum(range(10**7)), expected=(), seconds=0.001)
    with pytest.raises(AssertionError, match="took"):
        check(case, tell(case))

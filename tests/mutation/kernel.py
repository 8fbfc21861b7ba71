"""What is mutated, and the tests that have to notice: fast ones, which ask the module itself."""

from __future__ import annotations

from attrs import frozen

# Those that read no shipped policy.
LANGUAGE_TESTS = tuple(
    f"tests/language/test_{name}.py" for name in ("reading", "mistakes", "asking", "printing", "bounds", "cells")
)
BASICS_TESTS = ("tests/basics",)
COVERAGE_TESTS = tuple(
    f"tests/coverage/test_{name}.py" for name in ("standing", "splitting", "completing", "conditions", "contradictions")
)
PLAN_TESTS = (
    *(f"tests/language/test_plan_{name}.py" for name in ("mistakes", "bounds")),
    *(f"tests/settlement/test_plan_{name}.py" for name in ("language", "printing")),
    "tests/settlement/test_parameters.py",
)
SETTLEMENT_TESTS = tuple(
    f"tests/settlement/test_{name}.py" for name in ("which_plan", "segments", "unknown_amounts", "worked_features")
)

# The first is quick; the others are run on what it does not notice.
PROOF_TESTS = tuple(
    f"tests/audit/test_{name}.py"
    for name in ("proofs_at_a_glance", "check_proof_command", "proofs_convince", "forged_decisions")
)


@frozen
class Group:
    """Modules (paths below `engine/`, with `*`) and the tests that are run on a change of one of them."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS = (
    Group(
        "language",
        tuple(
            f"yibao/language/{name}.py"
            for name in ("parsing", "resolve", "terms", "truth", "printing", "syntax", "trees", "bounds", "cells")
        ),
        LANGUAGE_TESTS,
    ),
    Group("basics", ("yibao/basics/money.py", "yibao/basics/periods.py"), BASICS_TESTS),
    Group(
        "plans",
        tuple(
            f"yibao/language/{name}.py"
            for name in (
                *("amounts", "amount_calls", "amount_tests", "amount_words", "amount_bounds", "amount_printing"),
                *("plan_names", "parameter_texts"),
            )
        ),
        PLAN_TESTS,
    ),
    Group(
        "coverage",
        tuple(
            f"yibao/coverage/{name}.py" for name in ("kleene", "split", "completions", "conditions", "contradictions")
        ),
        COVERAGE_TESTS,
    ),
    Group("settlement", tuple(f"yibao/settlement/{name}.py" for name in ("paying", "choosing")), SETTLEMENT_TESTS),
    Group("proofs", ("yibao/audit/proofs/*.py",), PROOF_TESTS),
)

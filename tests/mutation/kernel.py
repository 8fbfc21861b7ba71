"""What is mutated, and the tests that have to notice: fast ones, which ask the module itself."""

from __future__ import annotations

from attrs import frozen

# Those that read no shipped policy.
LANGUAGE_TESTS = tuple(
    f"tests/language/test_{name}.py" for name in ("reading", "mistakes", "asking", "printing", "bounds", "cells")
)
BASICS_TESTS = ("tests/basics",)
COVERAGE_TESTS = tuple(f"tests/coverage/test_{name}.py" for name in ("standing", "splitting", "completing"))

PROOF_TESTS = ("tests/audit/test_check_proof_command.py", "tests/audit/test_forged_decisions.py")


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
        "coverage", tuple(f"yibao/coverage/{name}.py" for name in ("kleene", "split", "completions")), COVERAGE_TESTS
    ),
    Group("proofs", ("yibao/audit/proofs/*.py",), PROOF_TESTS),
)

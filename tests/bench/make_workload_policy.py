"""Writes the rule files of `workload_policy` from the table of rules: `python -m tests.bench.make_workload_policy`.

The facts, code tables and the rest of the bundle are written by hand beside them.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tests.bench.workload_rules import EXCLUSIONS, FIRST_PAYMENTS, LIMITS, RULES, Group, WorkloadRule

FOLDER = Path(__file__).with_name("workload_policy")
RULE_FOLDER = FOLDER / "national" / "rules"
# Whoever stands first silences the one behind it, and so, as overriding is transitive, all behind it. An admission
# over the limit stands before the other admissions: it is the reason that is given.
_IN_ORDER = (EXCLUSIONS, (*LIMITS, *FIRST_PAYMENTS))


def rule_files() -> dict[str, str]:
    """The text of every rule file by its name."""
    behind = {first.number: second.id for group in _IN_ORDER for first, second in pairwise(group)}
    return {f"{rule.id}.yaml": _text(rule, behind.get(rule.number)) for rule in RULES}


def _text(rule: WorkloadRule, behind: str | None) -> str:
    overrides = f"overrides: [{behind}]\n" if behind is not None else ""
    return (
        f"rule: {rule.id}\n"
        f'title: {{zh: {rule.zh}, en: "{rule.en}"}}\n'
        "illustrative: true\n"
        f'cites: [{{source: 基准测试规则表, article: "{rule.number}", grade: G}}]\n'
        f"about: {rule.about}\n"
        "in_force: {by: encounter.admitted_on, from: 2000-01-01}\n"
        f"when: {rule.when}\n"
        f"then: {_answer(rule)}\n"
        f"{overrides}"
    )


def _answer(rule: WorkloadRule) -> str:
    match rule.group:
        case Group.EXCLUSION:
            return "{exclude: not_paid}"
        case Group.FIRST_PAYMENT:
            return f"{{admit: true, first_payment: {rule.rate}%}}"
        case Group.LIMIT:
            return "{admit: true, ceiling: line.ceiling_fen}"


def main() -> None:
    """Write every rule file anew."""
    RULE_FOLDER.mkdir(parents=True, exist_ok=True)
    for old in RULE_FOLDER.glob("*.yaml"):
        old.unlink()
    for name, text in rule_files().items():
        (RULE_FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

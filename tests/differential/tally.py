"""What a campaign has seen, counted; and the difference that ends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from attrs import field, frozen

from yibao.coverage.judgement import Judgement

STATES = ("applies", "stands", "silenced")


class Difference(Exception):
    """Two answers that should be equal are not, or an answer is not what the definition says."""


@frozen
class Tally:
    """Counts by name. Those of rules are named `applies:KEY`, `stands:KEY` and `silenced:KEY`."""

    counts: Counter[str] = field(factory=Counter)

    def add(self, name: str, number: int = 1) -> None:
        self.counts[name] += number

    def include(self, other: Mapping[str, int]) -> None:
        self.counts.update(other)

    def see(self, judgement: Judgement) -> None:
        """Count a line and what became of each rule on it."""
        self.add("lines")
        if None in judgement.atoms.values():
            self.add("lines with something unknown")
        if judgement.verdict_open:
            self.add("undetermined, exact" if judgement.exact else "undetermined, sufficient")
        else:
            self.add("admitted" if judgement.admitted else "not admitted")
        for key, truth in judgement.applies.items():
            if truth:
                self.counts[f"applies:{key}"] += 1
                if judgement.stands[key]:
                    self.counts[f"stands:{key}"] += 1
        for key in judgement.silenced_by:
            self.counts[f"silenced:{key}"] += 1

    def without_rules(self) -> dict[str, int]:
        """The counts that are not of single rules."""
        return {name: number for name, number in self.counts.items() if name.partition(":")[0] not in STATES}

    def of_rule(self, state: str, key: str) -> int:
        return self.counts[f"{state}:{key}"]

    def table(self) -> str:
        """The counts that are not of single rules, one a line."""
        return "\n".join(f"  {number:>12,}  {name}" for name, number in sorted(self.without_rules().items()))

    def rules(self) -> str:
        """How often each rule applied, stood and was silenced."""
        keys = sorted({name.partition(":")[2] for name in self.counts if name.partition(":")[0] in STATES})
        rows = [f"  {'applies':>9}  {'stands':>9}  {'silenced':>9}  rule"]
        for key in keys:
            numbers = "  ".join(f"{self.of_rule(state, key):>9,}" for state in STATES)
            rows.append(f"  {numbers}  {key}")
        return "\n".join(rows)

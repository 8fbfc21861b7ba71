"""The targets and what was reached, as tables. The best of several rounds counts: a busy machine only adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from tests.bench.memory import Growth
from tests.bench.tasks import Timing, best_of

Rounds = Mapping[str, Sequence[Timing]]
_BASE = "by hand"
_SHELL_MS, _IMPORT_MS = 400.0, 80.0
# What an allocator leaves here and there; a memo without a bound would take a hundred times as much.
_FLAT_MEGABYTES = 16.0


@frozen(kw_only=True)
class Target:
    """One line of the table of targets. `met` is None where there is no target, or nothing was measured."""

    what: str
    reached: str
    wanted: str
    met: bool | None


@frozen(kw_only=True)
class Ratio:
    """A target about one task beside another: at most, or at least, so many times."""

    what: str
    task: str
    beside: str
    most: float | None = None
    least: float | None = None

    def judged(self, rounds: Rounds) -> Target:
        wanted = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}" if self.least is not None else "–"
        if self.task not in rounds or self.beside not in rounds:
            return Target(what=self.what, reached="not measured", wanted=wanted, met=None)
        ratio = ratio_of(rounds, self.task, self.beside)
        met = None
        if self.most is not None or self.least is not None:
            met = (self.most is None or ratio <= self.most) and (self.least is None or ratio >= self.least)
        return Target(what=self.what, reached=f"{ratio:.2f}", wanted=wanted, met=met)


RATIOS = (
    Ratio(what="decision with the ids of its reasons ÷ by hand", task="reasons", beside=_BASE, most=2.5),
    Ratio(what="… ÷ by hand, bare (without the money)", task="reasons", beside="by hand, bare"),
    Ratio(what="durable_rules' Host ÷ decision", task="host", beside="reasons", least=20),
    Ratio(what="zen-engine ÷ decision", task="zen", beside="reasons", least=30),
    Ratio(what="OpenFisca ÷ decision", task="openfisca", beside="reasons", least=80),
    Ratio(what="claim bytes to document bytes ÷ decision", task="document", beside="reasons", most=10),
    Ratio(what="zen-engine bytes to bytes, traced ÷ the same", task="zen, traced", beside="document", least=5),
    Ratio(what="one line of a new profile ÷ one line in Host", task="new profile", beside="host, one line", most=1),
    Ratio(what="3,000 rules ÷ 30 rules, a line", task="3000 rules", beside="30 rules", most=2),
    Ratio(what="… of profiles never seen", task="3000 rules, new claims", beside="30 rules, new claims"),
    Ratio(what="coverage and settlement ÷ by hand", task="settled", beside="settled by hand", most=4),
    Ratio(what="… explained, as JSON ÷ by hand", task="settled, explained", beside="settled by hand", most=12),
    Ratio(what="OpenFisca's settlement ÷ ours with coverage", task="settled by OpenFisca", beside="settled", least=20),
)


def ratio_of(rounds: Rounds, task: str, beside: str) -> float:
    """How many times the other task's p50 the one's is."""
    return best_of(rounds[task]).p50 / best_of(rounds[beside]).p50


def targets(rounds: Rounds, processes: Mapping[str, Timing], growths: Mapping[str, Growth]) -> list[Target]:
    """Everything the figures are held against."""
    return [
        *(ratio.judged(rounds) for ratio in RATIOS[:2]),
        _steadiness(rounds),
        *(ratio.judged(rounds) for ratio in RATIOS[2:]),
        _below("`yibao decide` from the shell", processes["yibao decide"], _SHELL_MS),
        _below("`import yibao`", processes["import yibao"], _IMPORT_MS),
        _below("… with its public names", processes["import of the public names"], None),
        *(_flat(which, growth) for which, growth in growths.items()),
    ]


def _steadiness(rounds: Rounds) -> Target:
    what, wanted = "decision: p99 ÷ p50", "≤ 3"
    if "reasons" not in rounds:
        return Target(what=what, reached="not measured", wanted=wanted, met=None)
    best = best_of(rounds["reasons"])
    ratio = best.p99 / best.p50
    return Target(what=what, reached=f"{ratio:.2f}", wanted=wanted, met=ratio <= 3)


def _below(what: str, timing: Timing, most_ms: float | None) -> Target:
    reached = timing.p50 / 1000
    wanted, met = ("–", None) if most_ms is None else (f"< {most_ms:g} ms", reached < most_ms)
    return Target(what=what, reached=f"{reached:.1f} ms (worst {timing.p99 / 1000:.1f})", wanted=wanted, met=met)


def _flat(which: str, growth: Growth) -> Target:
    reached = f"{growth.late:+.1f} MB to {growth.megabytes[-1]:.0f} MB" if growth.full else "too few claims to tell"
    return Target(
        what=f"memory over {growth.claims:,} claims, {which}",
        reached=reached,
        wanted=f"≤ +{_FLAT_MEGABYTES:g} MB",
        met=growth.late <= _FLAT_MEGABYTES if growth.full else None,
    )


def targets_table(found: Iterable[Target]) -> str:
    """The table of targets."""
    words = {True: "met", False: "MISSED", None: "–"}
    rows = [[target.what, target.reached, target.wanted, words[target.met]] for target in found]
    return as_table(["what", "reached", "target", ""], rows)


def times_table(rounds: Rounds) -> str:
    """Every task in microseconds a call. Where the processor's time is far below the clock's, the task waited."""
    rows = []
    for name, timings in rounds.items():
        best = best_of(timings)
        times = f"{ratio_of(rounds, name, _BASE):.1f}" if _BASE in rounds else "–"
        figures = (f"{figure:.1f}" for figure in (best.p50, best.p99, best.processor))
        rows.append([name, *figures, times, str(best.calls)])
    return as_table(["task", "p50 µs", "p99 µs", "processor µs", "× by hand", "calls"], rows)


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns wide enough for what stands in them."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    ]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])

"""How long each hostile input takes to be refused: by family, and the slowest of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.bench.tasks import timing_of
from tests.hostile.__main__ import CORPORA
from tests.hostile.running import Told, account_of

SLOWEST = 10
_HEADINGS = ("inputs", "p50 ms", "p99 ms", "longest ms", "most MB")


def hostile_accounts() -> Mapping[str, Sequence[Told]]:
    """What became of every hostile input, by the family it belongs to; each ran once, in a process that knew it not."""
    return {corpus: tuple(account_of(corpus).values()) for corpus in CORPORA}


def hostile_table(accounts: Mapping[str, Sequence[Told]]) -> str:
    """The figures of each family, then the slowest inputs by name. Computing time; growth at its highest."""
    lines = ["Hostile inputs: computing time until the refusal", _row("family", *_HEADINGS)]
    lines += [_row(family, *_figures(told)) for family, told in accounts.items()]
    every = [each for told in accounts.values() for each in told]
    lines += [_row("all", *_figures(every)), "", f"The slowest {SLOWEST}"]
    slowest = sorted(every, key=lambda each: (-each.seconds, each.name))[:SLOWEST]
    lines += [f"{_ms(each.seconds):>10} ms  {each.name}" for each in slowest]
    return "\n".join(lines)


def _figures(told: Sequence[Told]) -> tuple[str, ...]:
    timing = timing_of([round(each.seconds * 1e9) for each in told], 0)
    longest, most = max(each.seconds for each in told), max(each.growth for each in told)
    return (f"{len(told):,}", _ms(timing.p50 / 1e6), _ms(timing.p99 / 1e6), _ms(longest), f"{most / 1e6:.1f}")


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:.2f}"


def _row(name: str, *cells: str) -> str:
    return f"{name:24}" + "".join(f"{cell:>12}" for cell in cells)

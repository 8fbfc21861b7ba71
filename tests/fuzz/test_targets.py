"""The fuzz targets without a fuzzer: every seed and former finding, and a thousand mutations of a fixed draw."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fuzz import targets as fuzz_targets
from tests.fuzz.findings import Findings, found_in
from tests.fuzz.targets import NothingIsRead, Target, TooLarge, TooSlow, targets
from yibao.basics.problems import Place, ProblemsFound, problem_of

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = 1_000
SEED = 20_241_122
ORDER = (
    *("yaml", "expressions", "rules", "plans", "parameters", "sheets"),
    *("claims", "messages", "settlements", "charts"),
)


def mutated(target: Target, draw: random.Random) -> Iterator[bytes]:
    """Inputs near the seeds: bytes changed, left out or doubled, words of the grammar put in, two seeds joined."""
    seeds = list(target.seeds())
    for _number in range(MUTATIONS):
        data = bytearray(draw.choice(seeds))
        for _change in range(draw.randint(1, 4)):
            at, length = draw.randrange(len(data) + 1), draw.randint(1, 20)
            match draw.randrange(5):
                case 0:
                    data[at : at + 1] = bytes([draw.randrange(256)])
                case 1:
                    del data[at : at + length]
                case 2:
                    data[at:at] = data[at : at + length]
                case 3:
                    data[at:at] = draw.choice(target.words).encode()
                case _:
                    other = draw.choice(seeds)
                    data[at:] = other[draw.randrange(len(other) + 1) :]
        yield bytes(data[: target.longest])


@pytest.fixture(autouse=True)
def _no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make fuzz` holds inputs to a second of computing time; the suite runs on machines of any speed."""
    monkeypatch.setattr(fuzz_targets, "LONGEST_SECONDS", 60.0)


def test_there_is_a_target_for_each_parser() -> None:
    assert tuple(targets()) == ORDER


@pytest.mark.parametrize("name", ORDER)
def test_seeds_and_former_findings_are_read_or_refused(name: str) -> None:
    accepted = [targets()[name](data) for data in targets()[name].inputs()]
    assert any(accepted), "a target whose seeds are all refused tests nothing beyond the first guard"


@pytest.mark.parametrize("name", ORDER)
def test_inputs_near_the_seeds_are_read_or_refused(name: str) -> None:
    target = targets()[name]
    draw = random.Random(SEED)
    refused = [data for data in mutated(target, draw) if not target(data)]
    assert len(refused) > MUTATIONS // 10, f"seed {SEED}: the mutations change too little"


def parser(parse: Callable[[bytes], None]) -> Target:
    return Target(name="claims", parse=parse, seeds=lambda: iter(()), words=(), longest=10)


def broken(data: bytes) -> None:
    raise KeyError(data)


def test_what_a_parser_should_not_raise_comes_out_of_a_target() -> None:
    with pytest.raises(KeyError):
        parser(broken)(b"x")


def test_an_input_may_keep_a_parser_busy_for_a_second_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.targets.LONGEST_SECONDS", 0.001)
    with pytest.raises(TooSlow):
        parser(lambda _: [None for _ in range(10**6)].clear())(b"x")


def test_an_input_may_take_256_megabytes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.targets.LONGEST_SECONDS", 100)
    with pytest.raises(TooLarge):
        parser(lambda _: bytearray(300_000_000).clear())(b"x")


def test_a_target_that_reads_nothing_does_not_run() -> None:
    def refusing(data: bytes) -> None:
        raise ProblemsFound([problem_of("refused", f"{len(data)} bytes", Place(path="x"))])

    target = Target(name="claims", parse=refusing, seeds=lambda: iter([b"1", b"2"]), words=(), longest=10)
    with pytest.raises(NothingIsRead, match="claims: every seed is refused"):
        target.warm_up()
    Target(name="claims", parse=lambda _: None, seeds=lambda: iter([b"1"]), words=(), longest=10).warm_up()


def test_a_defect_is_written_down_once_with_the_command_that_shows_it(tmp_path: Path) -> None:
    findings = Findings("claims", tmp_path / "claims")
    for data, new in ((b"{", True), (b"[", False)):
        before = findings.count
        with findings.watching(data):
            parser(broken)(data)
        assert (findings.count > before) is new
    (path,) = found_in(tmp_path / "claims")
    assert path.read_bytes() == b"{"
    command = path.with_suffix(".txt").read_text().splitlines()[0]
    assert command == f"python -m tests.fuzz claims --input {path}"
    ended = subprocess.run([sys.executable, *command.split()[1:]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "claims: refused\n"

"""The fuzz targets without a fuzzer: every seed and former finding, and a thousand mutations of a fixed draw."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.fuzz.targets import Target, targets

MUTATIONS = 1_000
SEED = 20_241_122
ORDER = ("yaml", "expressions", "rules", "claims", "messages", "charts")


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


def test_what_a_parser_should_not_raise_comes_out_of_a_target() -> None:
    def broken(data: bytes) -> None:
        raise KeyError(data)

    target = Target(name="broken", parse=broken, seeds=lambda: iter(()), words=(), longest=10)
    with pytest.raises(KeyError):
        target(b"x")

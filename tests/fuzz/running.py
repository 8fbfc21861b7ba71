"""Running one target under atheris in a process of its own, again and again until its time is over."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from attrs import frozen

from tests.fuzz.findings import Findings, found_in
from tests.fuzz.targets import Target

ROOT = Path(__file__).resolve().parents[2]
# Of one input, beside the second of computing time that a target allows itself: waiting included.
LONGEST_WAIT = 20
# Of the whole process: what one input may take comes on top of what reading the policy and remembering leave behind.
MOST_MEMORY = 1_024
MOST_ENDINGS = 5


@frozen(kw_only=True)
class Outcome:
    """What a run of a target did. `found` are its new findings; `broken` says why it could not run at all."""

    name: str
    seconds: int
    executions: int
    edges: int
    kept: int
    found: list[Path]
    broken: str | None


def run(target: Target, seconds: int, keep: Path) -> Outcome:
    """Fuzz one target for so many seconds. Inputs are kept in `keep/corpus/NAME`, findings in `keep/findings/NAME`.

    An input that ends the process is a finding, and what is left of the time goes to another process; after five of
    them the run ends.
    """
    corpus, folder = keep / "corpus" / target.name, keep / "findings" / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    before = set(found_in(folder))
    started = time.monotonic()
    executions = edges = endings = 0
    broken = None
    while (left := seconds - int(time.monotonic() - started)) > 0 and endings < MOST_ENDINGS and broken is None:
        with tempfile.TemporaryDirectory() as temporary:
            ended = _process(target, left, corpus, folder, Path(temporary))
            said = (ended.stderr + ended.stdout).decode("utf-8", "replace")
            lethal = sorted(Path(temporary).glob("found-*"))
            for path in lethal:
                Findings(target.name, folder).write(path.read_bytes(), said[-4_000:])
        executions += _last_number(r"number_of_executed_units: (\d+)|^#(\d+)\s", said)
        edges = max(edges, _last_number(r"cov: (\d+)", said))
        endings += len(lethal)
        if ended.returncode != 0 and not lethal:
            broken = said[-4_000:]
    return Outcome(
        name=target.name,
        seconds=seconds,
        executions=executions,
        edges=edges,
        kept=sum(1 for _path in corpus.iterdir()),
        found=[path for path in found_in(folder) if path not in before],
        broken=broken,
    )


def _process(
    target: Target, seconds: int, corpus: Path, findings: Path, work: Path
) -> subprocess.CompletedProcess[bytes]:
    """One process, with the seeds and the words of the grammar written where libFuzzer reads them."""
    seeds = work / "seeds"
    seeds.mkdir()
    for number, seed in enumerate(target.inputs()):
        (seeds / f"{number:05}").write_bytes(seed)
    words = work / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={LONGEST_WAIT}",
        f"-rss_limit_mb={MOST_MEMORY}",
        f"-max_len={target.longest}",
        f"-dict={words}",
        f"-artifact_prefix={work}/found-",
        "-print_final_stats=1",
    ]
    command = [sys.executable, "-m", "tests.fuzz.child", target.name, str(findings), *options, str(corpus), str(seeds)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def _last_number(pattern: str, text: str) -> int:
    """The last number that libFuzzer printed in such a place."""
    found = re.findall(pattern, text, re.MULTILINE)
    if not found:
        return 0
    last = found[-1]
    return int(last if isinstance(last, str) else next(part for part in last if part))


def _escaped(word: str) -> str:
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word.encode("utf-8")
    )

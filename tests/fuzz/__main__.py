"""`python -m tests.fuzz NAME --seconds N` runs one target under atheris, `all` runs them one after the other.

Exit code 0 when nothing was found; 1 with the input printed when something was. `--keep FOLDER` keeps the corpus that
a run has grown, so that a later run goes on from it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import Target, targets

ROOT = Path(__file__).resolve().parents[2]
# Of one input, beside the second of computing time that a target allows itself: waiting included.
LONGEST_WAIT = 20
MOST_MEMORY = 768


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("name", choices=(*targets(), "all"))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    names = tuple(targets()) if arguments.name == "all" else (arguments.name,)
    return max(run(targets()[name], arguments.seconds, arguments.keep) for name in names)


def run(target: Target, seconds: int, keep: Path | None) -> int:
    """Fuzz one target in a process of its own; 1 when it found something."""
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        corpus = work / "corpus" if keep is None else keep / target.name
        corpus.mkdir(parents=True, exist_ok=True)
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
        command = [sys.executable, "-m", "tests.fuzz.child", target.name, *options, str(corpus), str(seeds)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        return _told(target, seconds, ended, sorted(work.glob("found-*")))


def _told(target: Target, seconds: int, ended: subprocess.CompletedProcess[bytes], found: list[Path]) -> int:
    """Print what a run did; 1 when it found something."""
    said = ended.stderr.decode("utf-8", "replace") + ended.stdout.decode("utf-8", "replace")
    executed = re.search(r"number_of_executed_units: (\d+)", said)
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", said)[-1:]
    count = int(executed[1]) if executed else 0
    covered, features, kept = reached[0] if reached else ("?", "?", "?")
    print(
        f"{target.name:12} {count:>9,} inputs in {seconds} s, {covered} edges, {features} features, {kept} inputs kept,"
        f" {len(found)} findings",
        flush=True,
    )
    if not found and ended.returncode == 0:
        return 0
    print(said[-4_000:])
    for path in found:
        print(f"{path.name}: {path.read_bytes()!r}")
    return 1


def _escaped(word: str) -> str:
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word.encode("utf-8")
    )


if __name__ == "__main__":
    sys.exit(main())

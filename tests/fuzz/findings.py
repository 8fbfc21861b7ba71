"""What a fuzz run finds, kept as files: the input, and beside it what it raised and the command that shows it again."""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path
from types import TracebackType

from attrs import frozen

REPRODUCE = "python -m tests.fuzz {name} --input {path}"


@frozen
class Watch:
    """While this is open, an exception is written down as a finding and goes no further."""

    findings: Findings
    data: bytes

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            self.findings.keep(self.data, error)
            return True
        return False


class Findings:
    """The findings of one target in a folder. Of those that end at the same place, the first is kept."""

    def __init__(self, name: str, folder: Path) -> None:
        """`name` is the target's; the folder need not be there yet."""
        self._name = name
        self._folder = folder
        self._seen: set[tuple[str, ...]] = set()

    @property
    def count(self) -> int:
        """How many places inputs have ended at that should not have."""
        return len(self._seen)

    def watching(self, data: bytes) -> Watch:
        """To be open while the input is run."""
        return Watch(self, data)

    def keep(self, data: bytes, error: Exception) -> None:
        """Write down an input that raised, if none has ended there before."""
        ends = _where(error)
        if ends not in self._seen:
            self._seen.add(ends)
            self.write(data, "".join(traceback.format_exception(error)))

    def write(self, data: bytes, said: str) -> Path:
        """Write down an input and what it led to."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / hashlib.sha256(data).hexdigest()[:16]
        path.write_bytes(data)
        command = REPRODUCE.format(name=self._name, path=path)
        path.with_suffix(".txt").write_text(f"{command}\n\n{said}\n", encoding="utf-8", errors="backslashreplace")
        return path


def found_in(folder: Path) -> list[Path]:
    """The inputs that were written down in a folder."""
    return sorted(path for path in folder.glob("*") if path.suffix != ".txt")


def _where(error: Exception) -> tuple[str, ...]:
    """The kind of an exception and the last lines that it came through: one defect has one."""
    frames = traceback.extract_tb(error.__traceback__)[-2:]
    return (type(error).__name__, *(f"{frame.filename}:{frame.lineno}" for frame in frames))

"""Writing a file whole: it is there with all its bytes, or as it was before."""

from __future__ import annotations

import os
from pathlib import Path

from yibao.basics.problems import Place, ProblemsFound, problem_of


def write_whole(path: Path, content: bytes) -> None:
    """Put the bytes into the file, by way of a new one beside it. Raises ProblemsFound when it can't be written."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        try:
            with partial.open("xb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        message = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ProblemsFound([problem_of("unwritable-file", message, Place(path=str(path)))]) from None

"""The tree that mutmut works in: it takes the folder `src/` for the root of all imports, and ours is `engine/`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.mutation.kernel import Group

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "mutants"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "found")
# Types are checked in every test run, so a change that they forbid is noticed.
TYPES = (
    *(sys.executable, "-m", "mypy", "--config-file=", f"--cache-dir={ROOT}/.mypy_cache/mutation", "--output=json"),
    *("--strict", "--ignore-missing-imports", "--no-warn-unused-ignores"),
)


def prepare(group: Group, modules: tuple[str, ...]) -> None:
    """Copy what is mutated and what tests it, and write mutmut's configuration."""
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(ROOT / "engine" / "yibao", WORK / "src" / "yibao", ignore=_LEFT_OUT)
    for folder in ("policy", "workflows"):
        shutil.copytree(ROOT / folder, WORK / "src" / "yibao" / "_bundled" / folder, ignore=_LEFT_OUT)
    shutil.copytree(ROOT / "tests", WORK / "tests", ignore=_LEFT_OUT)
    shutil.copy(ROOT / "pyproject.toml", WORK)
    settings = {
        "source_paths": ["src"],
        "only_mutate": [f"src/{module}" for module in modules],
        "pytest_add_cli_args_test_selection": list(group.tests),
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        "type_check_command": [*TYPES, *(path for module in modules for path in _files(f"src/{module}"))],
        "use_git_change_detection": ["false"],
        "track_dependencies": ["false"],
    }
    lines = [f"{name} =\n" + "".join(f"    {value}\n" for value in values) for name, values in settings.items()]
    (WORK / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), encoding="utf-8")


def _files(pattern: str) -> list[str]:
    return sorted(path.relative_to(WORK).as_posix() for path in WORK.glob(pattern))

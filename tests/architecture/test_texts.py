"""What is committed holds on any machine: no text names a machine's path or a registry's host; pins are whole."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = (".ci/run", ".gitignore", "LICENSE", "Makefile", "README.md", "pyproject.toml")
FOLDERS = ("docs", "engine", "policy", "requirements", "tests", "workflows")
# The names are put together here, so that this file does not hold them either.
HOSTS = (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org"), ("crates", "io"))
NAMED_PLACES = re.compile(
    r"(?<![\w.<>-])/(?:work|root|opt|home/\w+|Users/\w+)/|file:[/]" + "".join(rf"|\b{a}\.{b}\b" for a, b in HOSTS)
)
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; (?P<marker>[^\\]+))?( --hash=sha256:[0-9a-f]{64})+")
PIN_FILES = sorted(path.name for path in (ROOT / "requirements").iterdir())


def texts() -> Iterator[Path]:
    """Every file of the project, without what tools leave behind."""
    yield from (ROOT / name for name in FILES)
    for name in FOLDERS:
        for path in sorted((ROOT / name).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts):
                yield path


def pins(name: str) -> dict[str, tuple[str, str | None]]:
    """Version and marker of every package that a file of pins names. Anything but a hashed pin fails."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements" / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\s*\\\n\s*", " ", text).splitlines()
    found = {}
    for line in lines:
        pin = PIN.fullmatch(line)
        assert pin is not None, f"requirements/{name} has a line that is no hashed pin: {line}"
        marker = pin["marker"]
        found[pin["name"]] = (pin["version"], marker.strip() if marker else None)
    return found


def names_of(requirements: list[str]) -> set[str]:
    """The names in a list of requirements, in the spelling of the pins."""
    return {re.split(r"[<>=!~; ]", requirement)[0].lower().replace("_", "-") for requirement in requirements}


def test_no_text_names_a_machine_path_or_a_registry() -> None:
    named = []
    for path in texts():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            named += [f"{path.relative_to(ROOT)}:{number}: {found}" for found in NAMED_PLACES.findall(line)]
    if named:
        pytest.fail("\n".join(named), pytrace=False)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("see " + "/root" + "/notes.txt", True),
        ("/home" + "/li/claim.json", True),
        ("--find-links file:" + "///wheels", True),
        ("https://" + ".".join(HOSTS[0]) + "/simple", True),
        ("docs/work/plan.md and policy/root/x.yaml", False),
        ("/tmp/claim.json", False),
    ],
)
def test_a_named_place_is_told_from_an_ordinary_path(line: str, named: bool) -> None:
    assert bool(NAMED_PLACES.search(line)) == named


def test_the_pins_hold_what_the_project_declares() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert names_of(declared["project"]["dependencies"]) <= set(pins("runtime.txt"))
    for group, requirements in declared["dependency-groups"].items():
        assert names_of(requirements) <= set(pins(f"{group}.txt"))


def test_durable_rules_is_pinned_only_where_it_can_be_imported() -> None:
    assert pins("runtime.txt")["durable-rules"] == ("2.0.28", "python_full_version < '3.13'")


def test_one_package_has_one_version_in_all_pins() -> None:
    versions: dict[str, set[str]] = {}
    for file in PIN_FILES:
        for name, (version, _) in pins(file).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}

"""The built package works away from the checkout: what the wheel holds, and a claim decided in an empty environment."""

import email
import json
import os
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import yibao

ROOT = Path(__file__).resolve().parents[2]
TESTED_VERSIONS = ("3.11", "3.12", "3.13")
LEFT_BY_TOOLS = "__pycache__"
FROM_OTHER_ENVIRONMENTS = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}


def run(*command: str | Path, where: Path, **environment: str) -> str:
    """What a command prints. Fails the test with all that it said when it does not end well."""
    kept = {name: value for name, value in os.environ.items() if name not in FROM_OTHER_ENVIRONMENTS}
    ended = subprocess.run(
        command, cwd=where, env={**kept, **environment}, capture_output=True, text=True, timeout=300, check=False
    )
    if ended.returncode != 0:
        said = ended.stdout[-4_000:] + ended.stderr[-4_000:]
        pytest.fail(f"{' '.join(str(word) for word in command)} ended with {ended.returncode}:\n{said}", pytrace=False)
    return ended.stdout


def is_version(python: str, version: str) -> bool:
    """Whether the interpreter runs, is of that version and can make an environment. A name may be an empty shim."""
    asked = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        ended = subprocess.run([python, "-c", asked], capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return False
    return ended.returncode == 0 and ended.stdout.strip() == version


def interpreter(version: str) -> str:
    """An interpreter of that version: this one, or one by its name. Skips where there is none.

    A pyenv shim for a version that is not selected only fails; the interpreters themselves lie in `versions` beside it.
    """
    candidates = [sys.executable]
    named = shutil.which(f"python{version}")
    if named is not None:
        kept = Path(named).parents[1].glob(f"versions/{version}.*/bin/python{version}")
        candidates += [named, *sorted(str(path) for path in kept)]
    found = next((python for python in candidates if is_version(python, version)), None)
    if found is None:
        pytest.skip(f"no Python {version} on this machine")
    return found


def shipped(folder: Path) -> dict[str, bytes]:
    """The files of a folder that a package should carry, by relative path."""
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return {
        path.as_posix(): (folder / path).read_bytes()
        for path in paths
        if not any(part.startswith(".") or part == LEFT_BY_TOOLS for part in path.parts)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution that was built from this tree."""
    built = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", built, ROOT, where=built)
    assert (built / f"yibao-{yibao.__version__}.tar.gz").is_file()
    return built / f"yibao-{yibao.__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module", params=TESTED_VERSIONS)
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel and its pinned requirements, and nothing else.

    A second environment with the build tools makes the wheels of the requirements, one of which comes as source.
    """
    folder = tmp_path_factory.mktemp(f"python{request.param}")
    python = interpreter(request.param)
    run(python, "-m", "venv", "builder", where=folder)
    run(python, "-m", "venv", "--without-pip", "empty", where=folder)
    pip = (folder / "builder" / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input")
    pinned = ("--quiet", "--require-hashes", "--no-build-isolation", "--use-pep517", "--requirement")
    run(*pip, "install", *pinned, ROOT / "requirements" / "build.txt", where=folder)
    run(*pip, "wheel", "--wheel-dir", "wheels", *pinned, ROOT / "requirements" / "runtime.txt", where=folder)
    empty = folder / "empty" / "bin" / "python"
    run(*pip, "--python", empty, "install", "--quiet", "--no-index", "--find-links", "wheels", wheel, where=folder)
    return empty


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The decision that the checkout itself prints on its own example claim."""
    return decision(Path(sys.executable), tmp_path_factory.mktemp("checkout"))


def decision(python: Path, where: Path, *options: str) -> str:
    """Decides the package's own example claim in `where`; the claim stays there as `claim.json`."""
    claim = run(python, "-m", "yibao", "schema", "claim", "--example", where=where)
    (where / "claim.json").write_text(claim, encoding="utf-8")
    return run(python, "-m", "yibao", "decide", "claim.json", "--json", *options, where=where)


DECIDE_EVERY_EXAMPLE = """
import sys
from yibao.api import Decider, load_policy
from yibao.authoring.examples import claim_of
from yibao.basics.digest import canonical_json, digest_of
policy = load_policy()
decider = Decider(policy, sys.argv[1])
for rule in sorted(policy.examples):
    for example in policy.examples[rule]:
        document = decider.decide(claim_of(policy, example))
        print(rule, digest_of(canonical_json(document)), document["decision_id"])
"""


@pytest.fixture(scope="module")
def every_example(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the checkout decides of every example beside its rules."""
    where = tmp_path_factory.mktemp("examples")
    return run(sys.executable, "-c", DECIDE_EVERY_EXAMPLE, "reference", where=where)


def metadata(unpacked: Path) -> Message:
    text = (unpacked / f"yibao-{yibao.__version__}.dist-info" / "METADATA").read_text(encoding="utf-8")
    return email.message_from_string(text)


def test_the_wheel_puts_one_package_at_the_top(unpacked: Path) -> None:
    assert {path.name for path in unpacked.iterdir()} == {"yibao", f"yibao-{yibao.__version__}.dist-info"}


@pytest.mark.parametrize("name", ["policy", "workflows"])
def test_the_wheel_bundles_every_document(unpacked: Path, name: str) -> None:
    documents = shipped(ROOT / name)
    assert documents
    assert shipped(unpacked / "yibao" / "_bundled" / name) == documents


def test_the_wheel_holds_every_module(unpacked: Path) -> None:
    held = {path: content for path, content in shipped(unpacked / "yibao").items() if not path.startswith("_bundled/")}
    assert held == shipped(ROOT / "engine" / "yibao")


def test_the_wheel_says_what_it_needs_and_on_which_terms(unpacked: Path) -> None:
    said = metadata(unpacked)
    assert said["Requires-Python"] == ">=3.11"
    assert said["License-Expression"] == "Apache-2.0"
    assert "durable-rules==2.0.28; python_version < '3.13'" in said.get_all("Requires-Dist", [])
    entry_points = (unpacked / f"yibao-{yibao.__version__}.dist-info" / "entry_points.txt").read_text(encoding="utf-8")
    assert "yibao = yibao.cli:main" in entry_points


def test_a_wheel_built_without_its_documents_says_what_is_missing(unpacked: Path, tmp_path: Path) -> None:
    shutil.copytree(unpacked / "yibao", tmp_path / "yibao", ignore=shutil.ignore_patterns("_bundled"))
    asked = "from yibao.readers.documents.locate import bundled_folder\ntry:\n    bundled_folder('policy')\n"
    asked += "except Exception as found:\n    print(type(found).__name__, found)"
    said = run(sys.executable, "-c", asked, where=tmp_path, PYTHONPATH=str(tmp_path))
    assert said.startswith("Fault the folder `policy` is missing")
    assert str(tmp_path / "yibao" / "_bundled" / "policy") in said


def test_an_installed_wheel_decides_a_claim_as_the_checkout_does(
    installed: Path, expected: str, tmp_path: Path
) -> None:
    decided = decision(installed, tmp_path)
    assert json.loads(decided)["outcome"] == "covered"
    assert decided == expected


def test_an_installed_wheel_decides_the_same_with_the_reference_interpreter(
    installed: Path, expected: str, tmp_path: Path
) -> None:
    assert decision(installed, tmp_path, "--engine", "reference") == expected


@pytest.mark.parametrize("engine", ["durable", "reference"])
def test_every_example_comes_out_the_same_byte_for_byte_on_every_python(
    installed: Path, engine: str, every_example: str, tmp_path: Path
) -> None:
    """The whole documents, by either engine, whatever the version of Python and the seed of its hashes."""
    version = run(installed, "-c", "import sys; print(sys.version_info >= (3, 13))", where=tmp_path)
    if engine == "durable" and version.strip() == "True":
        pytest.skip("durable_rules does not import on Python 3.13")
    assert every_example.count("\n") > 300
    for seed in ("0", "9"):
        decided = run(installed, "-c", DECIDE_EVERY_EXAMPLE, engine, where=tmp_path, PYTHONHASHSEED=seed)
        assert decided == every_example


def test_an_installed_wheel_gives_the_command(installed: Path, tmp_path: Path) -> None:
    by_command = run(installed.with_name("yibao"), "schema", "claim", "--example", where=tmp_path)
    assert by_command == run(installed, "-m", "yibao", "schema", "claim", "--example", where=tmp_path)


def test_durable_rules_is_there_exactly_where_it_can_be_imported(installed: Path, tmp_path: Path) -> None:
    asked = "import sys, importlib.util as look; "
    asked += "print(look.find_spec('durable_rules_engine') is not None, sys.version_info < (3, 13))"
    present, importable = run(installed, "-c", asked, where=tmp_path).split()
    assert present == importable


def test_an_installed_wheel_reads_its_own_documents_and_no_checkout(installed: Path, tmp_path: Path) -> None:
    asked = "from yibao.readers.documents.locate import bundled_folder; print(bundled_folder('policy'))"
    found = Path(run(installed, "-c", asked, where=tmp_path).strip())
    assert found.parts[-3:] == ("yibao", "_bundled", "policy")
    assert found.is_relative_to(installed.parents[1])

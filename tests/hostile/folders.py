"""Folders on disk that are hostile: links, pipes, names that can't be shown, depth and numbers without end.

Every case is a folder `hostile` in a folder of its own, in which the process stands.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.running import Case, Complaint
from tests.hostile.small_world import good_files
from yibao.readers.policy.bundles import load_policy, workflow_files

HERE = Path("hostile")


def warm_up() -> object:
    """What every case needs."""
    return load_policy()


def cases() -> Iterator[Case]:
    """All cases."""
    for name, build, code, place in (
        ("a folder that is not there", lambda: None, "no-such-folder", "hostile"),
        ("a file for a folder", lambda: HERE.write_text("x"), "no-such-folder", "hostile"),
        ("a link that leads to itself", lambda: HERE.symlink_to(HERE), "no-such-folder", "hostile"),
        ("an empty folder", HERE.mkdir, "no-manifest", "hostile/manifest.yaml"),
        (
            "a folder for a manifest",
            lambda: (HERE / "manifest.yaml").mkdir(parents=True),
            "no-manifest",
            "hostile/manifest.yaml",
        ),
        (
            "a manifest that is a link out",
            lambda: _link("manifest.yaml", "/etc/hostname"),
            "link-refused",
            "hostile/manifest.yaml",
        ),
        (
            "a manifest that is endless",
            lambda: _link("manifest.yaml", "/dev/zero"),
            "link-refused",
            "hostile/manifest.yaml",
        ),
        (
            "a rule file that is a pipe",
            lambda: os.mkfifo(_good() / "pipe.yaml"),
            "unreadable-file",
            "hostile/pipe.yaml",
        ),
        ("a rule file that is a folder out", lambda: _link("out.yaml", "/"), "link-refused", "hostile/out.yaml"),
        ("a folder that is a link up", lambda: _link("up", ".."), "link-refused", "hostile/up"),
        ("a folder that is a link to itself", lambda: _link("round", "."), "link-refused", "hostile/round"),
        (
            "two links that lead to each other",
            lambda: (_link("a.yaml", "b.yaml"), _link("b.yaml", "a.yaml")),
            "unreadable-file",
            "hostile/a.yaml",
        ),
        (
            "a link to what is not there",
            lambda: _link("gone.yaml", "no-such.yaml"),
            "unreadable-file",
            "hostile/gone.yaml",
        ),
        ("a name with a line break", lambda: _file("a\nb.yaml"), "misnamed-file", "hostile/a\\u000ab.yaml"),
        (
            "a name that turns the writing round",
            lambda: _file("a\u202elmay.exe.yaml"),
            "misnamed-file",
            "hostile/a\\u202elmay.exe.yaml",
        ),
        ("a name that is no text", lambda: _file(os.fsdecode(b"\xff.yaml")), "misnamed-file", "hostile/\\udcff.yaml"),
        ("a name that nearly ends in .yaml", lambda: _file("rule.YML"), "misnamed-file", "hostile/rule.YML"),
        (
            "a name in other letters",
            lambda: _file("Manifest.yaml", b"bundle: a\n"),
            "no-manifest",
            "hostile/manifest.yaml",
        ),
        (
            "a file of a megabyte and a byte",
            lambda: _file("large.yaml", b"#" * 1_000_001),
            "file-too-large",
            "hostile/large.yaml",
        ),
        (
            "a claim of a megabyte and a byte",
            lambda: _file("claims/large.json", b" " * 1_000_001),
            "file-too-large",
            "hostile/claims/large.json",
        ),
        ("seventy files of a megabyte", _seventy_megabytes, "folder-too-large", "hostile"),
        ("ten thousand rules of one name", _ten_thousand, "too-many-files", "hostile"),
        ("fifteen hundred folders, each in the one before", _deep, "folder-too-large", "hostile/a" + "/a" * 31),
        ("a pinned digest of another bundle", _pinned, "extends-changed", "hostile/manifest.yaml:3:10"),
        (
            "a manifest that extends a path",
            lambda: _manifest("extends: {bundle: ../../x, digest: x}"),
            "unknown-choice",
            "hostile/manifest.yaml:3:19",
        ),
        (
            "a manifest that extends a list",
            lambda: _manifest("extends: [none]"),
            "wrong-shape",
            "hostile/manifest.yaml:3:10",
        ),
        (
            "a manifest that is a list",
            lambda: _file("manifest.yaml", b"- bundle: x"),
            "wrong-shape",
            "hostile/manifest.yaml:1:1",
        ),
        (
            "a manifest that is a bomb",
            lambda: _file("manifest.yaml", b"[" * 100_000),
            "yaml-too-deep",
            "hostile/manifest.yaml:1:33",
        ),
    ):
        yield _case(name, build, (code, place))
    yield _case(
        "a path of five thousand letters", lambda: None, ("unreadable-file", "a" * 5_000), path=Path("a" * 5_000)
    )
    yield _case("a path with a zero in it", lambda: None, ("no-such-folder", "a\\u0000b"), path=Path("a\0b"))
    yield _case("a path that is no text", lambda: None, ("no-such-folder", "\\udcff"), path=Path(os.fsdecode(b"\xff")))
    for name, path, code in (
        ("charts in a folder that is not there", HERE, "no-such-folder"),
        ("charts under a path of five thousand letters", Path("b" * 5_000), "unreadable-file"),
    ):
        yield _case(name, lambda: None, (code, path.as_posix()), path=path, read=workflow_files)


def _case(
    name: str,
    build: Callable[[], object],
    expected: Complaint,
    path: Path = HERE,
    read: Callable[[Path], object] = load_policy,
) -> Case:
    def make() -> object:
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        os.chdir(folder.name)
        build()
        return path

    def read_path(given: object) -> object:
        assert isinstance(given, Path)
        return read(given)

    return Case(name=name, make=make, read=read_path, expected=(expected,), and_more=True, seconds=8)


def _good() -> Path:
    """A folder that is good so far."""
    for path, content in good_files().items():
        _file(path.removeprefix("policy/"), content)
    return HERE


def _file(name: str, content: bytes = b"") -> Path:
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return HERE


def _link(name: str, to: str) -> Path:
    if not HERE.exists():
        _good()
    (HERE / name).unlink(missing_ok=True)
    (HERE / name).symlink_to(to)
    return HERE


def _manifest(extends: str) -> Path:
    return _file("manifest.yaml", f"bundle: small\ntitle: {{zh: 小, en: Small}}\n{extends}\n".encode())


def _pinned() -> Path:
    return _manifest(f"extends: {{bundle: yibao, digest: sha256:{'0' * 64}}}")


def _seventy_megabytes() -> None:
    for number in range(70):
        _file(f"{number}.yaml", b"#" * 1_000_000)


def _ten_thousand() -> None:
    for number in range(10_000):
        _file(f"national/d{number}/same.yaml")


def _deep() -> None:
    back = Path.cwd()
    HERE.mkdir()
    os.chdir(HERE)
    for _depth in range(1_500):
        Path("a").mkdir()
        os.chdir("a")
    os.chdir(back)
    atexit.register(_undo_deep, back / HERE)


def _undo_deep(top: Path) -> None:
    """Take the folders away one by one: what removes a tree calls itself for each folder in a folder."""
    os.chdir(top)
    for _depth in range(1_500):
        os.chdir("a")
    for _depth in range(1_500):
        os.chdir("..")
        Path("a").rmdir()

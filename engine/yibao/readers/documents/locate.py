"""Where the documents lie, and their bytes: the one reader that touches the file system.

It finds the bundled folders of an installed package or a checkout, and takes a folder's files as bytes under their
relative paths. What the bytes mean is for the other readers; nothing is written.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Final

from yibao.basics.problems import Fault, Place, Problem, ProblemsFound, problem_of
from yibao.readers.documents.yaml_nodes import LARGEST_BYTES

BUNDLED: Final = ("policy", "workflows")
MOST_FILES: Final = 5_000
MOST_BYTES: Final = 64_000_000
# Folders and files of any kind that a walk looks at before it gives up: a home folder given by mistake ends soon.
MOST_ENTRIES: Final = 50_000
DEEPEST: Final = 32
_YAML: Final = ".yaml"
# Hidden files, and the mark that a spreadsheet program sets beside a sheet while it is open.
_LEFT_BY_EDITORS: Final = (".", "~$")
_NEARLY_YAML: Final = (".yaml", ".yml")


def bundled_folder(name: str) -> Path:
    """The shipped folder `policy` or `workflows`: inside the installed package, or in the checkout it runs from.

    Raises Fault when the name is neither, and when the package was built without its documents.
    """
    if name not in BUNDLED:
        raise Fault(f"no folder `{name}` is bundled, only {' and '.join(BUNDLED)}")
    installed = resources.files("yibao").joinpath("_bundled", name)
    if isinstance(installed, Path) and installed.is_dir():
        return installed
    checkout = _checkout()
    if checkout is not None and (checkout / name).is_dir():
        return checkout / name
    looked = f"`{checkout / name}`" if checkout is not None else "a checkout (a `pyproject.toml` above `engine/`)"
    raise Fault(f"the folder `{name}` is missing: it is neither `{installed}` nor {looked}; was the wheel built whole?")


def files_of_folder(folder: Path, suffixes: tuple[str, ...] = (_YAML,)) -> dict[str, bytes]:
    """The content of every file below `folder` that ends in one of `suffixes`, by relative posix path, sorted.

    Hidden files and folders are passed over. Raises ProblemsFound with everything that keeps the folder from being
    read whole: `no-such-folder`, `too-many-files`, `file-too-large`, `folder-too-large` (all files together),
    `link-refused` (a link out of the folder, or to a folder), `misnamed-file` (such as `.yml`), `unreadable-file`.
    """
    try:
        there, is_folder = folder.exists(), folder.is_dir()
    except OSError as error:
        said = error.strerror or "the folder cannot be looked at"
        raise ProblemsFound([problem_of("unreadable-file", said, Place(path=printable(folder)))]) from None
    if not is_folder:
        message = "this is a file, and a folder is needed" if there else "there is no such folder"
        raise ProblemsFound([problem_of("no-such-folder", message, Place(path=printable(folder)))])
    walk = _Walk(folder, suffixes)
    walk.find()
    walk.read()
    if walk.problems:
        raise ProblemsFound(walk.problems)
    return {name: walk.contents[name] for name in sorted(walk.contents)}


class _Walk:
    """One walk over a folder: the files to read, what was read, and what stood in the way."""

    def __init__(self, folder: Path, suffixes: tuple[str, ...]) -> None:
        self.contents: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self._folder = folder
        self._suffixes = suffixes
        self._wanted: list[Path] = []

    def find(self) -> None:
        """Collect the files with a wanted ending, up to the bounds."""
        entries = 0
        for where, folders, files in os.walk(self._folder, onerror=self._unlistable):
            here = Path(where)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            if folders and len(here.parts) - len(self._folder.parts) >= DEEPEST:
                # A walk calls itself for each folder in a folder.
                self._note("folder-too-large", f"folders lie in folders for more than {DEEPEST} levels", here)
                folders.clear()
            for name in folders:
                if (here / name).is_symlink():
                    message = "a link to a folder is not followed; put the files themselves here"
                    self._note("link-refused", message, here / name)
            self._wanted += [here / name for name in sorted(files) if self._is_wanted(here, name)]
            entries += len(folders) + len(files)
            if len(self._wanted) > MOST_FILES or entries > MOST_ENTRIES:
                message = f"the folder holds more than {MOST_FILES} files to read, or {MOST_ENTRIES} entries in all"
                self._note("too-many-files", message, self._folder)
                self._wanted.clear()
                return

    def read(self) -> None:
        """Take the content of the files found, up to the bounds."""
        if sum(map(_size_of, self._wanted)) > MOST_BYTES:
            self._note("folder-too-large", f"the files together have more than {MOST_BYTES} bytes", self._folder)
            return
        total = 0
        for path in self._wanted:
            content = self._content(path)
            if content is None:
                continue
            total += len(content)
            if total > MOST_BYTES:
                self._note("folder-too-large", f"the files together have more than {MOST_BYTES} bytes", self._folder)
                return
            self.contents[path.relative_to(self._folder).as_posix()] = content

    def _content(self, path: Path) -> bytes | None:
        """The bytes of one file, or None after noting why they can't be had."""
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self._folder)):
            self._note("link-refused", "the link leads out of the folder; put the file itself here", path)
            return None
        if not path.is_file():
            self._note("unreadable-file", "this is not a plain file", path)
            return None
        try:
            with path.open("rb") as opened:
                content = opened.read(LARGEST_BYTES + 1)
        except OSError as error:
            self._note("unreadable-file", error.strerror or "the file cannot be read", path)
            return None
        if len(content) > LARGEST_BYTES:
            self._note("file-too-large", f"the file has more than {LARGEST_BYTES} bytes", path)
            return None
        return content

    def _is_wanted(self, here: Path, name: str) -> bool:
        """Whether a file is to be read. One that only nearly ends as it should is reported, so that no rule is lost."""
        if name.startswith(_LEFT_BY_EDITORS):
            return False
        if not name.isprintable():
            self._note("misnamed-file", "the file's name has characters that cannot be shown", here / name)
            return False
        if name.endswith(self._suffixes):
            return True
        if _YAML in self._suffixes and name.lower().endswith(_NEARLY_YAML):
            hint = f"name it `{Path(name).stem}{_YAML}`"
            self._note("misnamed-file", f"documents end in `{_YAML}`; this one would be passed over", here / name, hint)
        return False

    def _unlistable(self, error: OSError) -> None:
        self._note("unreadable-file", error.strerror or "the folder cannot be listed", Path(error.filename))

    def _note(self, code: str, message: str, path: Path, hint: str | None = None) -> None:
        self.problems.append(problem_of(code, message, Place(path=printable(path)), hint))


def printable(path: Path) -> str:
    """A path as problems show it: what can't be shown in it is written out."""
    written = path.as_posix()
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in written)


def _size_of(path: Path) -> int:
    """How many bytes of a file would be read; none of one that can't be looked at, which the reading tells."""
    try:
        return min(path.stat().st_size, LARGEST_BYTES + 1)
    except OSError:
        return 0


def _checkout() -> Path | None:
    """The root of the checkout this module runs from, or None when it runs from an installed package."""
    engine = Path(__file__).resolve().parents[3]
    if engine.name == "engine" and (engine.parent / "pyproject.toml").is_file():
        return engine.parent
    return None

"""Where the documents lie, and their bytes: the one reader that touches the file system.

It finds the bundled folders of an installed package or a checkout, and takes a folder's files as bytes under their
relative paths. What the bytes mean is for the other readers; nothing is written.
"""

from __future__ import annotations

import os
from operator import attrgetter
from pathlib import Path
from typing import Final

from attrs import frozen

from yibao.basics.problems import Fault, Place, Problem, ProblemsFound, problem_of
from yibao.readers.documents.yaml_nodes import LARGEST_BYTES

BUNDLED: Final = ("policy", "workflows")
MOST_FILES: Final = 5_000
MOST_BYTES: Final = 64_000_000
# Folders and files of any kind that a walk looks at before it gives up: a home folder given by mistake ends soon.
MOST_ENTRIES: Final = 50_000
DEEPEST: Final = 32
_PIECE: Final = 65_536
_PACKAGE: Final = Path(__file__).parents[2]
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
    installed = _PACKAGE / "_bundled" / name
    if installed.is_dir():
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


@frozen
class _Entry:
    """What stands in a folder: its path within the whole folder, its name, where it is, and whether it is a link."""

    path: str
    name: str
    where: str
    linked: bool


_name_of = attrgetter("name")


class _Walk:
    """One walk over a folder: the files to read, what was read, and what stood in the way.

    Every command looks at hundreds of files before it begins, so each is asked for no more than has to be known of it.
    """

    def __init__(self, folder: Path, suffixes: tuple[str, ...]) -> None:
        self.contents: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        self._folder = folder
        self._suffixes = suffixes
        self._wanted: list[_Entry] = []

    def find(self) -> None:
        """Collect the files with a wanted ending, up to the bounds."""
        entries, waiting = 0, [""]
        while waiting:
            here = waiting.pop()
            folders, files = self._listed(here)
            if folders and here.count("/") >= DEEPEST:
                self._note("folder-too-large", f"folders lie in folders for more than {DEEPEST} levels", here)
                folders = []
            for each in folders:
                if each.linked:
                    message = "a link to a folder is not followed; put the files themselves here"
                    self._note("link-refused", message, each.path)
            self._wanted += [each for each in files if self._is_wanted(each)]
            entries += len(folders) + len(files)
            if len(self._wanted) > MOST_FILES or entries > MOST_ENTRIES:
                message = f"the folder holds more than {MOST_FILES} files to read, or {MOST_ENTRIES} entries in all"
                self._note("too-many-files", message, "")
                self._wanted.clear()
                return
            waiting += [f"{each.path}/" for each in reversed(folders) if not each.linked]

    def read(self) -> None:
        """Take the content of the files found, up to the bounds."""
        if sum(_size_of(each.where) for each in self._wanted) > MOST_BYTES:
            self._note("folder-too-large", f"the files together have more than {MOST_BYTES} bytes", "")
            return
        total = 0
        for each in self._wanted:
            content = self._content(each)
            if content is None:
                continue
            total += len(content)
            if total > MOST_BYTES:
                self._note("folder-too-large", f"the files together have more than {MOST_BYTES} bytes", "")
                return
            self.contents[each.path] = content

    def _listed(self, here: str) -> tuple[list[_Entry], list[_Entry]]:
        """The folders that are not hidden, and all else, each in the order of their names."""
        folders: list[_Entry] = []
        files: list[_Entry] = []
        try:
            with os.scandir(self._folder / here) as listing:
                for found in listing:
                    entry = _Entry(f"{here}{found.name}", found.name, found.path, linked=found.is_symlink())
                    (folders if _is_folder(found) else files).append(entry)
        except OSError as error:
            self._note("unreadable-file", error.strerror or "the folder cannot be listed", here)
            return [], []
        folders = [each for each in folders if not each.name.startswith(".")]
        return sorted(folders, key=_name_of), sorted(files, key=_name_of)

    def _content(self, entry: _Entry) -> bytes | None:
        """The bytes of one file, or None after noting why they can't be had."""
        if entry.linked and not Path(os.path.realpath(entry.where)).is_relative_to(os.path.realpath(self._folder)):
            self._note("link-refused", "the link leads out of the folder; put the file itself here", entry.path)
            return None
        if not os.path.isfile(entry.where):
            self._note("unreadable-file", "this is not a plain file", entry.path)
            return None
        try:
            content = _bytes_of(entry.where)
        except OSError as error:
            self._note("unreadable-file", error.strerror or "the file cannot be read", entry.path)
            return None
        if len(content) > LARGEST_BYTES:
            self._note("file-too-large", f"the file has more than {LARGEST_BYTES} bytes", entry.path)
            return None
        return content

    def _is_wanted(self, entry: _Entry) -> bool:
        """Whether a file is to be read. One that only nearly ends as it should is reported, so that no rule is lost."""
        name = entry.name
        if name.startswith(_LEFT_BY_EDITORS):
            return False
        if not name.isprintable():
            self._note("misnamed-file", "the file's name has characters that cannot be shown", entry.path)
            return False
        if name.endswith(self._suffixes):
            return True
        if _YAML in self._suffixes and name.lower().endswith(_NEARLY_YAML):
            hint = f"name it `{Path(name).stem}{_YAML}`"
            message = f"documents end in `{_YAML}`; this one would be passed over"
            self._note("misnamed-file", message, entry.path, hint)
        return False

    def _note(self, code: str, message: str, path: str, hint: str | None = None) -> None:
        self.problems.append(problem_of(code, message, Place(path=printable(self._folder / path)), hint))


def printable(path: Path) -> str:
    """A path as problems show it: what can't be shown in it is written out."""
    written = path.as_posix()
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in written)


def _is_folder(found: os.DirEntry[str]) -> bool:
    try:
        return found.is_dir()
    except OSError:
        return False


def _size_of(where: str) -> int:
    """How many bytes of a file would be read; none of one that can't be looked at, which the reading tells."""
    try:
        return min(os.stat(where).st_size, LARGEST_BYTES + 1)
    except OSError:
        return 0


def _bytes_of(where: str) -> bytes:
    """The bytes of a file, of a large one just one more than is read."""
    # Room for the largest file, made anew for each of hundreds of small ones, would take longer than reading them.
    content = b""
    with open(where, "rb", buffering=0) as opened:
        while len(content) <= LARGEST_BYTES:
            piece = opened.read(min(_PIECE, LARGEST_BYTES + 1 - len(content)))
            if not piece:
                break
            content += piece
    return content


def _checkout() -> Path | None:
    """The root of the checkout this module runs from, or None when it runs from an installed package."""
    engine = _PACKAGE.resolve().parent
    if engine.name == "engine" and (engine.parent / "pyproject.toml").is_file():
        return engine.parent
    return None

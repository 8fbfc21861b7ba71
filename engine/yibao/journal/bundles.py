"""Bundles of files as a journal keeps them: policy, charts, calendars, so that a replay in ten years has its law.

A bundle is named by the digest that events name. Its container is one sequence of bytes: an index of paths and sizes,
the contents in the order of their paths, compressed. Reading one is bounded, and nothing is ever written to files.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePosixPath
from typing import Any

from attrs import frozen

from yibao.basics.digest import canonical_json, digest_of, digest_of_document, digest_of_files

MOST_COMPRESSED = 32_000_000
MOST_EXPANDED = 80_000_000
MOST_FILES = 5_000
LONGEST_PATH = 500
_LEVEL = 9
_ONE_FILE = "document"


class NoBundle(ValueError):
    """The bytes are no container of ours, or larger than one is read."""


class BundleKind(Enum):
    """What the digest of a bundle is taken of.

    FILE: the bytes of one file (a chart). FOLDER: the files of a folder (a policy that extends nothing). EXTENSION: the
    files of a folder and the digest of the bundle that it extends, which is kept beside it.
    """

    FILE = "file"
    FOLDER = "folder"
    EXTENSION = "extension"


@frozen(kw_only=True)
class Bundle:
    """Files by path, and the digest of the bundle that they extend."""

    kind: BundleKind
    files: Mapping[str, bytes]
    extends: str | None

    @property
    def digest(self) -> str:
        """The digest by which events name the bundle: that of the policy or chart which is read from it."""
        if self.kind is BundleKind.FILE:
            return digest_of(self.files[_ONE_FILE])
        if self.kind is BundleKind.FOLDER:
            return digest_of_files(self.files)
        return digest_of_document({"extends": self.extends, "files": digest_of_files(self.files)})

    @property
    def one_file(self) -> bytes:
        """The bytes of a bundle of one file. Raises KeyError for another."""
        return self.files[_ONE_FILE]

    def content(self) -> bytes:
        """The container: the same bytes for the same files, wherever the same compressor runs."""
        paths = sorted(self.files)
        index = {
            "kind": self.kind.value,
            "extends": self.extends,
            "files": [[path, len(self.files[path])] for path in paths],
        }
        expanded = b"".join((canonical_json(index), b"\n", *(self.files[path] for path in paths)))
        return zlib.compress(expanded, _LEVEL)


def file_bundle(content: bytes) -> Bundle:
    """The bundle of one file, such as a chart."""
    return Bundle(kind=BundleKind.FILE, files={_ONE_FILE: content}, extends=None)


def folder_bundle(files: Mapping[str, bytes]) -> Bundle:
    """The bundle of the files of a folder that extends nothing, by relative path."""
    return Bundle(kind=BundleKind.FOLDER, files=dict(files), extends=None)


def extension_bundle(files: Mapping[str, bytes], extends: str) -> Bundle:
    """The bundle of the files of a folder that extends the bundle of that digest."""
    return Bundle(kind=BundleKind.EXTENSION, files=dict(files), extends=extends)


def bundle_from(content: bytes) -> Bundle:
    """The bundle in a container. Raises NoBundle for bytes that are none, and for one that is too large."""
    expanded = _expanded(content)
    index, newline, rest = expanded.partition(b"\n")
    try:
        described: Any = json.loads(index)
        kind, extends = BundleKind(described["kind"]), described["extends"]
        sizes = [(str(path), int(size)) for path, size in described["files"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoBundle("the index of the bundle can't be read") from None
    if not newline or canonical_json(described) != index or described.keys() != {"kind", "extends", "files"}:
        raise NoBundle("the index of the bundle is not in its one spelling")
    if isinstance(extends, str) != (kind is BundleKind.EXTENSION) or (
        kind is BundleKind.FILE and [path for path, _size in sizes] != [_ONE_FILE]
    ):
        raise NoBundle("the index of the bundle does not fit its kind")
    return Bundle(kind=kind, files=_parted(sizes, rest), extends=extends)


def _expanded(content: bytes) -> bytes:
    if len(content) > MOST_COMPRESSED:
        raise NoBundle(f"the bundle has more than {MOST_COMPRESSED} bytes")
    reading = zlib.decompressobj()
    try:
        expanded = reading.decompress(content, MOST_EXPANDED)
    except zlib.error as error:
        raise NoBundle(f"the bundle can't be expanded: {error}") from None
    if reading.unconsumed_tail:
        raise NoBundle(f"the bundle expands to more than {MOST_EXPANDED} bytes")
    if not reading.eof or reading.unused_data:
        raise NoBundle("the bundle does not end where its content does")
    return expanded


def _parted(sizes: list[tuple[str, int]], rest: bytes) -> dict[str, bytes]:
    paths = [path for path, _size in sizes]
    if len(paths) > MOST_FILES:
        raise NoBundle(f"the bundle has more than {MOST_FILES} files")
    if not all(map(_is_plain, paths)) or paths != sorted(set(paths)):
        raise NoBundle("the files of the bundle are not named as files of a folder are")
    if min((size for _path, size in sizes), default=0) < 0 or sum(size for _path, size in sizes) != len(rest):
        raise NoBundle("the files of the bundle do not have the sizes that its index says")
    files, start = {}, 0
    for path, size in sizes:
        files[path] = rest[start : start + size]
        start += size
    return files


def _is_plain(path: str) -> bool:
    """Whether a path leads from a folder to a file in it, spelt in the one usual way."""
    parts = PurePosixPath(path).parts
    return (
        0 < len(path) <= LONGEST_PATH
        and path.isprintable()
        and "\\" not in path
        and not path.startswith("/")
        and ".." not in parts
        and "/".join(parts) == path
    )

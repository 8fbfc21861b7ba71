"""Bundles on disk: the bundled policy, an author's own folder, and what that folder says it extends.

A folder outside the package pins by digest what it extends, or says that it extends nothing: so a city author's folder
never loses the national layer by accident, nor gets another one unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from yibao.basics.digest import digest_of_document, digest_of_files
from yibao.basics.problems import Place, Problem, ProblemsFound
from yibao.basics.remembered import Remembered
from yibao.model.policy import Policy
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.locate import bundled_folder, files_of_folder, printable
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import read_yaml
from yibao.readers.policy.bundle_documents import SHEETS, Source
from yibao.readers.policy.narrowing import needed_for
from yibao.readers.policy.policy_from_yaml import MANIFEST, policy_and_problems, policy_from_sources

SUFFIXES = (".yaml", ".json", *SHEETS)
_BUNDLED = "policy"
_MOST_POLICIES = 4


@frozen(kw_only=True)
class PolicyFiles:
    """The files of a policy by path within its folder, and the digest of the bundle that they extend, if any."""

    digest: str
    files: Mapping[str, bytes]
    extends: str | None


@frozen
class PolicyAndFiles:
    """A policy and what it was read from: its files, and before them those of the bundle that they extend.

    A journal keeps the files, so that what was decided by them can be decided again.
    """

    policy: Policy
    files: tuple[PolicyFiles, ...]


def load_policy(folder: Path | None = None) -> Policy:
    """The policy of a folder, or the bundled one.

    Raises ProblemsFound with every problem of the folder and of what it extends.
    """
    return load_policy_and_files(folder).policy


def load_policy_and_files(folder: Path | None = None) -> PolicyAndFiles:
    """The policy of a folder, or the bundled one, with the bytes that it was read from. Raises like `load_policy`."""
    files, shown = _files_of(folder)
    return PolicyAndFiles(_read_once(_sources_of(files, shown), files[-1].digest), files)


def load_policy_for(content: bytes, folder: Path | None = None) -> Policy:
    """The policy of a folder, or the bundled one, to decide the claim document in `content` by, and no other.

    Of the bundled policy the money of places that the document does not name is not read, unless all of it was read
    before; its digest is of all files all the same. An author's folder is read whole. Raises ProblemsFound as
    `load_policy` does.
    """
    files, shown = _files_of(folder)
    sources, digest = _sources_of(files, shown), files[-1].digest
    whole = _READ.known((sources, digest))
    if whole is not None:
        return whole
    return _read_once(needed_for(content, sources) if _is_bundled(folder) else sources, digest)


def examine_policy(folder: Path | None = None) -> tuple[Policy | None, list[Problem]]:
    """All problems of a folder, and what can be made of it in spite of them. Raises ProblemsFound for its manifest."""
    files, shown = _files_of(folder)
    return policy_and_problems(list(_sources_of(files, shown)), files[-1].digest)


def policy_of_files(kept: Sequence[PolicyFiles]) -> Policy:
    """The policy of files that a journal kept, as `load_policy_and_files` gave them. Raises ProblemsFound.

    An extension replaces no file of what it extends; where a base was shipped is of no matter.
    """
    return _read_once(_sources_of(kept, _BUNDLED if len(kept) == 1 else "extension"), kept[-1].digest)


def _files_of(folder: Path | None) -> tuple[tuple[PolicyFiles, ...], str]:
    """The files of a bundle with those that it extends before them, and where problems show its own to stand."""
    if folder is None or _is_bundled(folder):
        return (_shipped(),), _BUNDLED
    files = files_of_folder(folder, SUFFIXES)
    extends = _extended_digest(folder, files)
    if extends is None:
        return (PolicyFiles(digest=digest_of_files(files), files=files, extends=None),), printable(folder)
    shipped = _shipped()
    _check_extension(folder, files, extends, shipped.digest)
    digest = digest_of_document({"extends": shipped.digest, "files": digest_of_files(files)})
    return (shipped, PolicyFiles(digest=digest, files=files, extends=shipped.digest)), printable(folder)


def _shipped() -> PolicyFiles:
    files = files_of_folder(bundled_folder(_BUNDLED), SUFFIXES)
    return PolicyFiles(digest=digest_of_files(files), files=files, extends=None)


def _sources_of(files: Sequence[PolicyFiles], shown: str) -> tuple[Source, ...]:
    """All files as one bundle, the own ones shown to stand in the folder `shown`."""
    *bases, own = files
    if not bases:
        return _sources(shown, own.files)
    added = tuple(
        evolve(source, own=True) for source in _sources(shown, own.files) if not source.path.endswith(f"/{MANIFEST}")
    )
    return (*_sources(_BUNDLED, bases[0].files), *added)


def _is_bundled(folder: Path | None) -> bool:
    return folder is None or _is_same(folder, bundled_folder(_BUNDLED))


def _is_same(folder: Path, other: Path) -> bool:
    """Whether two paths lead to one folder; one that leads nowhere, or in a circle, does not."""
    try:
        return folder.samefile(other)
    except (OSError, ValueError):
        return False


def workflow_files(folder: Path | None = None) -> Mapping[str, bytes]:
    """The files of a folder of charts, or of the bundled one, by the path that problems show. Raises ProblemsFound."""
    shown = "workflows" if folder is None else printable(folder)
    files = files_of_folder(bundled_folder("workflows") if folder is None else folder)
    return {f"{shown}/{path}": content for path, content in files.items()}


def _sources(shown_as: str, files: Mapping[str, bytes]) -> tuple[Source, ...]:
    return tuple(Source(path=f"{shown_as}/{path}", content=content) for path, content in files.items())


def _read_once(sources: tuple[Source, ...], digest: str) -> Policy:
    """The policy of these very files: commands run in one process read them once, and see every change."""
    return _READ.of((sources, digest), lambda: policy_from_sources(list(sources), digest))


_READ: Remembered[tuple[tuple[Source, ...], str], Policy] = Remembered(_MOST_POLICIES)


def _extended_digest(folder: Path, files: Mapping[str, bytes]) -> str | None:
    """The digest that a folder's manifest pins, or None when it extends nothing."""
    path = f"{printable(folder)}/{MANIFEST}"
    if MANIFEST not in files:
        problems = Problems()
        hint = f"write a `{MANIFEST}` with `bundle:`, `title:` and `extends:` (a bundle and its digest, or none)"
        problems.add("no-manifest", "the folder does not say what it extends", Place(path=path), hint)
        raise ProblemsFound(problems.found)
    problems = Problems()
    form = Form(read_yaml(files[MANIFEST], path), problems, "a manifest")
    node = form.take("extends", required=True)
    digest: str | None = None
    if isinstance(node, MappingNode):
        inner = Form(node, problems, "`extends`")
        inner.choice("bundle", ("yibao",), required=True)
        digest = inner.text("digest", required=True)
        inner.finish()
    elif node is not None and form.choice("extends", ("none",)) is None:
        problems.found[-1:] = []
        hint = "write `extends: none`, or `extends: {bundle: yibao, digest: sha256:…}`"
        problems.add("wrong-shape", "`extends` names a bundle and its digest, or none", node.place, hint)
    if problems.found:
        raise ProblemsFound(problems.found)
    return digest


def _check_extension(folder: Path, files: Mapping[str, bytes], pinned: str, actual: str) -> None:
    if pinned == actual:
        return
    problems = Problems()
    path = f"{printable(folder)}/{MANIFEST}"
    form = Form(read_yaml(files[MANIFEST], path), problems, "a manifest")
    message = f"the folder extends `yibao` at {pinned}, but the bundle here is {actual}"
    problems.add("extends-changed", message, form.place_of("extends"), "review what changed, then pin the new digest")
    raise ProblemsFound(problems.found)

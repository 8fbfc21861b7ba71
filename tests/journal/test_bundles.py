"""A bundle is named by the digest that events name, is one sequence of bytes, and is read within bounds."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest

from yibao.api import load_charts, load_policy
from yibao.basics.digest import digest_of
from yibao.journal import bundles as bundles_module
from yibao.journal.bundles import NoBundle, bundle_from, extension_bundle, file_bundle, folder_bundle
from yibao.readers.documents.locate import bundled_folder, files_of_folder
from yibao.readers.policy.bundles import SUFFIXES


def test_the_shipped_policy_and_charts_are_found_again_by_the_digests_that_events_name() -> None:
    policy = load_policy()
    kept = folder_bundle(files_of_folder(bundled_folder("policy"), SUFFIXES))
    assert kept.digest == policy.digest
    assert bundle_from(kept.content()) == kept
    charts = files_of_folder(bundled_folder("workflows"))
    digests = {file_bundle(content).digest for content in charts.values()}
    assert {chart.digest for chart in load_charts(policy).values()} <= digests


def test_one_content_has_one_container_whatever_the_order_of_its_files() -> None:
    one = folder_bundle({"a/b.yaml": b"1", "c.csv": b"\x00\xff"})
    other = folder_bundle({"c.csv": b"\x00\xff", "a/b.yaml": b"1"})
    assert one.content() == other.content()
    assert one.digest == other.digest != folder_bundle({"a/b.yaml": b"1"}).digest


def test_each_kind_comes_back_as_it_was() -> None:
    base = folder_bundle({"a.yaml": b"1"})
    for bundle in (base, folder_bundle({}), file_bundle(b""), extension_bundle({"b.yaml": b"2"}, base.digest)):
        assert bundle_from(bundle.content()) == bundle
    assert file_bundle(b"chart").one_file == b"chart"
    assert file_bundle(b"chart").digest == digest_of(b"chart")
    assert extension_bundle({"b.yaml": b"2"}, base.digest).digest != folder_bundle({"b.yaml": b"2"}).digest


def container(index: Any, rest: bytes = b"") -> bytes:
    written = index if isinstance(index, bytes) else json.dumps(index, sort_keys=True, separators=(",", ":")).encode()
    return zlib.compress(written + b"\n" + rest)


def described(files: list[Any], kind: str = "folder", extends: str | None = None) -> dict[str, Any]:
    return {"extends": extends, "files": files, "kind": kind}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "does not end"),
        (b"no container at all", "can't be expanded"),
        (container(described([]))[:-1], "does not end"),
        (container(described([])) + b"x", "does not end"),
        (zlib.compress(b"{}"), "can't be read"),
        (container(b"[" * 100_000), "can't be read"),
        (container([]), "can't be read"),
        (container(described([["a"]])), "can't be read"),
        (container(described([], kind="archive")), "can't be read"),
        (container(json.dumps(described([])).encode()), "one spelling"),
        (container({**described([]), "more": 1}), "one spelling"),
        (container(described([], extends="sha256:1")), "does not fit its kind"),
        (container(described([], kind="extension")), "does not fit its kind"),
        (container(described([["other", 0]], kind="file")), "does not fit its kind"),
        (container(described([["a", 2]]), b"1"), "sizes"),
        (container(described([["a", -1], ["b", 2]]), b"1"), "sizes"),
        (container(described([["b", 0], ["a", 0]])), "not named"),
        (container(described([["a", 0], ["a", 0]])), "not named"),
        *(
            (container(described([[path, 0]])), "not named")
            for path in ("", "/etc/passwd", "../a", "a/../b", "a//b", "./a", "a/", "a\\b", "a\nb", "x" * 501)
        ),
    ],
)
def test_what_is_no_container_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(NoBundle, match=says):
        bundle_from(content)


@pytest.mark.parametrize(
    ("bound", "value", "says"),
    [
        ("MOST_COMPRESSED", 10, "more than 10 bytes"),
        ("MOST_EXPANDED", 10, "expands to more than 10"),
        ("MOST_FILES", 1, "more than 1 files"),
    ],
)
def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, bound: str, value: int, says: str) -> None:
    content = folder_bundle({"a": b"1" * 100_000, "b": b"2"}).content()
    monkeypatch.setattr(bundles_module, bound, value)
    with pytest.raises(NoBundle, match=says):
        bundle_from(content)


def test_a_bomb_is_not_expanded_whole() -> None:
    bomb = zlib.compress(bytes(2 * bundles_module.MOST_EXPANDED), 9)
    with pytest.raises(NoBundle, match="expands to more"):
        bundle_from(bomb)

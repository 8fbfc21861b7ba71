"""YAML is read strictly and within bounds: what other loaders guess or choke on is refused with its place."""

from __future__ import annotations

import pytest

from yibao.basics.problems import ProblemsFound
from yibao.readers.documents.yaml_nodes import Mapping, Scalar, read_yaml


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: &x 1\nb: *x", "yaml-anchor", 1),
        ("a: *x", "yaml-alias", 1),
        ("a: !!python/object:os.system x", "yaml-tag", 1),
        ("a: !custom 1", "yaml-tag", 1),
        ("a: 1\n<<: {b: 2}", "yaml-merge-key", 2),
        ("a: 1\nb: 2\na: 3", "yaml-duplicate-key", 3),
        ("a: 0.8", "yaml-float", 1),
        ("a: 1e3", "yaml-float", 1),
        ("a: .inf", "yaml-float", 1),
        ("? [a, b]\n: 1", "yaml-key", 1),
        ("a: 1\n---\nb: 2", "yaml-several-documents", 2),
        ("", "yaml-empty", 1),
        ("a: [1, 2", "yaml-syntax", 2),
        ("a: \t- b", "yaml-syntax", 1),
        ("[" * 100_000, "yaml-too-deep", 1),
        ("- " * 100_000, "yaml-too-deep", 1),
        ("a: " + "x" * 30_000, "yaml-too-long", 1),
        ("[" + "1," * 210_000 + "1]", "yaml-too-many-nodes", 1),
        ("x" * 1_000_001, "yaml-too-large", 1),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else str(value),
)
def test_a_hostile_or_ambiguous_document_is_refused(text: str, code: str, line: int) -> None:
    with pytest.raises(ProblemsFound) as caught:
        read_yaml(text.encode(), "x.yaml")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == (code, line)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(ProblemsFound) as caught:
        read_yaml(b"a: \xff\xfe", "x.yaml")
    assert caught.value.problems[0].code == "yaml-not-utf8"


@pytest.mark.parametrize("text", ["on", "yes", "no", "012", "1:30", "2024-01-01", "null", "~", "0x1F"])
def test_a_scalar_stays_the_text_that_was_written(text: str) -> None:
    node = read_yaml(f"a: {text}".encode(), "x.yaml")
    assert isinstance(node, Mapping)
    value = node.get("a")
    assert isinstance(value, Scalar)
    assert (value.text, value.quoted) == (text, False)


def test_every_node_knows_its_place() -> None:
    node = read_yaml("a:\n  - b: 中文\n".encode(), "x.yaml")
    assert isinstance(node, Mapping)
    inner = node.get("a")
    assert (inner.place.line, inner.place.column) == (2, 3) if inner is not None else False

"""The strict YAML loader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yibao.readers.documents.locate import bundled_folder
from yibao.readers.documents.yaml_nodes import DEEPEST, LONGEST_SCALAR, MOST_NODES, Mapping, Node, Scalar, read_yaml

NAME = "yaml"
LONGEST = 4_096
WORDS = (
    "&a",
    "*a",
    "!!",
    "%TAG",
    "<<",
    "---",
    "...",
    "? ",
    ": ",
    "- ",
    '"\\u202e"',
    "|",
    ">-",
    "{",
    "}",
    "[",
    "]",
    "#",
)
RULE_FILES = Path(__file__).resolve().parents[1] / "hostile" / "rule_files"


def seeds() -> Iterator[bytes]:
    """The shipped folders, and the rule files that are hostile on purpose."""
    for folder in (bundled_folder("policy"), bundled_folder("workflows"), RULE_FILES):
        for path in sorted(folder.rglob("*.yaml")):
            yield path.read_bytes()


def parse(data: bytes) -> None:
    """Read; what was read keeps within the bounds, and every node lies in the text."""
    root = read_yaml(data, "fuzz.yaml")
    # What is left out at the very end stands after the last line.
    last = data.count(b"\n") + 2
    waiting: list[tuple[Node, int]] = [(root, 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        assert depth <= DEEPEST, "deeper than the loader allows"
        assert node.place.line is not None
        assert 1 <= node.place.line <= last, "a place outside the text"
        if isinstance(node, Scalar):
            assert len(node.text) <= LONGEST_SCALAR
        elif isinstance(node, Mapping):
            assert len({entry.key.text for entry in node.entries}) == len(node.entries), "a key stands twice"
            waiting += [(each, depth + 1) for entry in node.entries for each in (entry.key, entry.value)]
        else:
            waiting += [(item, depth + 1) for item in node.items]
    assert seen <= MOST_NODES

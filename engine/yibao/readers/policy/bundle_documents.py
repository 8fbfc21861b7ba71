"""The files of a bundle sorted by what they declare: a document's kind is told by the key that it opens with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from yibao.basics.problems import Place, ProblemsFound, did_you_mean
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.yaml_nodes import Mapping as MappingNode
from yibao.readers.documents.yaml_nodes import Node, YamlFiles

KINDS = (
    "bundle",
    "facts",
    "table",
    "adds_to",
    "question",
    "layer",
    "catalogue",
    "definition",
    "rule",
    "closing",
    "parameter",
    "steps",
    "plan",
    "credit",
    "calendar",
    "ledger",
)
SHEETS = (".csv", ".xlsx")


@frozen(kw_only=True)
class Source:
    """One file of a bundle: where it is shown to stand, and what it holds.

    `own` files belong to a folder that extends another, so that of two things in conflict theirs is the second.
    """

    path: str
    content: bytes = field(repr=False)
    own: bool = False


class BundleDocuments:
    """The documents of a bundle by kind, each with its path; its claims by name, its spreadsheets by path."""

    def __init__(self, sources: list[Source], problems: Problems) -> None:
        self.by_kind: dict[str, list[tuple[str, Node]]] = {kind: [] for kind in KINDS}
        self.claims: dict[str, Source] = {}
        self.sheets: dict[str, Source] = {}
        files = YamlFiles()
        for source in sorted(sources, key=lambda source: (source.own, source.path)):
            try:
                if source.path.endswith(".json"):
                    self._add_claim(source, problems)
                elif source.path.endswith(SHEETS):
                    self.sheets[source.path] = source
                else:
                    self._add(source.path, files.read(source.content, source.path), problems)
            except ProblemsFound as error:
                problems.take(error)

    def of(self, kind: str) -> Iterator[tuple[str, Node]]:
        return iter(self.by_kind[kind])

    def _add(self, path: str, node: Node, problems: Problems) -> None:
        first = node.entries[0].key if isinstance(node, MappingNode) and node.entries else None
        if first is None or first.text not in KINDS:
            found = f"`{first.text}:`" if first else "no field"
            hint = did_you_mean(first.text, KINDS) if first else None
            message = (
                f"a document opens with its kind ({', '.join(f'{kind}:' for kind in KINDS)}), this one with {found}"
            )
            problems.add("unknown-document", message, first.place if first else node.place, hint)
            return
        self.by_kind[first.text].append((path, node))

    def _add_claim(self, source: Source, problems: Problems) -> None:
        name = Path(source.path).stem
        if name in self.claims:
            message = f"a claim `{name}` stands in {self.claims[name].path} already"
            problems.add("duplicate-name", message, Place(path=source.path, line=1, column=1))
        self.claims[name] = source

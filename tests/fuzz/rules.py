"""Files of a policy folder: rules, catalogues, tables, facts and the rest, each beside a small bundle that is good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.hostile.small_world import good_files
from yibao.basics.digest import digest_of_files
from yibao.readers.locate import bundled_folder
from yibao.readers.policy_from_yaml import Source, policy_from_sources

NAME = "rules"
LONGEST = 4_096
RULE_FILES = Path(__file__).resolve().parents[1] / "hostile" / "rule_files"
WORDS = (
    *(
        "rule: fuzz",
        "definition: fuzz",
        "catalogue: fuzz",
        "table: fuzz",
        "facts: ",
        "question: fuzz",
        "adds_to: ",
        "layer: ",
    ),
    *("title: {zh: 甲, en: A}", "in_force: {by: line.charged_on, from: 2000-01-01}", "versions:", "when: ", "then: {"),
    *(
        "admit: true",
        "exclude: ",
        "lift: true",
        "finding: ",
        "overrides: [",
        "let: {",
        "examples:",
        "cites: [",
        "rows:",
    ),
    *(
        "about: line",
        "about: claim",
        "side: insured",
        "share: 50%",
        "nullable: true",
        "lookup: {",
        "type: ",
        "inherits: ",
    ),
)


def seeds() -> Iterator[bytes]:
    """Every file of the shipped policy, and the rule files that are hostile on purpose."""
    for folder in (Path(bundled_folder("policy")), RULE_FILES):
        for path in sorted(folder.rglob("*.yaml")):
            yield path.read_bytes()


def parse(data: bytes) -> None:
    """Read the bytes as one more file of the small bundle."""
    files = {**good_files(), "policy/national/fuzz.yaml": data}
    sources = [Source(path=path, content=content) for path, content in files.items()]
    policy = policy_from_sources(sources, digest_of_files(files))
    assert policy.closing

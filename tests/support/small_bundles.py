"""Bundles made in a test: the shipped facts, tables and questions, and the rules that the test shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from yibao.basics.digest import digest_of_files
from yibao.model.policy import Policy
from yibao.readers.documents.locate import bundled_folder, files_of_folder
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.policy_from_yaml import policy_from_sources

MANIFEST = "bundle: small\ntitle: {zh: 小, en: small}\nextends: none\n"
NATIONAL = "layer: national\ntitle: {zh: 全国, en: The nation}\n"
CLOSING = """\
closing: nothing-admits
title: {zh: 无, en: Nothing admits it}
cites: [{source: 社会保险法, article: "28", grade: A}]
reason: no_limb_applies
"""


def small_bundle(*rules: str, files: Mapping[str, str | bytes] | None = None) -> Policy:
    """The policy of rule texts (each stored under its id) and of further files by path. Raises ProblemsFound."""
    texts: dict[str, str | bytes] = {
        "policy/manifest.yaml": MANIFEST,
        "policy/national/layer.yaml": NATIONAL,
        "policy/national/nothing-admits.yaml": CLOSING,
        **{f"policy/national/{_id_of(text)}.yaml": text for text in rules},
        **(files or {}),
    }
    shared = {
        f"policy/{path}": content
        for path, content in files_of_folder(bundled_folder("policy"), (".yaml", ".json")).items()
        if path.startswith(("facts/", "tables/", "questions/", "claims/"))
    }
    written = {path: text if isinstance(text, bytes) else text.encode() for path, text in texts.items()}
    everything = {**shared, **written}
    sources = [Source(path=path, content=content) for path, content in everything.items()]
    return policy_from_sources(sources, digest_of_files(everything))


def rule(
    rule_id: str = "a-rule",
    when: str = "line.category == drug",
    then: str = "{admit: true}",
    about: str = "line",
    by: str = "line.charged_on",
    more: str = "",
) -> str:
    """The text of a rule; `more` adds lines."""
    return (
        f"rule: {rule_id}\ntitle: {{zh: 规则, en: A rule}}\n"
        'cites: [{source: 社会保险法, article: "28", grade: A}]\n'
        f"about: {about}\nin_force: {{by: {by}, from: 2000-01-01}}\nwhen: {when}\nthen: {then}\n{more}"
    )


def _id_of(text: str) -> str:
    found = re.match(r"(?:rule|closing|question|definition|catalogue): *(\S+)", text)
    return found.group(1) if found else "unnamed"

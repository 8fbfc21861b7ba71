"""Canonical bytes and their SHA-256 digest: the same content always has the same name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical_json(document: Any) -> bytes:
    """One spelling of a JSON document: keys sorted, no spaces, UTF-8. Floats are refused: nothing here has one."""
    _refuse_floats(document)
    return canonical_json_of_whole_numbers(document)


def canonical_json_of_whole_numbers(document: Any) -> bytes:
    """The same spelling of a document that can't hold a float because of what wrote it: nobody looks for one."""
    return _spell(document).encode()


def digest_of(content: bytes) -> str:
    """`sha256:` and the hexadecimal digest of the bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest_of_document(document: Any) -> str:
    """The digest of a document's canonical bytes."""
    return digest_of(canonical_json(document))


def decision_id_of(document: Mapping[str, Any]) -> str:
    """The id of a decision: the digest of all that its document says, but for the id itself.

    Each of the `proofs` is represented by its own digest, so that a certificate that many decisions share is digested
    once. Anybody can work the id out from the document.
    """
    content = {key: value for key, value in document.items() if key != "decision_id"}
    content["proofs"] = {name: digest_of_document(proof) for name, proof in document["proofs"].items()}
    return digest_of_document(content)


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """The digest of a folder: of the sorted pairs of relative path and content digest."""
    return digest_of_document({path: digest_of(files[path]) for path in sorted(files)})


_spell = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _refuse_floats(document: Any) -> None:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is dict:
            waiting.extend(value.values())
        elif kind is list or kind is tuple:
            waiting.extend(value)
        elif kind is float:
            raise TypeError(f"a float has no place in a canonical document: {value!r}")

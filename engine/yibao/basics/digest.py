"""Canonical bytes and their SHA-256 digest: the same content always has the same name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec


def canonical_json(document: Any) -> bytes:
    """One spelling of a JSON document: keys sorted, no spaces, UTF-8. Floats are refused: nothing here has one."""
    if _is_plain(document):
        # The same bytes as below, sooner.
        return _write(document)
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
_write = msgspec.json.Encoder(order="sorted").encode
_LEAVES = frozenset({str, int, bool, type(None)})
_NAMES = frozenset({str})


def _is_plain(value: Any) -> bool:
    """Whether it has nothing but what JSON itself has, by exact type: dates, sets and the like msgspec would spell
    too, where the other way refuses them."""
    kind = type(value)
    if kind is dict:
        if not _NAMES.issuperset(map(type, value)):
            return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        return kind in _LEAVES
    if _LEAVES.issuperset(map(type, value)):
        return True
    return all(map(_is_plain, [member for member in value if type(member) not in _LEAVES]))


def _refuse_floats(document: Any) -> None:
    waiting = [document]
    while waiting:
        match waiting.pop():
            case dict() as inner:
                waiting.extend(inner.values())
            case list() | tuple() as inner:
                waiting.extend(inner)
            case float() as value:
                raise TypeError(f"a float has no place in a canonical document: {value!r}")

"""The chains of a journal: each event names the one before it in its case, each row is linked to the one before it.

The link of a row is the SHA-256 of the link before it, the digest of the event, and its place: position, sequence,
case. The first row's is worked out from a beginning that says how many events were carried over from a layout that had
no links. So whoever knows the last link knows all events, their order and their number.
"""

from __future__ import annotations

from hashlib import sha256

from yibao.model.case import Document

_DIGEST = "sha256:"


def beginning(carried_over: int) -> bytes:
    """The link before the first event, in a journal whose first events were carried over from an older layout."""
    return sha256(f"yibao journal {carried_over}".encode()).digest()


def digest_of_body(body: bytes) -> bytes:
    """The digest of an event's canonical bytes; its hexadecimal form is what the next event of the case names."""
    return sha256(body).digest()


def next_link(link: bytes, digest: bytes, position: int, sequence: int, case_id: str) -> bytes:
    """The link of an event that follows the one with `link`."""
    # Two digests of fixed length, two numbers, and the name last: no two places are spelt alike.
    return sha256(link + digest + f"{position} {sequence} {case_id}".encode("utf-8", "surrogatepass")).digest()


def named(digest: bytes) -> str:
    """A digest as events name it."""
    return _DIGEST + digest.hex()


def names_previous(document: Document) -> tuple[bool, object]:
    """Whether an event names the one before it in its case, and the name: in its envelope, or beside its fields."""
    envelope = document.get("envelope")
    holder = envelope if isinstance(envelope, dict) else document
    return "previous" in holder, holder.get("previous")


def names_bundles(document: Document) -> tuple[str, ...]:
    """The digests of bundles that an event names: what its envelope says under a key that ends in `_digest`."""
    envelope = document.get("envelope")
    if not isinstance(envelope, dict):
        return ()
    return tuple(
        value
        for key, value in sorted(envelope.items())
        if isinstance(key, str) and key.endswith("_digest") and isinstance(value, str)
    )


def snapshot_checksum(digest: bytes, case_id: str, sequence: int, document: str) -> bytes:
    """What ties a snapshot to the event, by its digest, after which it was taken."""
    return sha256(digest + f"{sequence} {len(case_id)} {case_id}{document}".encode("utf-8", "surrogatepass")).digest()

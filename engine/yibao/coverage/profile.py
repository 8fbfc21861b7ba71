"""What is remembered of a profile: its judgement once somebody asks for it, and what was worked out from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from attrs import frozen

from yibao.basics.digest import canonical_json, digest_of
from yibao.coverage.brief import Brief
from yibao.coverage.judgement import Judgement
from yibao.coverage.parting import Parting
from yibao.coverage.wording import Wording


@frozen(eq=False)
class Proof:
    """The certificate of a profile: its name, that name as canonical JSON, and what stands of it in a document and in
    what the document's id is taken of: the name with the certificate, and with its digest."""

    name: str
    spelt_name: bytes
    entry: bytes
    digest_entry: bytes

    @property
    def certificate(self) -> bytes:
        """The canonical JSON of the certificate itself."""
        return self.entry[len(self.spelt_name) + 1 :]


def proof_of(name: str, certificate: Mapping[str, Any]) -> Proof:
    """The certificate, spelt once."""
    spelt, body = canonical_json(name), canonical_json(certificate)
    return Proof(name, spelt, b"%b:%b" % (spelt, body), b"%b:%b" % (spelt, canonical_json(digest_of(body))))


class Shared:
    """What all profiles have in common that come to the same result: filled in by whoever needs it first."""

    __slots__ = ("brief", "parting", "wording")

    def __init__(self) -> None:
        self.brief: Brief | None = None
        self.parting: Parting | None = None
        self.wording: Wording | None = None


class Judging(Protocol):
    """What profiles come to: it judges one by its atoms that are true and those that are unknown."""

    shared: Shared

    def judgement(self, true: int, unknown: int) -> Judgement:
        """The judgement of a profile with these atoms."""


class Profile:
    """One profile. Its judgement is worked out once somebody asks for it; `proof` is its certificate once written."""

    __slots__ = ("__weakref__", "_judgement", "_result", "_true", "_unknown", "proof", "shared")

    def __init__(self, result: Judging, true: int, unknown: int) -> None:
        self.shared = result.shared
        self._result, self._true, self._unknown = result, true, unknown
        self._judgement: Judgement | None = None
        self.proof: Proof | None = None

    @property
    def judgement(self) -> Judgement:
        if self._judgement is None:
            self._judgement = self._result.judgement(self._true, self._unknown)
        return self._judgement


class _Judged:
    """A judgement that is there already."""

    def __init__(self, judgement: Judgement) -> None:
        self.shared = Shared()
        self._judgement = judgement

    def judgement(self, true: int, unknown: int) -> Judgement:
        return self._judgement


def judged(judgement: Judgement) -> Profile:
    """A profile of which nothing but its judgement is known."""
    return Profile(_Judged(judgement), 0, 0)

"""The amount identities, asked of messages as they come: read first, then judged. Needs no policy, decides nothing."""

from __future__ import annotations

from yibao.audit.interface_findings import Finding
from yibao.audit.interface_identities import judged
from yibao.basics.problems import Problem
from yibao.readers.nhsa.settlement_messages import settlements_from_nhsa


def check_nhsa(
    message: bytes, path: str = "message", original: bytes | None = None, original_path: str = "original"
) -> tuple[tuple[Finding, ...], list[Problem]]:
    """The amount identities of the national interface on anybody's settlements and fee lines, without any policy.

    `original` is the settlement that the message cancels, where it does. The second result tells what was not read.
    Raises ProblemsFound for what can't be read.
    """
    found, notices = settlements_from_nhsa(message, path)
    if original is None:
        return judged(found, None), notices
    before, more = settlements_from_nhsa(original, original_path)
    return judged(found, before), [*notices, *more]

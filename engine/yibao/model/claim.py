"""A claim after reading: facts by declared path, lines with refunds already netted, and its digest."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from yibao.model.facts import UNKNOWN, Given, Value


@frozen(kw_only=True)
class Line:
    """One line of the bill. `facts` holds the given facts by path (`line.amount_fen`); an absent path is unknown.

    The amount is net: refund lines are taken off the line that they name, and listed in `refunds`. `position` is where
    the line stands in the document, from 0, for problems that point at it; it is no part of what the line says.
    `looked_up` names, for each fact that the claim left out and a catalogue filled in, that catalogue.
    """

    line_id: str
    facts: Mapping[str, Value]
    refunds: tuple[str, ...] = ()
    position: int | None = field(default=None, eq=False)
    looked_up: Mapping[str, str] = field(factory=dict)

    def given(self, path: str) -> Given:
        return self.facts.get(path, UNKNOWN)


@frozen(kw_only=True)
class Claim:
    """The facts of one claim. Objects appear as facts of their own: True when present, None when known to be none."""

    claim_id: str | None
    facts: Mapping[str, Value]
    lines: tuple[Line, ...]
    digest: str

    def given(self, path: str) -> Given:
        return self.facts.get(path, UNKNOWN)

    def of_line(self, path: str, line: Line | None) -> Given:
        """A fact as one line sees it."""
        if line is not None and path.startswith("line."):
            return line.given(path)
        return self.given(path)

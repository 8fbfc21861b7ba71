"""The decision of one line as a record: verdict, split, values, and what is missing. Its words are in `wording`."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from yibao.coverage.missing import NOTHING_MISSING, Missing
from yibao.coverage.split import NOTHING_KNOWN, Amounts
from yibao.model.claim import Line
from yibao.model.facts import Unknown


@frozen(eq=False)
class LineDecision:
    """What is decided of one line.

    `outcome` is covered, partly_covered, excluded or undetermined. `values` are the answers to the questions with a
    value that are answered for the line, by question: None where the answer is none, UNKNOWN where it hangs on an
    absent fact. `missing` is empty unless the verdict is open; `amounts_missing` names the absent facts that leave
    some of the amounts unknown without opening the verdict. `illustrative`: whether the line rests on an illustration.
    """

    line: Line
    outcome: str
    amounts: Amounts
    values: Mapping[str, int | Unknown | None]
    missing: Missing
    amounts_missing: Missing
    exact: bool
    illustrative: bool


def undecided_line(line: Line) -> LineDecision:
    """A line of a claim whose places are not known."""
    return LineDecision(line, "undetermined", NOTHING_KNOWN, {}, NOTHING_MISSING, NOTHING_MISSING, False, False)

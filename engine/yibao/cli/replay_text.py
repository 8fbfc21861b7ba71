"""A replay as it is printed, entry by entry while it goes on: text for people, or one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from yibao.basics.problems import Problem
from yibao.cli import words
from yibao.cli.streams import plain_output

if TYPE_CHECKING:
    from yibao.audit.differences import Difference
    from yibao.audit.replay import Counts, Replayed, Tally

_MOST_DIFFERENCES = 12


class Report(Protocol):
    """What is told of a replay: each entry, and at the end the counts, or why it could not go on."""

    def entry(self, each: Replayed) -> None: ...

    def end(self, tally: Tally, problems: Iterable[Problem]) -> None: ...


class JsonReport:
    """One JSON document, written piece by piece: a journal may have more decisions than fit into memory."""

    def __init__(self) -> None:
        self._begun = False

    def entry(self, each: Replayed) -> None:
        self._write(",\n" if self._begun else '{"replayed": [\n')
        self._begun = True
        self._write(json.dumps(each.document(), ensure_ascii=False))

    def end(self, tally: Tally, problems: Iterable[Problem]) -> None:
        listed = [problem.document() for problem in problems]
        rest = {**tally.document(), **({"problems": listed} if listed else {})}
        self._write("\n]" if self._begun else '{"replayed": []')
        self._write(f", {json.dumps(rest, ensure_ascii=False)[1:]}\n")

    def _write(self, text: str) -> None:
        print(text, end="", file=plain_output())


class TextReport:
    """Text: each decision, and each other event that is not the same, with what differs.

    `decisions` says whether decisions are made again, and so are counted.
    """

    def __init__(self, language: str | None, decisions: bool) -> None:
        self._language, self._decisions = language, decisions

    def entry(self, each: Replayed) -> None:
        called = each.kind if each.decision_id is None else f"{each.decision_id[:19]}…"
        verdict = words.said(words.VERDICTS[each.verdict], self._language)
        place = f"{each.case_id} #{each.sequence}"
        print(f"{place} {called} {verdict} {', '.join(each.differs)}".rstrip().replace("  ", " "))
        for difference in each.differences[:_MOST_DIFFERENCES]:
            print(f"    {self._difference(difference)}")
        if len(each.differences) > _MOST_DIFFERENCES:
            print("    …")
        for problem in each.problems:
            print(f"    {problem}")

    def end(self, tally: Tally, problems: Iterable[Problem]) -> None:
        del problems
        if self._decisions and not tally.decisions.recorded:
            print(words.said(words.NO_DECISION, self._language))
        elif self._decisions:
            print(self._counts(words.said(words.REPLAYED, self._language), tally.decisions))
        if tally.events.recorded:
            print(self._counts(words.said(words.REPLAYED_EVENTS, self._language), tally.events))

    def _counts(self, called: str, counts: Counts) -> str:
        told = ", ".join(
            f"{count} {words.said(words.TALLY[verdict], self._language)}"
            for verdict, count in counts.document().items()
        )
        return f"{called}: {counts.recorded} ({told})"

    def _difference(self, found: Difference) -> str:
        line = "" if found.line_id is None else f"{words.said(words.LINE, self._language)} {found.line_id}: "
        if found.kind == "rule":
            appears = words.RULE_APPEARS if found.recorded is None else words.RULE_GONE
            title = words.RULE_CHANGED if None not in (found.recorded, found.again) else appears
            return f"{line}{words.said(title, self._language)} `{found.name}`"
        before, after = self._value(found.recorded), self._value(found.again)
        fen = "" if found.fen is None else f" ({found.fen:+} {words.said(words.FEN, self._language)})"
        return f"{line}{found.pointer or found.name}: {before} → {after}{fen}"

    def _value(self, value: object) -> str:
        return words.said(words.NOTHING_THERE, self._language) if value is None else str(value)

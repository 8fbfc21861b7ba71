"""The same cases under two policies, as a table for people: what changes, by how much, and because of what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from yibao.basics.money import yuan
from yibao.cli import words
from yibao.model.facts import Title

if TYPE_CHECKING:
    from yibao.audit.diff import Changed, Comparison, Moved
    from yibao.audit.responsible import Cause

_ORDER = tuple(dict.fromkeys((*words.SETTLED, *words.AMOUNTS)))


def diff_lines(comparison: Comparison, language: str | None) -> Iterator[str]:
    """The lines of the table."""
    yield from _Text(language).lines(comparison)


class _Text:
    def __init__(self, language: str | None) -> None:
        self._language = language

    def lines(self, found: Comparison) -> Iterator[str]:
        counts = {"same": found.same, "changed": found.changed, "not_compared": found.not_compared}
        told = ", ".join(f"{counts[name]} {self._say(title)}" for name, title in words.COMPARED_TALLY.items())
        yield f"{self._say(words.COMPARED)}: {sum(counts.values())} ({told})"
        for (before, after), count in sorted(found.outcomes.items()):
            yield f"  {self._outcome(before)} → {self._outcome(after)}: {count}"
        yield from self._moved(found.moved, "  ")
        for causes, group in found.grouped():
            yield ""
            yield f"{self._say(words.BECAUSE_OF)} {', '.join(map(self._cause, causes))}"
            yield f"  {self._say(words.DECISIONS)}: {group.decisions}"
            yield from self._moved(group.moved, "  ")
            yield f"  {self._say(words.EXAMPLES)}: {'; '.join(map(self._example, group.examples))}"
        for failed in found.failed:
            yield ""
            yield f"{failed.case_id}: {self._say(words.COMPARED_TALLY['not_compared'])}"
            yield from (f"    {problem}" for problem in failed.problems)

    def _moved(self, moved: Moved, indent: str) -> Iterator[str]:
        amounts = moved.document()
        for name in sorted(amounts, key=lambda each: (_ORDER.index(each) if each in _ORDER else len(_ORDER), each)):
            more, less = moved.more[name], moved.less[name]
            parts = [f"{self._say(words.MORE)} {yuan(more)}"] if more else []
            parts += [f"{self._say(words.LESS)} {yuan(less)}"] if less else []
            yield f"{indent}{self._amount(name)}: {', '.join(parts)} {self._say(words.YUAN)}"

    def _cause(self, cause: Cause) -> str:
        return f"{self._say(words.RESPONSIBLE[cause.kind])} {cause.name}".rstrip()

    def _example(self, changed: Changed) -> str:
        place = f"{changed.case_id} #{changed.sequence}"
        if changed.before != changed.after:
            return f"{place} {self._outcome(changed.before)} → {self._outcome(changed.after)}"
        name = next((each for each in _ORDER[1:] if each in changed.fen), None)
        if name is None:
            return place
        fen = changed.fen[name]
        return f"{place} {self._amount(name)} {'+' if fen > 0 else '-'}{yuan(abs(fen))}"

    def _amount(self, name: str) -> str:
        title = {**words.AMOUNTS, **words.SETTLED}.get(name)
        return name if title is None else self._say(title)

    def _outcome(self, outcome: str) -> str:
        return self._say(words.OUTCOMES[outcome]) if outcome in words.OUTCOMES else outcome

    def _say(self, title: Title) -> str:
        return words.said(title, self._language)

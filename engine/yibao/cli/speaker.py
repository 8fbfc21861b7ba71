"""Says what is declared: facts and their values, codes, sources and amounts, in one language or in both.

Words of the command line itself are in `yibao.cli.words`. Decides nothing and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yibao.basics.money import yuan
from yibao.cli import words
from yibao.model.facts import Title, Vocabulary

DOCUMENTS_TABLE = "document"


class Speaker:
    """Speaks Chinese (`zh`), English (`en`), or both side by side (None)."""

    def __init__(self, vocabulary: Vocabulary, language: str | None) -> None:
        self._vocabulary = vocabulary
        self._language = language
        # Punctuation is part of a language too.
        self.colon, self.comma = ("：", "、") if language == "zh" else (": ", ", ")

    def say(self, title: Title) -> str:
        return words.said(title, self._language)

    def told(self, title: Mapping[str, str]) -> str:
        """A title as documents write it."""
        return self.say(Title(zh=title["zh"], en=title["en"]))

    def headed(self, title: Title, text: str) -> str:
        """A text behind its heading."""
        return f"{self.say(title)}{self.colon}{text}"

    def heading(self, title: Title) -> str:
        """A heading with a list below it."""
        return f"{self.say(title)}{self.colon}".rstrip()

    def listed(self, texts: Iterable[str]) -> str:
        return self.comma.join(texts)

    def fact(self, path: str) -> str:
        """What a fact is called."""
        if path == "lines":
            return self.say(words.LINES)
        declaration = self._vocabulary.facts.get(path)
        return path if declaration is None else self.say(declaration.title)

    def named_fact(self, path: str) -> str:
        """What a fact is called, with the path by which documents name it."""
        called = self.fact(path)
        return called if called == path else f"{called} ({path})"

    def value(self, path: str, value: object) -> str:
        """A fact's value: the title of a code, yuan for fen, per cent for basis points, none for null."""
        if value is None:
            return self.say(words.NONE)
        if isinstance(value, bool):
            return self.say(words.YES if value else words.NO)
        if isinstance(value, list):
            return "{" + self.listed(self.value(path, member) for member in value) + "}"
        if isinstance(value, int) and path.endswith("_fen"):
            return self.money(value)
        if isinstance(value, int) and path.endswith("_bp"):
            return percent(value)
        declaration = self._vocabulary.facts.get(path)
        table = None if declaration is None else declaration.type.table
        return str(value) if table is None else self.code(table, str(value))

    def facts(self, facts: Mapping[str, Any]) -> str:
        """Facts with their values."""
        return self.listed(f"{self.fact(path)} = {self.value(path, value)}" for path, value in facts.items())

    def code(self, table: str, code: str) -> str:
        """The title of a code; the code itself when the table does not have it."""
        codes = self._vocabulary.tables[table].codes
        return self.say(codes[code].title) if code in codes else code

    def document(self, code: str) -> str:
        """A document by its title."""
        return self.code(DOCUMENTS_TABLE, code)

    def outcome(self, outcome: str) -> str:
        return self.say(words.OUTCOMES[outcome])

    def money(self, fen: int) -> str:
        return f"{yuan(fen)} {self.say(words.YUAN)}"

    def split(self, amounts: Mapping[str, int | None]) -> str:
        """The parts of an amount in yuan; a question mark for a part that is not known."""
        return self.listed(
            f"{self.say(title)} {'?' if (amount := amounts[name]) is None else yuan(amount)}"
            for name, title in words.AMOUNTS.items()
        )

    def source(self, cite: Mapping[str, Any]) -> str:
        """A citation: the source and the place in it, its grade, and the rows of the ledger that it states."""
        article, passage = cite.get("article"), cite.get("passage")
        if article is not None and article.isdigit():
            article = self.say(Title(zh=f"第{article}条", en=f"art. {article}"))
        place = " ".join(part for part in (f"《{cite['source']}》", article, f"“{passage}”" if passage else "") if part)
        marks = " ".join((self.say(words.GRADE), cite["grade"], *cite["carries"]))
        return self.headed(words.SOURCE, f"{place} [{marks}]")


def percent(basis_points: int) -> str:
    """Basis points as a percentage, without a float: 1250 is 12.5%."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}%" if rest == 0 else f"{whole}.{rest:02d}".rstrip("0") + "%"

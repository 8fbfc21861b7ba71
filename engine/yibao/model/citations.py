"""Citations: where a statement comes from, and how well that source is established."""

from __future__ import annotations

from enum import Enum
from typing import Any

from attrs import frozen


class Grade(Enum):
    """How well a source is established. D and G never stand alone under a rule that is passed off as law."""

    PRIMARY = "A"
    OFFICIAL = "B"
    SECONDARY = "C"
    UNRELIABLE = "D"
    UNCONFIRMED = "G"


@frozen(kw_only=True)
class Citation:
    """Where a statement comes from. `carries` are the rows of the seed ledger that it states."""

    source: str
    grade: Grade
    article: str | None = None
    passage: str | None = None
    address: str | None = None
    carries: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {"source": self.source, "grade": self.grade.value, "carries": list(self.carries)}
        for name, value in (("article", self.article), ("passage", self.passage), ("address", self.address)):
            if value is not None:
                found[name] = value
        return found

    def __str__(self) -> str:
        article = f" 第{self.article}条" if self.article and self.article.isdigit() else f" {self.article or ''}"
        return f"《{self.source}》{article.rstrip()}"

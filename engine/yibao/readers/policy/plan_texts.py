"""The expressions of a plan file: values and tests, read with the names known where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from yibao.basics.problems import Place, ProblemsFound
from yibao.language.amounts import parse_amount, parse_test
from yibao.language.plan_names import PlanNames
from yibao.model.amount_walks import amounts_in, conditions_in
from yibao.model.amounts import Amount, Dimension, Earlier, Test
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.yaml_nodes import Node, Scalar
from yibao.readers.policy.answers_from_yaml import MOST_PARTS, inside, is_too_long

Read = TypeVar("Read", bound=Amount | Test)
_WORD = re.compile(r"[\w.-]+")


class PlanTexts:
    """Reads the expressions of one plan. What rests on a value that could not be read is left out in silence."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._unread: set[str] = set()
        self._read_so_far: list[tuple[Node, Amount | Test]] = []

    def leave_out(self, name: str) -> None:
        """Note that a value could not be read, so that those after it that name it can't be either."""
        self._unread.add(name)

    def amount(self, node: Node, names: PlanNames, dimension: Dimension | None) -> Amount | None:
        """The value that a node writes out; None, after its problem is noted, when there is none."""
        return self._read(node, lambda text, place: parse_amount(text, place, names, dimension))

    def test(self, node: Node, names: PlanNames) -> Test | None:
        """The yes/no question that a node writes out; None, after its problem is noted, when there is none."""
        return self._read(node, lambda text, place: parse_test(text, place, names))

    def check_earlier(self, names: PlanNames) -> None:
        """Note what asked for a value of the part before as something that it turned out not to be."""
        for node, found in self._read_so_far:
            for asked in amounts_in(found):
                known = names.values.get(asked.name) if isinstance(asked, Earlier) else None
                if isinstance(asked, Earlier) and known is not None and known.dimension is not asked.dimension:
                    message = (
                        f"`earlier({asked.name})` is read as {asked.dimension.value}: it is {known.dimension.value}"
                    )
                    self._problems.add("wrong-type", message, node.place)

    def _read(self, node: Node, parse: Callable[[str, Place], Read]) -> Read | None:
        if not isinstance(node, Scalar):
            self._problems.add("wrong-shape", "a value or condition of a plan is an expression", node.place)
            return None
        if self._unread.intersection(_WORD.findall(node.text)):
            return None
        try:
            found = parse(node.text, inside(node))
        except ProblemsFound as error:
            # The keys of a table name values too, without a word of it in the text.
            if not (self._unread and error.problems[0].code == "wrong-keys"):
                self._problems.take(error)
            return None
        if is_too_long(conditions_in(found)):
            message = f"with its named conditions written out, the expression has more than {MOST_PARTS} parts"
            self._problems.add("expression-too-long", message, node.place, "split it into several values")
            return None
        self._read_so_far.append((node, found))
        return found

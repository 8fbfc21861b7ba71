"""Python functions made of expressions that other modules of this room put together.

Their text holds signs, keywords and names made here, and nothing else: paths, constants and functions are bound to such
names, so that nothing that an author or a caller wrote is ever part of a text (decision 0014).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import define, field


class Elsewhere(Exception):
    """The short way ends here: something is unknown or out of the ordinary, and the long way has to say what."""


@define
class Bound:
    """The values that a function under construction refers to by name."""

    _values: dict[str, object] = field(factory=dict)
    _places: int = 0

    def bind(self, value: object) -> str:
        """A name for the value."""
        name = f"k{len(self._values)}"
        self._values[name] = value
        return name

    def place(self) -> str:
        """A name of its own for something that is kept for a moment."""
        self._places += 1
        return f"t{self._places}"

    def function(self, parameters: str, body: Iterable[str]) -> Callable[..., Any]:
        """The function with these parameters and lines. The bound values are its defaults, which are fast to reach, and
        faster by place than by keyword."""
        text = [f"def made({', '.join([parameters, *(f'{name}={name}' for name in self._values)])}):"]
        text += [f"    {line}" for line in body]
        namespace = dict(self._values)
        exec("\n".join(text), namespace)
        made = namespace["made"]
        if not callable(made):
            raise TypeError("a definition makes a function")
        return made


def elsewhere() -> int:
    """Ends the short way, from inside an expression. Raises Elsewhere."""
    raise Elsewhere

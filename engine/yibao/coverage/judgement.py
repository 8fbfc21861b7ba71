"""What an engine says of one line: a record that both engines fill, to be compared and to be written out.

It is a function of the profile (which atoms hold, which are unknown) and of nothing else: no amount, fact value, name
of a missing fact or line id is in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from yibao.model.expressions import Atom

Truth = bool | None
Axis = tuple[Atom, ...]

# Questions whose answer is part of a line's verdict; a first payment alone leaves a line covered.
VERDICT_QUESTIONS = ("share", "ceiling")
MOST_COMPLETIONS = 65_536


@frozen(kw_only=True)
class Judgement:
    """Three-valued statuses (None = open), and the outcome after completions.

    atoms: by canonical text. findings: by name. applies, stands: by rule key. silenced_by: for a rule that surely
    applies and surely does not stand, one rule above it that surely applies. admitted: after completions. matters:
    the axes on which an open verdict depends, each as its open atoms. exact: whether `matters` is exactly what
    matters. answers: for an admitted line, the standing rules of each value question that is determined; the others
    are in `open_answers` with the axes that they depend on.
    """

    atoms: Mapping[str, Truth]
    findings: Mapping[str, Truth]
    applies: Mapping[str, Truth]
    stands: Mapping[str, Truth]
    silenced_by: Mapping[str, str]
    admitted: Truth
    verdict_open: bool
    matters: tuple[Axis, ...]
    exact: bool
    answers: Mapping[str, tuple[str, ...]]
    open_answers: Mapping[str, tuple[Axis, ...]]

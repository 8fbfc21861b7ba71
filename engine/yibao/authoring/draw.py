"""A chart as a picture: Mermaid for a text that renders it, SVG for everything else. Needs no graph library.

States stand in a column, in the order of the chart. Beside each step stands what it requires;
a step that does not lead to the next state down runs along the left edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from yibao.model.chart import Chart, State, Step
from yibao.model.facts import CodeTable, Title
from yibao.model.outcomes import OUTCOMES

_FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
_WORDS: Mapping[str, Title] = {
    "needs": Title(zh="材料", en="documents"),
    "holds": Title(zh="须满足", en="must hold"),
    "bars": Title(zh="不得", en="refused if"),
    "within": Title(zh="期限", en="deadline"),
    "waits": Title(zh="须先有", en="waits for"),
    "other": Title(zh="须换人", en="other actor"),
    "decides": Title(zh="裁决", en="decision"),
    "decided_as": Title(zh="结论须为", en="decided as"),
    "beside": Title(zh="步骤之外的操作", en="Beside the steps"),
    "decided": Title(zh="对费用逐行作出裁决", en="The claim is decided, line by line"),
}
_MARGIN, _LANE, _TOP, _GAP = 40, 20, 100, 22
_STATE_WIDTH, _STATE_HEIGHT, _BETWEEN = 216, 56, 64
_CARD_WIDTH, _LINE_HEIGHT, _PADDING, _INDENT = 560, 24, 16, 84


def mermaid(chart: Chart, language: str) -> str:
    """The chart as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    direction TB"]
    for state in chart.states.values():
        lines.append(f'    state "{_plain(state.title.in_language(language))}" as {state.name}')
    lines.append(f"    [*] --> {chart.initial}")
    for step in chart.steps:
        title = _plain(step.title.in_language(language))
        asks = f" [{decided_as(step, language)}]" if step.decided_as else ""
        lines.extend(f"    {source} --> {step.target}: {title} ({step.event}){asks}" for source in step.sources)
        for deadline in step.deadlines:
            if deadline.overdue is not None:
                late = _plain(deadline.title.in_language(language))
                lines.extend(f"    {source} --> {deadline.overdue}: {late}" for source in step.sources)
    lines.extend(f"    {state.name} --> [*]" for state in chart.states.values() if state.final)
    return "\n".join(lines) + "\n"


def decided_as(step: Step, language: str) -> str:
    """The outcomes for which a step is meant, in words."""
    titles = [OUTCOMES[outcome].in_language(language) for outcome in step.decided_as]
    return ("、" if language == "zh" else ", ").join(titles)


def svg(chart: Chart, documents: CodeTable, language: str) -> str:
    """The chart as a drawing that stands alone. `documents` gives the documents their titles."""
    return _Drawing(chart, documents, language).text()


@frozen(kw_only=True)
class _Row:
    """One line of a step's card: a mark before the text says what kind of requirement it is."""

    mark: str
    text: str
    warns: bool


@frozen(kw_only=True)
class _Placed:
    """A state and the room below it for the steps that leave it."""

    state: State
    top: int

    @property
    def bottom(self) -> int:
        return self.top + _STATE_HEIGHT


class _Drawing:
    """Places everything, then writes it out."""

    def __init__(self, chart: Chart, documents: CodeTable, language: str) -> None:
        self._chart = chart
        self._documents = documents
        self._language = language
        self._placed: dict[str, _Placed] = {}
        names = list(chart.states)
        # Steps that do not lead to the next state down, each in a lane of its own at the left edge.
        self._lanes = [
            (source, step.name)
            for step in chart.steps
            for source in step.sources
            if names.index(step.target) != names.index(source) + 1
        ]
        self._left = _MARGIN + _LANE * len(self._lanes)
        self._card_left = self._left + _STATE_WIDTH + _BETWEEN
        self._width = self._card_left + _CARD_WIDTH + _MARGIN
        top = _TOP
        for state in chart.states.values():
            self._placed[state.name] = _Placed(state=state, top=top)
            cards = sum(self._card_height(step) + _GAP for step in chart.steps_from(state.name))
            cards += self._operations_height(state)
            top += _STATE_HEIGHT + _GAP + cards
        self._height = top + _GAP

    def text(self) -> str:
        title = self._say(self._chart.title)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width} {self._height}" width="{self._width}" '
            f'height="{self._height}" role="img" aria-label={quoteattr(title)} font-family="{_FONT}">'
        )
        return "\n".join([head, *self._body(title), "</svg>"]) + "\n"

    def _body(self, title: str) -> Iterator[str]:
        yield f"<title>{escape(title)}</title><desc>{escape(self._say(self._chart.summary))}</desc>"
        yield (
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
            'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#33566b"/></marker></defs>'
        )
        yield f'<rect width="{self._width}" height="{self._height}" fill="#ffffff"/>'
        yield _text(self._left, 44, title, size=24, weight=700, fill="#12303f")
        yield _text(self._left, 70, self._chart.name, size=13, fill="#6b7f8a", mono=True)
        for placed in self._placed.values():
            top = placed.bottom + _GAP
            for step in self._chart.steps_from(placed.state.name):
                yield from self._arrow(step, placed, top)
                yield from self._card(step, top)
                top += self._card_height(step) + _GAP
        for placed in self._placed.values():
            yield from self._state(placed)
            if self._operations_height(placed.state):
                yield from self._operations(placed.bottom + _GAP)

    def _state(self, placed: _Placed) -> Iterator[str]:
        state = placed.state
        fill, line = ("#12303f", "#12303f") if state.final else ("#e8f1f5", "#33566b")
        ink, faint = ("#ffffff", "#b9cdd7") if state.final else ("#12303f", "#6b7f8a")
        width = 3 if state.name == self._chart.initial else 1
        yield (
            f'<rect x="{self._left}" y="{placed.top}" width="{_STATE_WIDTH}" height="{_STATE_HEIGHT}" rx="10" '
            f'fill="{fill}" stroke="{line}" stroke-width="{width}"/>'
        )
        middle, title = self._left + _STATE_WIDTH // 2, self._say(state.title)
        size = next((size for size in (16, 14, 12) if _measure(title, size) <= _STATE_WIDTH - _PADDING), 11)
        yield _text(middle, placed.top + 25, title, size=size, weight=600, fill=ink, anchor="middle")
        yield _text(middle, placed.top + 44, state.name, size=12, fill=faint, anchor="middle", mono=True)

    def _arrow(self, step: Step, source: _Placed, card_top: int) -> Iterator[str]:
        target, middle = self._placed[step.target], self._left + _STATE_WIDTH // 2
        card_middle = card_top + self._card_height(step) // 2
        if (source.state.name, step.name) not in self._lanes:
            yield _path(f"M{middle} {source.bottom}V{target.top - 2}", tip=True)
            yield _path(f"M{middle} {card_middle}H{self._card_left}", dashed=True)
            return
        left = self._left - _LANE * (1 + self._lanes.index((source.state.name, step.name)))
        start, end = source.top + _STATE_HEIGHT // 2, target.top + _STATE_HEIGHT // 2
        yield _path(f"M{self._left} {start}H{left}V{end}H{self._left - 2}", tip=True)
        yield _path(f"M{left} {card_middle}H{self._card_left}", dashed=True)

    def _card(self, step: Step, top: int) -> Iterator[str]:
        height = self._card_height(step)
        yield (
            f'<rect x="{self._card_left}" y="{top}" width="{_CARD_WIDTH}" height="{height}" rx="8" fill="#fbfaf6" '
            'stroke="#d9d3c3"/>'
        )
        left, right, line = self._card_left + _PADDING, self._card_left + _CARD_WIDTH - _PADDING, top + _PADDING + 13
        yield _text(left, line, self._say(step.title), size=16, weight=600, fill="#12303f")
        yield _text(right, line, step.event, size=13, fill="#9a5b13", anchor="end", mono=True)
        line += _LINE_HEIGHT
        yield _text(left, line, self._say(self._chart.actors[step.acts]), size=13, fill="#6b7f8a")
        yield _text(right, line, " ".join(step.carries), size=12, fill="#6b7f8a", anchor="end")
        for row in self._rows(step):
            line += _LINE_HEIGHT
            yield _text(left, line, row.mark, size=12, weight=600, fill="#a1401a" if row.warns else "#33566b")
            yield _text(left + _INDENT, line, row.text, size=14, fill="#2a2a2a")

    def _operations_height(self, state: State) -> int:
        """The room for the operations, which stand with the state that a withdrawal leads to."""
        if state.name not in {operation.target for operation in self._chart.operations.values()}:
            return 0
        return 2 * _PADDING + _LINE_HEIGHT * len(self._chart.operations) + _LINE_HEIGHT + _GAP

    def _operations(self, top: int) -> Iterator[str]:
        """What can be done in any state: no arrows, since they would come from everywhere."""
        height = 2 * _PADDING + _LINE_HEIGHT * (1 + len(self._chart.operations))
        yield (
            f'<rect x="{self._card_left}" y="{top}" width="{_CARD_WIDTH}" height="{height}" rx="8" fill="#f4f6f7" '
            'stroke="#b9cdd7" stroke-dasharray="3 4"/>'
        )
        left, right, line = self._card_left + _PADDING, self._card_left + _CARD_WIDTH - _PADDING, top + _PADDING + 13
        yield _text(left, line, self._say(_WORDS["beside"]), size=16, weight=600, fill="#12303f")
        for name, operation in self._chart.operations.items():
            line += _LINE_HEIGHT
            who = self._say(self._chart.actors[operation.acts])
            back = "" if operation.back_to is None else f" → {self._say(self._chart.states[operation.back_to].title)}"
            yield _text(left, line, f"{self._say(operation.title)} · {who}{back}", size=14, fill="#2a2a2a")
            yield _text(right, line, name, size=13, fill="#9a5b13", anchor="end", mono=True)

    def _card_height(self, step: Step) -> int:
        return 2 * _PADDING + _LINE_HEIGHT * (1 + len(list(self._rows(step)))) + 16

    def _rows(self, step: Step) -> Iterator[_Row]:
        titles = [self._say(self._documents.codes[code].title) for code in step.documents]
        yield from self._wrapped("needs", ("、" if self._language == "zh" else ", ").join(titles))
        for guard in step.guards:
            yield from self._wrapped("bars" if guard.bars else "holds", self._say(guard.title))
        for deadline in step.deadlines:
            overdue = "" if deadline.overdue is None else f" → {self._say(self._chart.states[deadline.overdue].title)}"
            yield from self._wrapped("within", self._say(deadline.title) + overdue)
        if step.reliance is not None:
            yield from self._wrapped("waits", self._say(step.reliance.title))
        if step.differs_from:
            others = [each for name in step.differs_from if (each := self._chart.step_named(name)) is not None]
            titles = [self._say(each.title) for each in others]
            yield from self._wrapped("other", ("、" if self._language == "zh" else ", ").join(titles))
        if step.decided_as:
            yield from self._wrapped("decided_as", decided_as(step, self._language))
        if step.decides:
            yield from self._wrapped("decides", self._say(_WORDS["decided"]))

    def _wrapped(self, mark: str, text: str) -> Iterator[_Row]:
        for at, part in enumerate(_lines(text, _CARD_WIDTH - 2 * _PADDING - _INDENT, 14)):
            yield _Row(mark=self._say(_WORDS[mark]) if at == 0 else "", text=part, warns=mark == "bars")

    def _say(self, title: Title) -> str:
        return title.in_language(self._language)


def _lines(text: str, width: int, size: int) -> list[str]:
    """The text in lines that fit: Chinese breaks anywhere, other words at blanks."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and _measure(lines[-1] + piece.rstrip(), size) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines if line.strip()]


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if _is_wide(letter):
            if word:
                yield word
            yield letter
            word = ""
        else:
            word += letter
            if letter == " ":
                yield word
                word = ""
    if word:
        yield word


def _measure(text: str, size: int) -> int:
    """About how many units wide a text is drawn: a Chinese character is a square, others are half as wide or so."""
    return sum(100 if _is_wide(letter) else 53 for letter in text) * size // 100


def _is_wide(letter: str) -> bool:
    return ord(letter) >= 0x2E80


def _text(
    x: int, y: int, text: str, *, size: int, fill: str, weight: int = 400, anchor: str = "start", mono: bool = False
) -> str:
    family = ' font-family="ui-monospace,Menlo,Consolas,monospace"' if mono else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" fill="{fill}" text-anchor="{anchor}"'
        f"{family}>{escape(text)}</text>"
    )


def _path(way: str, *, tip: bool = False, dashed: bool = False) -> str:
    ending = ' marker-end="url(#tip)"' if tip else ""
    stroke = ' stroke="#b9cdd7" stroke-dasharray="3 4"' if dashed else ' stroke="#33566b" stroke-width="2"'
    return f'<path d="{way}" fill="none"{stroke}{ending}/>'


def _plain(text: str) -> str:
    """A text that Mermaid can't take for its own signs."""
    return text.replace('"', "'").replace(":", " ").replace(";", " ").replace("#", " ")

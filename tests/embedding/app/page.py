"""The overview as a page: each case with its state and what can be done now, in Chinese or English."""

from __future__ import annotations

from html import escape

from attrs import frozen

from yibao import Casebook, InForce, NextSteps


@frozen
class Words:
    """What the page says beside the titles of the charts. `until` has the last day in place of its braces."""

    title: str
    heads: tuple[str, ...]
    until: str


WORDS = {
    "zh": Words("案件一览", ("案件", "程序", "状态", "现在可办理", "尚缺"), "（截至 {}）"),
    "en": Words("Cases", ("Case", "Procedure", "State", "Possible now", "Still needed"), " (until {})"),
}


def page_of(book: Casebook, law: InForce, at: str, lang: str) -> str:
    """The page. Only names and states are on it, and nothing of anybody's claim."""
    words, following = WORDS[lang], [book.next(case_id, at=at) for case_id in book.cases()]
    rows = [_row(each, law, lang) for each in following if each is not None]
    table = "".join(f"<tr>{''.join(cells)}</tr>" for cells in ([f"<th>{head}</th>" for head in words.heads], *rows))
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{words.title}</title>'
        f"<h1>{words.title}</h1><table>{table}</table></html>"
    )


def _row(following: NextSteps, law: InForce, lang: str) -> list[str]:
    case, chart = following.case, law.charts[following.case.chart]
    steps = []
    for step in following.steps:
        declared = chart.step_of(step.event)
        title = step.event if declared is None else declared.title.in_language(lang)
        steps.append(title if step.until is None else title + WORDS[lang].until.format(step.until))
    needs = [need for step in following.steps for need in step.needs]
    state = chart.states[case.state].title
    cells = (case.case_id, chart.title.in_language(lang), state.in_language(lang), "; ".join(steps), ", ".join(needs))
    return [f"<td>{escape(cell)}</td>" for cell in cells]

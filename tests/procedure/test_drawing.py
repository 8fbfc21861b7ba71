"""A drawing shows the whole chart: every state, every step, what each requires, and nothing on top of another thing."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree

import pytest
from attrs import evolve

from tests.procedure.world import INPATIENT, charts, vocabulary
from yibao.authoring.draw import decided_as, mermaid, svg
from yibao.model.chart import Chart

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[int, int, int, int]


def drawn(chart: Chart, language: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg(chart, vocabulary().tables["document"], language))


def boxes(picture: ElementTree.Element) -> list[Box]:
    """Left, top, right and bottom of every box but the background."""
    found = []
    for box in list(picture.iter(f"{SVG}rect"))[1:]:
        left, top, width, height = (int(box.attrib[name]) for name in ("x", "y", "width", "height"))
        found.append((left, top, left + width, top + height))
    return found


def ways(chart: Chart) -> int:
    """How many ways between two states the chart shows: each step once for each state that it leaves."""
    return sum(len(step.sources) for step in chart.steps)


def branching() -> Chart:
    """The inpatient chart with a step back and a step that leaves others out."""
    chart = charts()[INPATIENT]
    back = evolve(chart.steps[1], name="back", event="send_back", sources=("invoiced",), target="treated", guards=())
    leap = evolve(chart.steps[1], name="leap", event="leap", sources=("sealed",), target="invoiced", guards=())
    return evolve(chart, steps=(*chart.steps, back, leap))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", charts())
def test_a_drawing_shows_every_state_and_every_step(name: str, language: str) -> None:
    chart = charts()[name]
    texts = {element.text for element in drawn(chart, language).iter(f"{SVG}text")}
    assert {state.title.in_language(language) for state in chart.states.values()} <= texts
    assert {step.title.in_language(language) for step in chart.steps} <= texts
    assert {step.event for step in chart.steps} <= texts


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_drawing_shows_the_documents_and_conditions_of_a_step(language: str) -> None:
    picture = drawn(charts()[INPATIENT], language)
    shown = "".join(element.text or "" for element in picture.iter(f"{SVG}text")).replace(" ", "")
    for step in charts()[INPATIENT].steps:
        for code in step.documents:
            title = vocabulary().tables["document"].codes[code].title.in_language(language)
            assert title.replace(" ", "") in shown
        for guard in step.guards:
            assert guard.title.in_language(language).replace(" ", "") in shown


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "chart", [*charts().values(), branching()], ids=lambda chart: f"{chart.name}-{len(chart.steps)}"
)
def test_boxes_lie_inside_the_picture_and_apart(chart: Chart, language: str) -> None:
    picture = drawn(chart, language)
    width, height = int(picture.attrib["width"]), int(picture.attrib["height"])
    found = boxes(picture)
    assert len(found) == len(chart.states) + ways(chart) + 1, "the operations stand in one box of their own"
    for left, top, right, bottom in found:
        assert left >= 0
        assert top >= 0
        assert right <= width
        assert bottom <= height
    for one, other in itertools.combinations(found, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, f"{one} and {other} overlap"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", charts())
def test_a_title_fits_the_box_of_its_state(name: str, language: str) -> None:
    chart = charts()[name]
    picture = drawn(chart, language)
    boxed, *_others = list(picture.iter(f"{SVG}rect"))[1:]
    sizes = {element.text: int(element.attrib["font-size"]) for element in picture.iter(f"{SVG}text")}
    for state in chart.states.values():
        title = state.title.in_language(language)
        # A Chinese character is a square; other letters of this weight are somewhat more than half of one wide.
        letters = sum(100 if letter >= "\u2e80" else 53 for letter in title)
        assert letters * sizes[title] // 100 < int(boxed.attrib["width"]), title


def test_a_drawing_shows_where_a_new_decision_leads_back_to() -> None:
    texts = {element.text for element in drawn(charts()["agency-handling"], "en").iter(f"{SVG}text")}
    assert "New decision · Reviewer → Settled" in texts


def test_each_step_is_an_arrow() -> None:
    for chart in (*charts().values(), branching()):
        tips = [path for path in drawn(chart, "zh").iter(f"{SVG}path") if "marker-end" in path.attrib]
        assert len(tips) == ways(chart)


def test_a_step_shows_for_which_decisions_it_is() -> None:
    chart = charts()["agency-handling"]
    picture = "".join(element.text or "" for element in drawn(chart, "en").iter(f"{SVG}text"))
    assert "covered, partly covered" in picture
    form = "    settled --> form_issued: {} (issue_form) [{}]\n"
    en, zh = mermaid(chart, "en"), mermaid(chart, "zh")
    assert form.format("Approval and reimbursement form", "covered, partly covered") in en
    assert form.format("批准并开具报销单", "符合医保支付范围、部分符合医保支付范围") in zh


def test_signs_of_xml_in_a_title_do_no_harm() -> None:
    chart = charts()[INPATIENT]
    odd = evolve(chart, title=evolve(chart.title, zh='<b>"&"</b>'))
    assert '<b>"&"</b>' in {element.text for element in drawn(odd, "zh").iter(f"{SVG}text")}


def test_mermaid_has_one_line_for_each_step_and_each_end() -> None:
    for chart in charts().values():
        lines = [line.strip() for line in mermaid(chart, "en").splitlines()]
        assert lines[0] == "stateDiagram-v2"
        assert f"[*] --> {chart.initial}" in lines
        for step in chart.steps:
            for source in step.sources:
                asks = f" [{decided_as(step, 'en')}]" if step.decided_as else ""
                assert f"{source} --> {step.target}: {step.title.en} ({step.event}){asks}" in lines
        ends = [f"{state.name} --> [*]" for state in chart.states.values() if state.final]
        assert [line for line in lines if line.endswith("--> [*]")] == ends

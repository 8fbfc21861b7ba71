"""The values of parameters from their texts: whole fen, exact rates, whole numbers, marginal bands. Nothing is rounded:
a text that is not exact in its unit is a problem."""

from __future__ import annotations

import re
from fractions import Fraction

from yibao.basics.money import MAXIMUM_FEN
from yibao.basics.problems import Place
from yibao.language.parameter_texts import MILLIONTHS
from yibao.model.parameters import Band, ParameterValue, Unit
from yibao.readers.documents.forms import Form, Problems
from yibao.readers.documents.pointed_problems import shown
from yibao.readers.documents.yaml_nodes import Node, Scalar, Sequence

MOST_BANDS = 50
HIGHEST_FACTOR = 10
HIGHEST_NUMBER = 1_000_000
_DECIMALS_OF_YUAN = 2
_DECIMALS_OF_A_PERCENTAGE = 4
_HINTS_ABOVE = {
    Unit.RATE: "a factor may exceed 100 %: `unit: factor`",
    Unit.BANDS: "a band pays at most all that lies in it",
}
_NUMBER = re.compile(r"(-?)(0|[1-9]\d{0,29})(?:\.(\d{1,30}))?", re.ASCII)


def value_of_node(node: Node, unit: Unit, problems: Problems) -> ParameterValue | None:
    """A value in its unit; None, after its problem is noted, when it is none."""
    if unit is Unit.BANDS:
        return _bands(node, problems)
    if not isinstance(node, Scalar):
        problems.add("wrong-shape", f"one value in {unit.value} is due here", node.place)
        return None
    match unit:
        case Unit.YUAN:
            return fen_of(node.text, node.place, problems)
        case Unit.RATE | Unit.FACTOR:
            return rate_of(node.text, unit, node.place, problems)
        case Unit.COUNT | Unit.DAYS | Unit.MONTHS:
            return _whole(node.text, unit, node.place, problems)


def fen_of(text: str, place: Place, problems: Problems) -> int | None:
    """Whole fen from yuan with at most two decimals; None after `wrong-type`, `finer-than-a-fen`, `out-of-range`."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        problems.add("wrong-type", f"{shown(text)} is no amount in yuan such as 1300 or 0.50", place)
        return None
    minus, whole, decimals = found[1], found[2], found[3] or ""
    if len(decimals) > _DECIMALS_OF_YUAN:
        problems.add("finer-than-a-fen", f"{shown(text)} yuan has parts of a fen", place)
        return None
    fen = int(whole + decimals.ljust(_DECIMALS_OF_YUAN, "0"))
    if minus or fen > MAXIMUM_FEN:
        problems.add("out-of-range", f"{shown(text)} is not from 0 to {MAXIMUM_FEN // 100} yuan", place)
        return None
    return fen


def rate_of(text: str, unit: Unit, place: Place, problems: Problems) -> Fraction | None:
    """An exact rate (of a band, for the unit of bands) from a percentage with at most four decimals; None after
    `wrong-type` or `out-of-range`."""
    written = text.strip()
    found = _NUMBER.fullmatch(written[:-1]) if written.endswith("%") else None
    decimals = (found[3] or "") if found else ""
    if found is None or len(decimals) > _DECIMALS_OF_A_PERCENTAGE:
        message = (
            f"{shown(text)} is no percentage such as 85% or 4.5%, with at most {_DECIMALS_OF_A_PERCENTAGE} decimals"
        )
        problems.add("wrong-type", message, place)
        return None
    rate = Fraction(int(found[2] + decimals.ljust(_DECIMALS_OF_A_PERCENTAGE, "0")), MILLIONTHS)
    highest = HIGHEST_FACTOR if unit is Unit.FACTOR else 1
    if found[1] or rate > highest:
        hint = None if found[1] else _HINTS_ABOVE.get(unit)
        problems.add("out-of-range", f"{shown(text)} is not from 0% to {highest * 100}%", place, hint)
        return None
    return rate


def _whole(text: str, unit: Unit, place: Place, problems: Problems) -> int | None:
    found = _NUMBER.fullmatch(text.strip())
    if found is None or found[3]:
        problems.add("wrong-type", f"{shown(text)} is no whole number ({unit.value})", place)
        return None
    number = int(found[2])
    if found[1] or number > HIGHEST_NUMBER:
        problems.add("out-of-range", f"{shown(text)} is not from 0 to {HIGHEST_NUMBER}", place)
        return None
    return number


def _bands(node: Node, problems: Problems) -> tuple[Band, ...] | None:
    """Bands from a list of mappings, or from the text of a cell: `30000: 85%; 90%`."""
    before = len(problems.found)
    if isinstance(node, Sequence):
        parts = [_band_of_form(Form(item, problems, "a band"), problems) for item in node.items[: MOST_BANDS + 1]]
    elif isinstance(node, Scalar):
        parts = [_band_of_text(text, node.place, problems) for text in node.text.split(";")[: MOST_BANDS + 1]]
    else:
        problems.add("wrong-shape", "bands are a list, such as [{upto: 30000, rate: 85%}, {rate: 90%}]", node.place)
        return None
    if len(parts) > MOST_BANDS:
        problems.add("too-many", f"there are at most {MOST_BANDS} bands", node.place)
    elif not parts:
        problems.add("wrong-shape", "there is at least one band", node.place)
    places = [item.place for item in node.items] if isinstance(node, Sequence) else [node.place] * len(parts)
    bands = [band for band in parts if band is not None]
    if len(problems.found) == before:
        _check_order(bands, places, problems)
    return tuple(bands) if len(problems.found) == before else None


def _band_of_form(form: Form, problems: Problems) -> Band | None:
    upto = form.read("upto", lambda node: _edge(node, problems))
    rate = form.read("rate", lambda node: _rate_of_band(node, problems), required=True)
    form.finish()
    return None if rate is None else Band(upto, rate)


def _rate_of_band(node: Node, problems: Problems) -> Fraction | None:
    if isinstance(node, Scalar):
        return rate_of(node.text, Unit.BANDS, node.place, problems)
    problems.add("wrong-shape", "one percentage is due here", node.place)
    return None


def _edge(node: Node, problems: Problems) -> int | None:
    fen = value_of_node(node, Unit.YUAN, problems)
    return fen if isinstance(fen, int) else None


def _band_of_text(text: str, place: Place, problems: Problems) -> Band | None:
    edge, colon, percentage = text.rpartition(":")
    upto = fen_of(edge, place, problems) if colon else None
    rate = rate_of(percentage, Unit.BANDS, place, problems)
    return None if rate is None else Band(upto, rate)


def _check_order(bands: list[Band], places: list[Place], problems: Problems) -> None:
    """Edges grow, and only the last band has none: so no band is empty, overlaps another or leaves a gap."""
    below = 0
    for number, (band, place) in enumerate(zip(bands, places, strict=True), start=1):
        if band.upto_fen is None:
            if number < len(bands):
                problems.add("bands-out-of-order", f"band {number} has no end, so none can follow it", place)
                return
        elif band.upto_fen <= below:
            message = f"band {number} ends where the one before it has ended already, or before it has begun"
            problems.add("bands-out-of-order", message, place, "write the bands in the order of their growing edges")
            return
        else:
            below = band.upto_fen

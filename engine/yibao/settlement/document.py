"""The contract's `settlement` object, with the working of each value and segment in Chinese and English.

`settlement_document` gives it in memory, in the order in which people read it; `settlement_json` gives its canonical
JSON and never makes the document. Both are filled into the same forms.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from attrs import fields_dict

from yibao.basics.digest import canonical_json_of_whole_numbers
from yibao.language.parameter_texts import text_of_value
from yibao.model.facts import UNKNOWN
from yibao.model.plan import Accumulation, Plan, Purse, PursePart
from yibao.settlement.book import Found
from yibao.settlement.forms import Form, alone, in_text
from yibao.settlement.program import Program
from yibao.settlement.reading import MOST_KEPT
from yibao.settlement.result import Amounts, Part, Settled
from yibao.settlement.run import Run
from yibao.settlement.steps import cited, number_text, segments_told, values_told
from yibao.settlement.telling import Seen, Written


def settlement_document(settled: Settled) -> dict[str, Any]:
    """What was decided, who pays what, and how it was worked out: each step in the order of the plan."""
    used = parameters_read(part.run for part in settled.parts)
    plan, amounts = _plan(settled), _amounts(settled.amounts)
    return {
        "plan": _in_memory(plan),
        "amounts": _in_memory(amounts),
        **{name: [_in_memory(one) for one in told] for name, told in _told(settled).items()},
        "parameters": [parameter_document(found) for found in used],
        "illustrative": settled.illustrative,
    }


def settlement_json(settled: Settled) -> bytes:
    """The canonical JSON of the same object."""
    used = parameters_read(part.run for part in settled.parts)
    said = {name: _listed([form.text(filled) for form, filled in told]) for name, told in _told(settled).items()}
    for name, (form, filled) in (("plan", _plan(settled)), ("amounts", _amounts(settled.amounts))):
        said[name] = form.text(filled)
    said["parameters"] = _listed([_parameter_json(found) for found in used])
    said["illustrative"] = "true" if settled.illustrative else "false"
    return ("{" + ",".join([f'"{name}":{said[name]}' for name in sorted(said)]) + "}").encode()


def _listed(members: list[str]) -> str:
    return f"[{','.join(members)}]"


def _in_memory(written: Written) -> dict[str, Any]:
    form, filled = written
    return form.document(filled)


def _told(settled: Settled) -> Mapping[str, list[Written]]:
    """Whatever is listed part by part."""
    program, parts = settled.program, settled.parts
    seen = [Seen(part.run, part.benefit_year) for part in parts]
    return {
        "values": [value for each in seen for value in values_told(program, each)],
        "segments": [segment for each in seen for segment in segments_told(program, each)],
        "purses": [purse for part in parts for purse in _purses(program, part)],
        "accumulators": [accumulator for part in parts for accumulator in _accumulators(program, part)],
    }


def _kept(program: Program, part: object, document: Callable[[], Mapping[str, Any]]) -> Form:
    """The form for a part of a plan, made once."""
    form = program.forms.get(id(part))
    if form is None:
        form = program.forms[id(part)] = Form(document())
    return form


def _plan(settled: Settled) -> Written:
    plan = settled.program.plan
    return _kept(settled.program, plan, partial(_plan_document, plan)), [settled.date.isoformat()]


def _plan_document(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "layer": plan.layer,
        "title": plan.title.document(),
        "cites": cited(plan.cites),
        "dated_by": plan.in_force.by.path,
        "date": in_text(0),
        "illustrative": plan.illustrative,
    }


def _amounts(amounts: Amounts) -> Written:
    return _AMOUNTS, [number_text(amount) for amount in _ALL_AMOUNTS(amounts)]


_ALL_AMOUNTS: Callable[[Amounts], tuple[int | None, ...]] = attrgetter(*fields_dict(Amounts))
_AMOUNTS = Form({name: alone(place) for place, name in enumerate(fields_dict(Amounts))})


def _purses(program: Program, part: Part) -> Iterator[Written]:
    year, left = number_text(part.benefit_year), part.personal_fen
    for paid in part.purses:
        left -= paid.pays_fen
        amounts = (paid.pays_fen, paid.may_pay_fen, paid.balance_fen)
        form = _kept(program, paid.purse, partial(_purse_document, paid.purse))
        yield form, [*map(number_text, amounts), year]
    yield _CASH, [str(left), year]


def _purse_document(purse: PursePart) -> dict[str, Any]:
    return {
        "purse": purse.purse.value,
        "pays_fen": alone(0),
        "may_pay_fen": alone(1),
        "balance_fen": alone(2),
        "cites": cited(purse.cites),
        "benefit_year": alone(3),
    }


_CASH = Form(
    {
        "purse": Purse.CASH.value,
        "pays_fen": alone(0),
        "may_pay_fen": None,
        "balance_fen": None,
        "cites": [],
        "benefit_year": alone(1),
    }
)


def _accumulators(program: Program, part: Part) -> Iterator[Written]:
    for done in part.accumulators:
        form = _kept(program, done.accumulation, partial(_accumulator_document, done.accumulation))
        yield form, [*map(number_text, (part.benefit_year, done.before, done.amount, done.after))]


def _accumulator_document(accumulation: Accumulation) -> dict[str, Any]:
    return {
        "fact": accumulation.fact.path,
        "benefit_year": alone(0),
        "before": alone(1),
        "update": accumulation.update.value,
        "amount": alone(2),
        "after": alone(3),
    }


def parameters_read(runs: Iterable[Run]) -> list[Found]:
    """Each answer of a parameter that was read, once, in the order of the plan."""
    answers: dict[tuple[Hashable, ...], Found] = {}
    for run in runs:
        for found in run.answers():
            if found.version is not None and found.value is not None:
                # Layer, name and day choose the entry. Equal answers may be two objects: not every answer is kept.
                parameter = found.parameter
                answers.setdefault((parameter.layer, parameter.name, found.day, found.keys), found)
    return [*answers.values()]


@lru_cache(maxsize=MOST_KEPT)
def _parameter_json(found: Found) -> str:
    return canonical_json_of_whole_numbers(parameter_document(found)).decode()


def parameter_document(found: Found) -> dict[str, Any]:
    """An answer of a parameter as documents write it."""
    parameter, version = found.parameter, found.version
    period = None if version is None else version.period
    value = None if found.value is None else text_of_value(found.value, parameter.unit)
    return {
        "parameter": found.called,
        "title": parameter.title.document(),
        "unit": parameter.unit.value,
        "value": value,
        "keys": {
            key.name: given for key, given in zip(parameter.keys, found.keys, strict=True) if given is not UNKNOWN
        },
        "from": None if period is None else period.start.isoformat(),
        "to": None if period is None or period.end is None else period.end.isoformat(),
        "by": parameter.by.path,
        "date": None if found.day is None else found.day.isoformat(),
        "cites": [] if version is None else cited(version.cites),
        "illustrative": version is not None and version.illustrative,
    }

"""A settlement as text for people: the plan, each value and payer with its working, and who pays what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yibao.cli import words
from yibao.cli.speaker import Speaker

PAYERS_TABLE = "payer"
Document = Mapping[str, Any]


def settlement_lines(settlement: Document, speaker: Speaker) -> Iterator[str]:
    """The lines that tell the settlement object of a decision."""
    plan = settlement["plan"]
    yield f"{speaker.headed(words.SETTLEMENT, speaker.told(plan['title']))} [{plan['layer']}/{plan['id']}]"
    yield f"    {speaker.fact(plan['dated_by'])} {plan['date']}"
    yield from (f"    {speaker.source(cite)}" for cite in plan["cites"])
    for value in settlement["values"]:
        yield from _value(value, speaker)
    # A payer whose turn did not come is in the document; people read those with something to pay on.
    for segment in (one for one in settlement["segments"] if one["base_fen"]):
        yield from _segment(segment, speaker)
    for parameter in settlement["parameters"]:
        yield from _parameter(parameter, speaker)
    yield from _amounts(settlement["amounts"], speaker)


def _value(value: Document, speaker: Speaker) -> Iterator[str]:
    yield f"  {speaker.headed(words.VALUE, speaker.told(value['title']))}{_year(value, speaker)}"
    yield f"      {speaker.told(value['working'])}"


def _segment(segment: Document, speaker: Speaker) -> Iterator[str]:
    payer = speaker.code(PAYERS_TABLE, segment["payer"])
    title = f"{speaker.told(segment['title'])} ({payer})"
    yield f"  ▸ {title}{speaker.colon}{speaker.money(segment['pays_fen'])}{_year(segment, speaker)}"
    yield f"      {speaker.told(segment['working'])}"
    yield from (f"      {speaker.source(cite)}" for cite in segment["cites"])


def _parameter(parameter: Document, speaker: Speaker) -> Iterator[str]:
    told = f"{speaker.told(parameter['title'])} {parameter['value']} [{parameter['parameter']}]"
    yield f"  {speaker.headed(words.PARAMETER, told)}  ({speaker.fact(parameter['by'])} {parameter['date']})"
    yield from (f"      {speaker.source(cite)}" for cite in parameter["cites"])


def _amounts(amounts: Document, speaker: Speaker) -> Iterator[str]:
    """Who pays what; an amount of nothing is told only of the funds and the person."""
    yield f"  {speaker.heading(words.WHO_PAYS)}"
    for name, title in words.SETTLED.items():
        amount = amounts[name]
        if amount is not None and (amount or name in words.ALWAYS_TOLD):
            yield f"    {speaker.headed(title, speaker.money(amount))}"


def _year(shown: Document, speaker: Speaker) -> str:
    year = shown["benefit_year"]
    return "" if year is None else f"  ({speaker.say(words.BENEFIT_YEAR)} {year})"

"""The parameters that a plan can look up: those of its place's chain, as published by a day.

Which layer and which period speak is decided here; which row of the table answers, in `settlement.lookup`.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import evolve, frozen

from yibao.model.facts import Given
from yibao.model.parameters import Bands, Parameter, ParameterValue, ParameterVersion
from yibao.settlement.lookup import entries_by, entry_on, value_of

# A band's end in fen (None: without an end), and its rate as a whole number over the scale of its parameter.
ScaledBands = tuple[tuple[int | None, int], ...]


@frozen(kw_only=True, eq=False)
class Found:
    """The answer to one look-up: whose parameter spoke, which of its entries, and what it says.

    `value` is None where it gives no answer. `quantity` is the value in whole numbers over the scale.
    """

    parameter: Parameter
    version: ParameterVersion | None
    day: datetime.date | None
    keys: tuple[Given, ...]
    value: ParameterValue | None
    quantity: int | ScaledBands | None

    @property
    def called(self) -> str:
        """The parameter as documents name it: `layer/name`."""
        return f"{self.parameter.layer}/{self.parameter.name}"


@frozen(kw_only=True, eq=False)
class Layered:
    """One name in all layers of a chain that have it, the most local first. Rates are whole numbers over `scale`."""

    parameters: tuple[Parameter, ...]
    scale: int

    @property
    def governing(self) -> tuple[str, ...]:
        """The paths of the dates that choose an entry, each once."""
        return tuple(dict.fromkeys(parameter.by.path for parameter in self.parameters))

    def find(self, days: dict[str, Given], keys: tuple[Given, ...]) -> Found:
        """The answer of the most local layer that has an entry for its day; `days` are the governing dates by path."""
        for parameter in self.parameters:
            day = days[parameter.by.path]
            version = entry_on(parameter.versions, day) if isinstance(day, datetime.date) else None
            if version is not None and isinstance(day, datetime.date):
                return self._answer(parameter, version, day, keys)
        return Found(parameter=self.parameters[0], version=None, day=None, keys=keys, value=None, quantity=None)

    def _answer(
        self, parameter: Parameter, version: ParameterVersion, day: datetime.date, keys: tuple[Given, ...]
    ) -> Found:
        value = value_of(parameter, version, keys)
        quantity = None if value is None else scaled(value, self.scale)
        return Found(parameter=parameter, version=version, day=day, keys=keys, value=value, quantity=quantity)


def layered(parameters: Iterable[Parameter], chain: tuple[str, ...], as_of: datetime.date | None) -> dict[str, Layered]:
    """The parameters of a chain by name. `as_of` leaves out the entries that were published later."""
    found: dict[str, list[Parameter]] = {}
    local_first = sorted(
        (parameter for parameter in parameters if parameter.layer in chain),
        key=lambda parameter: -chain.index(parameter.layer),
    )
    for parameter in local_first:
        known = evolve(parameter, versions=entries_by(parameter, as_of))
        found.setdefault(parameter.name, []).append(known)
    return {name: Layered(parameters=tuple(speaking), scale=_scale(speaking)) for name, speaking in found.items()}


def scaled(value: ParameterValue, scale: int) -> int | ScaledBands:
    """A value in whole numbers: rates over the scale, anything else as it is."""
    if isinstance(value, Fraction):
        return value.numerator * (scale // value.denominator)
    if isinstance(value, int):
        return value
    return tuple((band.upto_fen, band.rate.numerator * (scale // band.rate.denominator)) for band in value)


def _scale(parameters: Iterable[Parameter]) -> int:
    """A denominator over which every rate of the parameters is a whole number."""
    values = (row.value for parameter in parameters for version in parameter.versions for row in version.rows)
    return math.lcm(1, *(rate.denominator for value in values for rate in _rates(value)))


def _rates(value: ParameterValue | Bands) -> Iterator[Fraction]:
    if isinstance(value, Fraction):
        yield value
    elif isinstance(value, tuple):
        yield from (band.rate for band in value)

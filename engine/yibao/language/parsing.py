"""Expression text to the typed representation: names are looked up, types checked, mistakes placed under their text."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from yibao.basics.problems import Place
from yibao.language.resolve import Resolver
from yibao.language.syntax import parse
from yibao.model.expressions import Condition, Scope, Term
from yibao.model.facts import Kind, Vocabulary
from yibao.model.policy import Catalogue

_NO_DEFINITIONS: Mapping[str, Condition] = {}
_NO_FINDINGS: Mapping[str, Scope] = {}


@frozen(kw_only=True)
class Names:
    """What the words of an expression can mean: facts and codes, catalogues, named conditions, findings."""

    vocabulary: Vocabulary
    catalogues: Mapping[str, Catalogue]
    definitions: Mapping[str, Condition] = field(default=_NO_DEFINITIONS)
    findings: Mapping[str, Scope] = field(default=_NO_FINDINGS)


def parse_condition(text: str, place: Place, names: Names, about: Scope = Scope.CLAIM) -> Condition:
    """The condition written in `text`, which stands at `place`.

    `about` is what the condition is asked of: a line's facts may be read outside aggregates only about a line.
    Raises ProblemsFound with one located problem.
    """
    return resolver_of(place, names, about).condition(parse(text, place))


def parse_value(text: str, place: Place, names: Names, kind: Kind, about: Scope) -> Term:
    """The term written in `text`, of the given kind: what a rule answers to a question with a value.

    Raises ProblemsFound with one located problem.
    """
    return resolver_of(place, names, about).value(parse(text, place), kind)


def resolver_of(place: Place, names: Names, about: Scope) -> Resolver:
    """The resolver of one expression, which stands at `place`."""
    return Resolver(
        place=place,
        vocabulary=names.vocabulary,
        catalogues=names.catalogues,
        definitions=names.definitions,
        findings=names.findings,
        about=about,
    )

"""The files of a bundle without the money of places that a claim can't be about: what one decision needs of them.

Only parameters, plans, credits and sheets of regions are left out, steps that no plan of what is left uses, and
calendars. The former speak for their own place and no other, while rules, catalogues, facts and tables may matter from
afar; a calendar counts the deadlines of cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from yibao.model.policy import areas_around
from yibao.readers.policy.bundle_documents import SHEETS, Source
from yibao.readers.policy.layers import LAYER_FILE

_OPENING = re.compile(rb"^([a-z_]+):[ \t]*[\"']?([0-9A-Za-z_-]*)", re.MULTILINE)
_OF_ONE_PLACE = (b"parameter", b"plan", b"credit")
_OF_CASES = b"calendar"
_OF_PLANS, _SHARED = b"plan", b"steps"
_LARGEST = 1_000_000
# A code of a division wherever it may stand, inside longer numbers as well.
_AREA = re.compile(rb"(?=(\d{6}))")


def needed_for(content: bytes, sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources that a decision about the claim in `content` can read. Where the bytes don't show which places the
    claim is about, all of them."""
    if b"\\" in content or len(content) > _LARGEST:
        return tuple(sources)
    named = {area for found in _AREA.findall(content) for area in areas_around(found.decode())}
    every = [*sources]
    layers = {source.path.rpartition("/")[0]: _opening(source)[1] for source in every if _is_layer(source)}
    kept = [source for source in every if _is_needed(source, layers, named)]
    plans = [source.content for source in kept if _opening(source)[0] == _OF_PLANS]
    return tuple(source for source in kept if _opening(source)[0] != _SHARED or _is_used(source, plans))


def _is_layer(source: Source) -> bool:
    return source.path.endswith(f"/{LAYER_FILE}")


def _opening(source: Source) -> tuple[bytes, str]:
    """The key that a document opens with, and the word behind it."""
    found = _OPENING.search(source.content)
    return (b"", "") if found is None else (found.group(1), found.group(2).decode())


def _is_needed(source: Source, layers: Mapping[str, str], named: set[str]) -> bool:
    kind = _opening(source)[0]
    of_one_place = kind in _OF_ONE_PLACE or source.path.endswith(SHEETS)
    return kind != _OF_CASES and (not of_one_place or _speaks(source.path, layers, named))


def _is_used(source: Source, plans: Iterable[bytes]) -> bool:
    """Whether a plan that is kept may use these shared steps: whether it has their name in it."""
    name = re.compile(rb"(?<![\w-])" + re.escape(_opening(source)[1].encode()) + rb"(?![\w-])")
    return any(name.search(plan) for plan in plans)


def _speaks(path: str, layers: Mapping[str, str], named: set[str]) -> bool:
    """Whether a file is not of a region, or of one that is named."""
    folder = path.rpartition("/")[0]
    while folder and folder not in layers:
        folder = folder.rpartition("/")[0]
    layer = layers.get(folder, "")
    return not layer.isdigit() or layer in named

"""Names taken apart as the scorer takes them apart, so that candidates are found by what it will compare.

Importing this module loads rigour and nomenklatura (seconds).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from followthemoney import EntityProxy
from followthemoney.names import entity_names, schema_type_tag
from followthemoney.types import registry
from nomenklatura.matching.compare.util import clean_map
from nomenklatura.matching.compat import clean_name_light
from nomenklatura.matching.logic_v2.names.distance import strict_levenshtein
from nomenklatura.matching.logic_v2.names.magic import EXTRAS_WEIGHTS, SYM_SCORES, SYM_WEIGHTS
from rigour.ids import StrictFormat
from rigour.names import (
    CompareConfig,
    Name,
    NamePart,
    NamePartTag,
    NameTypeTag,
    Symbol,
    compare_parts,
    normalize_name,
    remove_obj_prefixes,
)

OBJECT_MARK = "\x02"
OBJECT_EDIT_RATE = 5
EXTRA_QUERY_WEIGHT = 0.8
EXTRA_LISTED_WEIGHT = 0.2
STOP_WEIGHT = 0.7
STOP_EXTRA = 0.5
COMPARING = CompareConfig()


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a name: its comparable text, what it weighs when matched and when not, its symbols with their
    (score, weight)."""

    text: str
    weight: float
    extra: float
    symbols: tuple[tuple[str, float, float], ...]
    initial: bool


@dataclass(frozen=True, slots=True)
class Surface:
    """One name of an entity. `contained` names lie inside a longer one of the same entity: the scorer uses them only
    where they agree in full."""

    pieces: tuple[Piece, ...]
    contained: bool


def surfaces_of(proxy: EntityProxy, *, query: bool) -> list[Surface]:
    """The names of a proxy, as a query or as listed, in a stable order."""
    if schema_type_tag(proxy.schema) == NameTypeTag.OBJ:
        return object_surfaces(proxy)
    names = entity_names(proxy, None, infer_initials=query, consolidate=False)
    kept = {name.form for name in Name.consolidate_names(names)}
    extra = EXTRA_QUERY_WEIGHT if query else EXTRA_LISTED_WEIGHT
    ordered = sorted(names, key=lambda name: name.form)
    return [Surface(pieces_of(name, extra), name.form not in kept) for name in ordered if name.parts]


def object_surfaces(proxy: EntityProxy) -> list[Surface]:
    """Ships and aircraft are compared by their whole names, less prefixes such as M/V."""
    texts: dict[str, None] = {}
    for name in sorted(proxy.get_type_values(registry.name, matchable=True)):
        normal = normalize_name(name)
        if normal is not None:
            texts[OBJECT_MARK + remove_obj_prefixes(normal)] = None
    return [Surface((Piece(text, 1.0, 1.0, (), False),), False) for text in texts]


def pieces_of(name: Name, extra_weight: float) -> tuple[Piece, ...]:
    symbols: dict[int, list[tuple[str, float, float]]] = {part.index: [] for part in name.parts}
    bias: dict[int, float] = {}
    initials: set[int] = set()
    for span in name.spans:
        category = span.symbol.category
        found = (
            f"{category.value}:{span.symbol.id}",
            SYM_SCORES.get(category, 1.0),
            SYM_WEIGHTS.get(category, 1.0),
        )
        for part in span.parts:
            symbols[part.index].append(found)
            if category == Symbol.Category.INITIAL:
                initials.add(part.index)
        if len(span.parts) == 1:
            index = span.parts[0].index
            bias[index] = min(bias.get(index, 1.0), EXTRAS_WEIGHTS.get(category, 1.0))
    pieces = []
    for part in name.parts:
        stop = part.tag == NamePartTag.STOP
        found_here = tuple(sorted(set(symbols[part.index])))
        weight = max((weight for _, _, weight in found_here), default=1.0) * (STOP_WEIGHT if stop else 1.0)
        extra = extra_weight * (STOP_EXTRA * STOP_WEIGHT if stop else bias.get(part.index, 1.0))
        pieces.append(Piece(part.comparable, weight, extra, found_here, part.index in initials))
    return tuple(pieces)


@lru_cache(maxsize=200_000)
def part_of(text: str) -> NamePart:
    return NamePart(text, 0, phonetics=False)


def likeness(text: str, other: str) -> float:
    """How alike two parts, or two whole object names, are to the scorer: 0 where it sees two different words."""
    if text == other:
        return 1.0
    if text.startswith(OBJECT_MARK):
        return strict_levenshtein(text[1:], other[1:], max_rate=OBJECT_EDIT_RATE)
    found = compare_parts([part_of(text)], [part_of(other)], config=COMPARING)
    return max((alignment.score for alignment in found), default=0.0)


def exact_keys(proxy: EntityProxy, *, query: bool) -> set[str]:
    """Keys that agree in full or not at all: numbers, and weak aliases against any name of a query."""
    numbers = proxy.get_type_values(registry.identifier, matchable=True)
    keys = {f"number:{number}" for number in clean_map(numbers, StrictFormat.normalize)}
    names = proxy.get_type_values(registry.name) if query else proxy.get("weakAlias", quiet=True)
    return keys | {f"weak:{name}" for name in clean_map(names, clean_name_light)}

"""Names taken apart as the scorer takes them apart, so that candidates are found by what it will compare.

Importing this module loads rigour and nomenklatura (seconds).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from followthemoney import EntityProxy
from followthemoney.names import entity_names, schema_type_tag
from followthemoney.types import registry
from nomenklatura.matching.compare.util import clean_map
from nomenklatura.matching.compat import clean_name_light
from nomenklatura.matching.logic_v2.names.distance import strict_levenshtein
from nomenklatura.matching.logic_v2.names.magic import EXTRAS_WEIGHTS, SYM_SCORES, SYM_WEIGHTS
from rigour.ids import StrictFormat, get_identifier_format
from rigour.names import (
    CompareConfig,
    Name,
    NamePart,
    NamePartTag,
    NameTypeTag,
    align_person_name_order,
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
FORMAT_NAMES = ("imo", "lei", "bic", "ogrn", "inn", "uei", "npi", "isin")
NUMBER_FORMATS = tuple(form for form in map(get_identifier_format, FORMAT_NAMES) if form is not None)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a name: its comparable text, what it weighs when matched and when not, its symbols with their
    (score, weight)."""

    text: str
    weight: float
    extra: float
    symbols: tuple[tuple[str, float, float], ...]

    @property
    def whole(self) -> bool:
        """It is the whole name of a ship or aircraft."""
        return self.text.startswith(OBJECT_MARK)


@dataclass(frozen=True, slots=True)
class Surface:
    """One name of an entity. `contained` names lie inside a longer one of the same entity: the scorer uses them only
    where they agree in full. A `person`'s parts may stand in any order."""

    pieces: tuple[Piece, ...]
    contained: bool
    person: bool


def surfaces_of(proxy: EntityProxy, *, query: bool) -> list[Surface]:
    """The names of a proxy, as a query or as listed, in a stable order."""
    if schema_type_tag(proxy.schema) == NameTypeTag.OBJ:
        return object_surfaces(proxy)
    names = entity_names(proxy, None, infer_initials=query, consolidate=False)
    kept = {name.form for name in Name.consolidate_names(names)}
    extra = EXTRA_QUERY_WEIGHT if query else EXTRA_LISTED_WEIGHT
    ordered = sorted(names, key=lambda name: name.form)
    return [
        Surface(pieces_of(name, extra), name.form not in kept, name.tag == NameTypeTag.PER)
        for name in ordered
        if name.parts
    ]


def object_surfaces(proxy: EntityProxy) -> list[Surface]:
    """Ships and aircraft are compared by their whole names, less prefixes such as M/V."""
    texts: dict[str, None] = {}
    for name in sorted(proxy.get_type_values(registry.name, matchable=True)):
        normal = normalize_name(name)
        if normal is not None:
            texts[OBJECT_MARK + remove_obj_prefixes(normal)] = None
    return [Surface((Piece(text, 1.0, EXTRA_LISTED_WEIGHT, ()),), False, False) for text in texts]


def pieces_of(name: Name, extra_weight: float) -> tuple[Piece, ...]:
    """The parts of a name. A symbol met again has its turn in its key: two legal forms cannot both be found in one."""
    symbols: dict[int, list[tuple[str, float, float]]] = {part.index: [] for part in name.parts}
    bias: dict[int, float] = {}
    turns: Counter[str] = Counter()
    covered: dict[str, int] = {}
    for span in sorted(name.spans, key=lambda span: span.parts[0].index):
        category = span.symbol.category
        symbol = f"{category.value}:{span.symbol.id}"
        if span.parts[0].index > covered.get(symbol, -1):
            turns[symbol] += 1
        covered[symbol] = max(covered.get(symbol, -1), span.parts[-1].index)
        found = (
            f"{symbol}#{turns[symbol]}",
            SYM_SCORES.get(category, 1.0),
            SYM_WEIGHTS.get(category, 1.0),
        )
        for part in span.parts:
            symbols[part.index].append(found)
        if len(span.parts) == 1:
            index = span.parts[0].index
            bias[index] = min(bias.get(index, 1.0), EXTRAS_WEIGHTS.get(category, 1.0))
    pieces = []
    for part in name.parts:
        stop = part.tag == NamePartTag.STOP
        found_here = tuple(sorted(set(symbols[part.index])))
        weight = max((weight for _, _, weight in found_here), default=1.0) * (STOP_WEIGHT if stop else 1.0)
        extra = extra_weight * (STOP_EXTRA * STOP_WEIGHT if stop else bias.get(part.index, 1.0))
        pieces.append(Piece(part.comparable, weight, extra, found_here))
    return tuple(pieces)


@lru_cache(maxsize=100_000)
def part_of(text: str, index: int) -> NamePart:
    return NamePart(text, index, phonetics=False)


def object_likeness(text: str, other: str) -> float:
    """How alike two whole names of ships or aircraft are to the scorer."""
    return strict_levenshtein(text, other, max_rate=OBJECT_EDIT_RATE)


@lru_cache(maxsize=200_000)
def likeness(text: str, other: str) -> float:
    """How alike two words are to the scorer where nothing else is left of either name."""
    if abs(len(text) - len(other)) > max(len(text), len(other)) / 2:
        return 0.0
    found = compare_parts([part_of(text, 0)], [part_of(other, 0)], config=COMPARING)
    return max((pair.score for pair in found), default=0.0)


def residue_scores(
    query: list[NamePart], listed: list[NamePart], *, person: bool
) -> list[tuple[tuple[int, ...], int, float]]:
    """The scorer's own comparison of the parts that neither symbol nor spelling has settled.

    For each group of parts that it pairs: the query parts' indices, how many listed parts they took, the likeness.
    """
    if person:
        query, listed = align_person_name_order(query, listed)
    found = compare_parts(query, listed, config=COMPARING)
    return [
        (tuple(part.index for part in pair.qps), len(pair.rps), pair.score)
        for pair in found
        if pair.score > 0 and pair.qps and pair.rps
    ]


def exact_keys(proxy: EntityProxy, *, query: bool) -> set[str]:
    """Keys that agree in full or not at all: numbers, and weak aliases against any name of a query.

    A number counts in each spelling that the scorer may give it, such as IMO1234567 for 1234567.
    """
    numbers = proxy.get_type_values(registry.identifier, matchable=True)
    spelt = {form.normalize(number) for form in NUMBER_FORMATS for number in numbers}
    plain = clean_map([found for found in {*numbers, *spelt} if found], StrictFormat.normalize)
    names = proxy.get_type_values(registry.name) if query else proxy.get("weakAlias", quiet=True)
    return {f"number:{number}" for number in plain} | {f"weak:{name}" for name in clean_map(names, clean_name_light)}

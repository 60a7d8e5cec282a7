"""One party against an index: candidates with the most that they could score, then scores, best first.

Importing this module loads the scorer (seconds).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from followthemoney import EntityProxy
from followthemoney.types import registry
from numpy.typing import NDArray

from enduse.engines.names import scoring
from enduse.engines.names.addresses import MOST_ADDRESS_HITS
from enduse.engines.names.entities import Hit, Party, Reason, best_first
from enduse.engines.names.proxies import party_proxy
from enduse.engines.names.surfaces import exact_keys, surfaces_of
from enduse.engines.names.vocabulary import key_of

if TYPE_CHECKING:
    from enduse.engines.names.index import Index

MARGIN = 0.02
Numbers = NDArray[np.int64]
Floats = NDArray[np.float32]


def screen(index: Index, party: Party, threshold: float, limit: int | None) -> list[Hit]:
    """Hits of at least `threshold`, best first. Scoring ends where no candidate left could enter the best `limit`."""
    query = party_proxy(party)
    hits: list[Hit] = []
    for number, ceiling in likely(index, query, threshold):
        if limit is not None and len(hits) >= limit and ceiling <= best_first(hits)[limit - 1].score:
            break
        entity, listed = index.listed(number)
        if ceiling - scoring.birth_penalty(query, listed) < threshold - MARGIN:
            continue
        result = scoring.compare(query, listed)
        if result.score >= threshold:
            found = index.lists[index.entities.of_list[number]]
            reasons = scoring.reasons_of(result)
            score = round(result.score, 6)
            hits.append(Hit(found.source, found.version, entity.id, entity.caption, entity.schema, score, reasons))
    kept = best_first(hits)[:limit]
    return [*kept, *by_address(index, party, {(hit.list_source, hit.entity_id) for hit in kept}, limit)]


def by_address(index: Index, party: Party, known: set[tuple[str, str]], limit: int | None) -> list[Hit]:
    """Entities that are said to be where the party is, by the address that is most alike; those `known` by their names are left out."""
    best: dict[int, Reason] = {}
    for address in party.addresses:
        for number, reason in index.addresses.find(address):
            if number not in best or reason.score > best[number].score:
                best[number] = reason
    hits = []
    for number, reason in best.items():
        entity, _ = index.listed(number)
        found = index.lists[index.entities.of_list[number]]
        if (found.source, entity.id) not in known:
            hits.append(Hit(found.source, found.version, entity.id, entity.caption, entity.schema, round(reason.points, 6), (reason,)))
    return best_first(hits)[: most_by_address(limit)]


def most_by_address(limit: int | None) -> int | None:
    """How many hits by address alone are kept where `limit` of the others are."""
    return None if limit is None else min(limit, MOST_ADDRESS_HITS)


def likely(index: Index, query: EntityProxy, threshold: float) -> Iterator[tuple[int, float]]:
    """Entities that could reach the threshold before birth dates count, with the most they could score, highest first.

    Two names that share no evidence are never compared; a country or an address counts as it will in the score.
    """
    table = index.entities
    addresses = query.get_type_values(registry.address, matchable=True)
    bonus = scoring.ADDRESS_BONUS * table.addressed if addresses else np.zeros(len(index), dtype=np.float32)
    penalty = index.country_penalties(tuple(sorted(query.get_type_values(registry.country, matchable=True))))
    least = threshold - MARGIN
    asked = least + penalty - bonus
    asked[~compatible(index, query.schema.name)[table.schema]] = np.inf
    numbers, ceilings = index.candidates.estimate(surfaces_of(query, query=True), asked.astype(np.float32))
    numbers, ceilings = with_exact(index, query, numbers, ceilings)
    fits = ceilings >= asked[numbers]
    numbers = numbers[fits]
    ceilings = np.minimum(ceilings[fits], 1.0) - penalty[numbers]
    for at in np.flatnonzero(table.addressed[numbers]) if addresses else ():
        _, listed = index.listed(int(numbers[at]))
        ceilings[at] += scoring.address_bonus(addresses, listed.get_type_values(registry.address, matchable=True))
    for at in np.lexsort((numbers, -ceilings)):
        if ceilings[at] < least:
            return
        yield int(numbers[at]), float(ceilings[at])


def with_exact(index: Index, query: EntityProxy, numbers: Numbers, ceilings: Floats) -> tuple[Numbers, Floats]:
    """The candidates together with entities that share a number or whose weak alias is the query's name."""
    found = [index.exact.find(key_of(key)) for key in sorted(exact_keys(query, query=True))]
    shared = np.unique(np.concatenate(found)).astype(np.int64) if found else numbers[:0]
    if not len(shared):
        return numbers, ceilings
    both = np.union1d(numbers, shared)
    merged = np.zeros(len(both), dtype=np.float32)
    merged[np.searchsorted(both, numbers)] = ceilings
    at = np.searchsorted(both, shared)
    merged[at] = np.maximum(merged[at], scoring.EXACT_BEST)
    return both, merged


def compatible(index: Index, schema: str) -> NDArray[np.bool_]:
    """For each schema number of the index: can it match this schema?"""
    return np.array([scoring.schemas_match(schema, listed) for listed in index.schemas], dtype=np.bool_)

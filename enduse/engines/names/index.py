"""All lists in one index: candidates by name and number, scores and reasons by logic-v2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.names import changes
from enduse.engines.names.candidates import Candidates
from enduse.engines.names.entities import Entity, Hit, Party, ScreenedList, digest_of
from enduse.engines.names.store import Array, open_arrays, save_arrays
from enduse.engines.names.vocabulary import Postings, Texts, key_of

if TYPE_CHECKING:
    from followthemoney import EntityProxy

    from enduse.engines.names.addresses import AddressIndex
    from enduse.engines.names.changes import ListDiff

DEFAULT_THRESHOLD = 0.7
DEFAULT_LIMIT = 10
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IndexedList:
    """A list that the index holds."""

    source: str
    version: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class EntityTable:
    """Every listed entity: its JSON, and the numbers of its list, schema and set of countries."""

    texts: Texts
    of_list: Array
    schema: Array
    countries: Array
    addressed: Array


class Index:
    """What parties are screened against. Build it from lists, or load a saved one; it never changes after that."""

    def __init__(
        self,
        lists: tuple[IndexedList, ...],
        schemas: list[str],
        country_sets: list[list[str]],
        entities: EntityTable,
        candidates: Candidates,
        exact: Postings,
        addresses: AddressIndex,
    ) -> None:
        self.lists, self.schemas, self.country_sets = lists, schemas, country_sets
        self.entities, self.candidates, self.exact, self.addresses = entities, candidates, exact, addresses
        self._listed = lru_cache(maxsize=4_000)(self._load_listed)
        self.country_penalties = lru_cache(maxsize=500)(self._country_penalties)

    def __len__(self) -> int:
        return len(self.entities.texts)

    @classmethod
    def build(cls, lists: Sequence[ScreenedList]) -> Index:
        """From lists of different sources. Raises ValueError where two share one: a list has one version in force."""
        sources = [found.source for found in lists]
        if repeated := {source for source in sources if sources.count(source) > 1}:
            raise ValueError(f"Two lists are called {sorted(repeated)[0]!r}; an index holds one version of each.")
        from enduse.engines.names import building

        return building.build(lists)

    def save(self, path: Path) -> None:
        """One file, replaced in one step."""
        header = {
            "lists": [[found.source, found.version, found.sha256, found.size] for found in self.lists],
            "schemas": self.schemas,
            "country_sets": self.country_sets,
        }
        arrays = {
            **self.entities.texts.arrays("entities"),
            "entities.of_list": self.entities.of_list,
            "entities.schema": self.entities.schema,
            "entities.countries": self.entities.countries,
            "entities.addressed": self.entities.addressed,
            **self.exact.arrays("exact"),
            **self.candidates.arrays(),
            **self.addresses.arrays(),
        }
        save_arrays(Path(path), header, arrays)

    @classmethod
    def load(cls, path: Path) -> Index:
        """A saved index, mapped into memory. Raises IndexFileError where the file is cut short or not an index."""
        from enduse.engines.names.addresses import AddressIndex

        header, arrays = open_arrays(Path(path))
        entities = EntityTable(
            Texts.from_arrays("entities", arrays),
            arrays["entities.of_list"],
            arrays["entities.schema"],
            arrays["entities.countries"],
            arrays["entities.addressed"],
        )
        return cls(
            tuple(IndexedList(*found) for found in header["lists"]),
            header["schemas"],
            header["country_sets"],
            entities,
            Candidates.from_arrays(arrays),
            Postings.from_arrays("exact", arrays),
            AddressIndex.from_arrays(arrays),
        )

    def entity(self, list_source: str, entity_id: str) -> Entity | None:
        """The listed entity that a hit names."""
        for number in self.exact.find(key_of(f"entity:{list_source}\t{entity_id}")):
            found = Entity.from_json(self.entities.texts[int(number)])
            if found.id == entity_id and self.lists[self.entities.of_list[number]].source == list_source:
                return found
        return None

    def screen(
        self, party: Party, *, threshold: float = DEFAULT_THRESHOLD, limit: int | None = DEFAULT_LIMIT
    ) -> list[Hit]:
        """The party's hits with a score of at least `threshold` (above 0 to 1), best first, at most `limit`; then those that
        one of its addresses alone raises, whose score lies below and has a threshold of its own."""
        from enduse.engines.names import search

        if not 0 < threshold <= 1:
            raise ValueError(f"A threshold lies above 0 and up to 1, not at {threshold}.")
        return search.screen(self, party, threshold, limit)

    def screen_many(
        self,
        parties: Iterable[Party],
        progress: Progress | None = None,
        *,
        threshold: float = DEFAULT_THRESHOLD,
        limit: int | None = DEFAULT_LIMIT,
    ) -> dict[str, list[Hit]]:
        """Hits by party id. `progress` is called with how many are done of how many."""
        todo = list(parties)
        hits: dict[str, list[Hit]] = {}
        for done, party in enumerate(todo, start=1):
            hits[party.id] = self.screen(party, threshold=threshold, limit=limit)
            if progress:
                progress(done, len(todo))
        return hits

    def rescreen(
        self,
        parties: Iterable[Party],
        previous: Mapping[str, Sequence[Hit]],
        diff: ListDiff | Sequence[ListDiff],
        progress: Progress | None = None,
        *,
        threshold: float = DEFAULT_THRESHOLD,
        limit: int | None = DEFAULT_LIMIT,
    ) -> dict[str, list[Hit]]:
        """Hits by party id after one list or several changed: as screen_many gives, but only new or changed pairs are scored.

        `previous` holds the hits of each party, unchanged since, against the old lists, at the same threshold and
        limit; a party that it does not name is screened in full. This index is the one with the new lists.
        """
        told = [diff] if isinstance(diff, changes.ListDiff) else list(diff)
        return changes.rescreen(self, list(parties), previous, told, progress, threshold=threshold, limit=limit)

    def listed(self, number: int) -> tuple[Entity, EntityProxy]:
        """One listed entity by its number here, and as a proxy."""
        return self._listed(number)

    def _country_penalties(self, mine: tuple[str, ...]) -> Array:
        """For each entity: what its countries take off where they differ from these."""
        from enduse.engines.names import scoring

        differ = [scoring.countries_differ(list(mine), theirs) for theirs in self.country_sets]
        return np.array([scoring.COUNTRY_PENALTY if differs else 0.0 for differs in differ], dtype=np.float32)[self.entities.countries]

    def _load_listed(self, number: int) -> tuple[Entity, EntityProxy]:
        from enduse.engines.names.proxies import entity_proxy

        text = self.entities.texts[number]
        entity = Entity.from_json(text)
        return entity, entity_proxy(entity, digest_of(text))

"""An index from lists. Importing this module loads the scorer's name analysis (seconds)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from followthemoney import EntityProxy
from followthemoney.types import registry

from enduse.engines.names.addresses import AddressIndex
from enduse.engines.names.candidates import Candidates
from enduse.engines.names.entities import Entity, ScreenedList, digest_of
from enduse.engines.names.index import EntityTable, Index, IndexedList
from enduse.engines.names.proxies import entity_proxy
from enduse.engines.names.surfaces import Surface, exact_keys, surfaces_of
from enduse.engines.names.vocabulary import Postings, Texts, key_of


class Builder:
    """Collects entities one by one; `index` closes it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.of_list: list[int] = []
        self.schema: list[int] = []
        self.countries: list[int] = []
        self.addressed: list[bool] = []
        self.schema_numbers: dict[str, int] = {}
        self.country_numbers: dict[tuple[str, ...], int] = {}
        self.exact: list[tuple[int, int]] = []
        self.surfaces: list[tuple[int, Surface]] = []
        self.addresses: list[tuple[int, str]] = []

    def add(self, list_number: int, source: str, entity: Entity) -> None:
        number = len(self.texts)
        text = entity.to_json()
        proxy = entity_proxy(entity, digest_of(text))
        self.texts.append(text)
        self.of_list.append(list_number)
        self.schema.append(self.schema_numbers.setdefault(entity.schema, len(self.schema_numbers)))
        countries = tuple(sorted(proxy.get_type_values(registry.country, matchable=True)))
        self.countries.append(self.country_numbers.setdefault(countries, len(self.country_numbers)))
        self.addressed.append(bool(entity.addresses))
        self.addresses.extend((number, address) for address in entity.addresses)
        self.exact.extend((key_of(key), number) for key in keys_of(source, entity, proxy))
        self.surfaces.extend((number, surface) for surface in surfaces_of(proxy, query=False))

    def index(self, lists: tuple[IndexedList, ...]) -> Index:
        table = EntityTable(
            Texts.build(self.texts),
            np.array(self.of_list, dtype=np.int32),
            np.array(self.schema, dtype=np.int32),
            np.array(self.countries, dtype=np.int32),
            np.array(self.addressed, dtype=np.bool_),
        )
        return Index(
            lists,
            list(self.schema_numbers),
            [list(countries) for countries in self.country_numbers],
            table,
            Candidates.build(self.surfaces),
            Postings.build(self.exact),
            AddressIndex.build(self.addresses),
        )


def keys_of(source: str, entity: Entity, proxy: EntityProxy) -> set[str]:
    return exact_keys(proxy, query=False) | {f"entity:{source}\t{entity.id}"}


def build(lists: Sequence[ScreenedList]) -> Index:
    builder = Builder()
    for number, found in enumerate(lists):
        for entity in found.entities:
            builder.add(number, found.source, entity)
    return builder.index(
        tuple(IndexedList(found.source, found.version, found.sha256, len(found.entities)) for found in lists)
    )

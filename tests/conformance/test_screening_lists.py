"""The real lists and the labelled name pairs, where they are at hand (`../shared`, or ENDUSE_SHARED)."""

from __future__ import annotations

import csv
import os
import random
from pathlib import Path

import pytest

from enduse.engines import names

ROOT = Path(__file__).resolve().parents[2]
SCREENING = Path(os.environ.get("ENDUSE_SHARED", ROOT.parent / "shared")) / "data" / "screening"
THRESHOLD = 0.7

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not SCREENING.is_dir(), reason="needs the real lists in ../shared/data/screening"),
]


@pytest.fixture(scope="module")
def ofac() -> names.ScreenedList:
    return names.read_list(SCREENING / "ofac_sdn_2024-05-03.csv")


@pytest.fixture(scope="module")
def un() -> names.ScreenedList:
    return names.read_list(SCREENING / "un_consolidated_2018-10-29.xml")


@pytest.fixture(scope="module")
def index(ofac: names.ScreenedList, un: names.ScreenedList) -> names.Index:
    return names.Index.build([ofac, un])


def test_the_ofac_list_is_read_whole(ofac: names.ScreenedList) -> None:
    by_schema = {schema: sum(entity.schema == schema for entity in ofac.entities) for schema in ("Person", "Vessel")}
    assert len(ofac.entities) == 14_965
    assert by_schema == {"Person": 6_854, "Vessel": 851}
    assert [note.split(" stand ")[0] for note in ofac.notes] == ["Addresses and strong aliases"]  # it was published without those tables here


def test_the_un_list_is_read_whole_with_the_day_it_was_made(un: names.ScreenedList) -> None:
    assert len(un.entities) == 703 + 390
    assert un.version == "2018-10-29"


def test_most_listed_people_have_a_birth_date(ofac: names.ScreenedList) -> None:
    people = [entity for entity in ofac.entities if entity.schema == "Person"]
    assert sum(bool(entity.birth_dates) for entity in people) > 0.95 * len(people)


def test_every_listed_entity_finds_itself_under_its_first_name(index: names.Index, un: names.ScreenedList) -> None:
    for entity in random.Random(3).sample(un.entities, 60):
        hits = index.screen(names.Party("p", entity.schema, entity.caption), limit=None)
        assert (un.source, entity.id) in {(hit.list_source, hit.entity_id) for hit in hits}


def f1(labels: list[bool], found: list[bool]) -> float:
    right = sum(label and answer for label, answer in zip(labels, found, strict=True))
    return 2 * right / (sum(labels) + sum(found))


def test_on_labelled_pairs_the_index_is_no_worse_than_the_scorer_alone() -> None:
    from enduse.engines.names.proxies import party_proxy
    from enduse.engines.names.scoring import compare

    with (SCREENING / "name_pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["name1"].strip() and row["name2"].strip()]
    labels = [row["is_match"] == "true" for row in rows]
    entities = [names.Entity(str(number), row["schema"], (row["name2"],)) for number, row in enumerate(rows)]
    parties = [names.Party(str(number), row["schema"], row["name1"]) for number, row in enumerate(rows)]
    together = names.Index.build([names.ScreenedList("pairs", "", "", tuple(entities))])
    ours = [
        party.id in {hit.entity_id for hit in together.screen(party, threshold=THRESHOLD, limit=None)}
        for party in parties
    ]
    alone = [
        compare(party_proxy(party), entity.to_ftm()).score >= THRESHOLD
        for party, entity in zip(parties, entities, strict=True)
    ]
    assert f1(labels, ours) >= f1(labels, alone) > 0.5

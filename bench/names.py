"""Screening against real lists: what the index finds, and how fast, beside scoring every entity.

Hits by an address alone, which logic-v2 does not have, are left out.

Usage: python bench/names.py LIST [LIST ...] [--pairs name_pairs.csv] [--parties 60] [--rescreen 10000]

Parties are listed names with typing errors, lost, joined or moved words, mixed with invented ones. 'Everything' scores
each party against every entity with logic-v2, entity by entity, so that its caches help it most. Times are processor
time of one thread, both in this run.
"""

from __future__ import annotations

import argparse
import csv
import gc
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from enduse.engines import names

THRESHOLD = 0.7
LETTERS = "aeiourstnlmkh"
EXTRA_WORDS = ("Ali", "Maria", "International", "Group", "Juan", "Trading")
Key = tuple[str, str]


def mistyped(name: str, rng: random.Random) -> str:
    if len(name) < 3:
        return name
    at = rng.randrange(1, len(name))
    letter = rng.choice(LETTERS)
    swapped = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]
    return rng.choice(
        (name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :], swapped)
    )


def disturbed(name: str, rng: random.Random) -> str:
    """The name as somebody else might write it."""
    words = name.replace(",", " ").split()
    kind = rng.randrange(7)
    if kind == 0:
        return name
    if kind == 1:
        rng.shuffle(words)
    elif kind == 2 and len(words) > 2:
        del words[rng.randrange(len(words))]
    elif kind == 3 and len(words) > 1:
        at = rng.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    elif kind == 4:
        words.insert(rng.randrange(len(words) + 1), rng.choice(EXTRA_WORDS))
    else:
        return mistyped(mistyped(name, rng) if kind == 5 else name, rng)
    return " ".join(words)


def invented(entities: Sequence[names.Entity], rng: random.Random) -> tuple[str, str]:
    """A name nobody has, made of words that people on lists have."""
    left, right = rng.sample(entities, 2)
    words = [*left.caption.replace(",", "").split()[-1:], *right.caption.replace(",", "").split()[:1]]
    return " ".join(words), left.schema


def make_parties(lists: Sequence[names.ScreenedList], count: int, seed: int) -> list[names.Party]:
    rng = random.Random(seed)
    entities = [entity for found in lists for entity in found.entities]
    parties = []
    for number in range(count):
        entity = rng.choice(entities)
        name, schema = disturbed(rng.choice((*entity.names, *entity.aliases)), rng), entity.schema
        if number % 2:
            name, schema = invented(entities, rng)
        country = rng.choice(("mx", *entity.countries)) if rng.random() < 0.3 else ""
        address = mistyped(entity.addresses[0], rng) if entity.addresses and rng.random() < 0.5 else ""
        parties.append(names.Party(f"p{number}", schema, name, country=country, address=address))
    return parties


def score_everything(
    lists: Sequence[names.ScreenedList], parties: Sequence[names.Party]
) -> tuple[dict[str, set[Key]], float]:
    from enduse.engines.names.proxies import party_proxy
    from enduse.engines.names.scoring import compare

    hits: dict[str, set[Key]] = {party.id: set() for party in parties}
    started = time.process_time()
    queries = [(party.id, party_proxy(party)) for party in parties]
    for found in lists:
        for entity in found.entities:
            listed = entity.to_ftm()
            for party, query in queries:
                if compare(query, listed).score >= THRESHOLD:
                    hits[party].add((found.source, entity.id))
    return hits, (time.process_time() - started) / len(parties)


def compare_with_everything(index: names.Index, lists: Sequence[names.ScreenedList], count: int, seed: int) -> None:
    parties = make_parties(lists, count, seed)
    every, everything_s = score_everything(lists, parties)
    found: dict[str, set[Key]] = {}
    seconds = []
    for party in parties:
        started = time.process_time()
        hits = index.screen(party, threshold=THRESHOLD, limit=None)
        seconds.append(time.process_time() - started)
        found[party.id] = {(hit.list_source, hit.entity_id) for hit in hits if not hit.by_address}
    expected = sum(len(hits) for hits in every.values())
    got = sum(len(every[party] & found[party]) for party in every)
    false = sum(len(found[party] - every[party]) for party in every)
    print(f"parties {count}, true hits at {THRESHOLD}: {expected}")
    print(f"recall of scoring everything: {got / max(expected, 1):.2%} ({expected - got} missed, {false} added)")
    print(f"scoring everything: {everything_s * 1e3:.0f} ms a party; index: {np.mean(seconds) * 1e3:.1f} ms a party")
    print(f"faster by {everything_s / np.mean(seconds):.0f}x")
    p50, p95, worst = np.percentile(seconds, (50, 95, 100)) * 1e3
    slowest = parties[int(np.argmax(seconds))]
    print(f"one party: p50 {p50:.1f} ms, p95 {p95:.1f} ms, worst {worst:.1f} ms ({slowest.name})")


def measure_rescreening(lists: Sequence[names.ScreenedList], count: int, seed: int) -> None:
    """A list gains 50 entities, loses 50 and changes 50; parties were screened before with no hits."""
    rng = random.Random(seed)
    old = lists[0]
    entities = list(old.entities)
    rng.shuffle(entities)
    edited = [replace(entity, names=(*entity.names, disturbed(entity.caption, rng))) for entity in entities[50:100]]
    added = [replace(entity, id=f"new-{entity.id}") for entity in entities[100:150]]
    new = replace(old, version="next", sha256="next", entities=(*entities[100:], *edited, *added))
    index = names.Index.build([new, *lists[1:]])
    parties = make_parties(lists, count, seed)
    started = time.process_time()
    index.rescreen(parties, {party.id: [] for party in parties}, names.diff(old, new))
    seconds = time.process_time() - started
    print(f"rescreening {count:,} parties after 150 changes: {seconds:.1f} s ({seconds / count * 1e3:.2f} ms a party)")


def f1(labels: Sequence[bool], found: Sequence[bool]) -> float:
    right = sum(label and answer for label, answer in zip(labels, found, strict=True))
    return 2 * right / (sum(labels) + sum(found))


def measure_pairs(path: Path) -> None:
    from enduse.engines.names.proxies import party_proxy
    from enduse.engines.names.scoring import compare

    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["name1"].strip() and row["name2"].strip()]
    labels = [row["is_match"] == "true" for row in rows]
    entities = [names.Entity(str(number), row["schema"], (row["name2"],)) for number, row in enumerate(rows)]
    parties = [names.Party(str(number), row["schema"], row["name1"]) for number, row in enumerate(rows)]
    index = names.Index.build([names.ScreenedList("pairs", "", "", tuple(entities))])
    screened = [{hit.entity_id for hit in index.screen(party, threshold=THRESHOLD, limit=None)} for party in parties]
    ours = [party.id in hits for party, hits in zip(parties, screened, strict=True)]
    alone = [
        compare(party_proxy(party), entity.to_ftm()).score >= THRESHOLD
        for party, entity in zip(parties, entities, strict=True)
    ]
    through, by_itself = f1(labels, ours), f1(labels, alone)
    print(f"{len(rows)} labelled pairs at {THRESHOLD}: F1 {through:.4f} through the index, {by_itself:.4f} by logic-v2")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--parties", type=int, default=60)
    parser.add_argument("--rescreen", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=5)
    chosen = parser.parse_args()
    names.warm_up()
    started = time.perf_counter()
    lists = [names.read_list(path) for path in chosen.lists]
    read_s = time.perf_counter() - started
    index = names.Index.build(lists)
    print(f"{len(index):,} entities read in {read_s:.1f} s, indexed in {time.perf_counter() - started - read_s:.1f} s")
    gc.collect()
    gc.freeze()  # the lists kept for 'everything' are no part of a served index: spare both sides their collection
    compare_with_everything(index, lists, chosen.parties, chosen.seed)
    if chosen.rescreen:
        measure_rescreening(lists, chosen.rescreen, chosen.seed)
    if chosen.pairs:
        measure_pairs(chosen.pairs)


if __name__ == "__main__":
    main()

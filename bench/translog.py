"""The log against its limits and its peer, in one run on one machine: `python bench/translog.py [--leaves N] [--big N]`.

Peers: OpenSSL's SHA-256 called from Python (the limit of any tree), a bare durable SQLite transaction (the limit of single
appends) and pymerkle, in memory and on SQLite. What the processor bounds is timed in processor seconds and what the disk
bounds (durable transactions) by the clock on the wall; each figure is the best of a few repetitions, since other work on
the machine only ever slows one down; ratios compare figures of this run alone. Prints a table; writes bench/out/translog.json.
"""

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from pymerkle import InmemoryTree, SqliteTree

from enduse.engines import translog

OUT = Path(__file__).parent / "out" / "translog.json"
GUN = {"calibre": "9 mm", "make": "Beretta", "model": "92", "serial": "B00005Z", "year": 2006}


class Results:
    """Figures by name, printed as they come."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, name: str, value: float, unit: str, *, of: str = "", goal: float | None = None) -> None:
        """Keep a figure; with `of`, its ratio to that earlier figure, and the goal that the ratio or the value has."""
        row: dict[str, Any] = {"name": name, "value": value, "unit": unit}
        text = f"{name:<58}{value:>14,.0f} {unit}"
        measured = value
        if of:
            measured = row["ratio"] = value / self.value(of)
            row["of"] = of
            text += f"   {measured:,.2f} x {of}"
        if goal is not None:
            row["goal"], row["met"] = goal, measured >= goal
            text += f"   goal {goal:g}: {'met' if row['met'] else 'MISSED'}"
        self.rows.append(row)
        print(text, flush=True)

    def value(self, name: str) -> float:
        return float(next(row["value"] for row in self.rows if row["name"] == name))


def rate(count: int, run: Callable[[], object], times: int = 3, *, clock: Callable[[], float] = time.process_time) -> float:
    """How many a second of `clock`, the best of `times`."""
    best = float("inf")
    for _ in range(times):
        start = clock()
        run()
        best = min(best, clock() - start)
    return count / best


class SqliteLog:
    """The log as the ledger stores it: a row a leaf with its data and hash, a row for each hash of the levels above."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path)
        self.db.execute("PRAGMA journal_mode = wal")
        self.db.execute("PRAGMA synchronous = full")
        self.db.execute("CREATE TABLE leaf (id INTEGER PRIMARY KEY, data BLOB NOT NULL, hash BLOB NOT NULL)")
        self.db.execute(
            "CREATE TABLE node (level INTEGER, position INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, position)) WITHOUT ROWID"
        )
        self.tree = translog.Appender()

    def append(self, leaves: list[bytes]) -> None:
        first = self.tree.size
        hashes = translog.leaf_hashes(leaves)
        nodes = self.tree.append(hashes)
        with self.db:
            self.db.executemany("INSERT INTO leaf VALUES (?, ?, ?)", zip(range(first, self.tree.size), leaves, hashes, strict=True))
            self.db.executemany("INSERT INTO node VALUES (?, ?, ?)", nodes)

    def tiles(self, level: int, index: int, width: int) -> bytes:
        first, last = index * 256, index * 256 + width - 1
        if level == 0:
            rows = self.db.execute("SELECT hash FROM leaf WHERE id BETWEEN ? AND ?", (first, last))
        else:
            rows = self.db.execute(
                "SELECT hash FROM node WHERE level = ? AND position BETWEEN ? AND ? ORDER BY position", (level, first, last)
            )
        return b"".join(chain.from_iterable(rows))

    def leaves(self, first: int, count: int) -> list[bytes]:
        rows = self.db.execute("SELECT data FROM leaf WHERE id BETWEEN ? AND ?", (first, first + count - 1))
        return list(chain.from_iterable(rows))


def new_leaves(count: int, seed: int = 1) -> list[bytes]:
    chance = random.Random(seed)
    return [chance.randbytes(32) for _ in range(count)]


def limits(results: Results, folder: Path) -> None:
    data = new_leaves(200_000)
    results.add("SHA-256 of 33 bytes", rate(len(data), lambda: [sha256(b"\0" + x).digest() for x in data]), "/s")
    db = sqlite3.connect(folder / "bare.db")
    db.execute("PRAGMA journal_mode = wal")
    db.execute("PRAGMA synchronous = full")
    db.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, data BLOB NOT NULL, hash BLOB NOT NULL)")

    def transactions() -> None:
        for value in data[:500]:
            with db:
                db.execute("INSERT INTO row (data, hash) VALUES (?, ?)", (value, value))

    log = SqliteLog(folder / "single.db")
    bare, single = 0.0, 0.0
    for _ in range(4):
        bare = max(bare, rate(500, transactions, 1, clock=time.perf_counter))
        single = max(single, rate(500, lambda: [log.append([value]) for value in data[:500]], 1, clock=time.perf_counter))
    results.add("SQLite durable transactions", bare, "/s")
    results.add("translog durable single appends on SQLite", single, "/s", of="SQLite durable transactions", goal=0.6)


def in_memory(results: Results, leaves: list[bytes]) -> None:
    few = leaves[:20_000]
    theirs = InmemoryTree()
    results.add("pymerkle append in memory", rate(len(few), lambda: [theirs.append_entry(x) for x in few], 1), "/s")
    results.add("pymerkle bulk append in memory", rate(len(leaves), lambda: InmemoryTree().append_entries(leaves), 2), "/s")
    results.add("translog bulk append in memory", rate(len(leaves), lambda: whole_tree(leaves)), "leaves/s", goal=300_000)
    results.add("  the same", results.value("translog bulk append in memory"), "/s", of="pymerkle bulk append in memory")
    batch = translog.leaf_hashes(leaves[:50_000])
    one = translog.Appender()
    results.add("translog single append in memory", rate(len(batch), lambda: [one.append([x]) for x in batch]), "/s")
    results.add("  the same", results.value("translog single append in memory"), "/s", of="pymerkle append in memory")
    tree, tiles = whole_tree(leaves), TilesInMemory(leaves)
    hashes = 2 * rate(len(leaves), lambda: check(translog.audit(len(leaves), tree.root, tiles, tiles.data)))
    results.add("translog full verification in memory", hashes, "hashes/s", of="SHA-256 of 33 bytes", goal=0.5)


def whole_tree(leaves: list[bytes]) -> translog.Appender:
    tree = translog.Appender()
    tree.append(b"".join(translog.leaf_hashes(leaves)))
    return tree


class TilesInMemory:
    """All tiles of a list of leaves as bytes, level by level."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        rows: dict[int, list[bytes]] = {0: translog.leaf_hashes(leaves)}
        for completed in translog.Appender().append(rows[0]):
            rows.setdefault(completed.level, []).append(completed.hash)
        self.rows = {level: b"".join(row) for level, row in rows.items()}

    def __call__(self, level: int, index: int, width: int) -> bytes:
        return self.rows[level][index * 8192 : index * 8192 + width * 32]

    def data(self, first: int, count: int) -> list[bytes]:
        return self.leaves[first : first + count]


def check(faults: Iterator[translog.Fault]) -> None:
    found = next(faults, None)
    if found is not None:
        raise SystemExit(f"the benchmark's own log does not verify: {found}")


def on_sqlite(results: Results, leaves: list[bytes], folder: Path) -> None:
    count, chance = len(leaves), random.Random(2)
    theirs, ours = SqliteTree(str(folder / "theirs.db")), SqliteLog(folder / "ours.db")
    by_the_wall = rate(100, lambda: [theirs.append_entry(x) for x in leaves[:100]], 1, clock=time.perf_counter)
    results.add("pymerkle single append on SQLite", by_the_wall, "/s")
    results.add("pymerkle bulk append on SQLite", rate(count - 100, lambda: theirs.append_entries(leaves[100:]), 1), "/s")
    results.add("translog bulk append on SQLite", rate(count, lambda: ours.append(leaves), 1), "leaves/s")
    results.add("  the same", results.value("translog bulk append on SQLite"), "/s", of="pymerkle bulk append on SQLite")
    if theirs.get_root() != ours.tree.root:
        raise SystemExit("the two trees have different roots")

    first = rate(1, lambda: theirs.prove_inclusion(count // 3), 1)
    results.add("pymerkle first inclusion proof on SQLite", first, "/s")
    mine = rate(1, lambda: translog.prove_inclusion(count // 3, count, ours.tiles), 3)
    results.add("translog first inclusion proof on SQLite", mine, "/s", of="pymerkle first inclusion proof on SQLite")

    def draws(number: int) -> list[int]:
        return [chance.randrange(count) for _ in range(number)]

    best = max(rate(200, lambda: [theirs.prove_inclusion(i + 1) for i in draws(200)], 1) for _ in range(10))
    results.add("pymerkle inclusion proofs on SQLite, steady", best, "/s")
    prover = translog.Prover(ours.tiles)
    small = translog.Prover(ours.tiles, remember=64)
    cold = max(rate(500, lambda: [small.inclusion(i, count) for i in draws(500)], 1) for _ in range(5))
    results.add("translog proofs on SQLite, 1 MiB remembered", cold, "/s", of="pymerkle inclusion proofs on SQLite, steady")
    best = max(rate(2000, lambda: [prover.inclusion(i, count) for i in draws(2000)], 1) for _ in range(15))
    results.add("translog inclusion proofs on SQLite, steady", best, "/s", of="pymerkle inclusion proofs on SQLite, steady", goal=20)
    old = [translog.prove_consistency(i + 1, count, ours.tiles) for i in draws(3)]
    results.add("translog consistency proof, hashes", sum(map(len, old)) / 3, "hashes")
    hashes = 2 * rate(count, lambda: check(translog.audit(count, ours.tree.root, ours.tiles, ours.leaves)), 2)
    results.add("translog full verification from SQLite", hashes, "hashes/s", of="SHA-256 of 33 bytes")


def contents(results: Results) -> None:
    guns = [GUN | {"serial": f"B{number:06}Z"} for number in range(300_000)]
    texts = [translog.canonical(gun) for gun in guns]
    results.add("canonical JSON of a firearm", rate(100_000, lambda: [translog.canonical(gun) for gun in guns[:100_000]]), "/s")
    salt = translog.new_salt()
    manifest = rate(1, lambda: translog.items_root(translog.item_commitments(salt, texts)), 2)
    results.add("commitments and root of 300,000 items, in milliseconds", 1000 / manifest, "ms")
    signer = translog.Signer.parse(translog.new_key("log.example/bench"))
    note = translog.make_checkpoint("log.example/bench", 1, bytes(32), signer)
    key = [signer.verifier]
    results.add(
        "checkpoints signed", rate(2000, lambda: [translog.make_checkpoint("log.example/bench", 1, bytes(32), signer) for _ in range(2000)]), "/s"
    )
    results.add("checkpoints verified", rate(2000, lambda: [translog.open_checkpoint(note, key) for _ in range(2000)]), "/s")


def big(count: int) -> dict[str, float]:
    """Append, prove and verify `count` leaves in this process; its rates and its highest memory."""
    rows: dict[int, bytearray] = {}
    tree = translog.Appender()

    def data(first: int, number: int) -> list[bytes]:
        return [n.to_bytes(32, "big") for n in range(first, first + number)]

    def append() -> None:
        for first in range(0, count, 65_536):
            hashes = b"".join(translog.leaf_hashes(data(first, min(65_536, count - first))))
            rows.setdefault(0, bytearray()).extend(hashes)
            for level, _, value in tree.append(hashes):
                rows.setdefault(level, bytearray()).extend(value)

    def tiles(level: int, index: int, width: int) -> bytes:
        return bytes(rows[level][index * 8192 : index * 8192 + width * 32])

    appended = rate(count, append, 1)
    prover, chance = translog.Prover(tiles), random.Random(3)
    draws = [chance.randrange(count) for _ in range(5000)]
    proved = rate(len(draws), lambda: [prover.inclusion(index, count) for index in draws], 1)
    for index in draws[:200]:
        leaf = tiles(0, index // 256, index % 256 + 1)[-32:]
        translog.verify_inclusion(leaf, index, count, prover.inclusion(index, count), tree.root)
    verified = rate(count, lambda: check(translog.audit(count, tree.root, tiles, data)), 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"appended": appended, "proved": proved, "verified": verified, "memory": memory}


def big_in_a_process(results: Results, count: int) -> None:
    command = [sys.executable, __file__, "--only-big", str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    results.add(f"{count:,} leaves: appended", found["appended"], "leaves/s", goal=300_000)
    results.add(f"{count:,} leaves: proved, few tiles remembered", found["proved"], "/s")
    results.add(f"{count:,} leaves: verified", 2 * found["verified"], "hashes/s", of="SHA-256 of 33 bytes", goal=0.5)
    results.add(f"{count:,} leaves: highest memory of the process", found["memory"], "MiB")
    results.rows[-1] |= {"goal": 1024, "met": found["memory"] < 1024}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--leaves", type=int, default=200_000, help="size of the tree that is compared with pymerkle")
    options.add_argument("--big", type=int, default=10_000_000, help="size of the tree of the memory test; 0 leaves it out")
    options.add_argument("--only-big", type=int, default=0, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.only_big:
        print(json.dumps(big(given.only_big)))
        return
    results = Results()
    leaves = new_leaves(given.leaves)
    with tempfile.TemporaryDirectory() as folder:
        limits(results, Path(folder))
        in_memory(results, leaves)
        on_sqlite(results, leaves, Path(folder))
    contents(results)
    if given.big:
        big_in_a_process(results, given.big)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"leaves": given.leaves, "results": results.rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Damaged marks against registers of 1 and 10 million guns, beside the peers, in one run: `make bench-serials`.

Prints a table and ratios and saves them as JSON under bench/out. A peer that is not installed is left out by name.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serials_peers import PEERS, Unavailable
from bench.serials_world import KINDS, Reading, guns, readings
from enduse.engines.serials import Gun, Register, TooLittle, calibration, canonical, fit, read_marks
from enduse.engines.serials.answer import FLOOR
from enduse.engines.serials.channel import evidence
from enduse.engines.serials.model import DEFAULT
from enduse.engines.serials.walk import TALLIES, weigh_all

LIMIT = 10


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def timed(find: Callable[[Reading], list[int]], asked: list[Reading], patience_s: float) -> dict[str, float]:
    """Milliseconds (wall and of this thread's processor), recall at ten of the guns that are in the register."""
    walls, cpus, hits = [], [], []
    began = time.perf_counter()
    for reading in asked:
        wall, cpu = time.perf_counter(), time.thread_time()
        rows = find(reading)
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((time.thread_time() - cpu) * 1e3)
        if reading.row >= 0:
            hits.append(reading.row in rows[:LIMIT])
        if time.perf_counter() - began > patience_s:
            break
    return {
        "queries": len(walls), "p50_ms": median(walls), "p95_ms": percentile(walls, 0.95), "max_ms": max(walls),
        "cpu_p50_ms": median(cpus), "cpu_p95_ms": percentile(cpus, 0.95), "recall_at_10": sum(hits) / max(len(hits), 1),
    }  # fmt: skip


def ours(register: Register) -> Callable[[Reading], list[int]]:
    def find(reading: Reading) -> list[int]:
        try:
            answer = register.search(read_marks(reading.text, make=reading.make, calibre=reading.calibre))
        except TooLittle:
            return []
        return [c.row for c in answer.items]

    return find


def measure_ours(folder: Path, held: list[Gun], known: set[str], asked: list[Reading], wanted: argparse.Namespace) -> dict[str, object]:
    began = time.perf_counter()
    register = Register.build(folder, held)
    built = time.perf_counter() - began
    size = sum(f.stat().st_size for f in folder.iterdir())
    began = time.perf_counter()
    register = Register.open(folder)
    opened = time.perf_counter() - began
    find = ours(register)
    for reading in asked[:50]:
        find(reading)
    result: dict[str, object] = dict(timed(find, asked, wanted.patience))
    plain = [r for r in asked if not set("?*") & set(r.text)]
    result |= {
        "build_s": built, "open_s": opened, "bytes_a_gun": size / len(held),
        "without_unreadable": timed(find, plain, wanted.patience),
        "by_kind": {k: timed(find, [r for r in asked if r.kind == k], wanted.patience / 8) for k in KINDS},
        "as_the_full_scan": measure_against_full_scan(register, asked, wanted.patience),
        "calibration": measure_calibration(register, readings(held, wanted.held_out + TAUGHT, seed=7, held=known)),
        "calibration_lopsided": measure_calibration(register, readings(held, wanted.held_out // 2 + TAUGHT, 11, kinds=LOPSIDED, held=known)),
    }  # fmt: skip
    marks = [read_marks(r.text, make=r.make, calibre=r.calibre) for r in readings(held, 4000, seed=13, held=known)]
    began = time.perf_counter()
    register.search_many(marks)
    result["search_many_a_s"] = len(marks) / (time.perf_counter() - began)
    began = time.perf_counter()
    register.append(Gun(20_000_000 + k, f"APPEND{k:05d}") for k in range(10_000))
    result["append_10000_s"] = time.perf_counter() - began
    return result


TAUGHT = 1_500
"""Readings that the error model is fitted to, without labels; it is judged on others."""
TELLING = 400
"""Readings of a bin from which its gap is told: in fewer, chance alone passes 0.05."""
LOPSIDED = ("look_alike", "look_alike", "look_alike", "wrong", "extra", "worn_end", "exact", "exact", "exact")
"""A mix of damage unlike the even one."""


def measure_against_full_scan(register: Register, asked: list[Reading], patience_s: float) -> dict[str, float]:
    """Of how many queries the candidates are those of weighing every gun under the same error model, ties aside."""
    (_, segment), = register.segments
    places = np.arange(len(segment))
    same = compared = 0
    began = time.perf_counter()
    for reading in asked:
        if time.perf_counter() - began > patience_s:
            break
        marks = read_marks(reading.text, make=reading.make, calibre=reading.calibre)
        try:
            answer = register.search(marks, LIMIT)
        except TooLittle:
            continue
        given, (factors, by_scheme) = evidence(marks, DEFAULT), register.factors(DEFAULT, marks)
        best, where, tally = np.zeros(LIMIT), np.full(LIMIT, 2**62, np.int64), np.zeros(TALLIES)
        guns_of = (segment.row_of, segment.long_at, segment.long_codes, segment.combo, factors[0])
        weigh_all(segment.forward, guns_of, (given.packed, given.packed_rates, given.right, given.levels), places, len(places),
                  0.0, 0.0, best, where, tally)  # fmt: skip
        chance = DEFAULT.not_in_register
        none = float(register.general.likelihoods(given, DEFAULT.strange) @ by_scheme) * chance * len(register) / (1 - chance)
        least, tied = FLOOR * max(none, best[0]), best[-1] * (1 + 1e-9)
        wanted = {int(segment.row_of[at]) for weight, at in zip(best, where, strict=True) if weight >= least and weight > tied}
        compared += 1
        same += wanted <= {c.row for c in answer.items}
    return {"queries": compared, "share": same / max(compared, 1)}


def measure_calibration(register: Register, asked: list[Reading]) -> dict[str, float]:
    """Of the top candidate and of 'none', with the model as it is and fitted, without labels, to readings that are not judged."""
    marks = [read_marks(r.text, make=r.make, calibre=r.calibre) for r in asked]
    found: dict[str, float] = {"held_out": len(marks) - TAUGHT}
    for name, model in (("default", None), ("fitted", fit(register, marks[:TAUGHT]))):
        pairs = list(zip(register.search_many(marks[TAUGHT:], model=model), asked[TAUGHT:], strict=True))
        answered = [(a, r) for a, r in pairs if a.items or a.exact]
        top = calibration((a.items[0].probability, a.items[0].row == r.row) for a, r in answered if a.items)
        none = calibration((a.none_probability, r.row < 0) for a, r in answered)
        held = [(a, r) for a, r in pairs if r.row >= 0]
        found |= {
            f"{name}_top_ece": top.error, f"{name}_top_worst": top.worst(TELLING), f"{name}_none_ece": none.error, f"{name}_none_worst": none.worst(TELLING),
            f"{name}_refused": len(pairs) - len(answered),
            f"{name}_recall_at_10": sum(any(c.row == r.row for c in a.items) for a, r in held) / len(held),
        }  # fmt: skip
    return found


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--guns", type=int, nargs="+", default=[1_000_000, 10_000_000])
    ask.add_argument("--queries", type=int, default=2000)
    ask.add_argument("--held-out", type=int, default=10_000, help="readings that the calibration is judged on")
    ask.add_argument("--patience", type=float, default=60.0, help="seconds that each part may take over its queries")
    ask.add_argument("--peers", default=",".join(PEERS), help="which peers to run, by name")
    wanted = ask.parse_args()
    for number in wanted.guns:
        run(number, wanted)


def run(number: int, wanted: argparse.Namespace) -> None:
    """One size: ours, then every peer on the readings that it can take."""
    print(f"--- {number:,} guns; load {os.getloadavg()[0]:.1f}", flush=True)
    held = list(guns(number))
    serials = [canonical(g.serial) for g in held]
    known = set(serials)
    asked = readings(held, wanted.queries, held=known)
    plain = [r for r in asked if not set("?*") & set(r.text)]
    table: dict[str, object] = {"guns": number}
    gc.collect()
    gc.freeze()  # the world itself is nobody's garbage: no tool is charged for looking through it
    with tempfile.TemporaryDirectory() as folder:
        table["ours"] = measure_ours(Path(folder) / "register", held, known, asked, wanted)
    report("ours", table["ours"])
    del held, known
    for name in filter(None, wanted.peers.split(",")):
        try:
            with PEERS[name](serials) as find:
                table[name] = timed(lambda r, find=find: find(r.text), plain, wanted.patience)
            report(name, table[name])
        except Unavailable as why:
            print(f"{name:14s} left out: {why}")
    reference = table["ours"]["without_unreadable"]  # type: ignore[index]
    table["ratios"] = {
        name: {"p50": row["p50_ms"] / reference["p50_ms"], "p95": row["p95_ms"] / reference["p95_ms"]}  # type: ignore[index]
        for name, row in table.items() if name in PEERS
    }  # fmt: skip
    for name, ratio in table["ratios"].items():  # type: ignore[attr-defined]
        print(f"{name:14s} p50 {ratio['p50']:8.1f} times ours, p95 {ratio['p95']:8.1f} times ours")
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    (out / f"serials-{number}.json").write_text(json.dumps(table, indent=1))


def report(name: str, row: object) -> None:
    print(f"{name:14s}", json.dumps(row, default=str), flush=True)


if __name__ == "__main__":
    main()

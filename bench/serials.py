"""Damaged marks against a register, beside the peers, in one run: `python bench/serials.py --guns 1000000`.

Prints a table and ratios and saves them as JSON under bench/out. A peer that is not installed is left out by name.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.serials_peers import PEERS, Unavailable
from bench.serials_world import KINDS, Reading, guns, readings
from enduse.engines.serials import Gun, Register, TooLittle, calibration, canonical, fit, read_marks

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


def measure_ours(folder: Path, held: list[Gun], asked: list[Reading], patience_s: float) -> dict[str, object]:
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
    result: dict[str, object] = dict(timed(find, asked, patience_s))
    plain = [r for r in asked if not set("?*") & set(r.text)]
    result |= {
        "build_s": built, "open_s": opened, "bytes_a_gun": size / len(held),
        "without_unreadable": timed(find, plain, patience_s),
        "by_kind": {k: timed(find, [r for r in asked if r.kind == k], patience_s / 8) for k in KINDS},
        "calibration": measure_calibration(register, asked[:2000]),
    }  # fmt: skip
    marks = [read_marks(r.text, make=r.make, calibre=r.calibre) for r in asked[:2000]]
    began = time.perf_counter()
    register.search_many(marks)
    result["search_many_a_s"] = len(marks) / (time.perf_counter() - began)
    began = time.perf_counter()
    register.append(Gun(20_000_000 + k, f"APPEND{k:05d}") for k in range(10_000))
    result["append_10000_s"] = time.perf_counter() - began
    return result


def measure_calibration(register: Register, asked: list[Reading]) -> dict[str, float]:
    """Of the top candidate and of 'none', with the model as it is and fitted to the marks without labels."""
    marks = [read_marks(r.text, make=r.make, calibre=r.calibre) for r in asked]
    found = {}
    for name, model in (("default", None), ("fitted", fit(register, marks, most=500, rounds=2))):
        answers = register.search_many(marks, model=model)
        pairs = list(zip(answers, asked, strict=True))
        top = calibration((a.items[0].probability, a.items[0].row == r.row) for a, r in pairs if a.items)
        none = calibration((a.none_probability, r.row < 0) for a, r in pairs)
        found |= {f"{name}_top_ece": top.error, f"{name}_top_worst": top.worst(), f"{name}_none_ece": none.error,
                  f"{name}_none_worst": none.worst()}  # fmt: skip
    return found


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--guns", type=int, default=1_000_000)
    ask.add_argument("--queries", type=int, default=2000)
    ask.add_argument("--patience", type=float, default=60.0, help="seconds a peer may take over its queries")
    ask.add_argument("--peers", default=",".join(PEERS), help="which peers to run, by name")
    asked_for = ask.parse_args()
    held = list(guns(asked_for.guns))
    asked = readings(held, asked_for.queries)
    plain = [r for r in asked if not set("?*") & set(r.text)]
    table: dict[str, object] = {"guns": asked_for.guns}
    with tempfile.TemporaryDirectory() as folder:
        table["ours"] = measure_ours(Path(folder) / "register", held, asked, asked_for.patience)
    report("ours", table["ours"])
    serials = [canonical(g.serial) for g in held]
    del held
    for name in filter(None, asked_for.peers.split(",")):
        try:
            with PEERS[name](serials) as find:
                table[name] = timed(lambda r, find=find: find(r.text), plain, asked_for.patience)
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
    (out / f"serials-{asked_for.guns}.json").write_text(json.dumps(table, indent=1))


def report(name: str, row: object) -> None:
    print(f"{name:14s}", json.dumps(row, default=str), flush=True)


if __name__ == "__main__":
    main()

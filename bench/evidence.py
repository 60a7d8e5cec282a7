"""The estimate against the ratios that the field quotes, on worlds whose truth is known and whose mechanism the model is not told.

Run: python bench/evidence.py [--worlds 12] [--national] [--json bench/out/evidence.json]
CRPS is the continuous ranked probability score of the number diverted, in firearms: lower is better; of a bare ratio, which
is one number, it is the absolute error. Coverage counts how often the truth lies inside an interval.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from enduse.engines import evidence
from enduse.engines.evidence.worlds import MECHANISMS, KnownWorld, draw_world

GOALS = {"crps_ratio": 30.0, "cover80": (0.72, 0.88), "cover95": (0.90, 0.99), "refresh_s": 2.0}


def crps(draws: np.ndarray, truth: float) -> float:
    """CRPS of a sample: mean |x - truth| less half the mean |x - x'| (by the order statistics, exact)."""
    ordered = np.sort(draws.astype(float))
    n = ordered.size
    spread = 2.0 * np.sum((2 * np.arange(1, n + 1) - n - 1) * ordered) / n**2
    return float(np.mean(np.abs(ordered - truth)) - 0.5 * spread)


def score(world: KnownWorld, seed: int) -> dict[str, Any]:
    """One world: the estimate's score, each ratio's, whether the intervals hold the truth, and the time."""
    began = time.perf_counter()
    found = evidence.estimate(world.bundle, until=world.until, seed=seed)
    spent = time.perf_counter() - began
    total = found.diverted
    low95, low80, high80, high95 = np.quantile(total, [0.025, 0.1, 0.9, 0.975])
    ratios = {ratio.code: abs((ratio.value or 0.0) * world.delivered - world.diverted) for ratio in found.ratios}
    return {"mechanism": world.mechanism, "truth": world.diverted, "mean": float(total.mean()), "crps": crps(total, world.diverted),
            "cover80": bool(low80 <= world.diverted <= high80), "cover95": bool(low95 <= world.diverted <= high95),
            "rank": float(np.mean(total < world.diverted)), "width95": float(high95 - low95), "seconds": spent, "naive": ratios,
            "never_sampled": found.never_sampled}


def table(scores: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row per mechanism and one for all."""
    groups = [(name, [s for s in scores if s["mechanism"] == name]) for name in MECHANISMS] + [("all", scores)]
    rows = []
    for name, mine in groups:
        naive = {code: float(np.mean([s["naive"][code] for s in mine])) for code in mine[0]["naive"]}
        ours, best = float(np.mean([s["crps"] for s in mine])), min(naive, key=lambda code: naive[code])
        rows.append({"mechanism": name, "worlds": len(mine), "crps": ours, "best_naive": best, "best_naive_crps": naive[best],
                     "crps_ratio": naive[best] / ours, "naive": naive,
                     "cover80": float(np.mean([s["cover80"] for s in mine])), "cover95": float(np.mean([s["cover95"] for s in mine])),
                     "bias": float(np.mean([s["mean"] / max(s["truth"], 1) - 1 for s in mine])),
                     "width95_share": float(np.mean([s["width95"] / max(s["truth"], 1) for s in mine])),
                     "median_s": float(np.median([s["seconds"] for s in mine]))})
    return rows


def show(rows: list[dict[str, Any]]) -> None:
    print(f"{'mechanism':16} {'worlds':>6} {'CRPS':>8} {'best ratio':>22} {'its CRPS':>9} {'times':>6} "
          f"{'80 %':>6} {'95 %':>6} {'bias':>7} {'width':>6} {'s':>5}")
    for r in rows:
        print(f"{r['mechanism']:16} {r['worlds']:6d} {r['crps']:8.1f} {r['best_naive']:>22} {r['best_naive_crps']:9.1f} {r['crps_ratio']:6.1f} "
              f"{r['cover80']:6.2f} {r['cover95']:6.2f} {r['bias']:+7.3f} {r['width95_share']:6.2f} {r['median_s']:5.2f}")


def verdicts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Each goal beside what was measured over all worlds."""
    whole = rows[-1]
    return {
        "crps_ratio": {"goal": GOALS["crps_ratio"], "measured": whole["crps_ratio"], "met": whole["crps_ratio"] >= GOALS["crps_ratio"]},
        "refresh_s": {"goal": GOALS["refresh_s"], "measured": whole["median_s"], "met": whole["median_s"] <= GOALS["refresh_s"]},
        **{name: {"goal": GOALS[name], "measured": whole[name], "met": GOALS[name][0] <= whole[name] <= GOALS[name][1]}
           for name in ("cover80", "cover95")},
    }


def national(seed: int) -> dict[str, float]:
    """A country: 500 units, 10 years, 20,000 guns."""
    world = draw_world("steady", seed, units=500, years=10, guns=20_000)
    began = time.perf_counter()
    found = evidence.estimate(world.bundle, until=world.until, seed=seed)
    return {"seconds": time.perf_counter() - began, "truth": world.diverted, "mean": float(found.diverted.mean())}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--worlds", type=int, default=12, help="worlds per mechanism")
    ask.add_argument("--first", type=int, default=1000, help="seed of the first world")
    ask.add_argument("--national", action="store_true", help="also 500 units, 10 years, 20,000 guns")
    ask.add_argument("--json", type=Path, default=Path("bench/out/evidence.json"))
    given = ask.parse_args()
    evidence.estimate(draw_world("steady", 1, units=5).bundle, until=draw_world("steady", 1, units=5).until, draws=200)
    seeds = range(given.first, given.first + given.worlds)
    scores = [score(draw_world(name, seed), seed) for name in MECHANISMS for seed in seeds]
    rows = table(scores)
    show(rows)
    result: dict[str, Any] = {"worlds": scores, "table": rows, "goals": verdicts(rows)}
    for name, goal in result["goals"].items():
        print(f"{name}: goal {goal['goal']}, measured {goal['measured']:.3g}: {'met' if goal['met'] else 'NOT met'}")
    if given.national:
        result["national"] = national(given.first)
        print(f"national (500 units, 10 years, 20,000 guns): {result['national']['seconds']:.1f} s, truth {result['national']['truth']}, "
              f"mean {result['national']['mean']:.0f}")
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

"""The simulation of measures against Mesa and SimPy running the same model, in the same run on the same machine.

Run: python bench/flows.py [--futures 10000] [--peer-futures 3] [--json bench/out/flows.json]
The common model: units that hold guns of one type, four channels of loss at constant hazards, serial stocktakes that deter and
locked armouries from month 12, no response but deterrence, no new deliveries. Mesa steps one agent a unit each month; SimPy runs
one process a gun. Each peer runs both policies (nothing, and the measure), as ours does in its pair.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from enduse.engines.flows import Authority, Holding, Kind, Measure, Pipeline, Policy, Response, Responses, World, simulate
from enduse.engines.flows.measures import REVERSALS_PER_YEAR

START, EVERY, DETECTS, DETERRENCE, CARRY_OFF_KEPT, THEFT_KEPT = 12, 6.0, 0.9, 2.0, 0.3, 0.6
OFF = Response(0.0, 0.0, on=False)
GOALS = {"times_mesa": 1000.0, "times_simpy": 1000.0, "seconds_full": 10.0, "peak_gib": 2.0}


def repealed_in(measured: bool, dice: np.random.Generator) -> int:
    """The month in which a statute is lifted; the first of it when nothing was enacted."""
    return START + int(dice.exponential() / (REVERSALS_PER_YEAR[Authority.STATUTE] / 12)) if measured else START


def factors(month: int, repealed: int) -> np.ndarray:
    """What is left of each channel's hazard in a month."""
    if not START <= month < repealed:
        return np.ones(4)
    fear = math.exp(-DETERRENCE * DETECTS / EVERY)
    return np.array([CARRY_OFF_KEPT, THEFT_KEPT * math.sqrt(fear), fear, fear])


def world_of(units: int, guns: int, seed: int, *, pipelines: tuple[Pipeline, ...] = ()) -> World:
    rng = np.random.default_rng(seed)
    held = rng.multinomial(guns, rng.dirichlet(np.full(units, 2.0)))
    holdings = tuple(Holding(f"U{u}", f"E{u % 3}", "rifle", int(held[u])) for u in range(units))
    hazards = np.exp(rng.normal(math.log(2.5e-4), 0.5, (200, units, 4)))
    return World(holdings, hazards, np.zeros(200), np.zeros(units), np.full(200, 0.01), pipelines)


def the_measure() -> Policy:
    forever = Authority.STATUTE
    return Policy("measures", (Measure(Kind.STOCKTAKES, forever, start=START, parameters={"every_months": EVERY, "detects": DETECTS}),
                               Measure(Kind.LOCKED_ARMOURY, forever, start=START,
                                       parameters={"carry_off_kept": CARRY_OFF_KEPT, "theft_kept": THEFT_KEPT})))


def mesa_future(world: World, draw: int, months: int, measured: bool, seed: int) -> int:
    """Guns lost in one future by Mesa: an agent a unit, a binomial a month, divided over the channels."""
    import mesa

    class Armoury(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: Any, held: int, hazards: np.ndarray) -> None:
            super().__init__(model)
            self.held, self.hazards, self.lost = held, hazards, np.zeros(4, dtype=int)

        def step(self) -> None:
            hazards = self.hazards * factors(self.model.month, self.model.repealed)
            gone = int(self.model.dice.binomial(self.held, -math.expm1(-hazards.sum())))
            if gone:
                self.lost += self.model.dice.multinomial(gone, hazards / hazards.sum())
                self.held -= gone

    class Country(mesa.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dice, self.month = np.random.default_rng(seed), 0
            self.repealed = repealed_in(measured, self.dice)
            for h, holding in enumerate(world.holdings):
                Armoury(self, holding.held, world.hazards[draw, h])

        def step(self) -> None:
            self.agents.do("step")
            self.month += 1

    country = Country()
    for _ in range(months):
        country.step()
    return int(sum(agent.lost.sum() for agent in country.agents))


def simpy_future(world: World, draw: int, months: int, measured: bool, seed: int) -> int:
    """Guns lost in one future by SimPy: a process a gun that waits out its hazard before and after the measure."""
    import simpy

    dice, lost = np.random.default_rng(seed), np.zeros(4, dtype=int)
    repealed = repealed_in(measured, dice)
    env = simpy.Environment()

    def gun(stretches: list[tuple[int, np.ndarray]]) -> Any:
        for end, hazards in stretches:
            wait = dice.exponential(1 / hazards.sum())
            if env.now + wait < end:
                yield env.timeout(wait)
                lost[np.searchsorted(np.cumsum(hazards), dice.random() * hazards.sum())] += 1
                return
            yield env.timeout(end - env.now)

    ends = [START, min(repealed, months), months]
    for h, holding in enumerate(world.holdings):
        stretches = [(end, world.hazards[draw, h] * factors(first, repealed))
                     for first, end in zip([0, *ends], ends, strict=False) if end > first]
        for _ in range(holding.held):
            env.process(gun(stretches))
    env.run(until=months)
    return int(lost.sum())


def peer(run: Callable[[World, int, int, bool, int], int], world: World, months: int, futures: int) -> dict[str, Any]:
    began = time.perf_counter()
    totals = [[run(world, f % world.draws, months, measured, 10 * f + measured) for measured in (False, True)] for f in range(futures)]
    return {"seconds_a_future": (time.perf_counter() - began) / futures, "means": np.mean(totals, axis=0).tolist(), "futures": futures}


def same_model(units: int, guns: int, months: int, futures: int, peer_futures: int) -> dict[str, Any]:
    """Ours and both peers on the common model; the means say whether they ran the same one."""
    world, policy = world_of(units, guns, 1), the_measure()
    answers = Responses(OFF, OFF, OFF, Response(DETERRENCE, DETERRENCE), OFF)
    simulate(world, [policy], months=months, futures=2, responses=answers)
    began = time.perf_counter()
    ours = simulate(world, [policy], months=months, futures=futures, responses=answers)
    spent = (time.perf_counter() - began) / futures
    result: dict[str, Any] = {"ours": {"seconds_a_future": spent, "means": [float(ours.total(n).mean()) for n in ours.names], "futures": futures}}
    for name, run in (("mesa", mesa_future), ("simpy", simpy_future)):
        try:
            result[name] = peer(run, world, months, peer_futures)
        except ImportError:
            result[name] = {"skipped": f"{name} is not installed (the bench group holds it)"}
            continue
        result[name]["times"] = result[name]["seconds_a_future"] / spent
    return result


def everything(units: int, guns: int, months: int, futures: int) -> dict[str, float]:
    """Every kind of measure, every response, a pipeline: eight policies paired."""
    shares = tuple((f"U{u}", 1 / len(range(0, units, 3))) for u in range(0, units, 3))
    world = world_of(units, guns, 2, pipelines=(Pipeline("E0", "rifle", 1.0, 0.8, 6.0, 100, shares),))
    policies = [Policy(kind.value, (Measure(kind, start=6, parameters={}),)) for kind in Kind if kind is not Kind.BAN_ON_UNIT]
    simulate(world, policies, months=months, futures=2)
    began = time.perf_counter()
    simulate(world, policies, months=months, futures=futures)
    spent = time.perf_counter() - began
    return {"policies": len(policies) + 1, "futures": futures, "seconds": spent,
            "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--units", type=int, default=500)
    ask.add_argument("--guns", type=int, default=20_000)
    ask.add_argument("--months", type=int, default=120)
    ask.add_argument("--futures", type=int, default=10_000)
    ask.add_argument("--peer-futures", type=int, default=3)
    ask.add_argument("--json", type=Path, default=Path("bench/out/flows.json"))
    given = ask.parse_args()
    result: dict[str, Any] = {"same_model": same_model(given.units, given.guns, given.months, given.futures, given.peer_futures)}
    for name, one in result["same_model"].items():
        if "skipped" in one:
            print(f"{name:6} skipped: {one['skipped']}")
            continue
        times = f"{one['times']:9.0f} times ours" if "times" in one else ""
        print(f"{name:6} {one['seconds_a_future']:10.6f} s a paired future, mean lost {one['means'][0]:8.1f} and {one['means'][1]:8.1f} {times}")
    result["everything"] = everything(given.units, given.guns, given.months, given.futures)
    told = result["everything"]
    print(f"every measure and response: {told['policies']} policies, {told['futures']} futures, {told['seconds']:.1f} s, "
          f"peak {told['peak_gib']:.2f} GiB")
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(result | {"goals": GOALS}, indent=1))


if __name__ == "__main__":
    main()

"""The same model said plainly: one gun, one month, one policy after another. Slow; the tests hold the fast one to it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np

from enduse.engines.flows.measures import REVERSALS_PER_YEAR, Kind, Measure, Policy
from enduse.engines.flows.outcome import TALLIES, Outcome
from enduse.engines.flows.plan import with_do_nothing
from enduse.engines.flows.responses import Responses
from enduse.engines.flows.world import CHANNELS, Holding, World

STOPPING = (Kind.MORATORIUM, Kind.BAN_ON_UNIT)


@dataclass
class _Gun:
    holding: int
    arrives: list[int]
    lost: list[int | None] = field(default_factory=list)


@dataclass
class _Future:
    """One future: what is the same under every policy, and what is counted under each."""

    world: World
    policies: tuple[Policy, ...]
    months: int
    dice: Random
    draw: int
    answer: dict[str, float]
    ends: dict[int, int]
    rates: np.ndarray
    tally: list[Counter[str]]
    used: Counter[tuple[int, int]]

    def rules(self, p: int, kind: Kind, holding: Holding, month: int) -> list[Measure]:
        return [rule for rule in self.policies[p].measures if rule.kind is kind and rule.scope.covers(holding)
                and rule.start <= month < self.ends[id(rule)]]

    def stopped(self, p: int, holding: Holding, month: int) -> bool:
        return any(self.rules(p, kind, holding, month) for kind in STOPPING)

    def detection(self, p: int, holding: Holding, month: int) -> float:
        unseen = 1.0
        for rule in self.rules(p, Kind.STOCKTAKES, holding, month):
            unseen *= 1 - min(1.0, rule.parameter("detects") / rule.parameter("every_months"))
        for rule in self.rules(p, Kind.CHECK_RATE, holding, month):
            unseen *= 1 - min(1.0, rule.parameter("checks_per_unit_year") / 12 * rule.parameter("sample_share"))
        return 1 - unseen

    def kept(self, p: int, holding: Holding, month: int) -> list[float]:
        fear = math.exp(-self.answer["deterrence"] * self.detection(p, holding, month))
        kept = [1.0, math.sqrt(fear), fear, fear]
        for rule in self.rules(p, Kind.LOCKED_ARMOURY, holding, month):
            kept[0] *= rule.parameter("carry_off_kept")
            kept[1] *= rule.parameter("theft_kept")
        return kept


def simulate(world: World, measures: Sequence[Policy], *, months: int, futures: int, seed: int = 0,
             responses: Responses | None = None) -> Outcome:
    """As flows.simulate, with other random numbers and no shortcut: meant for tens of guns and a few hundred futures."""
    policies = with_do_nothing(measures)
    answers = responses or Responses()
    dice = Random(seed)
    coefficients = answers.draw(futures, np.random.default_rng(seed))
    diverted = np.zeros((futures, len(policies), months, len(CHANNELS)), dtype=np.int32)
    straw = np.zeros((futures, len(policies), months), dtype=np.int32)
    tally = np.zeros((futures, len(policies), len(TALLIES)), dtype=np.int64)
    held = np.zeros(futures, dtype=np.int64)
    for f in range(futures):
        draw = dice.randrange(world.draws)
        answer = dict(zip(Responses.NAMES, map(float, coefficients[f]), strict=True))
        future = _Future(world, policies, months, dice, draw, answer, _ends(policies, months, dice), world.rates()[draw],
                         [Counter() for _ in policies], Counter())
        held[f] = world.stock()[draw].sum()
        _live(future, diverted[f], straw[f])
        for p in range(len(policies)):
            tally[f, p] = [future.tally[p][name] for name in TALLIES]
    return Outcome(tuple(policy.name for policy in policies), policies, months, seed, held, diverted, straw, tally, coefficients)


def _ends(policies: tuple[Policy, ...], months: int, dice: Random) -> dict[int, int]:
    """The month each measure ends: as enacted, or lifted earlier; one patience for all measures of a future."""
    patience = dice.expovariate(1.0)
    ends = {}
    for rule in (rule for policy in policies for rule in policy.measures):
        lifted = rule.start + int(patience / (REVERSALS_PER_YEAR[rule.authority] / 12))
        ends[id(rule)] = min(months if rule.end is None else rule.end, months, lifted)
    return ends


def _live(future: _Future, diverted: np.ndarray, straw: np.ndarray) -> None:
    guns = [_Gun(h, [0] * len(future.policies)) for h, held in enumerate(future.world.stock()[future.draw]) for _ in range(held)]
    for decided, month, holding, quantity in _deliveries(future):
        guns.extend(_deliver(future, decided, month, holding, quantity))
    flow = _flow(future, guns)
    for gun in guns:
        _one_gun(future, gun, flow, diverted)
        _answer(future, gun, flow, straw)
    for p, policy in enumerate(future.policies):
        for rule in policy.measures:
            _work(future, p, rule)


def _deliveries(future: _Future) -> list[tuple[int, int, int, int]]:
    places, found = future.world.places(), []
    for line in future.world.pipelines:
        before = math.ceil(line.lag_months + 5 * math.sqrt(line.lag_months))
        for decided in range(-before, future.months):
            for _ in range(_poisson(future.dice, line.applications_per_month)):
                if future.dice.random() >= line.approval:
                    continue
                unit = future.dice.choices([u for u, _ in line.shares], [s for _, s in line.shares])[0]
                month = decided + _poisson(future.dice, line.lag_months)
                if 0 <= month < future.months:
                    found.append((decided, month, places[unit, line.firearm_type], line.quantity))
    return sorted(found, key=lambda one: one[1])


def _poisson(dice: Random, mean: float) -> int:
    number, product, least = 0, dice.random(), math.exp(-mean)
    while product > least:
        number += 1
        product *= dice.random()
    return number


def _deliver(future: _Future, decided: int, month: int, h: int, quantity: int) -> list[_Gun]:
    luck = [future.dice.random() for _ in range(10)]
    arrivals = [_arrivals(future, p, decided, month, h, quantity, luck) for p in range(len(future.policies))]
    return [_Gun(h, [arrivals[p][gun] for p in range(len(future.policies))]) for gun in range(quantity)]


def _arrivals(future: _Future, p: int, decided: int, month: int, h: int, quantity: int, luck: list[float]) -> list[int]:
    """The month each gun of a delivery arrives under a policy; the month after the last for those that never do."""
    holding, tally, never = future.world.holdings[h], future.tally[p], future.months
    allowed = 0 if future.stopped(p, holding, decided) or future.stopped(p, holding, month) else quantity
    caps = future.rules(p, Kind.CAP, holding, month)
    for rule in caps:
        allowed = min(allowed, max(0, int(rule.parameter("guns_per_year")) - future.used[id(rule), (month - rule.start) // 12]))
    for rule in caps:
        future.used[id(rule), (month - rule.start) // 12] += allowed
    arrivals: list[int] = []
    tranche = future.rules(p, Kind.TRANCHE, holding, month) if allowed else []
    parts, gap = (int(tranche[0].parameter("tranches")), int(tranche[0].parameter("months_between"))) if tranche else (1, 0)
    for part in range(parts):
        comes = month + part * gap
        if part and comes < future.months:
            tally["checks"] += 1
            if future.stopped(p, holding, comes) or not _verified(future, tranche[0], h, luck[part]):
                break
        size = allowed * (part + 1) // parts - len(arrivals)
        arrivals += [min(comes, never)] * size
        tally["delivered"] += size if comes < future.months else 0
    stopped = quantity - len(arrivals)
    made_good = min(stopped, int(stopped * future.answer["substitution"] + luck[0]))
    tally["stopped"] += stopped
    tally["substituted"] += made_good
    return arrivals + [month] * made_good + [never] * (stopped - made_good)


def _verified(future: _Future, rule: Measure, h: int, luck: float) -> bool:
    lost = 1 - math.exp(-float(future.rates[h].sum()) * int(rule.parameter("months_between")))
    sample = int(rule.parameter("sample"))
    fine = sum(math.comb(sample, k) * lost**k * (1 - lost) ** (sample - k) for k in range(int(rule.parameter("may_miss")) + 1))
    return luck < fine


def _flow(future: _Future, guns: list[_Gun]) -> np.ndarray:
    """(policies, months) guns expected to leave if none had left before."""
    flow = np.zeros((len(future.policies), future.months))
    for p in range(len(future.policies)):
        arrived = Counter((gun.holding, gun.arrives[p]) for gun in guns)
        for (h, month), number in arrived.items():
            for m in range(month, future.months):
                kept = future.kept(p, future.world.holdings[h], m)
                flow[p, m] += number * float(np.dot(future.rates[h], kept))
    return flow


def _one_gun(future: _Future, gun: _Gun, flow: np.ndarray, diverted: np.ndarray) -> None:
    """Month by month: the channel whose exponential clock rings first within the month takes the gun."""
    gun.lost = [None] * len(future.policies)
    seized = future.dice.expovariate(1.0)
    for m in range(min(gun.arrives), future.months):
        clocks = [future.dice.expovariate(1.0) for _ in CHANNELS]
        for p in range(len(future.policies)):
            if gun.lost[p] is not None or gun.arrives[p] > m:
                continue
            rings = [clock / max(rate, 1e-300) for clock, rate in zip(clocks, _hazards(future, p, gun.holding, m, flow), strict=True)]
            if min(rings) < 1:
                gun.lost[p] = m
                diverted[p, m, rings.index(min(rings))] += 1
                watched = future.detection(p, future.world.holdings[gun.holding], m) > 0
                rate = float(future.world.seizure[future.draw]) * (1 + future.answer["seizure"] * watched)
                future.tally[p]["seized"] += seized < rate * (future.months - m - 0.5)
        if all(lost is not None for lost in gun.lost):
            return


def _hazards(future: _Future, p: int, h: int, m: int, flow: np.ndarray) -> list[float]:
    rates = [float(rate) * kept for rate, kept in zip(future.rates[h], future.kept(p, future.world.holdings[h], m), strict=True)]
    short = min(1.0, max(0.0, 1 - flow[p, m] / flow[0, m])) if flow[0, m] > 0 else 0.0
    rates[1] *= 1 + future.answer["to_theft"] * short
    return rates


def _answer(future: _Future, gun: _Gun, flow: np.ndarray, straw: np.ndarray) -> None:
    """A gun lost when nothing is done and kept under a policy may be replaced by a straw purchase, as far as it is wanted."""
    first, luck = gun.lost[0], future.dice.random()
    if first is None:
        return
    wanted = min(1.0, future.world.illicit_demand / flow[0, first]) if flow[0, first] > 0 else 1.0
    for p in range(1, len(future.policies)):
        if gun.lost[p] is None and luck < future.answer["to_straw_purchase"] * wanted:
            straw[p, first] += 1
            future.tally[p]["straw"] += 1


def _work(future: _Future, p: int, rule: Measure) -> None:
    stretch = max(future.ends[id(rule)] - rule.start, 0)
    for holding, held in zip(future.world.holdings, future.world.stock()[future.draw], strict=True):
        if not rule.scope.covers(holding):
            continue
        if rule.kind is Kind.STOCKTAKES:
            counts = stretch // int(rule.parameter("every_months"))
            future.tally[p]["counts"] += counts
            future.tally[p]["guns_counted"] += counts * int(held)
        if rule.kind is Kind.CHECK_RATE:
            future.tally[p]["checks"] += int(rule.parameter("checks_per_unit_year") * stretch / 12)

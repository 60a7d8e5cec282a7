"""Paired futures by exact thinning: each gun's candidate losses are drawn once, at the highest hazard any policy could
give it, and every policy keeps its own share of them. Cost follows candidate losses, not guns or months.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np

from enduse.engines.flows.plan import KINDS, Rules, Stock, Supply
from enduse.engines.flows.random import poisson, stream, uniform

MORATORIUM, CAP, TRANCHE, STOCKTAKES, CHECK_RATE, LOCKED, BAN = range(len(KINDS))
CHANNELS, DESERTION, THEFT = 4, 0, 1
SUBSTITUTION, TO_STRAW, TO_THEFT, DETERRENCE, SEIZURE = range(5)
SALE_FEARS, THEFT_FEARS = 1.0, 0.5
PARTS = 8
"""Tranches and the substituted part that one delivery can come in."""
DELIVERED, SUBSTITUTED, STOPPED, COUNTS, GUNS_COUNTED, CHECKS, SEIZED, STRAW = range(8)
_PIPELINE, _ORDERS, _HELD = 1, 2, 3
STRETCHES = 8
"""Into how many tasks each thread's share is divided: futures differ in length."""


@numba.njit(cache=True)
def in_force(rules: Rules, ends: Any, policy: int, kind: int, scope_class: int, month: int) -> int:
    """The first measure of a kind that covers a class in a month under a policy, or -1."""
    for i in range(rules.kind.size):
        if (rules.policy[i] == policy and rules.kind[i] == kind and rules.covers[i, scope_class]
                and rules.start[i] <= month < ends[i]):
            return i
    return -1


@numba.njit(cache=True)
def effects(rules: Rules, ends: Any, classes: int, months: int, deterrence: float) -> tuple[Any, Any]:
    """kept[policy, channel, class, month]: what is left of each hazard; watched[policy, class, month]: counted by serial."""
    kept = np.ones((rules.policies, CHANNELS, classes, months))
    detect = np.zeros((rules.policies, classes, months))
    for i in range(rules.kind.size):
        p, kind, a = rules.policy[i], rules.kind[i], rules.parameters[i]
        chance = a[1] / a[0] if kind == STOCKTAKES else a[0] / 12.0 * a[1] if kind == CHECK_RATE else 0.0
        for k in range(classes):
            if not rules.covers[i, k]:
                continue
            for m in range(rules.start[i], ends[i]):
                detect[p, k, m] = 1.0 - (1.0 - detect[p, k, m]) * (1.0 - min(chance, 1.0))
                if kind == LOCKED:
                    kept[p, DESERTION, k, m] *= a[0]
                    kept[p, THEFT, k, m] *= a[1]
    for p in range(rules.policies):
        for k in range(classes):
            for m in range(months):
                if detect[p, k, m] > 0.0:
                    fear = math.exp(-deterrence * detect[p, k, m])
                    kept[p, THEFT, k, m] *= fear**THEFT_FEARS
                    kept[p, 2, k, m] *= fear**SALE_FEARS
                    kept[p, 3, k, m] *= fear**SALE_FEARS
    return kept, detect


@numba.njit(cache=True)
def passes(u: float, loss: float, sample: int, may_miss: int) -> bool:
    """A check of `sample` guns, each gone with chance `loss`, misses no more than it may."""
    term = (1.0 - loss) ** sample
    reached = term
    for k in range(may_miss):
        term *= (sample - k) / (k + 1.0) * loss / max(1.0 - loss, 1e-12)
        reached += term
    return u < reached


@numba.njit(cache=True)
def arrange(rules: Rules, ends: Any, p: int, k: int, decided: int, month: int, quantity: int, rate: float, months: int,
            substitution: float, used: Any, dice: Any, upto: Any, when: Any, tally: Any) -> None:
    """When each gun of a delivery arrives under a policy: guns below upto[j] (and not below upto[j-1]) in month when[j].

    A moratorium or ban stops what is decided or shipped while it is in force; a cap stops what is over it; a tranche
    follows only when the one before was verified. Of what is stopped, others make good a part at the same time.
    """
    allowed = quantity
    for kind in (MORATORIUM, BAN):
        if in_force(rules, ends, p, kind, k, decided) >= 0 or in_force(rules, ends, p, kind, k, month) >= 0:
            allowed = 0
    for i in range(rules.kind.size):
        if rules.policy[i] == p and rules.kind[i] == CAP and rules.covers[i, k] and rules.start[i] <= month < ends[i]:
            year = (month - rules.start[i]) // 12
            allowed = min(allowed, max(int(rules.parameters[i, 0]) - used[i, year], 0))
    for i in range(rules.kind.size):
        if rules.policy[i] == p and rules.kind[i] == CAP and rules.covers[i, k] and rules.start[i] <= month < ends[i]:
            used[i, (month - rules.start[i]) // 12] += allowed
    i = in_force(rules, ends, p, TRANCHE, k, month) if allowed > 0 else -1
    parts = int(rules.parameters[i, 0]) if i >= 0 else 1
    gap = int(rules.parameters[i, 1]) if i >= 0 else 0
    reached, filled = 0, 0
    for j in range(parts):
        comes = month + j * gap
        if j > 0 and comes < months:
            tally[p, CHECKS] += 1
            barred = in_force(rules, ends, p, MORATORIUM, k, comes) >= 0 or in_force(rules, ends, p, BAN, k, comes) >= 0
            loss = -math.expm1(-rate * gap)
            if barred or not passes(dice[1 + j], loss, int(rules.parameters[i, 2]), int(rules.parameters[i, 3])):
                break
        before, reached = reached, allowed * (j + 1) // parts
        upto[p, j], when[p, j] = reached, comes
        filled = j + 1
        if comes < months:
            tally[p, DELIVERED] += reached - before
    for rest in range(filled, PARTS):
        upto[p, rest], when[p, rest] = reached, months
    made_good = math.floor((quantity - reached) * substitution + dice[0])
    made_good = min(made_good, quantity - reached)
    upto[p, PARTS - 1], when[p, PARTS - 1] = reached + made_good, month
    tally[p, SUBSTITUTED] += made_good
    tally[p, STOPPED] += quantity - reached


@numba.njit(cache=True)
def arrival(upto: Any, when: Any, p: int, gun: int, months: int) -> int:
    for j in range(PARTS):
        if gun < upto[p, j]:
            return int(when[p, j])
    return months


@numba.njit(cache=True)
def live(gun_state: Any, begins: Any, first: float, envelope: float, cumulative: Any, accept: Any, k: int, months: int,
         lost_in: Any, lost_by: Any) -> None:
    """One gun under every policy: the month and channel of its loss (month `months`: kept to the end)."""
    policies = begins.size
    open_policies = 0
    for p in range(policies):
        lost_in[p] = months
        open_policies += begins[p] < months
    t = first
    while t < months and open_policies > 0:
        m = int(t)
        point, c = uniform(gun_state) * envelope, 0
        while c < CHANNELS - 1 and point > cumulative[c]:
            c += 1
        v = uniform(gun_state)
        for p in range(policies):
            if lost_in[p] == months and begins[p] <= m and v < accept[p, c, k, m]:
                lost_in[p], lost_by[p] = m, c
                open_policies -= 1
        t -= math.log(uniform(gun_state)) / envelope


@numba.njit(cache=True)
def settle(lost_in: Any, lost_by: Any, dice_seized: float, dice_straw: float, rate: float, answers: Any, watched: Any, k: int,
           easily: Any, months: int, diverted: Any, straw: Any, tally: Any) -> None:
    """Count one gun's losses, its seizure and whether illicit demand replaced it by straw purchase."""
    for p in range(lost_in.size):
        m = lost_in[p]
        if m < months:
            diverted[p, m, lost_by[p]] += 1
            quicker = 1.0 + answers[SEIZURE] * (watched[p, k, m] > 0.0)
            tally[p, SEIZED] += -math.log(dice_seized) < rate * quicker * (months - m - 0.5)
        elif lost_in[0] < months and dice_straw < answers[TO_STRAW] * easily[lost_in[0]]:
            straw[p, lost_in[0]] += 1
            tally[p, STRAW] += 1


@numba.njit(cache=True)
def follow_cohort(cohort: Any, quantity: int, month: int, rates: Any, to_theft: float, accept: Any, k: int, months: int,
                  upto: Any, when: Any, whole: bool, seizure: float, answers: Any, watched: Any, easily: Any, diverted: Any,
                  straw: Any, tally: Any) -> None:
    """Every gun of a cohort that has at least one candidate loss before the end."""
    cumulative = np.empty(CHANNELS)
    envelope = 0.0
    for c in range(CHANNELS):
        envelope += rates[c] * (1.0 + to_theft if c == THEFT else 1.0)
        cumulative[c] = envelope
    if envelope <= 0.0 or quantity == 0 or month >= months:
        return
    window = envelope * (months - month)
    policies = upto.shape[0]
    begins, lost_in, lost_by = np.empty(policies, np.int64), np.empty(policies, np.int64), np.empty(policies, np.int64)
    state, gun_state = np.array([cohort]), np.empty(1, np.uint64)
    gun = int(-math.log(uniform(state)) / window)
    while gun < quantity:
        gun_state[0] = stream(cohort, gun + 1)
        for p in range(policies):
            begins[p] = month if whole else arrival(upto, when, p, gun, months)
        seized, replaced = uniform(gun_state), uniform(gun_state)
        first = month - math.log(1.0 + uniform(gun_state) * math.expm1(-window)) / envelope
        live(gun_state, begins, first, envelope, cumulative, accept, k, months, lost_in, lost_by)
        settle(lost_in, lost_by, seized, replaced, seizure, answers, watched, k, easily, months, diverted, straw, tally)
        gun += 1 + int(-math.log(uniform(state)) / window)


@numba.njit(cache=True)
def deliveries(root: Any, supply: Supply, months: int) -> Any:
    """Approved licences of one future: (decided, delivered, holding, quantity) each; decided may be before month 0."""
    found = np.empty((64, 4), np.int64)
    number = 0
    starts = np.zeros(months + 1, np.int64)
    for line in range(supply.approved.size):
        state = np.array([stream(root, line)])
        before = math.ceil(supply.lag[line] + 5.0 * math.sqrt(supply.lag[line]))
        for decided in range(-before, months):
            for _ in range(poisson(state, supply.approved[line])):
                delivered = decided + poisson(state, supply.lag[line])
                u, place = uniform(state), 0
                while u > supply.reach[line, place] and place < supply.reach.shape[1] - 1:
                    place += 1
                if not 0 <= delivered < months:
                    continue
                if number == found.shape[0]:
                    found = _longer(found)
                found[number, 0], found[number, 1] = decided, delivered
                found[number, 2], found[number, 3] = supply.holding[line, place], supply.quantity[line]
                starts[delivered + 1] += 1
                number += 1
    # Into the order of delivery, those of one month as they were found: a general sort takes seconds to compile.
    ordered = np.empty((number, 4), np.int64)
    for month in range(months):
        starts[month + 1] += starts[month]
    for i in range(number):
        place = starts[found[i, 1]]
        starts[found[i, 1]] += 1
        for column in range(4):
            ordered[place, column] = found[i, column]
    return ordered


@numba.njit(cache=True)
def _longer(rows: Any) -> Any:
    longer = np.empty((2 * rows.shape[0], rows.shape[1]), np.int64)
    for i in range(rows.shape[0]):
        for column in range(rows.shape[1]):
            longer[i, column] = rows[i, column]
    return longer


@numba.njit(cache=True)
def add_flow(weight: Any, p: int, k: int, since: int, guns: int, rates: Any) -> None:
    """The expected flow of so many guns from a month on, into weight[policy, class, channel, month]."""
    for c in range(CHANNELS):
        for m in range(since, weight.shape[3]):
            weight[p, k, c, m] += guns * rates[c]


@numba.njit(cache=True)
def acceptance(kept: Any, weight: Any, to_theft: float, demand: float) -> tuple[Any, Any]:
    """accept[policy, channel, class, month] and the share of averted guns that demand would still want, by month.

    weight[policy, class, channel, month] is the expected flow at full hazard; theft rises with the missing share of it.
    """
    policies, _, classes, months = kept.shape
    accept, easily = kept.copy(), np.ones(months)
    for m in range(months):
        base = 0.0
        for p in range(policies):
            flow = 0.0
            for k in range(classes):
                for c in range(CHANNELS):
                    flow += weight[p, k, c, m] * kept[p, c, k, m]
            base = flow if p == 0 else base
            short = min(max(1.0 - flow / base, 0.0), 1.0) if base > 0.0 else 0.0
            for k in range(classes):
                accept[p, THEFT, k, m] *= (1.0 + to_theft * short) / (1.0 + to_theft)
        easily[m] = min(1.0, demand / base) if base > demand else 1.0
    return accept, easily


@numba.njit(cache=True)
def one_future(root: Any, stock: Stock, supply: Supply, rules: Rules, draw: int, answers: Any, months: int, diverted: Any,
               straw: Any, tally: Any) -> None:
    """Fill diverted[policy, month, channel], straw[policy, month] and tally[policy, *] of one future."""
    order = np.array([stream(root, _ORDERS)])
    patience = -math.log(uniform(order))
    ends = np.empty(rules.end.size, np.int64)
    for i in range(ends.size):
        ends[i] = min(rules.end[i], rules.start[i] + int(patience / max(rules.reversal[i], 1e-12)))
    kept, watched = effects(rules, ends, stock.classes, months, answers[DETERRENCE])
    rates, held = stock.rates[draw], stock.held[draw]
    coming = deliveries(stream(root, _PIPELINE), supply, months)
    upto = np.zeros((coming.shape[0] + 1, rules.policies, PARTS), np.int64)
    when = np.zeros((coming.shape[0] + 1, rules.policies, PARTS), np.int64)
    used = np.zeros((rules.kind.size, months // 12 + 1), np.int64)
    weight = np.zeros((rules.policies, stock.classes, CHANNELS, months))
    for h in range(stock.scope_class.size):
        for p in range(rules.policies):
            add_flow(weight, p, stock.scope_class[h], 0, held[h], rates[h])
    dice = np.empty(PARTS + 1)
    for d in range(coming.shape[0]):
        decided, month, h, quantity = coming[d, 0], coming[d, 1], coming[d, 2], coming[d, 3]
        total = rates[h, 0] + rates[h, 1] + rates[h, 2] + rates[h, 3]
        state = np.array([stream(stream(root, _PIPELINE), 1_000_000 + d)])
        for j in range(dice.size):
            dice[j] = uniform(state)
        for p in range(rules.policies):
            arrange(rules, ends, p, stock.scope_class[h], decided, month, quantity, total, months,
                    answers[SUBSTITUTION], used, dice, upto[d], when[d], tally)
            begin = 0
            for j in range(PARTS):
                add_flow(weight, p, stock.scope_class[h], when[d, p, j], max(upto[d, p, j] - begin, 0), rates[h])
                begin = max(begin, upto[d, p, j])
    accept, easily = acceptance(kept, weight, answers[TO_THEFT], stock.demand)
    for h in range(stock.scope_class.size):
        follow_cohort(stream(stream(root, _HELD), h), held[h], 0, rates[h], answers[TO_THEFT], accept,
                      stock.scope_class[h], months, upto[-1], when[-1], True, stock.seizure[draw], answers, watched, easily,
                      diverted, straw, tally)
    for d in range(coming.shape[0]):
        h = coming[d, 2]
        follow_cohort(stream(stream(root, _HELD), held.size + d), coming[d, 3], coming[d, 1], rates[h],
                      answers[TO_THEFT], accept, stock.scope_class[h], months, upto[d], when[d], False, stock.seizure[draw],
                      answers, watched, easily, diverted, straw, tally)
    for i in range(rules.kind.size):
        _count_work(rules, i, ends[i], held, stock.scope_class, tally)


@numba.njit(cache=True)
def _count_work(rules: Rules, i: int, end: int, held: Any, scope_class: Any, tally: Any) -> None:
    stretch = max(end - rules.start[i], 0)
    for h in range(scope_class.size):
        if rules.covers[i, scope_class[h]]:
            if rules.kind[i] == STOCKTAKES:
                counts = stretch // int(rules.parameters[i, 0])
                tally[rules.policy[i], COUNTS] += counts
                tally[rules.policy[i], GUNS_COUNTED] += counts * held[h]
            if rules.kind[i] == CHECK_RATE:
                tally[rules.policy[i], CHECKS] += int(rules.parameters[i, 0] * stretch / 12.0)


def all_futures(seed: int, stock: Stock, supply: Supply, rules: Rules, draws: Any, answers: Any, months: int, diverted: Any,
                straw: Any, tally: Any) -> None:
    """diverted[future, policy, month, channel], straw[future, policy, month], tally[future, policy, *].

    A stretch of futures a task, on threads that hold no lock: numba's own parallel loops would compile everything again.
    """
    workers = numba.get_num_threads()
    each = max(1, math.ceil(draws.size / (workers * STRETCHES)))
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(some_futures, first, min(first + each, draws.size), seed, stock, supply, rules, draws, answers, months, diverted,
                                 straw, tally) for first in range(0, draws.size, each)]:
            done.result()


@numba.njit(cache=True, nogil=True)
def some_futures(first: int, last: int, seed: int, stock: Stock, supply: Supply, rules: Rules, draws: Any, answers: Any, months: int,
                 diverted: Any, straw: Any, tally: Any) -> None:
    for f in range(first, last):
        one_future(stream(np.uint64(seed), f), stock, supply, rules, draws[f], answers[f], months, diverted[f], straw[f], tally[f])

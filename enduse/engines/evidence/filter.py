"""Particles of one unit: what its counts, samples and reports say about its hazard and about how many are missing.

State: missing to date, M. Between two days a gun in stock leaves with hazard h a month; of m expected to leave, the number
that does is beta-binomial with variance about m (1 + extra), extra = (c - 1) + m / a: losses come in clusters of about c,
and a unit's hazard varies from stretch to stretch with deviation 1 / sqrt(a). A full count sees missing = M + (overlooked
guns, Poisson with mean `overlooked` x held); a random check sees a hypergeometric sample. Reports divide the last stretch
into a reported and an unreported part with reporting share rho; many reports say that the stretch was a bad one, so the
unreported part rises with them (a gamma multiplier with shape a, updated by the reports).
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np

FULL_COUNT, RANDOM_SAMPLE = 1, 2
ALIKE, UNLIKE, UNLIKE_SHARE = 60.0, 4.0, 0.3
"""Beta concentrations of a unit's reporting share around its end user's, and how many units keep to the second."""
_NEVER = -1e300


@numba.njit(cache=True)
def log_choose(n: float, k: float) -> float:
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


@numba.njit(cache=True)
def concentration(stock: float, extra: float) -> float:
    """The beta-binomial concentration whose variance is (1 + extra) times the binomial's."""
    return max((stock - 1.0) / extra - 1.0, 0.02)


@numba.njit(cache=True)
def log_leaving(k: int, stock: int, share: float, extra: float) -> float:
    """Log probability that k of `stock` guns leave, each with chance `share`, in clusters."""
    if k < 0 or k > stock:
        return _NEVER
    if stock == 0:
        return 0.0
    share = min(max(share, 1e-12), 1.0 - 1e-9)
    if extra <= 0.01 or stock == 1:
        return log_choose(stock, k) + k * math.log(share) + (stock - k) * math.log1p(-share)
    weight = concentration(stock, extra)
    a, b = share * weight, (1.0 - share) * weight
    return (log_choose(stock, k) + math.lgamma(k + a) + math.lgamma(stock - k + b) - math.lgamma(stock + weight)
            + math.lgamma(weight) - math.lgamma(a) - math.lgamma(b))


@numba.njit(cache=True)
def draw_leaving(stock: int, share: float, extra: float) -> int:
    if stock <= 0 or share <= 1e-12:
        return 0
    share = min(share, 1.0 - 1e-9)
    if extra > 0.01 and stock > 1:
        weight = concentration(stock, extra)
        share = np.random.beta(share * weight, (1.0 - share) * weight)
    return np.random.binomial(stock, min(max(share, 0.0), 1.0))


@numba.njit(cache=True)
def log_sampled(k: int, n: int, missing: int, population: int) -> float:
    """Log hypergeometric: k of n sampled serials not seen where `missing` of `population` are gone."""
    if k > missing or n - k > population - missing:
        return _NEVER
    return log_choose(missing, k) + log_choose(population - missing, n - k) - log_choose(population, n)


@numba.njit(cache=True)
def log_reported(k: int, lost: int, rho: float) -> float:
    """Log probability that k of `lost` guns were reported: most units report about as their end user does, some do not."""
    if k > lost:
        return _NEVER
    if lost == 0:
        return 0.0
    total = 0.0
    for weight, part in ((ALIKE, 1.0 - UNLIKE_SHARE), (UNLIKE, UNLIKE_SHARE)):
        a, b = rho * weight, (1.0 - rho) * weight
        total += part * math.exp(math.lgamma(k + a) + math.lgamma(lost - k + b) - math.lgamma(lost + weight)
                                 + math.lgamma(weight) - math.lgamma(a) - math.lgamma(b))
    return log_choose(lost, k) + math.log(total + 1e-300)


@numba.njit(cache=True)
def delivered_by(quantity: Any, month: Any, until: float) -> int:
    total = 0
    for lot in range(quantity.size):
        if month[lot] <= until:
            total += quantity[lot]
    return total


@numba.njit(cache=True)
def leaving_mean(quantity: Any, month: Any, start: float, end: float, missing: float, hazard: float) -> float:
    """Guns expected to leave in (start, end]: those held at the start and those delivered in between."""
    held, arriving = -missing, 0.0
    for lot in range(quantity.size):
        if month[lot] <= start:
            held += quantity[lot]
        elif month[lot] <= end:
            arriving -= quantity[lot] * math.expm1(-hazard * (end - month[lot]))
    return max(held, 0.0) * -math.expm1(-hazard * (end - start)) + arriving


@numba.njit(cache=True)
def resample(weight: Any, chosen: Any) -> float:
    """Systematic resampling of log weights into indices; returns the log of the mean weight."""
    n = weight.size
    top = weight.max()
    if top <= _NEVER / 2:
        for i in range(n):
            chosen[i] = i
        return -60.0
    total = 0.0
    for i in range(n):
        total += math.exp(weight[i] - top)
    step, i, reached = total / n, 0, math.exp(weight[0] - top)
    point = np.random.random() * step
    for j in range(n):
        while reached < point and i < n - 1:
            i += 1
            reached += math.exp(weight[i] - top)
        chosen[j] = i
        point += step
    return top + math.log(total / n)


@numba.njit(cache=True)
def observe(kind: int, seen: int, size: int, population: int, before: int, stock: int, mean: float, extra: float,
            overlooked: float) -> tuple[int, float]:
    """One particle meets one observation: its missing after it, and its log weight."""
    share = mean / max(stock, 1)
    if kind == FULL_COUNT:
        wrongly = np.random.poisson(overlooked * max(population - seen, 0))
        after = max(seen - wrongly, 0)
        return after, log_leaving(after - before, stock, share, extra)
    after = before + draw_leaving(stock, share, extra)
    return after, log_sampled(seen, size, min(after, population), population)


@numba.njit(cache=True)
def follow(quantity: Any, month: Any, obs: Any, obs_month: Any, log_hazard: Any, cluster: float, steady: float, overlooked: float,
           missing: Any) -> float:
    """Carry particles through every observation of a unit; `missing` and `log_hazard` end resampled. Log evidence."""
    n = missing.size
    weight, chosen = np.empty(n), np.empty(n, np.int64)
    after = np.empty(n, np.int64)
    evidence, last = 0.0, month[0]
    for o in range(obs_month.size):
        delivered = delivered_by(quantity, month, obs_month[o])
        for j in range(n):
            stock = delivered - missing[j]
            mean = leaving_mean(quantity, month, last, obs_month[o], missing[j], math.exp(log_hazard[j]))
            after[j], weight[j] = observe(obs[o, 0], obs[o, 1], obs[o, 2], obs[o, 3], missing[j], stock, mean,
                                          cluster - 1.0 + mean / steady, overlooked)
        evidence += resample(weight, chosen)
        hazards = log_hazard[chosen]
        for j in range(n):
            missing[j] = min(after[chosen[j]], delivered)
            log_hazard[j] = hazards[j]
        last = obs_month[o]
    return evidence


@numba.njit(cache=True)
def finish(quantity: Any, month: Any, last: float, until: float, missing: Any, log_hazard: Any, reported: Any,
           timely: float, cluster: float, steady: float, rho: float, out: Any) -> float:
    """From the last observation to the end, given what was reported before it and since; fills `out`. Log evidence."""
    n = missing.size
    weight, chosen, means = np.empty(n), np.empty(n, np.int64), np.empty(n)
    delivered = delivered_by(quantity, month, until)
    told = rho * timely
    for j in range(n):
        stock = delivered - missing[j]
        means[j] = leaving_mean(quantity, month, last, until, missing[j], math.exp(log_hazard[j]))
        extra = cluster - 1.0 + told * means[j] / steady
        weight[j] = log_reported(reported[0], missing[j], rho)
        weight[j] += log_leaving(reported[1], stock, told * means[j] / max(stock, 1), extra)
    evidence = resample(weight, chosen)
    for j in range(n):
        i = chosen[j]
        stock = delivered - missing[i]
        bad = np.random.gamma(steady + reported[1] / cluster, 1.0 / (steady + told * means[i] / cluster))
        share = min((1.0 - told) * means[i] * bad / max(stock, 1), 0.98)
        unreported = draw_leaving(stock - reported[1], share, cluster - 1.0)
        out[j] = min(max(missing[i], reported[0]) + reported[1] + unreported, delivered)
    return evidence


def all_units(seed: int, lot_from: Any, *known: Any) -> None:
    """`one_unit` for each unit, on threads that hold no lock: numba's own parallel loops would compile everything again."""
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        for done in [pool.submit(one_unit, u, seed, lot_from, *known) for u in range(lot_from.size - 1)]:
            done.result()


@numba.njit(cache=True, nogil=True)
def one_unit(u: int, seed: int, lot_from: Any, quantity: Any, month: Any, obs_from: Any, obs: Any, obs_month: Any, reported: Any,
              timely: Any, until: float, log_hazards: Any, spacing: float, clusters: Any, steadies: Any, rhos: Any,
              overlooked: float, evidence: Any, particles: Any) -> None:
    """Fill evidence[unit, hazard, roughness, rho] and particles[unit, hazard, roughness, rho, particle] (missing at the
    end). Deterministic by seed whatever the number of threads."""
    n = particles.shape[4]
    np.random.seed(seed + 7919 * u)
    q, d = quantity[lot_from[u]:lot_from[u + 1]], month[lot_from[u]:lot_from[u + 1]]
    o, od = obs[obs_from[u]:obs_from[u + 1]], obs_month[obs_from[u]:obs_from[u + 1]]
    last = od[-1] if od.size else d[0]
    for g in range(log_hazards.size):
        for c in range(clusters.size):
            jitter = log_hazards[g] + spacing * ((np.arange(n) + np.random.random()) / n - 0.5)
            np.random.shuffle(jitter)
            missing = np.zeros(n, np.int64)
            counted = follow(q, d, o, od, jitter, clusters[c], steadies[c], overlooked, missing)
            for r in range(rhos.size):
                evidence[u, g, c, r] = counted + finish(q, d, last, until, missing, jitter, reported[u], timely[u],
                                                        clusters[c], steadies[c], rhos[r], particles[u, g, c, r])

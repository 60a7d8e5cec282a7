"""Partial pooling by quadrature: hazards of units around their end user's, end users around all.

log hazard of unit u ~ Student t4(mu_e, tau); mu_e ~ Normal(m, s); reporting share rho_e on a grid; clustering c shared.
The unit likelihood is tabulated on grids, so each integral is a sum and no chain has to converge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOG_HAZARDS: Floats = np.linspace(np.log(3e-6), np.log(0.06), 28)
SPACING = float(LOG_HAZARDS[1] - LOG_HAZARDS[0])
CLUSTERINGS: Floats = np.array([1.2, 6.0, 30.0, 150.0])
RHOS: Floats = np.array([0.03, 0.15, 0.35, 0.55, 0.75, 0.93])
CENTRES: Floats = LOG_HAZARDS[::1]
TAUS: Floats = np.array([0.15, 0.4, 0.8, 1.3, 2.0])
SPREADS: Floats = np.array([0.1, 0.4, 0.8, 1.4])
PRIOR_HAZARD = (float(np.log(1e-3)), 1.3)
"""Mean and deviation of the log monthly hazard before any evidence: 95 % between 0.008 % and 1.3 % a month."""


@dataclass(frozen=True)
class Pooled:
    """Posterior draws. missing, log_hazard: (draws, units); clustering: (draws,); rho: (draws, end users)."""

    missing: Ints
    log_hazard: Floats
    clustering: Floats
    rho: Floats
    spread_between_units: Floats


def rho_prior() -> Floats:
    """Weights of the reporting shares: flat, raised around the one share that was measured (741 of 1,005)."""
    weight = 1.0 + 1.0 * np.exp(-0.5 * ((RHOS - 741 / 1005) / 0.2) ** 2)
    return np.asarray(weight / weight.sum())


def clustering_prior(quantities: Floats) -> Floats:
    """Weights of the clusterings: falling slowly, raised around the sizes of the reports where there are ten or more."""
    weight = np.array([0.4, 0.3, 0.2, 0.1])
    if quantities.size >= 10:
        size = float((quantities**2).sum() / quantities.sum())
        weight = weight * np.exp(-0.5 * ((np.log(CLUSTERINGS) - np.log(size)) / 1.2) ** 2) + 0.01
    return np.asarray(weight / weight.sum())


def pool(evidence: Floats, particles: NDArray[np.int32], end_user: Ints, quantities: Floats, draws: int,
         rng: np.random.Generator) -> Pooled:
    """Draw from the joint posterior of every unit.

    evidence: (units, hazards, clusterings, rhos) log; particles: the same and (particles,); end_user: (units,) index.
    """
    units, users = end_user.size, int(end_user.max()) + 1
    kernel = _student(LOG_HAZARDS[:, None, None], CENTRES[None, :, None], TAUS[None, None, :])
    by_user = np.zeros((users, CENTRES.size, TAUS.size, CLUSTERINGS.size, RHOS.size))
    for u in range(units):
        by_user[end_user[u]] += _log_mix(evidence[u], kernel)
    by_user += np.log(rho_prior())
    hyper = _hyper_cells(by_user, quantities)
    m, s, t, c = np.unravel_index(rng.choice(hyper.size, size=draws, p=hyper.ravel()), hyper.shape)
    centre = np.empty((draws, users), np.int64)
    rho = np.empty((draws, users), np.int64)
    for e in range(users):
        table = by_user[e][:, t, c, :].transpose(1, 0, 2) + _normal(CENTRES[None, :], CENTRES[m][:, None],
                                                                    SPREADS[s][:, None])[:, :, None]
        picked = _pick(table.reshape(draws, -1), rng)
        centre[:, e], rho[:, e] = np.divmod(picked, RHOS.size)
    missing = np.empty((draws, units), np.int64)
    log_hazard = np.empty((draws, units))
    for u in range(units):
        e = end_user[u]
        table = evidence[u][:, c, rho[:, e]].T + np.log(kernel[:, centre[:, e], t].T)
        g = _pick(table, rng)
        missing[:, u] = particles[u, g, c, rho[:, e], rng.integers(particles.shape[4], size=draws)]
        log_hazard[:, u] = LOG_HAZARDS[g] + SPACING * (rng.random(draws) - 0.5)
    return Pooled(missing, log_hazard, CLUSTERINGS[c], RHOS[rho], TAUS[t])


def _log_mix(evidence: Floats, kernel: Floats) -> Floats:
    """log of the sum over hazards of exp(evidence) x kernel -> (centres, taus, clusterings, rhos)."""
    top = evidence.max()
    mixed = np.tensordot(kernel, np.exp(evidence - top), axes=(0, 0))
    return np.asarray(np.log(mixed + 1e-300) + top)


def _hyper_cells(by_user: Floats, quantities: Floats) -> Floats:
    """Posterior of (m, s, tau, clustering) -> probabilities."""
    users = by_user.shape[0]
    between = np.exp(_normal(CENTRES[None, None, :], CENTRES[:, None, None], SPREADS[None, :, None]))
    total = np.zeros((CENTRES.size, SPREADS.size, TAUS.size, CLUSTERINGS.size))
    for e in range(users):
        top = by_user[e].max()
        over_rho = np.exp(by_user[e] - top).sum(axis=3)
        total += np.log(np.tensordot(between, over_rho, axes=(2, 0)) + 1e-300) + top
    total += (-0.5 * ((CENTRES - PRIOR_HAZARD[0]) / PRIOR_HAZARD[1]) ** 2)[:, None, None, None]
    total += (-0.5 * (SPREADS / 0.8) ** 2)[None, :, None, None] + (-0.5 * (TAUS / 1.2) ** 2)[None, None, :, None]
    total += np.log(clustering_prior(quantities))[None, None, None, :]
    weight = np.exp(total - total.max())
    return np.asarray(weight / weight.sum())


def _student(x: Floats, centre: Floats, scale: Floats) -> Floats:
    """Student t with 4 degrees of freedom on the hazard grid, normalised over it."""
    density = (1.0 + ((x - centre) / scale) ** 2 / 4.0) ** -2.5
    return np.asarray(density / density.sum(axis=0, keepdims=True))


def _normal(x: Floats, centre: Floats, scale: Floats) -> Floats:
    """Log normal density on the grid of centres, normalised over it (last axis of x)."""
    log = -0.5 * ((x - centre) / scale) ** 2
    return np.asarray(log - np.log(np.exp(log).sum(axis=-1, keepdims=True)))


def _pick(log_weight: Floats, rng: np.random.Generator) -> Ints:
    """One index per row, in proportion to exp(log_weight)."""
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    reached = np.cumsum(weight, axis=1)
    point = rng.random(log_weight.shape[0]) * reached[:, -1]
    return np.asarray((reached < point[:, None]).sum(axis=1), dtype=np.int64)

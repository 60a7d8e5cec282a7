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
CLUSTERINGS: Floats = np.array([1.1, 1.3, 6.0, 30.0, 150.0])
STEADIES: Floats = np.array([20.0, 3.0, 3.0, 2.0, 1.0])
"""Levels of roughness: guns lost together, and how steady a unit's hazard is from stretch to stretch (a gamma shape)."""
RHO_NODES: Floats = np.array([0.03, 0.15, 0.30, 0.45, 0.60, 0.75, 0.90, 0.97])
"""Reporting shares at which a unit is followed; between them its log evidence is a cubic spline."""
RHOS: Floats = np.linspace(0.03, 0.97, 48)
CENTRES: Floats = np.linspace(LOG_HAZARDS[0], LOG_HAZARDS[-1], 109)
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
    weight = np.array([0.25, 0.25, 0.25, 0.15, 0.1])
    if quantities.size >= 10:
        size = float((quantities**2).sum() / quantities.sum())
        weight = weight * np.exp(-0.5 * ((np.log(CLUSTERINGS) - np.log(size)) / 1.2) ** 2) + 0.01
    return np.asarray(weight / weight.sum())


def pool(evidence: Floats, particles: NDArray[np.int32], end_user: Ints, quantities: Floats, draws: int,
         rng: np.random.Generator) -> Pooled:
    """Draw from the joint posterior of every unit.

    evidence: (units, hazards, roughnesses, rho nodes) log; particles: the same and (particles,); end_user: (units,) index.
    """
    evidence = _between_nodes(evidence)
    users = int(end_user.max()) + 1
    kernel = _cell_shares()
    by_user = np.zeros((users, CENTRES.size, TAUS.size, CLUSTERINGS.size, RHOS.size))
    for u, e in enumerate(end_user):
        by_user[e] += _log_mix(evidence[u], kernel)
    by_user += np.log(rho_prior())
    over_rho = _log_sum(by_user, axis=4)
    hyper = _hyper_cells(over_rho, quantities)
    m, s, t, c = np.unravel_index(rng.choice(hyper.size, size=draws, p=hyper.ravel()), hyper.shape)
    around = _normal(CENTRES[None, :], CENTRES[m][:, None], SPREADS[s][:, None])
    centre, rho = np.empty((draws, users), np.int64), np.empty((draws, users), np.int64)
    for e in range(users):
        centre[:, e] = _pick(over_rho[e][:, t, c].T + around, rng)
        rho[:, e] = _pick(by_user[e][centre[:, e], t, c, :], rng)
    node = _node_of(RHOS[rho], rng)
    missing, log_hazard = np.empty((draws, end_user.size), np.int64), np.empty((draws, end_user.size))
    for u, e in enumerate(end_user):
        g = _pick(evidence[u][:, c, rho[:, e]].T + np.log(kernel[:, centre[:, e], t].T + 1e-300), rng)
        missing[:, u] = particles[u, g, c, node[:, e], rng.integers(particles.shape[4], size=draws)]
        log_hazard[:, u] = LOG_HAZARDS[g] + SPACING * (rng.random(draws) - 0.5)
    return Pooled(missing, log_hazard, CLUSTERINGS[c], RHOS[rho], TAUS[t])


def _between_nodes(evidence: Floats) -> Floats:
    """Log evidence at RHOS from that at RHO_NODES."""
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(RHO_NODES, evidence, axis=3)(RHOS))


def _node_of(rho: Floats, rng: np.random.Generator) -> Ints:
    """A node beside each share, the nearer one more often, so that the mean over draws is the share itself."""
    above = np.clip(np.searchsorted(RHO_NODES, rho), 1, RHO_NODES.size - 1)
    weight = (rho - RHO_NODES[above - 1]) / (RHO_NODES[above] - RHO_NODES[above - 1])
    return np.asarray(np.where(rng.random(rho.shape) < weight, above, above - 1))


def _log_sum(table: Floats, axis: int) -> Floats:
    top = table.max(axis=axis, keepdims=True)
    return np.asarray((np.log(np.exp(table - top).sum(axis=axis, keepdims=True)) + top).squeeze(axis))


def _log_mix(evidence: Floats, kernel: Floats) -> Floats:
    """log of the sum over hazards of exp(evidence) x kernel -> (centres, taus, clusterings, rhos)."""
    top = evidence.max()
    mixed = np.tensordot(kernel, np.exp(evidence - top), axes=(0, 0))
    return np.asarray(np.log(mixed + 1e-300) + top)


def _hyper_cells(over_rho: Floats, quantities: Floats) -> Floats:
    """Posterior of (m, s, tau, roughness) -> probabilities, from (users, centres, taus, roughnesses) log evidence."""
    between = np.exp(_normal(CENTRES[None, None, :], CENTRES[:, None, None], SPREADS[None, :, None]))
    total = np.zeros((CENTRES.size, SPREADS.size, TAUS.size, CLUSTERINGS.size))
    for mine in over_rho:
        top = mine.max()
        total += np.log(np.tensordot(between, np.exp(mine - top), axes=(2, 0)) + 1e-300) + top
    total += (-0.5 * ((CENTRES - PRIOR_HAZARD[0]) / PRIOR_HAZARD[1]) ** 2)[:, None, None, None]
    total += (-0.5 * (SPREADS / 0.8) ** 2)[None, :, None, None] + (-0.5 * (TAUS / 1.2) ** 2)[None, None, :, None]
    total += np.log(clustering_prior(quantities))[None, None, None, :]
    weight = np.exp(total - total.max())
    return np.asarray(weight / weight.sum())


def _cell_shares() -> Floats:
    """(hazards, centres, taus): the share of a Student t4 around each centre that falls in each cell of the hazard grid."""
    edges = np.concatenate(([-np.inf], LOG_HAZARDS[:-1] + SPACING / 2, [np.inf]))
    reached = _student4((edges[:, None, None] - CENTRES[None, :, None]) / TAUS[None, None, :])
    return np.asarray(np.diff(reached, axis=0))


def _student4(x: Floats) -> Floats:
    """Distribution function of Student's t with 4 degrees of freedom."""
    with np.errstate(invalid="ignore"):
        s = np.where(np.isinf(x), np.sign(x) * 2.0, x / np.sqrt(1.0 + x**2 / 4.0))
    return np.asarray(0.5 + 0.375 * s * (1.0 - s**2 / 12.0))


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

"""How the missing divide over channels: what was reported by cause, what goes unreported, and what nobody ever reports."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from enduse.engines.evidence.asof import AsOf
from enduse.engines.evidence.rows import CAUSES, CHANNELS

MEASURED_REPORTING = (7.41, 2.64)
"""Beta prior of the share reported per cause: 741 of 1,005 counted, weighed as about ten guns since it is one force."""
SALE = CHANNELS.index("unauthorised_sale")


def split(missing: NDArray[np.int64], known: AsOf, rng: np.random.Generator) -> NDArray[np.float64]:
    """(draws,) missing -> (draws, channels) guns, rows summing to missing.

    Each cause has its reported guns and a negative-binomial number unseen given its reporting share. Guns beyond those
    divide by a Dirichlet in which unauthorised sale, hardly ever reported, has as much weight as the three causes together.
    """
    draws = missing.size
    reported = np.zeros(len(CHANNELS))
    for unit in known.units:
        for loss in unit.losses:
            reported[CHANNELS.index(loss.cause)] += loss.quantity
    causes = [CHANNELS.index(cause) for cause in CAUSES]
    share = np.clip(rng.beta(*MEASURED_REPORTING, size=(draws, len(causes))), 0.05, 0.999)
    unseen = rng.gamma(reported[causes] + 0.5, 1.0, size=share.shape) * (1.0 - share) / share
    known_guns = np.minimum(reported.sum(), missing)
    rest = missing - known_guns
    fit = np.minimum(1.0, rest / np.maximum(unseen.sum(axis=1), 1e-9))
    guns = np.outer(known_guns, reported / max(reported.sum(), 1.0))
    guns[:, causes] += unseen * fit[:, None]
    beyond = np.maximum(rest - (unseen * fit[:, None]).sum(axis=1), 0.0)
    lean = np.full(len(CHANNELS), 0.2)
    lean[causes] += 0.8 * (reported[causes] + 0.5) / (reported[causes] + 0.5).sum()
    lean[SALE] = lean[causes].sum()
    return np.asarray(guns + rng.dirichlet(lean, size=draws) * beyond[:, None])

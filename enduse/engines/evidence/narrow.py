"""What would narrow an estimate: the interval expected after a random check, unit by unit, by simulating the check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enduse.engines.evidence.estimate import Estimate


@dataclass(frozen=True)
class Suggestion:
    """A random check of `serials` in a unit: the 95 % width of the total now, that expected after, and the share saved."""

    unit_id: str
    serials: int
    width_now: float
    width_expected: float

    @property
    def shrink(self) -> float:
        return 1.0 - self.width_expected / self.width_now if self.width_now > 0 else 0.0


def what_would_narrow_it(estimate: Estimate, *, serials: int = 60, outcomes: int = 60, seed: int = 0) -> tuple[Suggestion, ...]:
    """Rank the units by how much a random check of `serials` firearms on the estimate's day is expected to narrow it.

    Preposterior analysis: a draw says what the check would see; every draw is weighed by how likely it made that sight;
    the weighed 95 % width is averaged over `outcomes` such draws. Best first. Raises ValueError for serials < 1.
    """
    if serials < 1:
        raise ValueError(f"serials is {serials}: a check needs at least one.")
    rng = np.random.default_rng(seed)
    total = estimate.diverted
    order = np.argsort(total, kind="stable")
    ordered = total[order].astype(np.float64)
    now = _width(ordered, np.ones((ordered.size, 1)))[0]
    found = []
    for u, unit in enumerate(estimate.known.units):
        size = min(serials, unit.delivered)
        missing = estimate.missing[order, u]
        true = missing[rng.integers(missing.size, size=outcomes)]
        seen = rng.hypergeometric(true, unit.delivered - true, size)
        likely = _hypergeometric(np.arange(size + 1), missing, unit.delivered, size)
        expected = float(_width(ordered, likely[:, seen]).mean())
        found.append(Suggestion(unit.unit_id, size, float(now), min(expected, float(now))))
    return tuple(sorted(found, key=lambda one: (one.width_expected, one.unit_id)))


def _hypergeometric(seen: NDArray[np.int64], missing: NDArray[np.int64], population: int, size: int) -> NDArray[np.float64]:
    """(draws, outcomes): the chance that `size` serials of `population` show `seen` of `missing` gone."""
    from scipy.stats import hypergeom

    levels, back = np.unique(missing, return_inverse=True)
    return np.asarray(hypergeom.pmf(seen[None, :], population, levels[:, None], size)[back])


def _width(ordered: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """95 % widths of a sorted sample under each column of weights, smoothed between neighbours."""
    reached = np.cumsum(weight, axis=0)
    reached = (reached - 0.5 * weight) / reached[-1]
    edges = [[np.interp(q, reached[:, k], ordered) for q in (0.025, 0.975)] for k in range(weight.shape[1])]
    return np.asarray([high - low for low, high in edges])

"""How to look: forwards, backwards or both, and how much each half of the marks may be off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enduse.engines.serials.channel import JUMP, Evidence, completion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WAYS = 2.0
"""How many places of a serial can plausibly face the split."""
Half = tuple[int, float, "Floats"]
"""Where the marks are split, the least that the marks before it must have earned, and the most that can be earned from
each place up to it."""
NO_SPLIT: Half = (0, 0.0, np.zeros(1))


@dataclass(frozen=True)
class Plan:
    """Which walks to make; a walk without a split looks at everything."""

    forward: Half | None
    backward: Half | None


def halved(given: Evidence, split: int, least: float) -> Half:
    """The condition that the first `split` places have earned `least`."""
    ahead = completion(given.emit[:split], given.extra[:split], given.run[:split], given.rates)
    if split > 1:
        nearer = completion(given.emit[: split - 1], given.extra[: split - 1], given.run[: split - 1], given.rates)
        ahead[:split] = np.maximum(ahead[:split], nearer * given.rates[JUMP])
    return split, least, ahead


def information(given: Evidence, general: Floats) -> Floats:
    """How much each place narrows the search, in nats: a run or an unreadable place nothing. Shape (n,)."""
    usual = given.emit @ general
    return np.where(given.run > 0, 0.0, -np.log(np.maximum(usual, 1e-9)))


def plan(given: Evidence, backward: Evidence, told: Floats, least: float) -> Plan:
    """The walks for marks of which weights (before attributes) below `least` do not matter; `told` is `information`."""
    n = given.length
    runs = np.flatnonzero(given.run)
    if len(runs):
        before, after = told[: runs[0]].sum(), told[runs[-1] :].sum()
        return Plan(NO_SPLIT, None) if before >= after else Plan(None, NO_SPLIT)
    budget = np.log(given.most[0] * WAYS / least)
    if budget <= SMALL or n < 4:
        first, last = told[: (n + 1) // 2].sum(), told[n // 2 :].sum()
        return Plan(NO_SPLIT, None) if first >= last else Plan(None, NO_SPLIT)
    reached = np.cumsum(told)
    split = int(np.clip(np.searchsorted(reached, reached[-1] / 2) + 1, 2, n - 2))
    share = float(reached[split - 1] / reached[-1])
    left = halved(given, split, 0.0)
    right = halved(backward, n - split, 0.0)
    mine = float(left[2][0]) * np.exp(-share * budget)
    other = least / WAYS / mine
    return Plan((split, mine, left[2]), (n - split, other, right[2]))


SMALL = 4.0
"""A search allowed to be off by less (in nats) is not worth splitting."""

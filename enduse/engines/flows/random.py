"""Random numbers by name: a stream for each future, delivery and gun, so that no policy shifts another's numbers."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 1.0 / 9007199254740992.0


@numba.njit(cache=True, inline="always")
def _mix(z: Any) -> Any:
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@numba.njit(cache=True)
def stream(parent: Any, name: int) -> Any:
    """The state of a named stream below another (splitmix64 finalizer, twice)."""
    return _mix(_mix(np.uint64(parent) + _STEP) + (np.uint64(name) + np.uint64(1)) * _STEP)


@numba.njit(cache=True)
def uniform(state: Any) -> float:
    """The next uniform in (0, 1); `state` is an array of one uint64 that moves on."""
    state[0] += _STEP
    return (float(_mix(state[0]) >> _S11) + 0.5) * _TO_UNIT


@numba.njit(cache=True)
def poisson(state: Any, mean: float) -> int:
    """A Poisson count by exponential gaps: exact, at a cost of its mean."""
    count, reached = 0, -math.log(uniform(state))
    while reached < mean:
        count += 1
        reached -= math.log(uniform(state))
    return count

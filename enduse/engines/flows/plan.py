"""A world and policies laid out as arrays for the simulation. Policy 0 is always to do nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enduse.engines.flows.measures import DO_NOTHING, PARAMETERS, REVERSALS_PER_YEAR, Kind, MeasureError, Policy
from enduse.engines.flows.world import World

KINDS = tuple(Kind)
PARAMETER_SLOTS = 4
STAFF_DAYS = {"per_count": 1.0, "per_gun_counted": 1 / 200, "per_check": 4.0}
"""Assumed staff days: a count's overhead, each gun counted (200 a day), an end-use check with its travel."""


class Stock(NamedTuple):
    """held: (draws, holdings); scope class: (holdings,); rates: (draws, holdings, channels); seizure: (draws,); demand: guns a month."""

    held: NDArray[np.int64]
    scope_class: NDArray[np.int64]
    classes: int
    rates: NDArray[np.float64]
    seizure: NDArray[np.float64]
    demand: float


class Supply(NamedTuple):
    """Pipelines: approved licences a month, mean lag, guns each; reach[line, k] cumulative share, holding[line, k]."""

    approved: NDArray[np.float64]
    lag: NDArray[np.float64]
    quantity: NDArray[np.int64]
    reach: NDArray[np.float64]
    holding: NDArray[np.int64]


class Rules(NamedTuple):
    """Measures of all policies: covers[measure, class]; `policies` counts do nothing as the first."""

    policies: int
    policy: NDArray[np.int64]
    kind: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    reversal: NDArray[np.float64]
    parameters: NDArray[np.float64]
    covers: NDArray[np.bool_]


def with_do_nothing(policies: Sequence[Policy]) -> tuple[Policy, ...]:
    """The policies after doing nothing. Raises MeasureError when two have one name."""
    rest = tuple(policy for policy in policies if policy != DO_NOTHING)
    names = [DO_NOTHING.name, *(policy.name for policy in rest)]
    if len(set(names)) < len(names):
        raise MeasureError("name", "Two policies have one name.", "Name each differently.")
    return (DO_NOTHING, *rest)


def lay_out(world: World, policies: Sequence[Policy], months: int) -> tuple[Stock, Supply, Rules]:
    """Arrays for one run. Holdings with the same measures over them share a scope class."""
    measures = [(p, measure) for p, policy in enumerate(policies) for measure in policy.measures]
    scoped = np.array([[measure.scope.covers(holding) for _, measure in measures] for holding in world.holdings], dtype=bool)
    scoped = scoped.reshape(len(world.holdings), len(measures))
    rows, scope_class = np.unique(scoped, axis=0, return_inverse=True)
    parameters = np.zeros((len(measures), PARAMETER_SLOTS))
    for i, (_, measure) in enumerate(measures):
        for k, name in enumerate(PARAMETERS[measure.kind]):
            parameters[i, k] = measure.parameter(name)
    rules = Rules(
        policies=len(policies),
        policy=np.array([p for p, _ in measures], dtype=np.int64),
        kind=np.array([KINDS.index(measure.kind) for _, measure in measures], dtype=np.int64),
        start=np.array([min(measure.start, months) for _, measure in measures], dtype=np.int64),
        end=np.array([months if m.end is None else min(m.end, months) for _, m in measures], dtype=np.int64),
        reversal=np.array([REVERSALS_PER_YEAR[measure.authority] / 12 for _, measure in measures], dtype=np.float64),
        parameters=parameters, covers=np.ascontiguousarray(rows.T),
    )
    stock = Stock(world.stock(), np.asarray(scope_class, dtype=np.int64).ravel(), int(rows.shape[0]), world.rates(),
                  world.seizure, min(world.illicit_demand, 1e18))
    return stock, _supply(world), rules


def _supply(world: World) -> Supply:
    places = world.places()
    widest = max((len(line.shares) for line in world.pipelines), default=1)
    reach = np.ones((len(world.pipelines), widest))
    holding = np.zeros((len(world.pipelines), widest), dtype=np.int64)
    for p, line in enumerate(world.pipelines):
        reach[p, :len(line.shares)] = np.cumsum([share for _, share in line.shares])
        reach[p, len(line.shares) - 1:] = 1.0
        holding[p, :len(line.shares)] = [places[unit_id, line.firearm_type] for unit_id, _ in line.shares]
    return Supply(np.array([line.applications_per_month * line.approval for line in world.pipelines], dtype=np.float64),
                  np.array([line.lag_months for line in world.pipelines], dtype=np.float64),
                  np.array([line.quantity for line in world.pipelines], dtype=np.int64), reach, holding)

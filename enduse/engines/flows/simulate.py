"""Try policies on a world: the same futures under each, so that a difference is the policy's and not chance's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from enduse.engines.flows.measures import Policy
from enduse.engines.flows.outcome import TALLIES, Outcome
from enduse.engines.flows.plan import lay_out, with_do_nothing
from enduse.engines.flows.responses import Responses
from enduse.engines.flows.world import CHANNELS, World


def simulate(world: World, measures: Sequence[Policy], *, months: int, futures: int = 1000, seed: int = 0,
             responses: Responses | None = None) -> Outcome:
    """Simulate policies beside doing nothing, paired by common random numbers.

    Future f takes posterior draw f (in a seeded order) of the world and one draw of each response, the same for every
    policy. The result of a policy does not depend on which others are compared with it. Raises ValueError for no month or
    no future, WorldError and MeasureError for bad parts.
    """
    if months < 1 or futures < 1:
        raise ValueError(f"months is {months} and futures is {futures}: give at least one of each.")
    from enduse.engines.flows import kernel

    policies = with_do_nothing(measures)
    answers = responses or Responses()
    stock, supply, rules = lay_out(world, policies, months)
    rng = np.random.default_rng(seed)
    order = rng.permutation(world.draws)
    draws = order[np.arange(futures) % world.draws]
    coefficients = answers.draw(futures, rng)
    diverted = np.zeros((futures, len(policies), months, len(CHANNELS)), dtype=np.int32)
    straw = np.zeros((futures, len(policies), months), dtype=np.int32)
    tally = np.zeros((futures, len(policies), len(TALLIES)), dtype=np.int64)
    kernel.all_futures(seed, stock, supply, rules, draws, coefficients, months, diverted, straw, tally)
    return Outcome(tuple(policy.name for policy in policies), policies, months, seed, stock.held[draws].sum(axis=1), diverted,
                   straw, tally, coefficients)

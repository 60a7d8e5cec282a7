"""The fast simulation and the plain one, gun by gun and month by month, agree in distribution."""

import numpy as np
import pytest
from scipy import stats

from enduse.engines.flows import Authority, Holding, Kind, Measure, Pipeline, Policy, Scope, World, reference, simulate
from enduse.engines.flows.outcome import TALLIES

LEAST_P = 1e-3


@pytest.fixture(scope="module")
def both():
    rng = np.random.default_rng(0)
    holdings = (Holding("A", "E0", "rifle", 20), Holding("B", "E0", "rifle", 12), Holding("C", "E1", "pistol", 12))
    lines = (Pipeline("E0", "rifle", 0.4, 0.7, 2, 10, (("A", 0.5), ("B", 0.5))), Pipeline("E1", "pistol", 0.3, 0.9, 1, 8, (("C", 1.0),)))
    world = World(holdings, np.exp(rng.normal(np.log(6e-3), 0.4, (50, 3, 4))), rng.beta(5, 40, 50), np.full(3, 0.05),
                  rng.gamma(4, 1 / 80, 50), lines, 2.0)
    policies = [
        Policy("moratorium and counts", (Measure(Kind.MORATORIUM, Authority.STATUTE, Scope(end_user_ids=("E0",)), 2, 9),
                                         Measure(Kind.STOCKTAKES, start=1, parameters={"every_months": 2}))),
        Policy("tranches and cap", (Measure(Kind.TRANCHE, parameters={"sample": 5, "months_between": 2, "may_miss": 1}),
                                    Measure(Kind.CAP, parameters={"guns_per_year": 25}))),
        Policy("ban, checks and locks", (Measure(Kind.BAN_ON_UNIT, scope=Scope(unit_ids=("A",)), start=1),
                                         Measure(Kind.CHECK_RATE, parameters={"checks_per_unit_year": 12, "sample_share": 0.5}),
                                         Measure(Kind.LOCKED_ARMOURY, scope=Scope(types=("rifle",)), end=8))),
    ]
    plain = reference.simulate(world, policies, months=12, futures=200, seed=3)
    return plain, simulate(world, policies, months=12, futures=20_000, seed=4)


def same_mean(a, b):
    return a.std() + b.std() == 0 or stats.ttest_ind(a, b, equal_var=False).pvalue > LEAST_P


def test_the_number_diverted_has_the_same_distribution_under_every_policy(both):
    plain, fast = both
    for name in fast.names:
        assert stats.ks_2samp(plain.total(name), fast.total(name)).pvalue > LEAST_P, name


def test_every_channel_and_every_month_has_the_same_mean(both):
    plain, fast = both
    for p, name in enumerate(fast.names):
        for c in range(4):
            assert same_mean(plain.diverted[:, p, :, c].sum(axis=1), fast.diverted[:, p, :, c].sum(axis=1)), (name, c)
        for m in range(fast.months):
            assert same_mean(plain.diverted[:, p, m].sum(axis=1), fast.diverted[:, p, m].sum(axis=1)), (name, m)


def test_deliveries_substitutions_work_seizures_and_straw_purchases_have_the_same_mean(both):
    plain, fast = both
    for p, name in enumerate(fast.names):
        for k, what in enumerate(TALLIES):
            assert same_mean(plain.tally[:, p, k], fast.tally[:, p, k]), (name, what)


def test_the_paired_difference_has_the_same_distribution(both):
    plain, fast = both
    for name in fast.names[1:]:
        assert stats.ks_2samp(plain.averted(name), fast.averted(name)).pvalue > LEAST_P, name


def test_the_plain_simulation_keeps_every_gun_to_one_loss(both):
    plain, _ = both
    for name in plain.names:
        assert (plain.held_at_end(name) >= 0).all()

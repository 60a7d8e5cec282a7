"""Simulation-based calibration: in worlds drawn from the model's own prior the truth's rank is uniform and intervals cover."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from enduse.engines.evidence import Bundle, Check, Loss, Lot, Stocktake, Unit, estimate, pooling

WORLDS, UNITS, HELD = 48, 10, 400
START, COUNTED, UNTIL = date(2007, 1, 1), date(2009, 1, 1), date(2010, 1, 1)
MONTHS = 24.0, 12.0


def leaves(rng, stock, hazard, months):
    """Steady, nearly independent losses: the smoothest level of the model's roughness."""
    share = -np.expm1(-hazard * months)
    return int(rng.binomial(stock, share))


def world(seed):
    """Three units counted, three sampled, four with reports alone; hazards and reporting from the prior."""
    rng = np.random.default_rng([20, seed])
    centre = rng.normal(*pooling.PRIOR_HAZARD)
    tau, rho = abs(rng.normal(0, 0.8)) + 0.1, rng.uniform(0.1, 0.95)
    rows, truth = {"units": [], "lots": [], "stocktakes": [], "checks": [], "losses": []}, 0
    for u in range(UNITS):
        name, hazard = f"U{u}", float(np.clip(np.exp(centre + tau * rng.standard_t(4)), 3e-6, 0.06))
        before = leaves(rng, HELD, hazard, MONTHS[0])
        since = leaves(rng, HELD - before, hazard, MONTHS[1])
        truth += before + since
        rows["units"].append(Unit(name, "", "E", "", None))
        rows["lots"].append(Lot(name, "L", name, "rifle", HELD, START))
        if u < 3:
            rows["stocktakes"].append(Stocktake(name, name, COUNTED, HELD, HELD - before, False))
        elif u < 6:
            gone = int(rng.hypergeometric(before, HELD - before, 80)) if before else 0
            rows["checks"].append(Check(name, name, COUNTED, "random", HELD, 80, 80 - gone, "favourable"))
        for period, number in enumerate((before, since)):
            if told := int(rng.binomial(number, rho)):
                day = (START, COUNTED + timedelta(days=30))[period]
                rows["losses"].append(Loss(f"{name}-{period}", name, day, day, "theft", told))
    return Bundle(**{name: tuple(table) for name, table in rows.items()}), truth


@pytest.fixture(scope="module")
def ranks():
    found = []
    for seed in range(WORLDS):
        bundle, truth = world(seed)
        total = estimate(bundle, until=UNTIL, seed=seed, draws=1000).diverted
        rng = np.random.default_rng(seed)
        found.append(np.mean(total < truth) + rng.random() * np.mean(total == truth))
    return np.array(found)


def test_the_rank_of_the_truth_is_uniform(ranks):
    assert stats.chisquare(np.histogram(ranks, bins=6, range=(0, 1))[0]).pvalue > 0.01


def test_the_80_per_cent_interval_holds_the_truth_about_80_times_in_100(ranks):
    held = int(((ranks >= 0.1) & (ranks <= 0.9)).sum())
    assert stats.binomtest(held, ranks.size, 0.8).pvalue > 0.01


def test_the_95_per_cent_interval_misses_about_5_times_in_100(ranks):
    held = int(((ranks >= 0.025) & (ranks <= 0.975)).sum())
    assert stats.binomtest(held, ranks.size, 0.95).pvalue > 0.01

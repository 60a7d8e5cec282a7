"""The checks of the model that hold in every future, whatever the numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines.flows import DO_NOTHING, Authority, Kind, Measure, Policy, Response, Responses, simulate
from tests.engines.flows.given import EVERY_KIND, NOBODY_ANSWERS, pipeline, policy, world


def test_when_hazards_are_certain_every_gun_that_ever_arrived_is_lost_and_not_one_more():
    """Conservation: with no chance to keep a gun, the lost are exactly those at the start, delivered and substituted."""
    certain = world(hazard=30.0, pipelines=(pipeline(), pipeline("E1", units=("U1", "U3"))))
    found = simulate(certain, EVERY_KIND, months=24, futures=60, responses=Responses(to_theft=Response(0, 0, on=False)))
    for name in found.names:
        if name == "tranche":
            continue
        assert (found.held_at_end(name) == 0).all(), name


@settings(max_examples=25, deadline=None)
@given(hazard=st.floats(0, 0.5), held=st.integers(0, 200), months=st.integers(1, 30), seed=st.integers(0, 10**6))
def test_no_future_loses_more_guns_than_it_held(hazard, held, months, seed):
    found = simulate(world(hazard=hazard, held=held, pipelines=(pipeline(),)), EVERY_KIND, months=months, futures=8, seed=seed)
    for name in found.names:
        assert (found.held_at_end(name) >= 0).all()
        assert (found.count("seized", name) <= found.total(name)).all()
        assert (found.displaced(name) <= found.total("do nothing")).all()


def test_a_moratorium_with_nothing_in_the_pipeline_changes_nothing():
    found = simulate(world(), [policy("moratorium", Kind.MORATORIUM)], months=24, futures=200)
    assert (found.diverted[:, 1] == found.diverted[:, 0]).all()
    assert (found.total("moratorium") > 0).any()


def test_without_hazards_nothing_is_diverted():
    found = simulate(world(hazard=0.0, pipelines=(pipeline(),)), EVERY_KIND, months=24, futures=100)
    assert found.diverted.sum() == 0
    assert found.count("delivered", "do nothing").sum() > 0


def test_twice_the_stock_doubles_the_expected_flow():
    one, two = (simulate(world(held=held), [], months=24, futures=3000).total("do nothing") for held in (400, 800))
    assert two.mean() / one.mean() == pytest.approx(2.0, rel=0.02)


def test_doing_nothing_twice_differs_by_nothing_in_every_future():
    found = simulate(world(pipelines=(pipeline(),)), [Policy("nothing either")], months=24, futures=200)
    assert (found.diverted[:, 0] == found.diverted[:, 1]).all()
    assert (found.averted("nothing either") == 0).all()
    assert found.beats("nothing either", DO_NOTHING.name) == 0.5


def test_a_policy_fares_the_same_whichever_others_it_is_compared_with():
    there = world(pipelines=(pipeline(),))
    all_of_them = simulate(there, EVERY_KIND, months=24, futures=100, seed=5)
    for one in EVERY_KIND:
        alone = simulate(there, [one], months=24, futures=100, seed=5)
        assert (alone.diverted[:, 1] == all_of_them.diverted[:, all_of_them.of(one.name)]).all(), one.name
        assert (alone.tally[:, 1] == all_of_them.tally[:, all_of_them.of(one.name)]).all(), one.name


def test_the_same_seed_gives_the_same_futures_and_another_gives_others():
    first, again, other = (simulate(world(), EVERY_KIND, months=24, futures=50, seed=s) for s in (1, 1, 2))
    assert (first.diverted == again.diverted).all()
    assert (first.diverted != other.diverted).any()


def test_a_measure_that_only_stops_never_adds_a_lost_gun_when_nobody_answers():
    found = simulate(world(pipelines=(pipeline(),)), EVERY_KIND, months=24, futures=300, responses=NOBODY_ANSWERS)
    for name in ("moratorium", "cap", "ban", "counts", "checks", "locked"):
        assert (found.averted(name) >= 0).all(), name
        assert (found.displaced(name) == 0).all(), name


def test_nothing_is_delivered_in_scope_while_a_moratorium_is_in_force():
    always = Policy("always", (Measure(Kind.MORATORIUM, Authority.STATUTE),))
    found = simulate(world(held=0, pipelines=(pipeline(lag=0.0),)), [always], months=12, futures=400, responses=NOBODY_ANSWERS)
    lifted_early = found.count("delivered", "always") > 0
    assert lifted_early.mean() < 0.05
    assert np.array_equal(found.total("always") > 0, (found.total("always") > 0) & lifted_early)


@pytest.mark.parametrize(("months", "futures"), [(0, 10), (10, 0)])
def test_no_month_or_no_future_is_refused(months, futures):
    with pytest.raises(ValueError, match="at least one"):
        simulate(world(), [], months=months, futures=futures)

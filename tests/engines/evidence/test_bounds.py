from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enduse.engines.evidence import bounds


def test_the_bound_of_2009_runs_from_12_to_98_per_cent():
    bound = bounds(30_000, 4_000, 3_480, as_of=date(2009, 4, 1))
    assert (round(bound.lower, 3), round(bound.upper, 3)) == (0.116, 0.983)
    assert bound.as_dict()["as_of"] == "2009-04-01"


@given(st.integers(1, 10**6).flatmap(lambda s: st.tuples(st.just(s), st.integers(0, s))).flatmap(
    lambda st_: st.tuples(st.just(st_[0]), st.just(st_[1]), st.integers(0, st_[1]), st.integers(0, st_[0] - st_[1]))))
def test_whatever_the_untraced_are_the_true_share_lies_within(figures):
    seized, traced, from_source, hidden = figures
    bound = bounds(seized, traced, from_source)
    assert bound.lower <= (from_source + hidden) / seized <= bound.upper
    assert bound.width == pytest.approx(1 - traced / seized)


def test_tracing_everything_leaves_a_point():
    assert bounds(10, 10, 4).lower == bounds(10, 10, 4).upper == 0.4


@pytest.mark.parametrize("figures", [(0, 0, 0), (10, 11, 1), (10, 5, 6), (10, 5, -1)])
def test_figures_out_of_order_are_refused(figures):
    with pytest.raises(ValueError, match="seized"):
        bounds(*figures)
